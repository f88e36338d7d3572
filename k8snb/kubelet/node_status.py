"""What a kubelet that is well says of its node.

References
----------
``pkg/kubelet/nodestatus/setters.go @ v1.36``
"""

from __future__ import annotations

from msgspec.structs import replace

from k8snb.api.types.node import NodeCondition, NodeStatus

HEALTHY = (
    ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
    ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
)


def healthy_node(status: NodeStatus, now: int) -> NodeStatus:
    """A node's status with the conditions of one that is well.

    Parameters
    ----------
    now
        The present, in milliseconds since the epoch.

    Notes
    -----
    A kubelet that tells its version comments on the conditions, and says since when they are so.
    """
    speaks = bool(status.node_info.kubelet_version)
    conditions = {c.type: c for c in status.conditions}
    for type_, verdict, reason, message in (*HEALTHY[1:], HEALTHY[0]) if speaks else HEALTHY:
        old = conditions.get(type_)
        changed = speaks if old is None else old.status != verdict
        conditions[type_] = NodeCondition(
            type=type_,
            status=verdict,
            last_heartbeat_time=now,
            last_transition_time=now if changed else old.last_transition_time if old is not None else None,
            reason=reason,
            message=message if speaks else "",
        )
    return replace(status, conditions=tuple(conditions.values()))
