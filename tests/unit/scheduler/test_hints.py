"""Which events are worth another try."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from scheduler_builders import node, pod

from k8snb.api.decode import from_dict
from k8snb.api.types.claims import PersistentVolumeClaim, StorageClass
from k8snb.api.types.node import Node
from k8snb.api.types.persistent_volume import PersistentVolume
from k8snb.scheduler.events import (
    Action,
    Event,
    is_irrelevant,
    node_events,
    NodeEvent,
    pod_events,
    PodEvent,
    StorageEvent,
)
from k8snb.scheduler.hints import is_worth_a_try
from k8snb.scheduler.signature import PodInfo, Signatures

TAINT = {"key": "t", "effect": "NoSchedule"}
ZONE = "topology.kubernetes.io/zone"


def _info(name: str, **spec: Any) -> PodInfo:
    return Signatures().pod_info(pod(name, **spec))


def _added(new: Node) -> Event:
    return NodeEvent(Action.ADD, None, new)


def _gone(info: PodInfo) -> Event:
    return PodEvent(Action.DELETE, info.key, True, info.signature, None)


def _came(info: PodInfo) -> Event:
    return PodEvent(Action.ADD, info.key, True, None, info.signature)


def _ports(number: int) -> dict[str, Any]:
    return {"ports": [{"containerPort": 80, "hostPort": number}]}


def _claims(*names: str) -> dict[str, Any]:
    return {"volumes": [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name in names]}


def _disk(name: str) -> dict[str, Any]:
    return {"volumes": [{"name": "v", "gcePersistentDisk": {"pdName": name}}]}


def _stored(action: Action, cls: type[Any], name: str, **body: Any) -> Event:
    meta = {"name": name, **({"namespace": "default"} if cls is PersistentVolumeClaim else {})}
    new = from_dict(cls, {"metadata": meta, **body})
    return StorageEvent(action, None if action is Action.ADD else from_dict(cls, {"metadata": meta}), new)


EPHEMERAL = {"volumes": [{"name": "e", "ephemeral": {}}]}
ALLOWED = {"allowedTopologies": [{"matchLabelExpressions": [{"key": ZONE, "values": ["a"]}]}]}
SPREAD = [
    {
        "maxSkew": 1,
        "topologyKey": ZONE,
        "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": {"app": "a"}},
    }
]
AFFINITY = {
    "podAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": [
            {"labelSelector": {"matchLabels": {"app": "a"}}, "topologyKey": ZONE}
        ]
    }
}


@pytest.mark.parametrize(
    ("plugin", "spec", "event", "worth"),
    [
        ("NodeUnschedulable", {}, _added(node("n")), True),
        ("NodeUnschedulable", {}, _added(node("n", unschedulable=True)), False),
        ("TaintToleration", {}, _added(node("n", taints=[TAINT])), False),
        ("TaintToleration", {}, _added(node("n")), True),
        ("NodeAffinity", {"nodeSelector": {"disk": "ssd"}}, _added(node("n")), False),
        ("NodeAffinity", {"nodeSelector": {"disk": "ssd"}}, _added(node("n", labels={"disk": "ssd"})), True),
        ("NodePorts", {"container": _ports(80)}, _gone(_info("x", container=_ports(80))), True),
        ("NodePorts", {"container": _ports(80)}, _gone(_info("x", container=_ports(81))), False),
        ("VolumeRestrictions", _claims("a"), _gone(_info("x", **_claims("b", "a"))), True),
        ("VolumeRestrictions", _claims("a"), _gone(_info("x", **_claims("b"))), False),
        ("VolumeRestrictions", _disk("d"), _gone(_info("x", **_disk("d"))), True),
        ("VolumeRestrictions", _disk("d"), _gone(_info("x", **_disk("e"))), False),
        ("VolumeRestrictions", _claims("a"), _stored(Action.ADD, PersistentVolumeClaim, "a"), True),
        ("VolumeRestrictions", _claims("a"), _stored(Action.UPDATE, PersistentVolumeClaim, "a"), False),
        ("VolumeRestrictions", _claims("a"), _stored(Action.ADD, PersistentVolume, "v"), False),
        ("VolumeBinding", _claims("a"), _stored(Action.UPDATE, PersistentVolumeClaim, "a"), True),
        ("VolumeBinding", _claims("a"), _stored(Action.UPDATE, PersistentVolumeClaim, "b"), False),
        ("VolumeBinding", EPHEMERAL, _stored(Action.ADD, PersistentVolumeClaim, "p-e"), True),
        ("VolumeBinding", _claims("a"), _stored(Action.UPDATE, PersistentVolume, "v"), True),
        ("VolumeBinding", _claims("a"), _stored(Action.ADD, StorageClass, "s"), True),
        ("VolumeBinding", _claims("a"), _stored(Action.UPDATE, StorageClass, "s"), False),
        ("VolumeBinding", _claims("a"), _stored(Action.UPDATE, StorageClass, "s", **ALLOWED), True),
        ("NodeResourcesFit", {"cpu": "9"}, _added(node("n")), False),
        ("NodeResourcesFit", {"cpu": "1"}, _added(node("n")), True),
        ("NodeResourcesFit", {"cpu": "1"}, _gone(_info("x")), True),
        ("NodeResourcesFit", {"cpu": "1"}, _came(_info("x")), False),
        ("PodTopologySpread", {"topologySpreadConstraints": SPREAD}, _came(_info("x", labels={"app": "a"})), True),
        ("PodTopologySpread", {"topologySpreadConstraints": SPREAD}, _came(_info("x", labels={"app": "b"})), False),
        ("PodTopologySpread", {"topologySpreadConstraints": SPREAD}, _added(node("n", labels={ZONE: "a"})), True),
        ("PodTopologySpread", {"topologySpreadConstraints": SPREAD}, _added(node("n")), False),
        ("InterPodAffinity", {"affinity": AFFINITY}, _came(_info("x", labels={"app": "a"})), True),
        ("InterPodAffinity", {"affinity": AFFINITY}, _gone(_info("x", labels={"app": "a"})), False),
        ("InterPodAffinity", {"affinity": AFFINITY}, _added(node("n", labels={ZONE: "a"})), True),
        ("VolumeBinding", {}, _gone(_info("x")), False),
        ("Unheard", {}, _added(node("n")), False),
    ],
)
def test_hints(plugin: str, spec: dict[str, Any], event: Event, worth: bool) -> None:
    assert is_worth_a_try(_info("p", **spec), (plugin,), event) is worth


def test_what_a_change_of_a_node_means() -> None:
    old = node("n", labels={"a": "1"}, unschedulable=True, taints=[TAINT])
    new = node("n", labels={"a": "2"}, cpu="8")
    assert [event.action for event in node_events(old, new)] == [
        Action.TAINT,
        Action.ALLOCATABLE,
        Action.LABEL,
        Action.TAINT,
    ]
    heartbeat = replace(old, status=replace(old.status, phase="Running"))
    assert is_irrelevant(old, heartbeat)
    assert not list(node_events(old, heartbeat))
    waiting = _info("p", cpu="6")
    assert any(is_worth_a_try(waiting, ("NodeResourcesFit",), event) for event in node_events(old, new))
    less = [event for event in node_events(new, old) if event.action is not Action.TAINT]
    assert not any(is_worth_a_try(waiting, ("NodeResourcesFit",), event) for event in less)


@pytest.mark.parametrize(
    ("rejector", "tried"),
    [
        ("NodeName", True),
        ("NodeAffinity", True),
        ("NodePorts", True),
        ("NodeResourcesFit", True),
        ("InterPodAffinity", True),
        ("VolumeBinding", True),
        ("NodeUnschedulable", False),
        ("TaintToleration", False),
        ("SchedulingGates", False),
    ],
)
def test_a_new_taint_is_worth_a_try_for_plugins_that_know_nothing_of_taints(rejector: str, tried: bool) -> None:
    (event,) = node_events(node("n"), node("n", taints=[TAINT]))
    assert is_worth_a_try(_info("p", cpu="6"), (rejector,), event) is tried


def test_what_a_change_of_a_pod_means() -> None:
    old = _info("p", cpu="2", labels={"app": "a"}, schedulingGates=[{"name": "g"}])
    new = _info("p", cpu="1", labels={"app": "b"}, tolerations=[{"operator": "Exists"}])
    events = list(pod_events(old, new, assigned=False))
    assert [event.action for event in events] == [Action.LABEL, Action.SCALE_DOWN, Action.GATES, Action.TOLERATION]
    assert is_worth_a_try(new, ("TaintToleration",), events[-1])
    assert is_worth_a_try(new, ("NodeResourcesFit",), events[1])
    assert not is_worth_a_try(_info("other"), ("TaintToleration",), events[-1])
