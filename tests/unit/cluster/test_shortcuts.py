"""What is remembered to save work changes nothing: without it, random stories go the same way, write by write."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k8snb import Cluster
from k8snb.machinery.at_rest import AtRest
from k8snb.machinery.prepared_pods import PreparedPods
from k8snb.scheduler.runner import Scheduler

POD = """
    metadata: {labels: {app: %s}}
    spec:
      %s
      containers: [{name: c, image: 'a:1'}]
"""
SPREAD = "topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, %s}]"
SELECTOR = "labelSelector: {matchLabels: {app: db}}, matchLabelKeys: [statefulset.kubernetes.io/pod-name]"
WORKLOADS = (
    """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  progressDeadlineSeconds: 15
  revisionHistoryLimit: 1
  selector: {matchLabels: {app: web}}
  template:"""
    + POD % ("web", ""),
    """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  replicas: 3
  serviceName: db
  revisionHistoryLimit: 1
  selector: {matchLabels: {app: db}}
  template:"""
    + POD % ("db", SPREAD % SELECTOR),
    """
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  revisionHistoryLimit: 1
  selector: {matchLabels: {app: agent}}
  template:"""
    + POD % ("agent", ""),
    """
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}
""",
)


def patch(what: str, spec: dict[str, Any]) -> str:
    return f"patch {what} -p '{json.dumps({'spec': spec})}'"


KINDS = ("deployment/web", "statefulset/db", "daemonset/agent")
LINES = (
    *(f"set image {kind} c=a:{tag}" for kind in KINDS for tag in ("2", "3", "broken")),
    *(f"rollout {verb} {kind}" for kind in KINDS for verb in ("undo", "restart")),
    *(f"rollout {verb} deployment/web" for verb in ("pause", "resume")),
    *(f"scale {kind} --replicas={size}" for kind in KINDS[:2] for size in (0, 2, 5)),
    *(patch(kind, {"minReadySeconds": n}) for kind in KINDS for n in (0, 4)),
    patch("daemonset/agent", {"updateStrategy": {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}}),
    patch("statefulset/db", {"updateStrategy": {"rollingUpdate": {"partition": 2}}}),
    "annotate deployment/web note=here --overwrite",
    "label pods -l app=web app- extra=yes",
    "delete pods -l app=db --wait=false",
    "delete pdb web",
    "taint nodes node-1 a=b:NoExecute --overwrite",
    "cordon node-2",
    "uncordon node-2",
    "delete statefulset/db --cascade=orphan",
    "label node node-3 zone=a --overwrite",
)
Story = Sequence[tuple[str, int]]
STORIES = st.lists(st.tuples(st.sampled_from(LINES), st.integers(0, 25_000)), min_size=1, max_size=8)


def play(story: Story) -> Cluster:
    cluster = Cluster(3)
    assert cluster.apply("---".join(WORKLOADS)).exit == 0
    cluster.run(6)
    for line, wait_ms in story:
        cluster.kubectl(line)
        cluster.run(wait_ms / 1000)
    cluster.run(40)
    return cluster


def forgotten(*_: object) -> bool:
    return False


def unknown(*_: object) -> None:
    return None


def always_looked_at(original: Callable[..., bool]) -> Callable[..., bool]:
    def look(*args: Any) -> bool:
        original(*args)
        return True

    return look


SHORTCUTS = {
    "syncs of what is at rest": (AtRest, "holds", forgotten),
    "pods prepared like others": (PreparedPods, "find", unknown),
    "the scheduler's indifference": (Scheduler, "on_pod_updated", always_looked_at(Scheduler.on_pod_updated)),
}


@pytest.mark.parametrize("shortcut", SHORTCUTS)
@settings(max_examples=40)
@given(story=STORIES)
def test_a_shortcut_changes_no_write(shortcut: str, story: Story) -> None:
    taken = play(story)
    cls, method, instead = SHORTCUTS[shortcut]
    with pytest.MonkeyPatch.context() as monkey:
        monkey.setattr(cls, method, instead)
        avoided = play(story)
    assert writes(taken) == writes(avoided)


def writes(cluster: Cluster) -> list[tuple[int, str, str, str, object]]:
    """Every write but its cause, for a pod that is looked at again for nothing has another one."""
    return [(c.time_ms, c.actor, c.resource, c.key, c.new) for c in cluster.log.changes()]


@pytest.mark.parametrize("line", [line for line in LINES if "undo" not in line and "resume" not in line])
def test_a_line_of_the_stories_does_something(line: str) -> None:
    cluster = play([])
    result = cluster.kubectl(line)
    assert result.exit == 0, result.stderr


def test_the_shortcuts_are_taken() -> None:
    hits = 0
    original = AtRest.holds

    def holds(self: AtRest, key: str, obj: Any, *others: object) -> bool:
        nonlocal hits
        held = original(self, key, obj, *others)
        hits += held
        return held

    with pytest.MonkeyPatch.context() as monkey:
        monkey.setattr(AtRest, "holds", holds)
        play([("set image deployment/web c=a:2", 9_000)])
    assert hits > 10
