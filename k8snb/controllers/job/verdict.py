"""Whether a job is over: what was found earlier, then what makes it fail, then what makes it succeed.

References
----------
``pkg/controller/job/job_controller.go syncJob, getFailJobMessage, pastBackoffLimitOnFailure @ v1.36``
"""

from __future__ import annotations

from k8snb.api.jobs import FAILED, FAILURE_TARGET, SUCCESS_CRITERIA_MET
from k8snb.api.types.batch import JobCondition
from k8snb.controllers.job.conditions import (
    BACKOFF_LIMIT_EXCEEDED,
    DEADLINE_EXCEEDED,
    FAILED_INDEXES,
    MAX_FAILED_INDEXES_EXCEEDED,
    new_condition,
    POD_FAILURE_POLICY,
    SUCCESS_POLICY,
    true_condition,
)
from k8snb.controllers.job.pod_failure_policy import judge
from k8snb.controllers.job.state import JobSync
from k8snb.controllers.job.success_policy import matched_rule
from k8snb.controllers.job.traits import is_pod_failed


def verdict_of(sync: JobSync, past_deadline: bool, now: int) -> JobCondition | None:
    """The condition in which the job ends, before a pod is created or deleted; None while it goes on.

    Parameters
    ----------
    now
        The present second, in milliseconds since the epoch.
    """
    return (
        true_condition(sync.status, SUCCESS_CRITERIA_MET)
        or _failed_earlier(sync, now)
        or _failed_by_policy(sync, now)
        or _exhausted(sync, past_deadline, now)
        or _failed_by_indexes(sync, now)
        or _succeeded_by_policy(sync, now)
    )


def _failed_earlier(sync: JobSync, now: int) -> JobCondition | None:
    target = true_condition(sync.status, FAILURE_TARGET)
    return None if target is None else new_condition(FAILED, target.reason, target.message, now)


def _failed_by_policy(sync: JobSync, now: int) -> JobCondition | None:
    if sync.job.spec.pod_failure_policy is None:
        return None
    for pod in sync.pods:
        if is_pod_failed(pod, sync.job):
            message = judge(sync.job, pod).message
            if message is not None:
                return new_condition(FAILURE_TARGET, POD_FAILURE_POLICY, message, now)
    return None


def _exhausted(sync: JobSync, past_deadline: bool, now: int) -> JobCondition | None:
    if sync.failed > (sync.job.spec.backoff_limit or 0) or _too_many_restarts(sync):
        message = "Job has reached the specified backoff limit"
        return new_condition(FAILURE_TARGET, BACKOFF_LIMIT_EXCEEDED, message, now)
    if past_deadline:
        message = "Job was active longer than specified deadline"
        return new_condition(FAILURE_TARGET, DEADLINE_EXCEEDED, message, now)
    return None


def _too_many_restarts(sync: JobSync) -> bool:
    """Containers that restart in place count towards the back-off limit, too."""
    spec = sync.job.spec
    if spec.template.spec.restart_policy != "OnFailure":
        return False
    restarts = sum(
        container.restart_count
        for pod in sync.pods
        if pod.status.phase in ("Running", "Pending")
        for container in (*pod.status.init_container_statuses, *pod.status.container_statuses)
    )
    return restarts >= max(spec.backoff_limit or 0, 1)


def _failed_by_indexes(sync: JobSync, now: int) -> JobCondition | None:
    spec, failed = sync.job.spec, sync.failed_indexes.total() if sync.failed_indexes is not None else 0
    if spec.max_failed_indexes is not None and failed > spec.max_failed_indexes:
        message = "Job has exceeded the specified maximal number of failed indexes"
        return new_condition(FAILURE_TARGET, MAX_FAILED_INDEXES_EXCEEDED, message, now)
    if failed and failed + sync.succeeded_indexes.total() >= (spec.completions or 0):
        return new_condition(FAILURE_TARGET, FAILED_INDEXES, "Job has failed indexes", now)
    return None


def _succeeded_by_policy(sync: JobSync, now: int) -> JobCondition | None:
    message = matched_rule(sync.job, sync.succeeded_indexes)
    return None if message is None else new_condition(SUCCESS_CRITERIA_MET, SUCCESS_POLICY, message, now)
