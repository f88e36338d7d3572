"""What a kubelet that is well says of its node.

References
----------
``pkg/kubelet/nodestatus/setters.go @ v1.36``
"""

from __future__ import annotations

from msgspec.structs import replace

from k8snb.api.types.node import NodeCondition, NodeStatus

HEALTHY = (
    ("Ready", "True", "KubeletReady"),
    ("MemoryPressure", "False", "KubeletHasSufficientMemory"),
    ("DiskPressure", "False", "KubeletHasNoDiskPressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID"),
)


def healthy_node(status: NodeStatus, now: int) -> NodeStatus:
    """A node's status with the conditions of one that is well.

    Parameters
    ----------
    now
        The present, in milliseconds since the epoch.
    """
    conditions = {c.type: c for c in status.conditions}
    for type_, verdict, reason in HEALTHY:
        old = conditions.get(type_)
        changed = old is not None and old.status != verdict
        conditions[type_] = NodeCondition(
            type=type_,
            status=verdict,
            last_heartbeat_time=now,
            last_transition_time=now if changed else old.last_transition_time if old is not None else None,
            reason=reason,
        )
    return replace(status, conditions=tuple(conditions.values()))
