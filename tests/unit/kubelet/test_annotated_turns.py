"""Statuses of pods that live by annotations: those due together are written one after another, within their slot."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k8snb.api.types.pod import Pod
from k8snb.api.types.service import EndpointSlice
from k8snb.cluster import Cluster
from k8snb.kubelet.annotated_turns import SPREAD_MS, WRITE_MS

JOB = """\
apiVersion: batch/v1
kind: Job
metadata: {name: batch}
spec:
  parallelism: 4
  completions: 4
  template:
    metadata: {annotations: {k8snb.dev/run: '2', k8snb.dev/exit: '1,0,1,0'}}
    spec:
      restartPolicy: Never
      containers: [{name: main, image: busybox}]
"""


def started(old: Pod, new: Pod) -> bool:
    return old.status.phase == "Pending" and new.status.phase == "Running"


def ended(old: Pod, new: Pod) -> bool:
    return old.status.phase == "Running" and new.status.phase in ("Succeeded", "Failed")


def pods_of(cluster: Cluster) -> list[Pod]:
    return [pod for pod in cluster.server.store.tables["Pod"].values() if isinstance(pod, Pod)]


def moments(cluster: Cluster, happened: Callable[[Pod, Pod], bool]) -> list[int]:
    """When in its second something happened to a pod, each time that it did."""
    return [
        change.time_ms % 1000
        for change in cluster.log.changes()
        if isinstance(change.old, Pod) and isinstance(change.new, Pod) and happened(change.old, change.new)
    ]


@settings(max_examples=12, deadline=None)
@given(st.integers(min_value=1, max_value=130))
def test_pods_of_one_second_start_one_after_another(pods: int) -> None:
    cluster = Cluster([{"name": "node", "cpu": "64", "pods": 200}], annotated=True)
    cluster.kubectl(f"create deployment web --image=nginx --replicas={pods}")
    cluster.run(3)
    expected = [130 + min(turn * WRITE_MS, SPREAD_MS) for turn in range(pods)]
    assert moments(cluster, started) == expected


def test_pods_of_one_second_exit_one_after_another() -> None:
    cluster = Cluster(1, annotated=True)
    cluster.apply(JOB)
    cluster.run(6)
    assert moments(cluster, ended)[:4] == [1, 2, 3, 4]
    phases = [p.status.phase for p in pods_of(cluster) if p.status.phase in ("Failed", "Succeeded")]
    assert sorted(phases) == ["Failed", "Failed", "Succeeded", "Succeeded"]


def test_a_pod_that_is_deleted_before_its_turn_has_exited_all_the_same() -> None:
    cluster = Cluster(1, annotated=True)
    cluster.apply(JOB)
    cluster.run_until(lambda: moments(cluster, ended))
    waiting = [p for p in pods_of(cluster) if p.status.phase == "Running"]
    assert len(waiting) == 3
    cluster.kubectl(f"delete pod {waiting[-1].metadata.name} --wait=false")
    cluster.run(0.1)
    deleted = cluster.get("pod", waiting[-1].metadata.name)
    assert deleted.metadata.deletion_timestamp is not None
    assert deleted.status.phase in ("Failed", "Succeeded")


def test_a_deadline_of_the_second_in_which_pods_exit_comes_before_they_have_said_so() -> None:
    cluster = Cluster(1, annotated=True)
    cluster.run(0.5)
    cluster.apply(JOB.replace("spec:\n", "spec:\n  activeDeadlineSeconds: 4\n", 1))
    cluster.run(4)
    assert [(p.status.phase != "Running", p.metadata.deletion_timestamp is not None) for p in pods_of(cluster)] == [
        (True, True)
    ] * 4


def test_controllers_act_between_two_statuses() -> None:
    """Each pod's address comes into the endpoint slice by a change of its own, as from kubelets that write apart."""
    cluster = Cluster(1, annotated=True)
    cluster.kubectl("create deployment web --image=nginx --replicas=3")
    cluster.kubectl("expose deployment web --port=80")
    cluster.run(3)
    sizes = [
        len(change.new.endpoints)
        for change in cluster.log.changes()
        if isinstance(change.new, EndpointSlice) and change.new.metadata.name.startswith("web-")
    ]
    assert [size for size in (1, 2, 3) if size in sizes] == [1, 2, 3]


def test_a_kubelet_that_was_down_goes_on_in_the_slots_of_the_next_second() -> None:
    cluster = Cluster([{"name": "a"}], annotated=True)
    cluster.kubectl("create deployment web --image=nginx --replicas=2")
    cluster.run(1)
    cluster.fault(node="a", state="down")
    cluster.run(9.5)
    assert moments(cluster, started) == []
    cluster.fault(node="a", state="up")
    cluster.run(1)
    assert moments(cluster, started) == [130, 131]


def test_a_restarted_container_that_is_ready_at_once_is_so_in_the_same_write() -> None:
    cluster = Cluster(1, annotated=True)
    restarting = JOB.replace("Never", "OnFailure").replace("'1,0,1,0'", "'1,0'").replace("4", "1")
    cluster.apply(restarting.replace("k8snb.dev/run", "k8snb.dev/ready: '0', k8snb.dev/run"))
    cluster.run(10)
    statuses = [
        c.new.status for c in cluster.log.changes() if isinstance(c.new, Pod) and c.new.status.container_statuses
    ]
    again = [s.container_statuses[0] for s in statuses if s.container_statuses[0].restart_count == 1]
    assert again
    assert all(status.ready for status in again if status.state.running is not None)


def test_a_deleted_pod_has_ended_before_it_is_gone_and_then_comes_the_next() -> None:
    cluster = Cluster(1, annotated=True)
    cluster.kubectl("create deployment web --image=nginx --replicas=3")
    cluster.run(5)
    cluster.kubectl("delete pods --all --wait=false")
    cluster.run(2)
    gone = [c.time_ms % 1000 for c in cluster.log.changes() if isinstance(c.old, Pod) and c.new is None]
    assert (moments(cluster, ended), gone) == ([400, 402, 404], [401, 403, 405])


ALONE = """
    apiVersion: v1
    kind: Pod
    metadata: {name: p, annotations: {k8snb.dev/run: '2'%s}}
    spec: {restartPolicy: %s, containers: [{name: c, image: 'a:1'}]}
"""


def exits_of(cluster: Cluster) -> list[int]:
    """The exit codes that are told of, one after the other."""
    states = [
        (status.state.terminated or status.last_state.terminated, status.restart_count)
        for change in cluster.log.changes()
        if isinstance(change.new, Pod)
        for status in change.new.status.container_statuses
    ]
    told = dict.fromkeys((state.exit_code, count) for state, count in states if state is not None)
    return [code for code, _ in told]


@pytest.mark.parametrize("before_ms", range(-3, 6))
def test_containers_that_a_fault_ended_do_not_exit_by_themselves_as_well(before_ms: int) -> None:
    cluster = Cluster(1, annotated=True)
    cluster.apply(ALONE % ("", "Never"))
    cluster.run_until(3.265 - before_ms / 1000)
    cluster.fault(pod="p", state="exit", code=7)
    cluster.run(10)
    assert exits_of(cluster) == [7]


@pytest.mark.parametrize("down_ms", range(3266, 3272))
def test_a_node_that_goes_down_when_containers_exit_tells_their_code_later(down_ms: int) -> None:
    cluster = Cluster(1, annotated=True)
    cluster.apply(ALONE % (", k8snb.dev/exit: '3,0'", "OnFailure"))
    cluster.run_until(down_ms / 1000)
    cluster.fault(node="node-1", state="down")
    cluster.run(5)
    cluster.fault(node="node-1", state="up")
    cluster.run(60)
    assert exits_of(cluster)[:2] == [3, 0]


def test_a_node_that_goes_down_and_comes_back_while_containers_exit_tells_it_once() -> None:
    cluster = Cluster(1, annotated=True)
    cluster.apply(ALONE % ("", "Never"))
    cluster.run_until(lambda: cluster.now_ms == 4000)  # the first event of the moment in which they exit
    cluster.fault(node="node-1", state="down")
    cluster.fault(node="node-1", state="up")
    cluster.run(10)
    assert exits_of(cluster) == [0]
