"""What kind of job it is, and how its pods count.

References
----------
``pkg/controller/job/job_controller.go isPodFailed, onlyReplaceFailedPods, jobSuspended, managedByExternalController``
and ``indexed_job_utils.go isIndexedJob, getCompletionIndex @ v1.36``
"""

from __future__ import annotations

from k8snb.api.integers import integer
from k8snb.api.jobs import COMPLETION_INDEX
from k8snb.api.types.batch import Job
from k8snb.api.types.pod import Pod

INDEXED = "Indexed"
JOB_CONTROLLER_NAME = "kubernetes.io/job-controller"
INDEX_FAILURE_COUNT = "batch.kubernetes.io/job-index-failure-count"
INDEX_IGNORED_FAILURE_COUNT = "batch.kubernetes.io/job-index-ignored-failure-count"
_HIGHEST = 2**31 - 1


def is_indexed(job: Job) -> bool:
    """Each completion of the job has a number."""
    return job.spec.completion_mode == INDEXED


def has_backoff_limit_per_index(job: Job) -> bool:
    """Failures count by index."""
    return job.spec.backoff_limit_per_index is not None


def is_suspended(job: Job) -> bool:
    """The job shall have no pods for now."""
    return bool(job.spec.suspend)


def is_managed_elsewhere(job: Job) -> bool:
    """Another controller than this one looks after the job."""
    return job.spec.managed_by not in (None, JOB_CONTROLLER_NAME)


def only_replaces_failed(job: Job) -> bool:
    """A deleted pod is replaced when it has ended, not already when it terminates."""
    return job.spec.pod_replacement_policy == "Failed" or job.spec.pod_failure_policy is not None


def is_pod_failed(pod: Pod, job: Job) -> bool:
    """The pod counts as failed; a deleted one does at once, unless only failed pods are replaced."""
    if pod.status.phase == "Failed":
        return True
    if only_replaces_failed(job):
        return False
    return pod.metadata.deletion_timestamp is not None and pod.status.phase != "Succeeded"


def completion_index(pod: Pod) -> int | None:
    """The pod's completion index, if its annotation gives one."""
    text = pod.metadata.annotations.get(COMPLETION_INDEX, "")
    return integer(text) if text.isdecimal() else None


def valid_index(pod: Pod, job: Job) -> int | None:
    """The pod's completion index, if it is one of the job's."""
    index = completion_index(pod)
    return index if index is not None and index < (job.spec.completions or 0) else None


def index_failure_count(pod: Pod) -> int:
    """How many failures of its index the pod comes after."""
    return _count(pod, INDEX_FAILURE_COUNT)


def index_ignored_failure_count(pod: Pod) -> int:
    """How many failures of its index that do not count the pod comes after."""
    return _count(pod, INDEX_IGNORED_FAILURE_COUNT)


def _count(pod: Pod, annotation: str) -> int:
    text = pod.metadata.annotations.get(annotation, "")
    number = integer(text) or 0
    return number if 0 <= number <= _HIGHEST else 0
