"""Faults of probes and of the registry: they go through the kubelet's own mechanisms, and replay."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k8snb.api.pods import is_ready, max_restarts
from k8snb.cluster import Cluster
from k8snb.errors import K8snbError, NotFound
from k8snb.kubelet.probe_report import BEFORE_STARTUP, ON_HOLD, PROBED, ProbeReport

POD = """
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  terminationGracePeriodSeconds: 2
  containers:
  - name: web
    image: "app:1"
    startupProbe: {exec: {command: [ok-after, "3"]}, periodSeconds: 1, failureThreshold: 10}
    readinessProbe: {exec: {command: ["true"]}, periodSeconds: 2, failureThreshold: 2}
    livenessProbe: {exec: {command: ["true"]}, periodSeconds: 5, failureThreshold: 3}
"""


def running(seconds: float = 20) -> Cluster:
    cluster = Cluster(nodes=1)
    assert cluster.apply(POD).exit == 0
    cluster.run(seconds)
    return cluster


def report(cluster: Cluster, kind: str) -> ProbeReport:
    (found,) = (r for r in cluster.probes("a") if r.kind == kind)
    return found


def test_readiness_fails_by_its_threshold_and_passes_again() -> None:
    cluster = running()
    cluster.fault(pod="a", state="failing", probe="readiness")
    cluster.run(2)
    assert is_ready(cluster.get("pod", "a"))  # one failure is not two
    cluster.run(3)
    assert not is_ready(cluster.get("pod", "a"))
    assert max_restarts(cluster.get("pod", "a")) == 0
    cluster.fault(pod="a", state="passing", probe="readiness")
    cluster.run(3)
    assert is_ready(cluster.get("pod", "a"))


def test_liveness_fails_and_the_container_is_restarted_until_it_passes() -> None:
    cluster = running()
    cluster.fault(pod="a", state="failing")
    cluster.run(60)
    assert max_restarts(cluster.get("pod", "a")) >= 2
    assert "Liveness probe failed" in cluster.kubectl("events").stdout
    cluster.fault(pod="a", state="passing")
    cluster.run(60)
    before = max_restarts(cluster.get("pod", "a"))
    cluster.run(120)
    assert max_restarts(cluster.get("pod", "a")) == before
    assert is_ready(cluster.get("pod", "a"))


def test_time_runs_on_until_a_broken_probe_has_had_its_effect() -> None:
    cluster = running()
    cluster.fault(pod="a", state="failing", probe="readiness")
    cluster.run_until_settled()
    assert not is_ready(cluster.get("pod", "a"))
    cluster.fault(pod="a", state="passing", probe="readiness")
    cluster.run_until_settled()
    assert is_ready(cluster.get("pod", "a"))


def test_a_probe_that_breaks_while_it_is_asked_is_asked_again() -> None:
    cluster = Cluster(nodes=1)
    fast = '["true"]}, periodSeconds: 2, failureThreshold: 2'
    slow = '[sleep, "1"]}, periodSeconds: 9, timeoutSeconds: 3, failureThreshold: 1'
    cluster.apply(POD.replace(fast, slow))
    cluster.run_until(lambda: report(cluster, "Startup").state == ON_HOLD if cluster.probes("a") else False)
    cluster.run(0.5)
    cluster.fault(pod="a", state="failing", probe="readiness")
    cluster.run_until_settled()
    assert report(cluster, "Readiness").result == "failure"
    assert not is_ready(cluster.get("pod", "a"))


def test_reports_say_what_was_found_and_what_is_waited_for() -> None:
    cluster = Cluster(nodes=1)
    cluster.apply(POD)
    cluster.run_until(lambda: cluster.kubectl("events").stdout.count("Startup probe failed"))
    assert report(cluster, "Startup").last == "failure"
    assert report(cluster, "Liveness").state == BEFORE_STARTUP
    cluster.run(20)
    assert report(cluster, "Startup").state == ON_HOLD
    liveness = report(cluster, "Liveness")
    assert (liveness.state, liveness.last, liveness.result) == (PROBED, "success", "success")
    assert liveness.last_ms is not None
    assert liveness.next_ms is not None
    assert cluster.now_ms - 5_000 <= liveness.last_ms <= cluster.now_ms < liveness.next_ms <= cluster.now_ms + 5_000
    cluster.fault(pod="a", state="failing")
    cluster.run(6)
    assert (report(cluster, "Liveness").last, report(cluster, "Liveness").result) == ("failure", "success")


@settings(max_examples=15)
@given(st.lists(st.floats(0.1, 7), min_size=1, max_size=6))
def test_asking_changes_nothing(pauses: list[float]) -> None:
    asked, left = running(1), running(1)
    for pause in pauses:
        asked.run(pause)
        asked.probes("a")
        left.run(pause)
    assert len(asked.log) == len(left.log)
    assert asked.get("pod", "a").status == left.get("pod", "a").status


def test_pods_without_probes_have_nothing_to_report() -> None:
    cluster = running()
    cluster.kubectl("run b --image=nginx:1")
    cluster.run(5)
    assert list(cluster.probes("b")) == []
    with pytest.raises(NotFound):
        cluster.probes("c")


def test_a_registry_that_is_down_or_slow_is_noticed_by_new_pulls() -> None:
    cluster = running()
    cluster.fault(registry="new:*", state="down")
    cluster.kubectl("run b --image=new:1")
    cluster.run(10)
    pulled = cluster.get("pod", "b").status.container_statuses[0]
    assert pulled.state.waiting.reason in ("ErrImagePull", "ImagePullBackOff")
    cluster.fault(registry="new:*", state="up")
    cluster.run(60)
    assert is_ready(cluster.get("pod", "b"))
    cluster.fault(registry="*", state="slow", seconds=40)
    cluster.kubectl("run c --image=other:1")
    cluster.run(39)
    assert not is_ready(cluster.get("pod", "c"))
    cluster.run(5)
    assert is_ready(cluster.get("pod", "c"))


@pytest.mark.parametrize("kubelet", [{"annotated": True}, {"exact": True}, {}])
def test_faults_of_the_registry_and_of_probes_are_replayed(kubelet: dict[str, Any]) -> None:
    cluster = Cluster(nodes=1, **kubelet)
    cluster.apply(POD)
    cluster.run(10)
    cluster.fault(registry="*", state="slow", seconds=7)
    if "annotated" not in kubelet:
        cluster.fault(pod="a", state="failing", probe="readiness")
    cluster.kubectl("run b --image=new:1")
    cluster.run(20)
    branch = cluster.fork()
    assert branch.get("pod", "b").status == cluster.get("pod", "b").status
    assert branch.get("pod", "a").status == cluster.get("pod", "a").status


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (
            {"pod": "a", "state": "failing", "probe": "lively"},
            "probe: 'lively' is none of liveness, readiness, startup",
        ),
        ({"pod": "b", "state": "failing"}, 'pods "b" has no liveness probe'),
        ({"registry": "*", "state": "slow", "seconds": -1}, "seconds: -1 is no whole number from 0 to 86400"),
        ({"registry": "*", "state": "ready"}, "state: 'ready' is none of down, up, slow"),
        ({"registry": "*", "pod": "a", "state": "up"}, "a fault names one node, one pod or one registry"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(fault: dict[str, Any], message: str) -> None:
    cluster = running()
    cluster.kubectl("run b --image=nginx:1")
    before = len(cluster.log), len(cluster.journal)
    with pytest.raises(K8snbError) as error:
        cluster.fault(**fault)
    assert str(error.value) == message
    assert (len(cluster.log), len(cluster.journal)) == before


def test_probes_of_pods_that_live_by_annotations_are_not_executed() -> None:
    cluster = Cluster(nodes=1, annotated=True)
    cluster.apply(POD)
    cluster.run(5)
    with pytest.raises(K8snbError, match="lives by annotations"):
        cluster.fault(pod="a", state="failing", probe="readiness")
