"""What the status of a ReplicaSet or ReplicationController says of its pods.

References
----------
``pkg/controller/replicaset/replica_set_utils.go calculateStatus @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from msgspec.structs import replace

from k8snb.api.pods import is_available
from k8snb.api.types.apps import (
    ReplicaSet,
    ReplicaSetCondition,
    ReplicationController,
    ReplicationControllerCondition,
)
from k8snb.errors import ApiError
from k8snb.machinery.owned_pods import OwnedPods

REPLICA_FAILURE = "ReplicaFailure"


T = TypeVar("T", ReplicaSet, ReplicationController)


def with_status(rs: T, pods: OwnedPods, failure: ApiError | None, now: int) -> T:
    """The object with the status that fits these pods; `failure` is what stopped the controller from managing them."""
    template, active = rs.spec.template, pods.active_count
    wanted = template.metadata.labels if template is not None else {}
    status: Any = replace(
        rs.status,
        replicas=active,
        fully_labeled_replicas=sum([g.active for g in pods.groups.values() if _has_labels(g.labels, wanted)]),
        ready_replicas=pods.ready,
        available_replicas=_available(pods, rs.spec.min_ready_seconds, now),
        observed_generation=rs.metadata.generation,
        conditions=_conditions(rs, active, failure, now),
    )
    if isinstance(rs, ReplicaSet):
        status = replace(status, terminating_replicas=pods.terminating)
    return replace(rs, status=status)


def _has_labels(labels: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    return labels is wanted or all(labels.get(k) == v for k, v in wanted.items())


def _available(pods: OwnedPods, min_ready_seconds: int, now: int) -> int:
    if min_ready_seconds == 0:
        return pods.ready
    return sum(is_available(pod, min_ready_seconds, now) for pod in pods.active.values())


def _conditions(
    rs: ReplicaSet | ReplicationController, active: int, failure: ApiError | None, now: int
) -> tuple[ReplicaSetCondition | ReplicationControllerCondition, ...]:
    others = tuple([c for c in rs.status.conditions if c.type != REPLICA_FAILURE])
    if failure is None:
        return others
    if len(others) < len(rs.status.conditions):
        return rs.status.conditions
    reason = "FailedCreate" if active < (rs.spec.replicas or 0) else "FailedDelete"
    condition_class = ReplicaSetCondition if isinstance(rs, ReplicaSet) else ReplicationControllerCondition
    condition = condition_class(
        type=REPLICA_FAILURE, status="True", last_transition_time=now, reason=reason, message=failure.message
    )
    return (*others, condition)
