"""What a ReplicaSet's status says of its pods.

References
----------
``pkg/controller/replicaset/replica_set_utils.go calculateStatus @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from k8snb.api.pods import is_available
from k8snb.api.types.apps import ReplicaSet, ReplicaSetCondition, ReplicaSetStatus
from k8snb.errors import ApiError
from k8snb.machinery.owned_pods import OwnedPods

REPLICA_FAILURE = "ReplicaFailure"


def calculate_status(rs: ReplicaSet, pods: OwnedPods, failure: ApiError | None, now: int) -> ReplicaSetStatus:
    """The status that fits these pods; `failure` is what stopped the controller from managing them."""
    wanted = rs.spec.template.metadata.labels
    fully_labeled = sum(g.active for g in pods.groups.values() if _has_labels(g.labels, wanted))
    return replace(
        rs.status,
        replicas=len(pods.active),
        fully_labeled_replicas=fully_labeled,
        ready_replicas=pods.ready,
        available_replicas=_available(pods, rs.spec.min_ready_seconds, now),
        terminating_replicas=pods.terminating,
        observed_generation=rs.metadata.generation,
        conditions=_conditions(rs, len(pods.active), failure, now),
    )


def _has_labels(labels: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    return labels is wanted or all(labels.get(k) == v for k, v in wanted.items())


def _available(pods: OwnedPods, min_ready_seconds: int, now: int) -> int:
    if min_ready_seconds == 0:
        return pods.ready
    return sum(is_available(pod, min_ready_seconds, now) for pod in pods.active.values())


def _conditions(rs: ReplicaSet, active: int, failure: ApiError | None, now: int) -> tuple[ReplicaSetCondition, ...]:
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
