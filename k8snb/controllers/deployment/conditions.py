"""Setting and finding the conditions of a deployment.

References
----------
``pkg/controller/deployment/util/deployment_util.go SetDeploymentCondition @ v1.36``
"""

from __future__ import annotations

from msgspec.structs import replace

from k8snb.api.types.apps import Deployment, DeploymentCondition, DeploymentStatus

AVAILABLE, PROGRESSING, REPLICA_FAILURE = "Available", "Progressing", "ReplicaFailure"

# Reasons of Progressing
NEW_REPLICA_SET_CREATED = "NewReplicaSetCreated"
FOUND_NEW_REPLICA_SET = "FoundNewReplicaSet"
FAILED_CREATE = "ReplicaSetCreateError"
REPLICA_SET_UPDATED = "ReplicaSetUpdated"
NEW_REPLICA_SET_AVAILABLE = "NewReplicaSetAvailable"
TIMED_OUT = "ProgressDeadlineExceeded"
PAUSED, RESUMED = "DeploymentPaused", "DeploymentResumed"

# Reasons of Available
MINIMUM_AVAILABLE, MINIMUM_UNAVAILABLE = "MinimumReplicasAvailable", "MinimumReplicasUnavailable"

NO_DEADLINE = 2**31 - 1


def has_progress_deadline(deployment: Deployment) -> bool:
    """The deployment's rollouts are timed."""
    return deployment.spec.progress_deadline_seconds not in (None, NO_DEADLINE)


def find_condition(status: DeploymentStatus, type_: str) -> DeploymentCondition | None:
    """The condition of a type, if there is one."""
    for condition in status.conditions:
        if condition.type == type_:
            return condition
    return None


def new_condition(type_: str, status: str, reason: str, message: str, now: int) -> DeploymentCondition:
    """A condition that is set and last changed now."""
    return DeploymentCondition(
        type=type_, status=status, last_update_time=now, last_transition_time=now, reason=reason, message=message
    )


def set_condition(status: DeploymentStatus, condition: DeploymentCondition) -> DeploymentStatus:
    """The status with a condition, unless it has one of the same status and reason.

    While the condition's status stays what it was, so does the time of its last transition.
    """
    current = find_condition(status, condition.type)
    if current is not None:
        if (current.status, current.reason) == (condition.status, condition.reason):
            return status
        if current.status == condition.status:
            condition = replace(condition, last_transition_time=current.last_transition_time)
    others = (c for c in status.conditions if c.type != condition.type)
    return replace(status, conditions=(*others, condition))


def remove_condition(status: DeploymentStatus, type_: str) -> DeploymentStatus:
    """The status without the condition of a type."""
    if find_condition(status, type_) is None:
        return status
    return replace(status, conditions=tuple(c for c in status.conditions if c.type != type_))
