"""What a node's conditions say, and what they ask for.

References
----------
``pkg/controller/nodelifecycle/node_lifecycle_controller.go tryUpdateNodeHealth, doNoScheduleTaintingPass @ v1.36``
"""

from __future__ import annotations

from msgspec.structs import replace

from k8snb.api.taints import NO_SCHEDULE, NOT_READY, same_taint, UNREACHABLE, UNSCHEDULABLE
from k8snb.api.types.node import Node, NodeCondition, NodeStatus
from k8snb.api.types.placement import Taint

READY = "Ready"

_MONITORED = (READY, "MemoryPressure", "DiskPressure", "PIDPressure")
_TAINT_KEYS = {
    (READY, "False"): NOT_READY,
    (READY, "Unknown"): UNREACHABLE,
    ("MemoryPressure", "True"): "node.kubernetes.io/memory-pressure",
    ("DiskPressure", "True"): "node.kubernetes.io/disk-pressure",
    ("NetworkUnavailable", "True"): "node.kubernetes.io/network-unavailable",
    ("PIDPressure", "True"): "node.kubernetes.io/pid-pressure",
}
_OWN_KEYS = (*_TAINT_KEYS.values(), UNSCHEDULABLE)


def ready_condition(node: Node) -> NodeCondition | None:
    """A node's Ready condition, if it has one."""
    return next((c for c in node.status.conditions if c.type == READY), None)


def ready_status(node: Node) -> str | None:
    """The status of a node's Ready condition; None when it has none."""
    return next((c.status for c in node.status.conditions if c.type == READY), None)


def silent(node: Node, now: int) -> NodeStatus:
    """The status of a node whose kubelet says nothing any more: everything that it used to report is unknown.

    Parameters
    ----------
    now
        The present, in milliseconds since the epoch.
    """
    conditions = {c.type: c for c in node.status.conditions}
    for type_ in _MONITORED:
        old = conditions.get(type_)
        if old is None:
            conditions[type_] = NodeCondition(
                type=type_,
                status="Unknown",
                last_heartbeat_time=node.metadata.creation_timestamp,
                last_transition_time=now,
                reason="NodeStatusNeverUpdated",
                message="Kubelet never posted node status.",
            )
        elif old.status != "Unknown":
            conditions[type_] = replace(
                old,
                status="Unknown",
                last_transition_time=now,
                reason="NodeStatusUnknown",
                message="Kubelet stopped posting node status.",
            )
    return replace(node.status, conditions=tuple(conditions.values()))


def no_schedule_changes(node: Node) -> tuple[list[Taint], list[Taint]]:
    """The ``NoSchedule`` taints to add and to remove so that they say what the conditions say."""
    keys = [_TAINT_KEYS[c.type, c.status] for c in node.status.conditions if (c.type, c.status) in _TAINT_KEYS]
    if node.spec.unschedulable:
        keys.append(UNSCHEDULABLE)
    wanted = [Taint(key=key, effect=NO_SCHEDULE) for key in keys]
    present = [t for t in node.spec.taints if t.effect == NO_SCHEDULE and t.key in _OWN_KEYS]
    add = [w for w in wanted if not any(same_taint(w, p) for p in present)]
    remove = [p for p in present if not any(same_taint(w, p) for w in wanted)]
    return add, remove


def beta_labels(node: Node) -> dict[str, str]:
    """The labels of old names that a node lacks or has with another value than those of today."""
    labels = node.metadata.labels
    changes = {}
    for name in ("os", "arch"):
        value = labels.get(f"kubernetes.io/{name}")
        if value is not None and labels.get(f"beta.kubernetes.io/{name}") != value:
            changes[f"beta.kubernetes.io/{name}"] = value
    return changes
