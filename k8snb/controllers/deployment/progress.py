"""Whether a rollout gets on: the Progressing condition, its deadline, and the failures of ReplicaSets.

References
----------
``pkg/controller/deployment/progress.go @ v1.36``
"""

from __future__ import annotations

from msgspec.structs import replace

from k8snb.api.types.apps import Deployment, DeploymentCondition, DeploymentStatus
from k8snb.controllers.deployment import conditions
from k8snb.controllers.deployment.rollout import ReplicaSets, Rollout
from k8snb.controllers.deployment.sizes import desired_replicas
from k8snb.controllers.deployment.sync import calculate_status
from k8snb.machinery.server import EPOCH_MS


def deployment_complete(deployment: Deployment, status: DeploymentStatus) -> bool:
    """All pods are of the present template and available, and there are no others."""
    return (
        status.updated_replicas == status.replicas == status.available_replicas == desired_replicas(deployment)
        and status.observed_generation >= deployment.metadata.generation
    )


def deployment_progressing(old: DeploymentStatus, new: DeploymentStatus) -> bool:
    """Something got better: more new pods, fewer old ones, more of them ready or available."""
    return (
        new.updated_replicas > old.updated_replicas
        or new.replicas - new.updated_replicas < old.replicas - old.updated_replicas
        or new.ready_replicas > old.ready_replicas
        or new.available_replicas > old.available_replicas
    )


def sync_rollout_status(rollout: Rollout, sets: ReplicaSets) -> None:
    """Report counts and conditions of a rollout; a rollout that stands still is looked at again at its deadline."""
    status = calculate_status(rollout, sets.all, sets.new)
    if conditions.has_progress_deadline(rollout.deployment):
        status = _with_progress(rollout, sets, status)
    else:
        status = conditions.remove_condition(status, conditions.PROGRESSING)
    failure = _replica_failure(sets)
    if failure is not None:
        status = conditions.set_condition(status, failure)
    else:
        status = conditions.remove_condition(status, conditions.REPLICA_FAILURE)
    if not rollout.update_status_if_changed(status):
        rollout.stands_still = True


def _with_progress(rollout: Rollout, sets: ReplicaSets, status: DeploymentStatus) -> DeploymentStatus:
    """The status with its Progressing condition: complete, under way, or timed out."""
    deployment, now = rollout.deployment, rollout.now
    current = conditions.find_condition(deployment.status, conditions.PROGRESSING)
    was_complete = current is not None and current.reason == conditions.NEW_REPLICA_SET_AVAILABLE
    if was_complete and status.replicas == status.updated_replicas:
        return status
    subject = f'ReplicaSet "{sets.new.metadata.name}"' if sets.new else f'Deployment "{deployment.metadata.name}"'
    if deployment_complete(deployment, status):
        verdict = ("True", conditions.NEW_REPLICA_SET_AVAILABLE, f"{subject} has successfully progressed.")
    elif deployment_progressing(deployment.status, status):
        verdict = ("True", conditions.REPLICA_SET_UPDATED, f"{subject} is progressing.")
        condition = conditions.new_condition(conditions.PROGRESSING, *verdict, now)
        if current is not None and current.status == "True":
            condition = replace(condition, last_transition_time=current.last_transition_time)
        # Every sign of progress renews the time from which the deadline counts.
        return conditions.set_condition(conditions.remove_condition(status, conditions.PROGRESSING), condition)
    elif deployment_timed_out(rollout, status):
        verdict = ("False", conditions.TIMED_OUT, f"{subject} has timed out progressing.")
    else:
        return status
    return conditions.set_condition(status, conditions.new_condition(conditions.PROGRESSING, *verdict, now))


def deployment_timed_out(rollout: Rollout, status: DeploymentStatus) -> bool:
    """The last sign of progress is longer ago than the deadline allows."""
    condition = conditions.find_condition(status, conditions.PROGRESSING)
    if condition is None or condition.reason == conditions.NEW_REPLICA_SET_AVAILABLE:
        return False
    if condition.reason == conditions.TIMED_OUT:
        return True
    return _deadline(rollout.deployment, condition) < EPOCH_MS + rollout.server.now_ms


def _deadline(deployment: Deployment, condition: DeploymentCondition) -> int:
    seconds = deployment.spec.progress_deadline_seconds or 0
    return (condition.last_update_time or 0) + seconds * 1000


def progress_check_delay(rollout: Rollout) -> int | None:
    """After how many milliseconds a rollout that stands still is to be looked at again; None: not at all."""
    deployment = rollout.deployment
    condition = conditions.find_condition(deployment.status, conditions.PROGRESSING)
    if condition is None or not conditions.has_progress_deadline(deployment):
        return None
    if deployment_complete(deployment, deployment.status) or condition.reason == conditions.TIMED_OUT:
        return None
    if condition.reason == conditions.NEW_REPLICA_SET_AVAILABLE:
        return None  # it never times out; upstream looks again and again, and finds nothing to do
    left = _deadline(deployment, condition) - (EPOCH_MS + rollout.server.now_ms)
    # Less than a second is waited for by looking again and again; a look that was due a whole second before comes a
    # little late. The deadline itself is not late enough: the condition's time is cut to whole seconds.
    return 0 if left <= 1000 else left + 1000


def _replica_failure(sets: ReplicaSets) -> DeploymentCondition | None:
    """The first failure that a ReplicaSet reports, the new one's before the old ones'."""
    for rs in [*([sets.new] if sets.new else []), *sets.old]:
        for c in rs.status.conditions:
            if c.type == conditions.REPLICA_FAILURE:
                return DeploymentCondition(
                    type=c.type,
                    status=c.status,
                    last_update_time=c.last_transition_time,
                    last_transition_time=c.last_transition_time,
                    reason=c.reason,
                    message=c.message,
                )
    return None
