"""What a ReplicaSet's status says of its pods.

References
----------
``pkg/controller/replicaset/replica_set_utils.go calculateStatus @ v1.36``
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from k8snb.api.pods import is_available, is_ready
from k8snb.api.types.apps import ReplicaSet, ReplicaSetCondition, ReplicaSetStatus
from k8snb.api.types.pod import Pod
from k8snb.errors import ApiError

REPLICA_FAILURE = "ReplicaFailure"


def calculate_status(
    rs: ReplicaSet, active: Sequence[Pod], terminating: int, failure: ApiError | None, now: int
) -> ReplicaSetStatus:
    """The status that fits these pods; `failure` is what stopped the controller from managing them."""
    template_labels = rs.spec.template.metadata.labels
    fully_labeled = ready = available = 0
    for pod in active:
        labels = pod.metadata.labels
        if labels is template_labels or all(labels.get(k) == v for k, v in template_labels.items()):
            fully_labeled += 1
        if is_ready(pod):
            ready += 1
            available += is_available(pod, rs.spec.min_ready_seconds, now)
    return replace(
        rs.status,
        replicas=len(active),
        fully_labeled_replicas=fully_labeled,
        ready_replicas=ready,
        available_replicas=available,
        terminating_replicas=terminating,
        observed_generation=rs.metadata.generation,
        conditions=_conditions(rs, len(active), failure, now),
    )


def _conditions(
    rs: ReplicaSet, active: int, failure: ApiError | None, now: int
) -> tuple[ReplicaSetCondition, ...]:
    others = tuple(c for c in rs.status.conditions if c.type != REPLICA_FAILURE)
    if failure is None:
        return others
    if len(others) < len(rs.status.conditions):
        return rs.status.conditions
    reason = "FailedCreate" if active < (rs.spec.replicas or 0) else "FailedDelete"
    condition = ReplicaSetCondition(
        type=REPLICA_FAILURE, status="True", last_transition_time=now, reason=reason, message=failure.message
    )
    return (*others, condition)
