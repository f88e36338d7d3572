"""Who has to go, and where."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace
from scheduler_builders import node, pod, World

from k8snb.api.decode import from_dict
from k8snb.api.types.pod import Pod
from k8snb.api.types.pod_status import PodCondition
from k8snb.api.types.policy import PodDisruptionBudget
from k8snb.scheduler.core import Decision


def _old(name: str, cpu: str, priority: int = 0, started: int | None = 0, **labels: str) -> Pod:
    running = pod(name, cpu=cpu, priority=priority, labels=labels)
    return replace(running, status=replace(running.status, start_time=started))


def _budget(allowed: int, **labels: str) -> PodDisruptionBudget:
    body = {
        "metadata": {"name": "b", "namespace": "default"},
        "spec": {"selector": {"matchLabels": labels}},
        "status": {"disruptionsAllowed": allowed, "currentHealthy": 1, "desiredHealthy": 1, "expectedPods": 1},
    }
    return from_dict(PodDisruptionBudget, body)


def _victims(decision: Decision) -> list[str]:
    return [victim.pod.metadata.name for victim in decision.victims]


def _world(pods: Mapping[str, list[Pod]], cpu: str = "4") -> World:
    world = World(*(node(name, cpu=cpu) for name in pods))
    for name, running in pods.items():
        for each in running:
            world.put(each, name)
    return world


def test_as_few_and_as_unimportant_pods_as_possible_go() -> None:
    old = [_old("low1", "1", 1), _old("low2", "1", 1, 60_000), _old("mid", "1", 5), _old("peer", "1", 10)]
    decision = _world({"n1": old}).schedule(pod("p", cpu="1", priority=10))
    assert (decision.nominated, _victims(decision)) == ("n1", ["low2"])  # of the two least important, the younger
    assert decision.message == "0/1 nodes are available: 1 Insufficient cpu."
    decision = _world({"n1": old}).schedule(pod("p", cpu="3", priority=10))
    assert _victims(decision) == ["mid", "low1", "low2"]


def test_it_says_where_it_does_not_help() -> None:
    world = _world({"n1": [_old("peer", "4", 10)], "n2": [_old("low", "1", 1), _old("big", "3", 20)]})
    message = world.schedule(pod("p", cpu="2", priority=10)).message
    after = message.partition("preemption: ")[2]
    assert after == "0/2 nodes are available: 1 Insufficient cpu, 1 No preemption victims found for incoming pod."


def test_the_node_with_the_least_harm_is_taken() -> None:
    worlds = [
        ({"n1": [_old("a", "4", 5)], "n2": [_old("b", "4", 3)]}, "n2"),  # the less important victim
        ({"n1": [_old("a1", "2", 3), _old("a2", "2", 3)], "n2": [_old("b", "4", 3)]}, "n2"),  # fewer victims
        ({"n1": [_old("a", "4", 3, 9_000)], "n2": [_old("b", "4", 3, 5_000)]}, "n1"),  # the younger victim
        ({"n1": [_old("a", "4", 3, 5_000)], "n2": [_old("b", "4", 3, None)]}, "n2"),  # not started is younger still
    ]
    for pods, expected in worlds:
        assert _world(pods).schedule(pod("p", cpu="4", priority=10)).nominated == expected


def test_budgets_are_broken_last() -> None:
    old = [_old("a", "2", 5, app="a"), _old("b", "2", 9, app="b")]
    world = _world({"n1": old})
    assert _victims(world.schedule(pod("p", cpu="2", priority=10))) == ["a"]
    world.listers.set(_budget(0, app="a"))
    assert _victims(world.schedule(pod("p", cpu="2", priority=10))) == ["b"]
    assert _victims(world.schedule(pod("p", cpu="4", priority=10))) == ["b", "a"]
    world.listers.set(_budget(1, app="a"))
    assert _victims(world.schedule(pod("p", cpu="2", priority=10))) == ["a"]


def test_a_node_without_broken_budgets_is_better_than_one_with_less_important_victims() -> None:
    world = _world({"n1": [_old("a", "4", 1, app="a")], "n2": [_old("b", "4", 9, app="b")]})
    world.listers.set(_budget(0, app="a"))
    assert world.schedule(pod("p", cpu="4", priority=10)).nominated == "n2"


def test_never_means_never() -> None:
    world = _world({"n1": [_old("low", "4", 1)]})
    decision = world.schedule(pod("p", cpu="1", priority=10, preemptionPolicy="Never"))
    assert decision.message.endswith("preemption: not eligible due to preemptionPolicy=Never.")
    assert decision.nominated is None


def test_it_waits_for_victims_that_are_on_their_way_out() -> None:
    victim = _old("low", "4", 1)
    condition = PodCondition(type="DisruptionTarget", status="True", reason="PreemptionByScheduler")
    going = replace(
        victim,
        metadata=replace(victim.metadata, deletion_timestamp=1000),
        status=replace(victim.status, conditions=(condition,)),
    )
    waiting = pod("p", cpu="4", priority=10)
    nominated = replace(waiting, status=replace(waiting.status, nominated_node_name="n1"))
    decision = _world({"n1": [going]}).schedule(nominated)
    assert decision.message.endswith("preemption: not eligible due to a terminating pod on the nominated node.")
    assert decision.nominated is None
    assert _world({"n1": [victim]}).schedule(nominated).nominated == "n1"


def test_anti_affinity_to_a_victim_ends_with_it() -> None:
    term = {"labelSelector": {"matchLabels": {"app": "a"}}, "topologyKey": "kubernetes.io/hostname"}
    affinity = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}
    world = _world({"n1": [_old("a", "1", 1, app="a"), _old("b", "1", 1, app="b")]})
    decision = world.schedule(pod("p", cpu="1", priority=10, affinity=affinity))
    assert (decision.nominated, _victims(decision)) == ("n1", ["a"])


def test_spreading_counts_without_the_victims() -> None:
    zone = "topology.kubernetes.io/zone"
    spread = {
        "maxSkew": 1,
        "topologyKey": zone,
        "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": {"app": "a"}},
    }
    world = World(node("n1", labels={zone: "a"}), node("n2", labels={zone: "b"}, cpu="1"))
    world.put(_old("x", "1", 1, app="a"), "n1")
    waiting = pod("p", cpu="2", priority=10, labels={"app": "a"}, topologySpreadConstraints=[spread])
    assert _victims(world.schedule(waiting)) == ["x"]
