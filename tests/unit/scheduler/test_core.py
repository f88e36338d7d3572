"""Decisions about single pods: filters, scores, nominated nodes and the words of refusals."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from scheduler_builders import node, owned, pod, replica_set, World

from k8snb.api.decode import from_dict
from k8snb.api.types.config import Namespace
from k8snb.api.types.pod import Pod
from k8snb.api.types.service import Service

ZONE = "topology.kubernetes.io/zone"
HOST = "kubernetes.io/hostname"
NOT_HELPFUL = "Preemption is not helpful for scheduling."
NO_VICTIMS = "No preemption victims found for incoming pod."


def _refusal(nodes: int, why: str, then: str) -> str:
    return (
        f"0/{nodes} nodes are available: {why}. no new claims to deallocate, preemption: "
        f"0/{nodes} nodes are available: {then}"
    )


def _term(key: str, **labels: str) -> dict[str, Any]:
    return {"labelSelector": {"matchLabels": labels}, "topologyKey": key}


def _required(*terms: dict[str, Any]) -> dict[str, Any]:
    return {"requiredDuringSchedulingIgnoredDuringExecution": list(terms)}


def _by_name(*names: str) -> dict[str, Any]:
    fields = [{"key": "metadata.name", "operator": "In", "values": [name]} for name in names]
    terms = [{"matchFields": [field]} for field in fields]
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}}


def test_without_nodes() -> None:
    decision = World().schedule(pod("p"))
    assert (decision.message, decision.nominated, decision.rejectors) == ("no nodes available to schedule pods", "", ())


def test_one_node_that_fits_needs_no_scores() -> None:
    decision = World(node("n1"), node("n2", cpu="1")).schedule(pod("p", cpu="2"))
    assert (decision.node, tuple(decision.best), decision.scores) == ("n1", ("n1",), {})


def test_each_node_is_refused_for_its_first_fault() -> None:
    world = World(
        node("n1", cpu="1"),
        node("n2", unschedulable=True, taints=[{"key": "t", "effect": "NoSchedule"}]),
        node("n3", taints=[{"key": "t", "effect": "NoSchedule"}]),
        node("n4", cpu="1", memory="1Gi", pods="0"),
    )
    decision = world.schedule(pod("p", cpu="2", memory="2Gi"))
    why = (
        "1 Insufficient memory, 1 Too many pods, 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable, "
        "2 Insufficient cpu"
    )
    assert decision.message == _refusal(4, why, f"4 {NOT_HELPFUL}")
    assert sorted(decision.rejectors) == ["NodeResourcesFit", "NodeUnschedulable", "TaintToleration"]


def test_preemption_could_help_but_nobody_is_less_important() -> None:
    world = World(node("n1", cpu="1"))
    world.put(pod("old", cpu="1"), "n1")
    assert world.schedule(pod("p", cpu="1")).message == _refusal(1, "1 Insufficient cpu", f"1 {NO_VICTIMS}")


def test_extended_resources_and_ephemeral_storage_are_counted() -> None:
    world = World(node("n1", allocatable={"example.com/gpu": "1", "ephemeral-storage": "1Gi"}))
    wanting = {"resources": {"requests": {"example.com/gpu": "1", "ephemeral-storage": "600Mi"}}}
    world.put(pod("old", container=wanting), "n1")
    message = world.schedule(pod("p", container=wanting)).message
    assert "1 Insufficient ephemeral-storage, 1 Insufficient example.com/gpu." in message


def test_host_ports_conflict_by_address() -> None:
    def wanting(name: str, address: str = "", port: int = 80) -> Pod:
        return pod(name, container={"ports": [{"containerPort": 80, "hostPort": port, "hostIP": address}]})

    world = World(node("n1"))
    world.put(wanting("old", "10.0.0.1"), "n1")
    assert world.schedule(wanting("p", "10.0.0.2")).node == "n1"
    assert world.schedule(wanting("p", port=81)).node == "n1"
    message = world.schedule(wanting("p")).message
    assert message.startswith("0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.")


def test_nodes_that_affinity_does_not_name_are_not_even_looked_at() -> None:
    world = World(node("n1"), node("n2", cpu="1"), node("n3"))
    assert world.schedule(pod("p", affinity=_by_name("n3"))).node == "n3"
    decision = world.schedule(pod("p", cpu="2", affinity=_by_name("n2")))
    why = "1 Insufficient cpu, 2 node(s) didn't satisfy plugin(s) [NodeAffinity]"
    assert decision.message == _refusal(3, why, f"3 {NOT_HELPFUL}")
    assert sorted(decision.rejectors) == ["NodeAffinity", "NodeResourcesFit"]


def test_affinity_terms_that_conflict() -> None:
    fields = [{"key": "metadata.name", "operator": "In", "values": [name]} for name in ("n1", "n2")]
    terms = {"nodeSelectorTerms": [{"matchFields": fields}]}
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}
    decision = World(node("n1"), node("n2")).schedule(pod("p", affinity=affinity))
    assert decision.message == "0/2 nodes are available: pod affinity terms conflict. not found"
    assert decision.nominated is None


def test_a_group_that_wants_to_be_together_can_begin() -> None:
    affinity = {"podAffinity": _required(_term(ZONE, app="a"))}
    world = World(node("n1"), node("n2", labels={ZONE: "a"}), node("n3", labels={ZONE: "b"}))
    member = pod("p", labels={"app": "a"}, affinity=affinity)
    assert set(world.schedule(member).best) == {"n2", "n3"}
    assert "3 node(s) didn't match pod affinity rules." in world.schedule(pod("q", affinity=affinity)).message
    world.put(member, "n3")
    assert world.schedule(pod("q", affinity=affinity)).node == "n3"


def test_anti_affinity_binds_both_sides() -> None:
    world = World(node("n1"), node("n2"))
    lonely = {"podAntiAffinity": _required(_term(HOST, app="a"))}
    world.put(pod("old", labels={"app": "b"}, affinity=lonely), "n1")
    world.put(pod("plain", labels={"app": "a"}), "n2")
    assert world.schedule(pod("p", labels={"app": "a"})).node == "n2"
    refusal = world.schedule(pod("p", labels={"app": "a"}, affinity=lonely)).message
    assert "1 node(s) didn't match pod anti-affinity rules" in refusal
    assert "1 node(s) didn't satisfy existing pods anti-affinity rules" in refusal


def test_affinity_terms_of_other_namespaces() -> None:
    world = World(node("n1"))
    world.listers.set(from_dict(Namespace, {"metadata": {"name": "default", "labels": {"team": "x"}}}))
    world.put(pod("old", labels={"app": "a"}), "n1")
    for selected, fits in (({"namespaces": ["other"]}, False), ({"namespaceSelector": {}}, True)):
        term = {**_term(HOST, app="a"), **selected}
        assert bool(world.schedule(pod("p", affinity={"podAffinity": _required(term)})).node) is fits
    term = {**_term(HOST, app="a"), "namespaceSelector": {"matchLabels": {"team": "x"}}}
    assert world.schedule(pod("p", affinity={"podAffinity": _required(term)})).node == "n1"


def _hard_spread(**more: Any) -> list[dict[str, Any]]:
    selector = {"matchLabels": {"app": "a"}}
    hard = {"maxSkew": 1, "topologyKey": ZONE, "whenUnsatisfiable": "DoNotSchedule", "labelSelector": selector}
    return [{**hard, **more}]


def test_hard_spreading() -> None:
    world = World(node("n1", labels={ZONE: "a"}), node("n2", labels={ZONE: "b"}, cpu="1"), node("n3"))
    world.put(pod("old", labels={"app": "a"}), "n1")
    waiting = pod("p", cpu="2", labels={"app": "a"}, topologySpreadConstraints=_hard_spread())
    message = world.schedule(waiting).message
    assert "1 Insufficient cpu" in message
    assert "1 node(s) didn't match pod topology spread constraints (missing required label)" in message
    assert "1 node(s) didn't match pod topology spread constraints," in message
    assert world.schedule(replace(waiting, metadata=replace(waiting.metadata, labels={"app": "z"}))).node == "n1"


def test_too_few_domains_count_as_an_empty_one() -> None:
    world = World(node("n1", labels={ZONE: "a"}))
    world.put(pod("old", labels={"app": "a"}), "n1")
    spread = _hard_spread(minDomains=2)
    assert world.schedule(pod("p", labels={"app": "a"}, topologySpreadConstraints=_hard_spread())).node == "n1"
    assert not world.schedule(pod("p", labels={"app": "a"}, topologySpreadConstraints=spread)).node


def test_pods_that_are_being_deleted_do_not_count_for_spreading() -> None:
    world = World(node("n1", labels={ZONE: "a"}), node("n2", labels={ZONE: "b"}, cpu="1"))
    old = world.put(pod("old", labels={"app": "a"}), "n1")
    waiting = pod("p", cpu="2", labels={"app": "a"}, topologySpreadConstraints=_hard_spread())
    assert not world.schedule(waiting).node
    world.snapshot.set_terminating(old)
    assert world.schedule(waiting).node == "n1"


def test_owned_and_served_pods_spread_by_default() -> None:
    world = World(node("n1"), node("n2"))
    labels = {"app": "a"}
    world.listers.set(replica_set("rs", labels))
    template = pod("t", labels=labels)
    world.put(owned(template, "p1", "rs"), "n1")
    scores = world.schedule(owned(template, "p2", "rs")).scores
    assert scores["n1"].by_plugin["PodTopologySpread"] < scores["n2"].by_plugin["PodTopologySpread"] == 200
    assert "PodTopologySpread" not in world.schedule(pod("alone", labels=labels)).scores["n1"].by_plugin
    meta = {"name": "s", "namespace": "default"}
    world.listers.set(from_dict(Service, {"metadata": meta, "spec": {"selector": labels}}))
    assert "PodTopologySpread" in world.schedule(pod("alone", labels=labels)).scores["n1"].by_plugin


def test_nodes_that_have_the_image_are_better() -> None:
    image = {"names": ["app:latest"], "sizeBytes": 1000 * 1024 * 1024}
    scores = World(node("n1"), node("n2", images=[image])).schedule(pod("p", container={"image": "app"})).scores
    assert (scores["n1"].by_plugin["ImageLocality"], scores["n2"].by_plugin["ImageLocality"]) == (0, 48)


def test_a_nominated_pod_keeps_its_place_from_those_not_more_important() -> None:
    world = World(node("n1", cpu="2"))
    world.nominator.nominate(world.info(pod("first", cpu="2", priority=5)), "n1")
    assert not world.schedule(pod("p", cpu="1", priority=5)).node
    assert world.schedule(pod("p", cpu="1", priority=6)).node == "n1"


@pytest.mark.parametrize(("cpu", "expected"), [("1", "n2"), ("2", "n1")])
def test_the_nominated_node_is_tried_first(cpu: str, expected: str) -> None:
    world = World(node("n1", cpu="4"), node("n2", cpu="1"))
    waiting = pod("p", cpu=cpu)
    nominated = replace(waiting, status=replace(waiting.status, nominated_node_name="n2"))
    assert world.schedule(nominated).node == expected
