"""What is remembered to save work changes nothing: without it, random stories go the same way, write by write."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from k8snb import Cluster
from k8snb.api.selectors import matches
from k8snb.api.types.pod import Pod
from k8snb.controllers.daemonset.history import History
from k8snb.controllers.daemonset.templates import Templates
from k8snb.controllers.deployment.rollout import Rollout
from k8snb.controllers.disruption.guarded import GuardedPods
from k8snb.machinery.at_rest import AtRest
from k8snb.machinery.budgets import budgets_for
from k8snb.machinery.controller import key_of
from k8snb.machinery.informer import Informer
from k8snb.machinery.prepared_pods import PreparedPods
from k8snb.scheduler.labels import selects
from k8snb.scheduler.node_info import NodeInfo
from k8snb.scheduler.pod_counts import PodCount
from k8snb.scheduler.rooms import Rooms
from k8snb.scheduler.runner import Scheduler
from k8snb.scheduler.table import Table

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
WEB = {"matchLabels": {"app": "web"}}
APART = {
    "maxSkew": 1,
    "topologyKey": "kubernetes.io/hostname",
    "whenUnsatisfiable": "DoNotSchedule",
    "labelSelector": WEB,
    "matchLabelKeys": ["pod-template-hash"],
}
IN_A = {"weight": 5, "preference": {"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a"]}]}}
RATHER_IN_A = {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [IN_A]}}
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
    *(patch(kind, {"revisionHistoryLimit": 0}) for kind in KINDS),
    *(patch("deployment/web", {"progressDeadlineSeconds": n}) for n in (4, 30)),
    patch("deployment/web", {"template": {"spec": {"topologySpreadConstraints": [APART]}}}),
    patch("deployment/web", {"template": {"spec": {"affinity": RATHER_IN_A}}}),
    patch("daemonset/agent", {"template": {"spec": {"nodeSelector": {"kubernetes.io/hostname": "node-1"}}}}),
    patch("statefulset/db", {"ordinals": {"start": 1}}),
    patch("pdb/web", {"selector": {"matchLabels": {"app": "db"}}}),
    "create pdb other --selector=app=web --min-available=1",
    "create quota few --hard=pods=9",
    "annotate daemonset/agent deprecated.daemonset.template.generation=5 --overwrite",
    "annotate pods -l app=web controller.kubernetes.io/pod-deletion-cost=5",
    "annotate rs -l app=web deployment.kubernetes.io/revision=9 --overwrite",
    "delete rs -l app=web --cascade=orphan --wait=false",
    "delete controllerrevisions -l app=agent",
    "label controllerrevisions --all app=other --overwrite",
    "delete pods --all --force",
    "delete node node-3",
    "label pods -l app=agent app-",
    "label node node-1 kubernetes.io/hostname=other --overwrite",
    "taint nodes node-2 c=d:NoSchedule",
)
FAULTS = ("node-1 down", "node-1 up", "node-2 down")
Story = Sequence[tuple[str, int]]
WAITS_MS = st.sampled_from((0, 1, 2, 50, 1500, 4000, 9000, 25_000))
STORIES = st.lists(st.tuples(st.sampled_from(LINES + FAULTS), WAITS_MS), min_size=3, max_size=9)
# Revisions that are no longer their owners' are made again in vain at each sync, which each time takes a UID.
OF_FOREIGN_REVISIONS = [
    ("label controllerrevisions --all app=other --overwrite", 4000),
    ("delete pods --all --force", 9000),
]
# A pod that was deleted on a node that is down is ready no more when its node is given up.
OF_A_LOST_NODE = [
    ("node-1 down", 1500),
    ("node-2 down", 1500),
    ("delete pods -l app=db --wait=false", 25_000),
    ("uncordon node-2", 25_000),
]


def play(story: Story) -> Cluster:
    cluster = Cluster(3)
    assert cluster.apply("---".join(WORKLOADS)).exit == 0
    cluster.run(6)
    for line, wait_ms in story:
        if line in FAULTS:
            node, state = line.split()
            if node in cluster.server.store.tables["Node"]:
                cluster.fault(node=node, state=state)
        else:
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


def counted_one_by_one(self: PodCount, info: NodeInfo) -> int:
    namespace, selector = self.matcher.namespace, self.matcher.selector
    pods = [p.pod.metadata for p in info.pods.values() if not p.terminating]
    return sum(meta.namespace == namespace and selects(selector, meta.labels) for meta in pods)


def after_forgetting(original: Callable[..., Any], memory: str) -> Callable[..., Any]:
    def anew(self: Any, *args: Any) -> Any:
        getattr(self, memory).clear()
        return original(self, *args)

    return anew


class AllPods:
    """What `GuardedPods` does, by a look at all pods and budgets each time."""

    def on_budget(self: Any, key: str, budget: Any, pods: Mapping[str, Pod]) -> None:
        self._pods = pods
        self._budgets.pop(key, None) if budget is None else self._budgets.update({key: budget})

    def on_pod(self: Any, old: Pod | None, new: Pod | None) -> Sequence[str]:
        pod = new or old
        assert pod is not None
        return list(map(key_of, budgets_for(pod, self._budgets.values())))

    def of(self: Any, key: str) -> list[Pod]:
        meta, selector = self._budgets[key].metadata, self._budgets[key].spec.selector
        pods = [pod for pod in self._pods.values() if pod.metadata.namespace == meta.namespace]
        return [pod for pod in pods if matches(selector, pod.metadata.labels)]


def kept_from_the_start(original: Callable[..., None]) -> Callable[..., None]:
    def add_index(self: Any, name: str, function: Any) -> None:
        original(self, name, function)
        self._index(name)

    return add_index


never = property(lambda self: None, lambda self, value: None)
SHORTCUTS: dict[str, list[tuple[type, str, Any]]] = {
    "syncs of what is at rest": [(AtRest, "holds", forgotten)],
    "pods prepared like others": [(PreparedPods, "find", unknown)],
    "the scheduler's indifference": [(Scheduler, "on_pod_updated", always_looked_at(Scheduler.on_pod_updated))],
    "nodes and pods that look alike to the scheduler": [
        (Table, "_kind_of", after_forgetting(Table._kind_of, "_kinds_by_look")),
        (PodCount, "on", counted_one_by_one),
        (Rooms, "on", Rooms._measure),
    ],
    "what controllers remember": [
        (History, "construct", History._construct),
        (Templates, "verdict", after_forgetting(Templates.verdict, "_known")),
        (Rollout, "sorted_sets", never),
        *((GuardedPods, name, getattr(AllPods, name)) for name in ("on_budget", "on_pod", "of")),
        (Informer, "add_index", kept_from_the_start(Informer.add_index)),
    ],
}


@pytest.mark.parametrize("shortcut", SHORTCUTS)
@settings(max_examples=30)
@given(story=STORIES)
@example(story=OF_FOREIGN_REVISIONS)
@example(story=OF_A_LOST_NODE)
def test_a_shortcut_changes_no_write(shortcut: str, story: Story) -> None:
    taken = play(story)
    with pytest.MonkeyPatch.context() as monkey:
        for cls, name, instead in SHORTCUTS[shortcut]:
            monkey.setattr(cls, name, instead, raising=False)
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
