"""Random pods and operations on them: whatever containers do, a kubelet keeps its promises."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from k8snb.api.types.pod import Pod
from k8snb.api.types.pod_status import ContainerStatus
from k8snb.cluster import Cluster
from k8snb.machinery.log import Change
from k8snb.machinery.server import EPOCH_MS

TERMINAL = ("Succeeded", "Failed")
UNTIL = 40
LONGEST_MS = 330_000  # the longest grace period that is drawn, a kill under way before it, and what follows
MARGIN_MS = 2_000
LONGEST_OUTAGE_MS = 48_000  # four steps of at most twelve seconds

SECONDS = st.integers(1, 8)
COMMANDS = st.one_of(
    st.sampled_from([["true"], ["false"], ["sleep", "3"]]),
    SECONDS.map(lambda n: ["ok-after", str(n)]),
    st.tuples(SECONDS, SECONDS).map(lambda ab: ["fail-between", str(ab[0]), str(ab[0] + ab[1])]),
)


@st.composite
def scripts(draw: st.DrawFn) -> str:
    runs = draw(st.lists(st.one_of(SECONDS.map(str), st.just("ever")), min_size=1, max_size=3))
    codes = draw(st.lists(st.integers(0, 3).map(str), min_size=1, max_size=3))
    term = draw(st.sampled_from(["", "term=1", "term=4", "term=never", "term=2 termexit=143"]))
    return f"run={','.join(runs)} exit={','.join(codes)} {term}"


@st.composite
def probes(draw: st.DrawFn, readiness: bool) -> dict[str, Any]:
    probe: dict[str, Any] = {
        "exec": {"command": draw(COMMANDS)},
        "periodSeconds": draw(st.integers(1, 3)),
        "failureThreshold": draw(st.integers(1, 3)),
        "initialDelaySeconds": draw(st.sampled_from([0, 0, 2, 5])),
    }
    if not readiness and draw(st.booleans()):
        probe["terminationGracePeriodSeconds"] = draw(st.integers(1, 4))
    return probe


@st.composite
def containers(draw: st.DrawFn, name: str, init: bool) -> dict[str, Any]:
    body: dict[str, Any] = {
        "name": name,
        "image": draw(st.sampled_from(["app:1", "app:1", "app:slow-3", "app:broken"])),
    }
    if draw(st.booleans()):
        body["env"] = [{"name": "SIM", "value": draw(scripts())}]
    elif init:
        body["env"] = [{"name": "SIM", "value": "run=2"}]
    sidecar = init and draw(st.booleans())
    if sidecar:
        body["restartPolicy"] = "Always"
    if not init or sidecar:
        for kind in ("livenessProbe", "readinessProbe", "startupProbe"):
            if draw(st.integers(0, 3)) == 0:
                body[kind] = draw(probes(readiness=kind == "readinessProbe"))
        hooks = {}
        if draw(st.integers(0, 3)) == 0:
            hooks["preStop"] = {"exec": {"command": draw(COMMANDS)}}
        if draw(st.integers(0, 5)) == 0:
            hooks["postStart"] = {"exec": {"command": draw(COMMANDS)}}
        if hooks:
            body["lifecycle"] = hooks
    return body


@st.composite
def pods(draw: st.DrawFn) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "containers": [draw(containers(name, init=False)) for name in "ab"[: draw(st.integers(1, 2))]],
        "restartPolicy": draw(st.sampled_from(["Always", "OnFailure", "Never"])),
        "terminationGracePeriodSeconds": draw(st.sampled_from([0, 3, 6, 30])),
    }
    init = [draw(containers(f"i{n}", init=True)) for n in range(draw(st.integers(0, 2)))]
    if init:
        spec["initContainers"] = init
    if draw(st.integers(0, 3)) == 0:
        spec["activeDeadlineSeconds"] = 15
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec}


OPERATIONS = st.sampled_from(
    [
        "delete pod p --wait=false",
        "delete pod p --wait=false --grace-period=2",
        "set image pod/p a=app:2",
        "label pod p a=b --overwrite",
        "unready",
        "ready",
        "exit",
        "down",
        "up",
    ]
)
STEPS = st.lists(st.tuples(st.integers(1, 12), OPERATIONS), max_size=4)


class Seen(NamedTuple):
    """One version of the pod, and when it was written."""

    time_ms: int
    pod: Pod


def act(cluster: Cluster, operation: str) -> None:
    if operation in ("down", "up"):
        cluster.fault(node="node-1", state=operation)
    elif operation in ("unready", "ready", "exit"):
        if any(pod.metadata.name == "p" for pod in versions(cluster, 1)):
            cluster.fault(pod="p", state=operation)
    else:
        cluster.kubectl(operation)


def versions(cluster: Cluster, last: int = 0) -> list[Pod]:
    """The stored pods."""
    return [pod for pod in cluster.server.store.tables["Pod"].values() if isinstance(pod, Pod)][-last:]


def history(cluster: Cluster) -> Iterator[Seen]:
    for change in cluster.log.changes(0):
        if isinstance(change, Change) and isinstance(change.new, Pod):
            yield Seen(change.time_ms, change.new)


def statuses(pod: Pod) -> dict[str, ContainerStatus]:
    return {s.name: s for s in (*pod.status.init_container_statuses, *pod.status.container_statuses)}


def check(seen: list[Seen]) -> None:
    for before, after in pairwise(seen):
        if before.pod.status.phase in TERMINAL:
            # The deadline of a pod that has ended may be over before its end is looked at for the last time.
            late = (after.pod.status.phase, after.pod.status.reason) == ("Failed", "DeadlineExceeded")
            assert late or after.pod.status.phase == before.pod.status.phase
        old, new = statuses(before.pod), statuses(after.pod)
        for name in old:
            assert new[name].restart_count >= old[name].restart_count
    for _, pod in seen:
        check_order(pod)
        check_conditions(pod)


def check_order(pod: Pod) -> None:
    """A container proper runs only after every init container before it is done, or has started if it is a sidecar."""
    now = statuses(pod)
    if not any(now[c.name].state.running is not None for c in pod.spec.containers if c.name in now):
        return
    for container in pod.spec.init_containers:
        if container.restart_policy != "Always":
            ended = now[container.name].state.terminated
            assert ended is not None and ended.exit_code == 0


def check_conditions(pod: Pod) -> None:
    conditions = {c.type: c.status for c in pod.status.conditions}
    if conditions.get("Ready") == "True":
        assert conditions["ContainersReady"] == "True" and pod.status.phase == "Running"
        assert all(s.ready for s in pod.status.container_statuses)
    for status in statuses(pod).values():
        states = [status.state.running, status.state.waiting, status.state.terminated]
        assert sum(state is not None for state in states) == 1
        if pod.status.phase in TERMINAL:
            assert status.state.running is None


@given(pods(), STEPS, st.booleans())
@settings(max_examples=40, deadline=None)
def test_a_kubelet_keeps_its_promises(manifest: dict[str, Any], steps: list[tuple[int, str]], exact: bool) -> None:
    cluster = Cluster(nodes=1, exact=exact)
    cluster.apply(json.dumps(manifest) + "\n")
    for wait, operation in steps:
        cluster.run(wait)
        act(cluster, operation)
    cluster.fault(node="node-1", state="up")
    cluster.run(UNTIL)
    asked_ms = cluster.now_ms
    cluster.kubectl("delete pod p --wait=false")
    cluster.run(LONGEST_MS / 1000)
    assert versions(cluster) == []
    check([seen for seen in history(cluster) if seen.pod.metadata.name == "p"])
    check_end(cluster, manifest, any(operation == "down" for _, operation in steps), asked_ms)


def check_end(cluster: Cluster, manifest: dict[str, Any], outage: bool, asked_ms: int) -> None:
    """Nothing outlives its grace period by more than two seconds, after what was under way when it was asked to end."""
    gone = [c for c in cluster.log.changes(0) if c.resource == "Pod" and c.new is None]
    assert len(gone) == 1
    last = gone[0].old
    assert isinstance(last, Pod)
    deleted = last.metadata.deletion_timestamp
    if deleted is None:
        return  # it had ended before, and was removed at once
    grace_ms = max(manifest["spec"]["terminationGracePeriodSeconds"], 2) * 1000
    began_ms = min(asked_ms, deleted - EPOCH_MS)
    limit_ms = EPOCH_MS + began_ms + grace_ms + MARGIN_MS + under_way_ms(manifest, grace_ms)
    limit_ms += LONGEST_OUTAGE_MS if outage else 0
    for status in statuses(last).values():
        ended = status.state.terminated
        if ended is not None and ended.finished_at is not None:
            assert ended.finished_at <= limit_ms


def under_way_ms(manifest: dict[str, Any], grace_ms: int) -> int:
    """How long a sync may still take: pulls, hooks after a start, kills that probes asked for."""
    parts = [*manifest["spec"]["containers"], *manifest["spec"].get("initContainers", [])]
    pulls = sum(4_000 for part in parts if "slow" in part["image"])
    hooks = sum(8_000 + grace_ms for part in parts if "postStart" in part.get("lifecycle", {}))
    kills = sum(grace_ms + MARGIN_MS for part in parts if "livenessProbe" in part or "startupProbe" in part)
    return pulls + hooks + kills
