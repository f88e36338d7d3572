"""What happens in a cluster that can let a waiting pod be placed after all.

References
----------
``pkg/scheduler/framework/events.go NodeSchedulingPropertiesChange, PodSchedulingPropertiesChange @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from k8snb.api.schema import KubernetesObject
from k8snb.api.types.node import Node
from k8snb.scheduler.signature import PodInfo, Signature


class Action(Enum):
    """What happened to an object."""

    ADD = "Add"
    UPDATE = "Update"
    DELETE = "Delete"
    LABEL = "UpdateLabel"
    TAINT = "UpdateNodeTaint"
    ALLOCATABLE = "UpdateNodeAllocatable"
    SCALE_DOWN = "UpdatePodScaleDown"
    TOLERATION = "UpdatePodToleration"
    GATES = "UpdatePodSchedulingGatesEliminated"


class NodeEvent(NamedTuple):
    """Something happened to a node; ``old`` is None when it is new, ``new`` when it is gone."""

    action: Action
    old: Node | None
    new: Node | None


class PodEvent(NamedTuple):
    """Something happened to a pod.

    ``key`` is the pod's. ``assigned`` says that it is on a node, or counts on one. ``old`` is None when it is new,
    ``new`` when it is gone.
    """

    action: Action
    key: str
    assigned: bool
    old: Signature | None
    new: Signature | None


class StorageEvent(NamedTuple):
    """Something happened to a claim, a volume or a storage class."""

    action: Action
    old: KubernetesObject | None
    new: KubernetesObject


Event = NodeEvent | PodEvent | StorageEvent


def node_events(old: Node, new: Node) -> Iterator[NodeEvent]:
    """What a change of a node may mean for waiting pods."""
    if old.spec.unschedulable and not new.spec.unschedulable:
        yield NodeEvent(Action.TAINT, old, new)
    if old.status.allocatable != new.status.allocatable:
        yield NodeEvent(Action.ALLOCATABLE, old, new)
    if old.metadata.labels != new.metadata.labels:
        yield NodeEvent(Action.LABEL, old, new)
    if old.spec.taints != new.spec.taints:
        yield NodeEvent(Action.TAINT, old, new)


def is_irrelevant(old: Node, new: Node) -> bool:
    """Whether nothing about a node changed that decisions depend on, as with every report of its kubelet."""
    return (
        (old.spec is new.spec or old.spec == new.spec)
        and (old.metadata.labels is new.metadata.labels or old.metadata.labels == new.metadata.labels)
        and (old.status.allocatable is new.status.allocatable or old.status.allocatable == new.status.allocatable)
        and (old.status.images is new.status.images or old.status.images == new.status.images)
    )


def pod_events(old: PodInfo, new: PodInfo, *, assigned: bool) -> Iterator[PodEvent]:
    """What a change of a pod may mean for waiting pods, itself among them."""
    before, after = old.signature, new.signature
    changes = (
        (Action.LABEL, before.labels != after.labels),
        (Action.SCALE_DOWN, _asks_for_less(before, after)),
        (Action.GATES, bool(old.pod.spec.scheduling_gates) and not new.pod.spec.scheduling_gates),
        (Action.TOLERATION, len(before.tolerations) != len(after.tolerations)),
    )
    for action, happened in changes:
        if happened:
            yield PodEvent(action, new.key, assigned, before, after)


def _asks_for_less(before: Signature, after: Signature) -> bool:
    old, new = before.demand.requests, after.demand.requests
    scalars = dict(new.scalars)
    return (
        old.milli_cpu > new.milli_cpu
        or old.memory > new.memory
        or old.ephemeral_storage > new.ephemeral_storage
        or any(amount > scalars.get(name, 0) for name, amount in old.scalars)
    )
