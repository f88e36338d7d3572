"""The scheduler as a component: what it hears, what it has done, and when it tries again."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from scheduler_builders import Cluster, node, owned, pod, replica_set

from k8snb.api.decode import from_dict
from k8snb.api.types.claims import PersistentVolumeClaim, StorageClass


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


def test_assumed_pods_take_their_place_before_the_binding_is_confirmed(cluster: Cluster) -> None:
    for name in ("n1", "n2"):
        cluster.scheduler.on_node_added(node(name, cpu="1"))
    cluster.add(pod("a", cpu="1"), pod("b", cpu="1"), pod("c", cpu="1"))
    assert cluster.scheduler.schedule_pending() == 3
    assert cluster.words("bound") == [("a", "n1"), ("b", "n2")]
    assert cluster.places() == {"a": "n1", "b": "n2", "c": ""}
    assert not cluster.scheduler._assumed


def test_a_pod_that_goes_or_ends_frees_its_place(cluster: Cluster) -> None:
    cluster.scheduler.on_node_added(node("n1", cpu="1"))
    cluster.add(pod("a", cpu="1"), pod("b", cpu="1"), pod("c", cpu="1"))
    assert cluster.places() == {"a": "n1", "b": "", "c": ""}
    cluster.change("a", phase="Succeeded")
    assert cluster.places() == {"a": "n1", "b": "n1", "c": ""}
    cluster.delete("b")
    assert cluster.places() == {"a": "n1", "c": "n1"}
    cluster.delete("a")
    assert [len(info.pods) for info in cluster.scheduler.snapshot.nodes] == [1]


def test_an_assumed_pod_that_is_deleted_frees_its_place(cluster: Cluster) -> None:
    cluster.scheduler.on_node_added(node("n1", cpu="1"))
    cluster.add(pod("a", cpu="1"))
    cluster.scheduler.schedule_pending()
    cluster.change("a", deletion_timestamp=1000)
    cluster.add(pod("b", cpu="1"))
    cluster.scheduler.schedule_pending()
    assert ("b", "n1") in cluster.words("bound")
    cluster.delete("a")


def test_a_refused_binding_is_tried_again_later(cluster: Cluster) -> None:
    cluster.scheduler.on_node_added(node("n1", cpu="1"))
    cluster.conflicts = 1
    cluster.add(pod("a", cpu="1"))
    assert cluster.places() == {"a": ""}
    assert cluster.scheduler.next_wakeup_ms == 2000
    cluster.ms = 2000
    assert cluster.places() == {"a": "n1"}


def test_a_new_node_a_cordon_lifted_and_more_room_help(cluster: Cluster) -> None:
    small, cordoned = node("n1", cpu="1"), node("n2", unschedulable=True)
    cluster.scheduler.on_node_added(small)
    cluster.scheduler.on_node_added(cordoned)
    cluster.add(pod("a", cpu="2"), pod("b", cpu="2"), pod("c", cpu="3"))
    assert set(cluster.places().values()) == {""}
    cluster.scheduler.on_node_updated(cordoned, node("n2"))
    assert cluster.places() == {"a": "n2", "b": "n2", "c": ""}
    cluster.scheduler.on_node_updated(small, node("n1", cpu="3"))
    assert cluster.places()["c"] == "n1"


def test_without_nodes_it_tries_again_and_again(cluster: Cluster) -> None:
    cluster.add(pod("a"))
    cluster.scheduler.schedule_pending()
    assert cluster.words("refused") == [("a", "no nodes available to schedule pods", "")]
    assert cluster.scheduler.next_wakeup_ms == 2000


def test_other_schedulers_pods_and_gated_pods_are_left_alone(cluster: Cluster) -> None:
    cluster.scheduler.on_node_added(node("n1"))
    cluster.add(pod("a", schedulerName="other"), pod("b", schedulingGates=[{"name": "g"}]))
    assert cluster.scheduler.schedule_pending() == 0
    cluster.change("b", scheduling_gates=())
    assert cluster.places() == {"a": "", "b": "n1"}


def test_a_pod_that_is_being_deleted_is_skipped(cluster: Cluster) -> None:
    cluster.scheduler.on_node_added(node("n1"))
    cluster.add(pod("a"))
    cluster.change("a", deletion_timestamp=1000)
    cluster.scheduler.schedule_pending()
    assert cluster.said == [("skipped", "a", "skip schedule deleting pod: default/a")]


def test_preemption_nominates_evicts_and_waits(cluster: Cluster) -> None:
    cluster.scheduler.on_node_added(node("n1", cpu="2"))
    cluster.add(pod("low", cpu="2", priority=1))
    assert cluster.places() == {"low": "n1"}
    cluster.add(pod("high", cpu="2", priority=10))
    cluster.scheduler.schedule_pending()
    assert cluster.words("preempted") == [("low", "high", "n1")]
    assert cluster.words("refused") == [("high", "0/1 nodes are available: 1 Insufficient cpu.", "n1")]
    cluster.change("low", deletion_timestamp=1000)
    cluster.add(pod("sneaky", cpu="1", priority=5))
    assert cluster.scheduler.schedule_pending() == 1
    cluster.delete("low")
    assert cluster.places() == {"high": "n1", "sneaky": ""}


def test_a_more_important_pod_takes_over_a_nomination(cluster: Cluster) -> None:
    cluster.scheduler.on_node_added(node("n1", cpu="2"))
    cluster.add(pod("low", cpu="2", priority=1))
    cluster.places()
    cluster.add(pod("mid", cpu="2", priority=5))
    cluster.scheduler.schedule_pending()
    cluster.add(pod("high", cpu="2", priority=10))
    cluster.scheduler.schedule_pending()
    assert cluster.words("cleared") == [("mid",)]
    cluster.delete("low")
    assert cluster.places() == {"mid": "", "high": "n1"}


def test_claims_that_wait_for_their_pod_are_provisioned_where_it_goes(cluster: Cluster) -> None:
    cluster.scheduler.on_node_added(node("n1"))
    cluster.add(pod("a", volumes=[{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}]))
    assert cluster.places() == {"a": ""}
    late = {"metadata": {"name": "late"}, "provisioner": "sim", "volumeBindingMode": "WaitForFirstConsumer"}
    cluster.scheduler.on_added(from_dict(StorageClass, late))
    claim = {"metadata": {"name": "data", "namespace": "default"}, "spec": {"storageClassName": "late"}}
    cluster.scheduler.on_added(from_dict(PersistentVolumeClaim, claim))
    assert cluster.places() == {"a": ""}
    assert cluster.words("selected") == [("data", "n1")]


def test_the_pods_of_a_template_are_spread(cluster: Cluster) -> None:
    for name in ("n1", "n2", "n3"):
        cluster.scheduler.on_node_added(node(name))
    cluster.scheduler.on_added(replica_set("rs", {"app": "a"}))
    template = pod("t", labels={"app": "a"})
    cluster.add(*(owned(template, f"p{number}", "rs") for number in range(6)))
    assert sorted(cluster.places().values()) == ["n1", "n1", "n2", "n2", "n3", "n3"]


def test_nodes_may_come_and_go_before_their_pods(cluster: Cluster) -> None:
    running = pod("a", cpu="1")
    cluster.add(replace(running, spec=replace(running.spec, node_name="n1")))
    cluster.scheduler.on_node_added(node("n1", cpu="1"))
    cluster.add(pod("b", cpu="1"))
    assert cluster.places() == {"a": "n1", "b": ""}
    cluster.scheduler.on_node_deleted(node("n1", cpu="1"))
    assert not cluster.scheduler.snapshot.nodes
    cluster.delete("a")
    assert not cluster.scheduler.snapshot.by_name
