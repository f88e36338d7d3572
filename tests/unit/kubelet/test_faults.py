"""Faults of pods: they are noticed when the kubelet next looks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8snb.api.pods import is_ready, max_restarts
from k8snb.api.types.pod import Pod
from k8snb.cluster import Cluster
from k8snb.kubelet.annotated_timing import AnnotatedTiming, EXIT_SLOT, READY_SLOT
from k8snb.scenario import scenario_of

RUN_POD = "run a --image=nginx:1"


def running(annotated: bool) -> Cluster:
    cluster = Cluster(nodes=1, annotated=annotated)
    cluster.kubectl(RUN_POD)
    cluster.run_until(6.5)
    return cluster


def changes_of_readiness(cluster: Cluster) -> list[tuple[int, bool]]:
    """When the pod became ready, or unready."""
    return [
        (change.time_ms, is_ready(change.new))
        for change in cluster.log.changes(0)
        if isinstance(change.new, Pod) and isinstance(change.old, Pod) and is_ready(change.new) != is_ready(change.old)
    ]


def test_readiness_fails_and_returns_when_the_kubelet_looks() -> None:
    cluster = running(annotated=True)
    cluster.fault(pod="a", state="unready")
    cluster.run_until(9.1)
    cluster.fault(pod="a", state="ready")
    cluster.run_until(12)
    assert changes_of_readiness(cluster) == [(3_270, True), (7_270, False), (9_270, True)]


def test_a_fault_that_is_over_before_the_kubelet_looks_is_none() -> None:
    cluster = running(annotated=True)
    cluster.fault(pod="a", state="unready")
    cluster.fault(pod="a", state="ready")
    cluster.run_until(9)
    assert changes_of_readiness(cluster) == [(3_270, True)]


def test_containers_exit_at_the_beginning_of_the_next_second() -> None:
    cluster = running(annotated=True)
    cluster.fault(pod="a", state="exit", code=3)
    cluster.run_until(6.99)
    assert max_restarts(cluster.get("pod", "a")) == 0
    cluster.run_until(7)
    pod = cluster.get("pod", "a")
    assert (max_restarts(pod), pod.status.container_statuses[0].last_state.terminated.exit_code) == (1, 3)


def test_a_pod_that_is_deleted_in_between_is_spared() -> None:
    cluster = running(annotated=True)
    cluster.fault(pod="a", state="exit", code=3)
    cluster.kubectl("delete pod a --force --grace-period=0")
    cluster.kubectl(RUN_POD)
    cluster.run_until(12)
    assert max_restarts(cluster.get("pod", "a")) == 0


TWO = """
apiVersion: v1
kind: Pod
metadata: {name: two}
spec:
  restartPolicy: OnFailure
  containers: [{name: a, image: "app:1"}, {name: b, image: "app:1"}]
  initContainers: [{name: s, image: "app:1", restartPolicy: Always}]
"""


@pytest.mark.parametrize(
    ("container", "codes"),
    [("", {"a": 3, "b": 3}), ("b", {"b": 3}), ("s", {"s": 3})],
)
def test_one_container_exits_or_all_but_the_init_containers(container: str, codes: dict[str, int]) -> None:
    cluster = Cluster(nodes=1)
    cluster.apply(TWO)
    cluster.run(10)
    cluster.fault(pod="two", state="exit", container=container, code=3)
    cluster.run(3)
    status = cluster.get("pod", "two").status
    ended = {s.name: s.last_state.terminated for s in (*status.container_statuses, *status.init_container_statuses)}
    assert {name: end.exit_code for name, end in ended.items() if end is not None} == codes
    assert cluster.fork().get("pod", "two").status == status
    assert scenario_of(cluster, "two").steps[-1]["fault"].get("container", "") == container


def test_others_say_at_once_that_they_are_unready_and_list_exits_within_a_second() -> None:
    cluster = running(annotated=False)
    cluster.fault(pod="a", state="unready")
    cluster.run(0.1)
    assert changes_of_readiness(cluster)[-1] == (6_550, False)
    cluster.fault(pod="a", state="ready")
    cluster.run(0.1)
    assert changes_of_readiness(cluster)[-1] == (6_650, True)
    cluster.fault(pod="a", state="exit", code=3)
    cluster.run(1.1)
    pod = cluster.get("pod", "a")
    assert (max_restarts(pod), pod.status.container_statuses[0].last_state.terminated.exit_code) == (1, 3)


@given(st.integers(0, 100_000))
def test_the_kubelet_looks_at_its_slot_of_this_second_or_the_next(now_ms: int) -> None:
    timing = AnnotatedTiming()
    for moment, slot in ((timing.probe(now_ms), READY_SLOT), (timing.crash(now_ms), EXIT_SLOT)):
        assert 0 < moment - now_ms <= 1000
        assert moment % 1000 == slot
