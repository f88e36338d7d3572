"""The fast evaluation decides exactly like the plain one, whatever happens to the cluster in between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from scheduler_builders import first, node, owned, pod, replica_set, World

from k8snb.api.decode import from_dict
from k8snb.api.types.node import Node
from k8snb.api.types.pod import Pod
from k8snb.api.types.service import Service
from k8snb.scheduler.core import Core, Decision
from k8snb.scheduler.equivalence import FastCore
from k8snb.scheduler.framework import Cycle
from k8snb.scheduler.nominator import Nominator
from k8snb.scheduler.plugins import default_plugins
from k8snb.scheduler.signature import PodInfo
from k8snb.scheduler.snapshot import Snapshot

ZONE = "topology.kubernetes.io/zone"
HOST = "kubernetes.io/hostname"
MB = 1024 * 1024


def _spread(key: str, action: str, **more: Any) -> dict[str, Any]:
    selector = {"matchLabels": {"app": "a"}}
    return {"maxSkew": 1, "topologyKey": key, "whenUnsatisfiable": action, "labelSelector": selector, **more}


def _node_affinity(operator: str, key: str, weight: int = 0) -> dict[str, Any]:
    term = {"matchExpressions": [{"key": key, "operator": operator}]}
    if weight:
        preferred = [{"weight": weight, "preference": term}]
        return {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": preferred}}
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}}


def _anti_affinity(app: str) -> dict[str, Any]:
    term = {"labelSelector": {"matchLabels": {"app": app}}, "topologyKey": HOST}
    return {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}


TEMPLATES: list[dict[str, Any]] = [
    {"cpu": "500m"},
    {"cpu": "1", "memory": "1Gi"},
    {},
    {"memory": "2Gi", "tolerations": [{"operator": "Exists"}]},
    {"cpu": "500m", "topologySpreadConstraints": [_spread(ZONE, "DoNotSchedule")]},
    {"cpu": "100m", "topologySpreadConstraints": [_spread(HOST, "DoNotSchedule"), _spread(ZONE, "ScheduleAnyway")]},
    {"topologySpreadConstraints": [_spread(ZONE, "DoNotSchedule", minDomains=3, nodeTaintsPolicy="Honor")]},
    {"topologySpreadConstraints": [_spread(HOST, "ScheduleAnyway", maxSkew=2), _spread("disk", "ScheduleAnyway")]},
    {"topologySpreadConstraints": [_spread("disk", "DoNotSchedule"), _spread(HOST, "DoNotSchedule", maxSkew=3)]},
    {"cpu": "250m", "affinity": _node_affinity("Exists", "disk", weight=10)},
    {"cpu": "250m", "affinity": _node_affinity("DoesNotExist", "disk")},
    {"cpu": "1", "nodeSelector": {"disk": "ssd"}, "priority": 10},
    {"cpu": "2", "priority": 100},
    {"cpu": "2", "priority": 100, "preemptionPolicy": "Never"},
    {"cpu": "100m", "affinity": _anti_affinity("a")},
    {"container": {"resources": {"requests": {"example.com/gpu": "1"}}}},
]
LABELS = [{"app": "a"}, {"app": "b"}, {"app": "a", "tier": "x"}]

nodes = st.builds(
    lambda name, host, cpu, pods, zone, disk, taint, cordoned, image, gpu: node(
        name,
        cpu=cpu,
        pods=pods,
        labels={k: v for k, v in ((HOST, host), (ZONE, zone), ("disk", disk)) if v != ""},
        taints=[taint] if taint else [],
        unschedulable=cordoned,
        images=[{"names": ["app:latest"], "sizeBytes": 400 * MB}] if image else [],
        allocatable={"example.com/gpu": gpu} if gpu else {},
    ),
    name=st.sampled_from([f"n{i}" for i in range(6)]),
    host=st.sampled_from(["", "", "", "", "shared", None]),
    cpu=st.sampled_from(["1", "2", "4"]),
    pods=st.sampled_from(["2", "5", "110"]),
    zone=st.sampled_from(["", "a", "b"]),
    disk=st.sampled_from(["", "ssd", "hdd"]),
    taint=st.sampled_from(
        [None, None, {"key": "t", "effect": "NoSchedule"}, {"key": "t", "effect": "PreferNoSchedule"}]
    ),
    cordoned=st.sampled_from([False, False, False, True]),
    image=st.booleans(),
    gpu=st.sampled_from(["", "2"]),
)
waiting = st.tuples(st.integers(0, len(TEMPLATES) - 1), st.integers(0, len(LABELS) - 1))
steps = st.one_of(
    st.tuples(st.just("schedule"), waiting, st.integers(1, 6)),
    st.tuples(st.just("node"), nodes, st.just(0)),
    st.tuples(st.sampled_from(["remove", "terminate", "lose", "serve"]), st.integers(0, 50), st.just(0)),
)


class Comparison:
    """One cluster, judged in both ways."""

    def __init__(self) -> None:
        self.world = World()
        self.fast = FastCore(self.world.core)
        self.templates = [[pod("t", labels=labels, **_copy(t)) for labels in LABELS] for t in TEMPLATES]
        self.running: dict[str, PodInfo] = {}
        self.made = 0
        for index, labels in enumerate(LABELS):
            self.world.listers.set(replica_set(f"rs{index}", {"app": labels["app"]}))

    def schedule(self, choice: tuple[int, int], times: int) -> None:
        for _ in range(times):
            self.made += 1
            template = self.templates[choice[0]][choice[1]]
            new = owned(template, f"p{self.made}", f"rs{choice[1]}" if choice[0] % 4 else f"other{choice[0]}")
            decision = self.fast.schedule(self.world.cycle(new))
            assert _plain(decision) == _plain(self.world.schedule(new))
            assert _plain(decision) == _plain(self._anew(new))
            if decision.node:
                self.running[new.metadata.name] = self.world.put(new, decision.node)

    def _anew(self, new: Pod) -> Decision:
        """The plain decision in a snapshot that is built from nothing."""
        snapshot = Snapshot()
        for info in self.world.snapshot.nodes:
            snapshot.set_node(info.known_node)
        for running in self.running.values():
            snapshot.add_pod(running)
        core = Core(default_plugins(), Nominator(), first)
        return core.schedule(Cycle(self.world.info(new), snapshot, self.world.listers))

    def node(self, new: Node, _: int) -> None:
        self.world.snapshot.set_node(new)

    def lose(self, number: int, _: int) -> None:
        known = self.world.snapshot.nodes
        if known:
            self.world.snapshot.remove_node(known[number % len(known)].name)

    def remove(self, number: int, _: int) -> None:
        if self.running:
            info = self.running.pop(list(self.running)[number % len(self.running)])
            self.world.snapshot.remove_pod(info)

    def terminate(self, number: int, _: int) -> None:
        if self.running:
            self.world.snapshot.set_terminating(list(self.running.values())[number % len(self.running)])

    def serve(self, number: int, _: int) -> None:
        meta = {"name": f"s{number % 3}", "namespace": "default"}
        spec = {"selector": LABELS[number % len(LABELS)]}
        self.world.listers.set(from_dict(Service, {"metadata": meta, "spec": spec}))


def _copy(template: dict[str, Any]) -> dict[str, Any]:
    return dict(template)


def _plain(decision: Decision) -> tuple[object, ...]:
    victims = tuple(victim.key for victim in decision.victims)
    return (
        decision.node,
        tuple(decision.best),
        decision.message,
        decision.nominated,
        victims,
        sorted(decision.rejectors),
    )


@settings(max_examples=150, deadline=None)
@given(st.lists(nodes, min_size=1, max_size=6), st.lists(steps, max_size=25))
def test_the_fast_evaluation_decides_like_the_plain_one(start: list[Node], script: list[tuple[str, Any, int]]) -> None:
    comparison = Comparison()
    for each in start:
        comparison.node(each, 0)
    for name, argument, number in script:
        step: Callable[[Any, int], None] = getattr(comparison, name)
        step(argument, number)


@pytest.mark.parametrize(("owner", "tables"), [("rs", [1, 1, 1, 1]), ("", [0, 1, 1, 1])])
def test_a_table_serves_from_the_first_owned_pod_and_from_the_second_other_one_on(
    owner: str, tables: list[int]
) -> None:
    world = World(node("n1"), node("n2"))
    fast = FastCore(world.core)
    template = pod("t", cpu="1", labels={"app": "a"})
    places, counted = [], []
    for number in range(4):
        name = f"p{number}"
        new = (
            owned(template, name, owner)
            if owner
            else replace(template, metadata=replace(template.metadata, name=name, uid=f"uid-{name}"))
        )
        decision = fast.schedule(world.cycle(new))
        world.put(new, decision.node)
        places.append(decision.node)
        counted.append(len(fast._entries))
    assert places == ["n1", "n2", "n1", "n2"]
    assert counted == tables


def test_a_refusal_is_repeated_while_nothing_changes() -> None:
    world = World(node("n1", cpu="1"))
    fast = FastCore(world.core)
    template = pod("t", cpu="2", labels={"app": "a"})
    first_refusal, second, third = (fast.schedule(world.cycle(owned(template, f"p{i}", "rs"))) for i in range(3))
    assert third is second
    assert _plain(first_refusal) == _plain(second)
    world.snapshot.set_node(node("n1", cpu="2"))
    assert fast.schedule(world.cycle(owned(template, "p3", "rs"))).node == "n1"


def test_a_pod_that_shares_its_spec_with_its_template_shares_the_signature() -> None:
    world = World(node("n1"))
    template = pod("t", cpu="1", labels={"app": "a"})
    one, other = world.info(owned(template, "p1", "rs")), world.info(owned(template, "p2", "rs"))
    bound = world.put(owned(template, "p3", "rs"), "n1")
    assert one.signature is other.signature is bound.signature
    changed = replace(template, spec=replace(template.spec, priority=5))
    assert world.info(owned(changed, "p4", "rs")).signature is not one.signature


def test_pods_of_a_stateful_set_share_a_table_although_their_labels_differ() -> None:
    world = World(node("n1"), node("n2"))
    world.listers.set(replica_set("rs", {"app": "a"}))
    fast = FastCore(world.core)
    for number in range(4):
        new = owned(pod("t", cpu="1", labels={"app": "a", "pod": str(number)}), f"p{number}", "rs")
        assert world.info(new).signature.kin is world.info(new).signature.kin.kin
        decision = fast.schedule(world.cycle(new))
        assert _plain(decision) == _plain(world.schedule(new))
        world.put(new, decision.node)
    assert (len(fast._entries), len(fast._tables)) == (4, 1)
