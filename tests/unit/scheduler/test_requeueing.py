"""Nobody waits in vain: whatever happens, a pod for which there is room is tried again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from scheduler_builders import node, pod

from k8snb.api.types.node import Node
from k8snb.api.types.pod import Pod
from k8snb.scheduler.framework import Cycle
from k8snb.scheduler.runner import Scheduler

ZONE = "topology.kubernetes.io/zone"
HOST = "kubernetes.io/hostname"
TAINT = {"key": "t", "effect": "NoSchedule"}


def _with_pods(kind: str, key: str, app: str) -> dict[str, Any]:
    term = {"labelSelector": {"matchLabels": {"app": app}}, "topologyKey": key}
    return {kind: {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}


SPREAD = {
    "maxSkew": 1,
    "topologyKey": ZONE,
    "whenUnsatisfiable": "DoNotSchedule",
    "labelSelector": {"matchLabels": {"app": "a"}},
}
SPECS: Sequence[dict[str, Any]] = (
    {"cpu": "500m"},
    {"cpu": "1"},
    {"cpu": "2", "priority": 5},
    {"nodeSelector": {"disk": "ssd"}},
    {"tolerations": [{"operator": "Exists"}], "cpu": "500m"},
    {"topologySpreadConstraints": [SPREAD]},
    {"affinity": _with_pods("podAffinity", ZONE, "a")},
    # Only these bear the label: upstream does not try a pod again on a new node that others alone keep away from them.
    {"affinity": _with_pods("podAntiAffinity", HOST, "alone")},
    {"container": {"ports": [{"containerPort": 80, "hostPort": 80}]}},
)

nodes = st.builds(
    lambda name, cpu, pods, zone, disk, taint, cordoned: node(
        name,
        cpu=cpu,
        pods=pods,
        labels={k: v for k, v in ((ZONE, zone), ("disk", disk)) if v},
        taints=[TAINT] if taint else [],
        unschedulable=cordoned,
    ),
    name=st.sampled_from(["n0", "n1", "n2"]),
    cpu=st.sampled_from(["1", "2"]),
    pods=st.sampled_from(["1", "3"]),
    zone=st.sampled_from(["", "a", "b"]),
    disk=st.sampled_from(["", "ssd"]),
    taint=st.booleans(),
    cordoned=st.booleans(),
)
steps = st.one_of(
    st.tuples(st.just("create"), st.tuples(st.integers(0, len(SPECS) - 1), st.sampled_from("ab"))),
    st.tuples(st.just("node"), nodes),
    st.tuples(st.sampled_from(["delete", "finish", "relabel", "lose"]), st.integers(0, 30)),
)


class Story:
    """A cluster in which bindings, evictions and everything else happen at once."""

    def __init__(self) -> None:
        self.pods: dict[str, Pod] = {}
        self.made = 0
        self.going: list[str] = []
        self.ms = 0
        self.scheduler = Scheduler(self, lambda names: names[0], lambda: self.ms)

    def settle(self) -> None:
        """Let everything happen that follows at once, and wait for attempts that failed for want of any node."""
        for _ in range(50):
            tried = self.scheduler.schedule_pending()
            going, self.going = self.going, []
            for name in going:
                self.delete_pod(name)
            retry = self.scheduler.queue.next_retry_ms if self.scheduler.snapshot.nodes else None
            if not tried and not going and retry is None:
                return
            self.ms = max(self.ms, retry or 0)
        raise AssertionError("it never settles")

    def waits_in_vain(self) -> list[str]:
        """The waiting pods for which there is room."""
        scheduler = self.scheduler
        waiting = [p for p in self.pods.values() if not p.spec.node_name]
        infos = (scheduler.queue.get(p.metadata.uid) for p in waiting)
        cycles = [Cycle(q.info, scheduler.snapshot, scheduler.listers) for q in infos if q is not None]
        assert len(cycles) == len(waiting)
        return [c.pod.pod.metadata.name for c in cycles if scheduler.core.schedule(c).node]

    def change(self, new: Pod) -> None:
        old = self.pods[new.metadata.name]
        self.pods[new.metadata.name] = new
        self.scheduler.on_pod_updated(old, new)

    def delete_pod(self, name: str) -> None:
        if name in self.pods:
            self.scheduler.on_pod_deleted(self.pods.pop(name))

    # What the scheduler has done

    def bind(self, bound: Pod, node_name: str) -> None:
        current = self.pods[bound.metadata.name]
        self.change(replace(current, spec=replace(current.spec, node_name=node_name)))

    def report_unschedulable(self, refused: Pod, message: str, nominated_node: str | None) -> None:
        if nominated_node is not None:
            current = self.pods[refused.metadata.name]
            self.change(replace(current, status=replace(current.status, nominated_node_name=nominated_node)))

    def report_skipped(self, skipped: Pod, message: str) -> None:
        raise AssertionError(message)

    def delete_victim(self, victim: Pod, preemptor: Pod, node_name: str) -> None:
        self.going.append(victim.metadata.name)

    def clear_nomination(self, nominated: Pod) -> None:
        current = self.pods[nominated.metadata.name]
        self.change(replace(current, status=replace(current.status, nominated_node_name="")))

    # Steps

    def create(self, choice: tuple[int, str]) -> None:
        self.made += 1
        spec = SPECS[choice[0]]
        labels = {"app": "alone" if "podAntiAffinity" in spec.get("affinity", {}) else choice[1]}
        new = pod(f"p{self.made}", labels=labels, **dict(spec))
        self.pods[new.metadata.name] = new
        self.scheduler.on_pod_added(new)

    def node(self, new: Node) -> None:
        known = self.scheduler.snapshot.get(new.metadata.name)
        if known is None:
            self.scheduler.on_node_added(new)
        else:
            self.scheduler.on_node_updated(known.known_node, new)

    def delete(self, number: int) -> None:
        if self.pods:
            self.delete_pod(list(self.pods)[number % len(self.pods)])

    def finish(self, number: int) -> None:
        running = [name for name, p in self.pods.items() if p.spec.node_name]
        if running:
            ending = self.pods.pop(running[number % len(running)])
            self.scheduler.on_pod_updated(ending, replace(ending, status=replace(ending.status, phase="Failed")))

    def relabel(self, number: int) -> None:
        if self.pods:
            chosen = list(self.pods.values())[number % len(self.pods)]
            self.change(replace(chosen, metadata=replace(chosen.metadata, labels={"app": "ab"[number % 2]})))

    def lose(self, number: int) -> None:
        """A node goes, and its pods soon after it."""
        known = self.scheduler.snapshot.nodes
        if known:
            lost = known[number % len(known)].known_node
            self.scheduler.on_node_deleted(lost)
            for name in [n for n, p in self.pods.items() if p.spec.node_name == lost.metadata.name]:
                self.delete_pod(name)


@settings(max_examples=150, deadline=None)
@given(st.lists(steps, max_size=30))
def test_no_pod_waits_while_there_is_room(script: list[tuple[str, Any]]) -> None:
    story = Story()
    for name, argument in script:
        getattr(story, name)(argument)
        story.settle()
        assert not story.waits_in_vain()
