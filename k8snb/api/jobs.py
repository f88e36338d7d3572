"""Questions that several components ask about a job, and the names that a job's pods carry.

References
----------
``pkg/controller/job/util/utils.go @ v1.36``
"""

from __future__ import annotations

from k8snb.api.types.batch import Job, JobCondition
from k8snb.api.types.pod import Pod

COMPLETE, FAILED, SUSPENDED = "Complete", "Failed", "Suspended"
FAILURE_TARGET, SUCCESS_CRITERIA_MET = "FailureTarget", "SuccessCriteriaMet"

TRACKING_FINALIZER = "batch.kubernetes.io/job-tracking"
COMPLETION_INDEX = "batch.kubernetes.io/job-completion-index"
CRON_JOB_SCHEDULED_TIMESTAMP = "batch.kubernetes.io/cronjob-scheduled-timestamp"


def finished_condition(job: Job) -> JobCondition | None:
    """The condition that says that the job is over, one way or the other."""
    for condition in job.status.conditions:
        if condition.type in (COMPLETE, FAILED) and condition.status == "True":
            return condition
    return None


def is_finished(job: Job) -> bool:
    """The job completed or failed."""
    return finished_condition(job) is not None


def is_succeeded(job: Job) -> bool:
    """The job completed."""
    return any(c.type == COMPLETE and c.status == "True" for c in job.status.conditions)


def is_tracked(pod: Pod) -> bool:
    """The pod carries the finalizer by which its job has yet to count it."""
    return TRACKING_FINALIZER in pod.metadata.finalizers
