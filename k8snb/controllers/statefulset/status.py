"""What a StatefulSet's status says of its pods.

References
----------
``pkg/controller/statefulset/stateful_set_control.go computeReplicaStatus`` and
``stateful_set_utils.go completeRollingUpdate, inconsistentStatus @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from k8snb.api.types.apps import StatefulSet, StatefulSetStatus
from k8snb.controllers.statefulset.members import Member

ROLLING_UPDATE, ON_DELETE = "RollingUpdate", "OnDelete"

_COMPARED = (
    "replicas", "current_replicas", "ready_replicas", "updated_replicas", "current_revision", "available_replicas",
    "update_revision",
)  # fmt: skip


def count_pods(
    status: StatefulSetStatus, members: Iterable[Member], min_ready_seconds: int, now: int
) -> StatefulSetStatus:
    """The status, whose revisions are given, with the counts of these pods."""
    created = [member for member in members if member.created]
    ready = [member for member in created if member.is_well]
    staying = [member.revision for member in created if not member.going]
    return replace(
        status,
        replicas=len(created),
        ready_replicas=len(ready),
        available_replicas=sum([member.is_available(min_ready_seconds, now) for member in ready]),
        current_replicas=staying.count(status.current_revision),
        updated_replicas=staying.count(status.update_revision),
    )


def complete_rolling_update(set_: StatefulSet, status: StatefulSetStatus) -> StatefulSetStatus:
    """When all pods are updated and ready, the update revision becomes the current one."""
    wanted = set_.spec.replicas or 0
    done = status.updated_replicas == status.ready_replicas == status.replicas == wanted
    if set_.spec.update_strategy.type != ROLLING_UPDATE or not done:
        return status
    return replace(status, current_replicas=status.updated_replicas, current_revision=status.update_revision)


def is_inconsistent(set_: StatefulSet, status: StatefulSetStatus) -> bool:
    """The set's status says something else."""
    present = set_.status
    if status.observed_generation > present.observed_generation:
        return True
    return any(getattr(status, field) != getattr(present, field) for field in _COMPARED)
