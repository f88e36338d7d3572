"""What one sync of a job works with: the job as it was found, the status that it shall have, and counts of its pods.

References
----------
``pkg/controller/job/job_controller.go syncJobCtx, getNewFinishedPods, getValidPodsWithFilter @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from k8snb.api.jobs import is_tracked
from k8snb.api.pods import is_active, is_ready, is_terminating
from k8snb.api.types.batch import Job, JobCondition, JobStatus, UncountedTerminatedPods
from k8snb.api.types.pod import Pod
from k8snb.controllers.job.backoff import BackoffRecord, finished_time
from k8snb.controllers.job.intervals import Intervals
from k8snb.controllers.job.pod_failure_policy import FAIL_INDEX, judge
from k8snb.controllers.job.traits import (
    completion_index,
    has_backoff_limit_per_index,
    index_failure_count,
    index_ignored_failure_count,
    is_indexed,
    is_pod_failed,
    valid_index,
)
from k8snb.errors import ApiError


class JobSync:
    """The state of one sync.

    Attributes
    ----------
    status
        The status that is being worked out; `job` has the one that is stored.
    expected
        UIDs of pods whose finalizer was removed, which the cache does not show yet.
    active, ready, terminating
        Counts of pods, kept up to date as pods are created and deleted.
    verdict
        The condition in which the job ends, if it does.
    delayed
        By index, the failed pod that stays uncounted until its successor, which takes over its count, is there.
    """

    def __init__(self, job: Job, pods: list[Pod], expected: frozenset[str], record: BackoffRecord) -> None:
        uncounted = job.status.uncounted_terminated_pods or UncountedTerminatedPods()
        self.job = job
        self.status: JobStatus = replace(job.status, uncounted_terminated_pods=uncounted)
        self.pods = pods
        self.expected = expected
        self.active_pods = [pod for pod in pods if is_active(pod)]
        self.active = len(self.active_pods)
        self.ready = sum(map(is_ready, self.active_pods))
        self.terminating = sum(map(is_terminating, pods))
        self.was_succeeded, self.was_failed = frozenset(uncounted.succeeded), frozenset(uncounted.failed)
        succeeded = [p for p in self._uncounted(self.was_succeeded) if p.status.phase == "Succeeded"]
        failed = [p for p in self._uncounted(self.was_failed) if is_pod_failed(p, job)]
        self.succeeded = job.status.succeeded + len(succeeded) + len(uncounted.succeeded)
        self.failed = job.status.failed + sum(judge(job, p).counts for p in failed) + len(uncounted.failed)
        self.record = record.after(succeeded, failed)
        self.verdict: JobCondition | None = None
        self.failure: ApiError | None = None
        self.succeeded_before = self.succeeded_indexes = Intervals()
        self.failed_indexes: Intervals | None = None
        self.delayed: dict[int, Pod] = {}
        if is_indexed(job):
            self._count_indexes()

    def _uncounted(self, counted: frozenset[str]) -> Iterator[Pod]:
        """The pods with a valid index, if they need one, that were not counted yet."""
        for pod in self.pods:
            if not is_tracked(pod) or pod.metadata.uid in counted or pod.metadata.uid in self.expected:
                continue
            if not is_indexed(self.job) or valid_index(pod, self.job) is not None:
                yield pod

    def _count_indexes(self) -> None:
        """Which indexes succeeded and which failed for good."""
        job, completions = self.job, self.job.spec.completions or 0
        tracked = [(valid_index(p, job), p) for p in self.pods if is_tracked(p)]
        done = [i for i, p in tracked if i is not None and p.status.phase == "Succeeded"]
        self.succeeded_before = Intervals.parse(job.status.completed_indexes, completions)
        self.succeeded_indexes = self.succeeded_before.with_indexes(done)
        self.succeeded = self.succeeded_indexes.total()
        if has_backoff_limit_per_index(job):
            lost = [i for i, p in tracked if i is not None and _fails_index(job, p)]
            before = Intervals.parse(job.status.failed_indexes or "", completions)
            self.failed_indexes = before.with_indexes(lost)
            self.delayed = self._delayed()

    def _delayed(self) -> dict[int, Pod]:
        """By index, the failed pod whose failures its successor will have to know."""
        assert self.failed_indexes is not None
        active = indexes_of(self.active_pods)
        latest: dict[int, Pod] = {}
        for pod in self._uncounted(frozenset()):
            index = valid_index(pod, self.job)
            if index is None or index in active or not is_pod_failed(pod, self.job):
                continue
            if self.succeeded_indexes.has(index) or self.failed_indexes.has(index):
                continue
            if index not in latest or _is_later(pod, latest[index]):
                latest[index] = pod
        return latest


def indexes_of(pods: Iterable[Pod]) -> frozenset[int]:
    """The completion indexes that some pods have."""
    return frozenset(i for i in map(completion_index, pods) if i is not None)


def _fails_index(job: Job, pod: Pod) -> bool:
    """With this failed pod its index has failed for good."""
    if not is_pod_failed(pod, job):
        return False
    verdict = judge(job, pod)
    if verdict.action == FAIL_INDEX:
        return True
    return verdict.counts and index_failure_count(pod) >= (job.spec.backoff_limit_per_index or 0)


def _is_later(pod: Pod, other: Pod) -> bool:
    return _failures(other) <= _failures(pod) and finished_time(pod) >= finished_time(other)


def _failures(pod: Pod) -> int:
    return index_failure_count(pod) + index_ignored_failure_count(pod)
