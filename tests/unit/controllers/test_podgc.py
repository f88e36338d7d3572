"""Pods that no kubelet will end: on nodes that are gone or out of service, or on none."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from k8snb.api.types.node import Node
from k8snb.api.types.placement import Taint
from k8snb.api.types.pod import Pod
from k8snb.controllers import podgc
from k8snb.controllers.podgc import PodGarbageCollector


@pytest.fixture
def cluster(world):
    built = world(PodGarbageCollector)
    built.node("node-1")
    built.node("node-2")
    return built


def node(world, name):
    return world.server.find(Node, "", name)


def test_pods_of_a_node_that_is_gone_go_after_a_while(cluster):
    pod, kept = cluster.pod("p"), cluster.pod("q", node="node-2")
    cluster.run()
    cluster.delete(node(cluster, "node-1"))
    cluster.run(55)
    assert cluster.current(pod) is not None
    cluster.run(10)
    assert cluster.current(pod) is None
    assert cluster.current(kept) is not None
    assert cluster.loop.idle
    written = [c.new for c in cluster.server.store.log.changes() if isinstance(c.new, Pod)]
    last = next(p for p in reversed(written) if p.metadata.name == "p")
    assert last.status.phase == "Failed"
    condition = next(c for c in last.status.conditions if c.type == "DisruptionTarget")
    assert (condition.reason, condition.message) == ("DeletionByPodGC", "PodGC: node no longer exists")


def test_a_node_that_comes_back_in_time_keeps_its_pods(cluster):
    pod = cluster.pod("p")
    cluster.run()
    cluster.delete(node(cluster, "node-1"))
    cluster.run(30)
    cluster.node("node-1")
    cluster.run(120)
    assert cluster.current(pod) is not None


def test_terminating_pods_leave_a_node_that_is_out_of_service(cluster):
    pod = cluster.pod("p")
    cluster.delete(pod)
    silent = node(cluster, "node-1")
    conditions = tuple(replace(c, status="Unknown") for c in silent.status.conditions)
    cluster.server.update_status(replace(silent, status=replace(silent.status, conditions=conditions)))
    cluster.run(60)
    assert cluster.current(pod) is not None
    out_of_service = Taint(key="node.kubernetes.io/out-of-service", effect="NoExecute")
    cluster.change(silent, spec=replace(silent.spec, taints=(out_of_service,)))
    cluster.run(21)
    assert cluster.current(pod) is None


def test_an_unbound_pod_that_is_held_is_marked_as_failed(cluster):
    pod = cluster.pod("p", node="")
    cluster.change_meta(pod, finalizers=("example.org/hold",))
    cluster.delete(pod)
    cluster.run(21)
    assert cluster.current(pod).status.phase == "Failed"


def test_of_very_many_ended_pods_the_oldest_go(cluster, monkeypatch):
    monkeypatch.setattr(podgc.controller, "TERMINATED_POD_THRESHOLD", 3)
    for i in range(5):
        cluster.set_phase(cluster.pod(f"p{i}"), "Succeeded")
        cluster.run(1)
    cluster.pod("alive")
    cluster.run(21)
    assert [p.metadata.name for p in cluster.all(Pod)] == ["alive", "p2", "p3", "p4"]
