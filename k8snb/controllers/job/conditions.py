"""Making, finding and setting the conditions of a job.

References
----------
``pkg/controller/job/job_controller.go newCondition, findConditionByType, ensureJobConditionStatus @ v1.36``
"""

from __future__ import annotations

from msgspec.structs import replace

from k8snb.api.types.batch import JobCondition, JobStatus

# Reasons
POD_FAILURE_POLICY = "PodFailurePolicy"
BACKOFF_LIMIT_EXCEEDED = "BackoffLimitExceeded"
DEADLINE_EXCEEDED = "DeadlineExceeded"
MAX_FAILED_INDEXES_EXCEEDED = "MaxFailedIndexesExceeded"
FAILED_INDEXES = "FailedIndexes"
SUCCESS_POLICY = "SuccessPolicy"
COMPLETIONS_REACHED = "CompletionsReached"


def new_condition(type_: str, reason: str, message: str, now: int, status: str = "True") -> JobCondition:
    """A condition as of now."""
    return JobCondition(
        type=type_, status=status, last_probe_time=now, last_transition_time=now, reason=reason, message=message
    )


def find_condition(status: JobStatus, type_: str) -> JobCondition | None:
    """The condition of a type, if there is one."""
    return next((c for c in status.conditions if c.type == type_), None)


def true_condition(status: JobStatus, type_: str) -> JobCondition | None:
    """The condition of a type, if it holds."""
    condition = find_condition(status, type_)
    return condition if condition is not None and condition.status == "True" else None


def ensure_condition(status: JobStatus, condition: JobCondition) -> JobStatus:
    """The status with this condition; the same status when it says so already.

    A condition that does not hold and never did is not mentioned.
    """
    present = find_condition(status, condition.type)
    if present is None:
        return with_condition(status, condition) if condition.status != "False" else status
    if _words(present) == _words(condition):
        return status
    conditions = tuple(condition if c is present else c for c in status.conditions)
    return replace(status, conditions=conditions)


def with_condition(status: JobStatus, condition: JobCondition) -> JobStatus:
    """The status with one more condition."""
    return replace(status, conditions=(*status.conditions, condition))


def _words(condition: JobCondition) -> tuple[str, str, str]:
    return condition.status, condition.reason, condition.message
