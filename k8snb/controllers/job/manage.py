"""Creating and deleting the pods of a job, as many at a time as it wants active.

References
----------
``pkg/controller/job/job_controller.go manageJob, deleteJobPods, deleteActivePods,
getPodCreationInfoForIndependentIndexes`` and ``indexed_job_utils.go firstPendingIndexes @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

from k8snb.api.pods import is_ready, is_terminating
from k8snb.api.types.batch import Job
from k8snb.api.types.pod import Pod, PodTemplateSpec
from k8snb.controllers.job.backoff import remaining_ms_of_index
from k8snb.controllers.job.removal import pods_to_remove
from k8snb.controllers.job.state import indexes_of, JobSync
from k8snb.controllers.job.templates import generate_name_of_index, template_of_index, tracked_template
from k8snb.controllers.job.tracking import remove_finalizer
from k8snb.controllers.job.traits import has_backoff_limit_per_index, is_indexed, is_suspended, only_replaces_failed
from k8snb.errors import ApiError, NotFound
from k8snb.machinery.controller import key_of
from k8snb.machinery.expectations import Expectations
from k8snb.machinery.pod_control import PodControl
from k8snb.machinery.server import ApiServer, EPOCH_MS
from k8snb.machinery.slow_start import slow_start

MAX_PODS_PER_SYNC = 500  # at most so many pods are created or deleted in one sync

Delay = Callable[[Job, int], None]


class PodManager:
    """Brings the number of a job's active pods to what it wants.

    Parameters
    ----------
    delay
        ``delay(job, ms)`` lets the job be looked at again when its back-off is over.
    """

    def __init__(self, server: ApiServer, pod_control: PodControl, expectations: Expectations, delay: Delay) -> None:
        self._server = server
        self._pod_control = pod_control
        self._expectations = expectations
        self._delay = delay

    def manage(self, sync: JobSync) -> None:
        """Delete what is too much, or else create what is missing; never both in one sync."""
        job = sync.job
        if is_suspended(job):
            self._delete(sync, pods_to_remove(job, sync.active_pods, sync.active))
            return
        wanted = _wanted_active(sync)
        superfluous = pods_to_remove(job, sync.active_pods, max(0, sync.active - wanted))
        if superfluous:
            self._delete(sync, superfluous[:MAX_PODS_PER_SYNC])
            return
        waited_for = sync.terminating if only_replaces_failed(job) else 0
        missing = wanted - waited_for - sync.active
        if missing > 0:
            self._create(sync, missing)

    def delete_active(self, sync: JobSync) -> int:
        """Delete all active pods of a job that is over; their finalizers stay until they are counted."""
        deleted = 0
        for pod in sync.active_pods:
            try:
                self._pod_control.delete_pod(sync.job, pod)
            except NotFound:
                deleted += 1
            except ApiError as error:
                sync.failure = error
            else:
                deleted += 1
        sync.ready -= sum(map(is_ready, sync.active_pods))
        sync.active -= deleted
        sync.terminating += deleted
        return deleted

    def _delete(self, sync: JobSync, pods: Sequence[Pod]) -> None:
        """Delete pods that do not count as failures: they lose their finalizers first."""
        job = sync.job
        key = key_of(job)
        self._expectations.expect_deletions(key, [key_of(pod) for pod in pods], self._server.now_ms)
        for pod in pods:
            try:
                remove_finalizer(self._server, pod)
                self._pod_control.delete_pod(job, pod)
            except ApiError as error:
                self._expectations.deletion_observed(key, key_of(pod))
                if not isinstance(error, NotFound):
                    sync.failure = error
                    continue
            sync.active -= 1
            sync.terminating += 1
            sync.ready -= is_ready(pod)

    def _create(self, sync: JobSync, missing: int) -> None:
        """Create pods, unless the job has to wait after failures."""
        job, now = sync.job, EPOCH_MS + self._server.now_ms
        by_index = has_backoff_limit_per_index(job)
        remaining_ms = 0 if by_index else sync.record.remaining_ms(now)
        indexes: list[int | None] = [None] * min(missing, MAX_PODS_PER_SYNC)
        if is_indexed(job) and not remaining_ms:
            pending = list(islice(_pending_indexes(sync), len(indexes)))
            if by_index:
                pending, remaining_ms = _ready_indexes(sync, pending, now)
            indexes = list(pending)
        if remaining_ms > 0:
            sync.active = 0  # as upstream reports it while a job waits
            self._delay(job, remaining_ms)
            return
        self._create_pods(sync, indexes)

    def _create_pods(self, sync: JobSync, indexes: list[int | None]) -> None:
        """Create a pod for each index (None: without), up to the first batch in which one fails."""
        key, template, count = key_of(sync.job), tracked_template(sync.job), len(indexes)
        self._expectations.expect_creations(key, count, self._server.now_ms)
        succeeded, failures = slow_start(indexes, lambda index: self._create_pod(sync, template, index))
        sync.active += succeeded
        if failures:
            sync.failure = failures[0]
            self._expectations.creation_observed(key, count - succeeded)

    def _create_pod(self, sync: JobSync, template: PodTemplateSpec, index: int | None) -> None:
        job, prefix = sync.job, ""
        if index is not None:
            template = template_of_index(job, template, index, sync.delayed.get(index))
            prefix = generate_name_of_index(job.metadata.name, index)
        self._pod_control.create_pod(job, template, prefix)


def _wanted_active(sync: JobSync) -> int:
    """How many pods shall be active."""
    spec = sync.job.spec
    parallelism = spec.parallelism or 0
    if spec.completions is None:
        return sync.active if sync.succeeded > 0 else parallelism
    return max(0, min(parallelism, spec.completions - sync.succeeded))


def _pending_indexes(sync: JobSync) -> list[int]:
    """The indexes that have neither succeeded nor failed for good, and no pod."""
    taken = sync.succeeded_indexes.with_indexes(sorted(indexes_of(sync.active_pods)))
    if only_replaces_failed(sync.job):
        taken = taken.with_indexes(sorted(indexes_of(filter(is_terminating, sync.pods))))
    if sync.failed_indexes is not None:
        taken = taken.merge(sync.failed_indexes)
    return list(taken.missing(sync.job.spec.completions or 0))


def _ready_indexes(sync: JobSync, indexes: list[int], now: int) -> tuple[list[int], int]:
    """The indexes that need not wait; when all must, the shortest wait."""
    waits = {index: remaining_ms_of_index(sync.delayed.get(index), now) for index in indexes}
    ready = [index for index, wait in waits.items() if wait == 0]
    return ready, 0 if ready else min(waits.values(), default=0)
