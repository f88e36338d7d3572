"""Counting ended pods exactly once, by the finalizer that each carries until its job has written it down.

A pod that ended is first noted by UID in the job's status, then loses its finalizer, and only then is counted: a
controller that dies in between neither forgets a pod nor counts it twice.

References
----------
``pkg/controller/job/job_controller.go trackJobStatusAndRemoveFinalizers, flushUncountedAndRemoveFinalizers,
cleanUncountedPodsWithoutFinalizers, canRemoveFinalizer, enactJobFinished, recordJobFinished @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from msgspec.structs import replace

from k8snb.api.jobs import COMPLETE, FAILED, FAILURE_TARGET, is_tracked, SUCCESS_CRITERIA_MET, TRACKING_FINALIZER
from k8snb.api.types.batch import Job, UncountedTerminatedPods
from k8snb.api.types.pod import Pod
from k8snb.controllers.job.backoff import BackoffRecord
from k8snb.controllers.job.conditions import ensure_condition, new_condition, true_condition, with_condition
from k8snb.controllers.job.expected_removals import ExpectedRemovals
from k8snb.controllers.job.pod_failure_policy import judge
from k8snb.controllers.job.state import JobSync
from k8snb.controllers.job.traits import completion_index, is_indexed, is_pod_failed, valid_index
from k8snb.errors import ApiError, NotFound
from k8snb.machinery.controller import key_of
from k8snb.machinery.events import Recorder
from k8snb.machinery.server import ApiServer
from k8snb.sim.loop import CONTROL

ANSWERS_MS = 2  # from the removal of finalizers to the end of the job, so that others see how it is about to end
MAX_UNCOUNTED_PODS = 500  # so many UIDs at most stand in a status


class Tracker:
    """Brings a job's status up to date with its pods, and removes the finalizers of those that are counted."""

    def __init__(
        self,
        server: ApiServer,
        recorder: Recorder,
        removals: ExpectedRemovals,
        backoffs: dict[str, BackoffRecord],
        try_again: Callable[[str], None],
    ) -> None:
        self._server = server
        self._recorder = recorder
        self._removals = removals
        self._backoffs = backoffs
        self._try_again = try_again

    def track(self, sync: JobSync, changed: bool) -> None:
        """Write the status of a sync: note which pods ended, let them go, count them, and end the job if it is over.

        Parameters
        ----------
        changed
            Whether the status differs already from the one that is stored.
        """
        held = _held(sync)
        noted = self._note(sync, held)
        flushed = changed or noted.changed
        if flushed:
            self._flush(sync)
            self._backoffs[key_of(sync.job)] = sync.record
        failure = self._release(sync, noted.released, held)
        counted = _count_released(sync, held)
        finished = failure is None and not noted.full and self._finish(sync)
        if finished and flushed:
            self._conclude_later(sync)
        elif finished:
            self._conclude(sync)
        elif counted:
            self._flush(sync)
        if failure is not None:
            raise failure

    def _note(self, sync: JobSync, held: set[str]) -> _Noted:
        """Bring everything into the status that has to stand there before pods are let go."""
        if is_indexed(sync.job):
            sync.pods.sort(key=_index_order)
        changed = _count_released(sync, held)
        noted = _note_ended(sync, held)
        if is_indexed(sync.job):
            changed |= _write_indexes(sync)
        changed |= self._announce(sync)
        return noted._replace(changed=changed or noted.changed)

    def _conclude(self, sync: JobSync) -> None:
        """Write that the job is over, and say so."""
        self._flush(sync)
        self._record_finished(sync)

    def _conclude_later(self, sync: JobSync) -> None:
        """The last status was written a moment ago: let others see that one before the job ends."""
        store = self._server.store
        store.loop.call_after(ANSWERS_MS, self._conclude_if_unchanged, sync, store.actor, store.cause, priority=CONTROL)

    def _conclude_if_unchanged(self, sync: JobSync, actor: str, cause: int) -> None:
        """End a job whose pods are let go; one that changed meanwhile is looked at anew."""
        meta = sync.job.metadata
        stored = self._server.find(Job, meta.namespace, meta.name)
        if stored is None or stored.metadata.resource_version != meta.resource_version:
            return
        with self._server.store.on_behalf_of(actor, cause):
            try:
                self._conclude(sync)
            except ApiError:
                self._try_again(key_of(stored))

    def _announce(self, sync: JobSync) -> bool:
        """Note how the job will end before its pods are let go; returns whether the status changed."""
        verdict, now = sync.verdict, self._server.time
        if verdict is None or verdict.type not in (FAILURE_TARGET, SUCCESS_CRITERIA_MET):
            return False
        known = verdict.type == SUCCESS_CRITERIA_MET and true_condition(sync.status, SUCCESS_CRITERIA_MET) is not None
        if not known:
            sync.status = with_condition(sync.status, verdict)
        final = FAILED if verdict.type == FAILURE_TARGET else COMPLETE
        sync.verdict = new_condition(final, verdict.reason, verdict.message, now)
        return not known

    def _flush(self, sync: JobSync) -> None:
        # A job that waits after failures says that it has no active pods, though it may have ready ones. The API server
        # refuses that, and the job is tried again later.
        sync.job = self._server.update_status(replace(sync.job, status=sync.status), validate=True)
        sync.status = sync.job.status

    def _release(self, sync: JobSync, pods: list[Pod], held: set[str]) -> ApiError | None:
        """Remove the finalizers of pods; returns what went wrong."""
        key, failure = key_of(sync.job), None
        self._removals.expect(key, [pod.metadata.uid for pod in pods])
        for pod in pods:
            try:
                remove_finalizer(self._server, pod)
            except ApiError as error:
                self._removals.observe(key, pod.metadata.uid)
                failure = error
            else:
                held.discard(pod.metadata.uid)
        return failure

    def _finish(self, sync: JobSync) -> bool:
        """End the job, unless pods still wait to be counted or to be gone."""
        uncounted = sync.status.uncounted_terminated_pods
        if sync.verdict is None or sync.terminating or (uncounted and (uncounted.succeeded or uncounted.failed)):
            return False
        sync.status = ensure_condition(sync.status, replace(sync.verdict, last_probe_time=self._server.time))
        if sync.verdict.type == COMPLETE:
            sync.status = replace(sync.status, completion_time=sync.verdict.last_transition_time)
        return True

    def _record_finished(self, sync: JobSync) -> None:
        job, verdict = sync.job, sync.verdict
        assert verdict is not None
        if verdict.type == FAILED:
            self._recorder.event(job, "Warning", verdict.reason, verdict.message)
            return
        if job.spec.completions is not None and job.status.succeeded > job.spec.completions:
            message = "Too many succeeded pods running after completion count reached"
            self._recorder.event(job, "Warning", "TooManySucceededPods", message)
        self._recorder.event(job, "Normal", "Completed", "Job completed")


def remove_finalizer(server: ApiServer, pod: Pod) -> None:
    """Take a pod's finalizer away; a pod that is gone needs none."""
    fresh = server.find(Pod, pod.metadata.namespace, pod.metadata.name)
    if fresh is None or fresh.metadata.uid != pod.metadata.uid or not is_tracked(fresh):
        return
    finalizers = tuple(f for f in fresh.metadata.finalizers if f != TRACKING_FINALIZER)
    try:
        server.patch_object(replace(fresh, metadata=replace(fresh.metadata, finalizers=finalizers)))
    except NotFound:
        return


class _Noted(NamedTuple):
    """The pods that may lose their finalizers, whether the status changed, and whether it took all that it can."""

    released: list[Pod]
    changed: bool
    full: bool


def _held(sync: JobSync) -> set[str]:
    """The UIDs of the pods that still have their finalizers, as far as is known."""
    return {p.metadata.uid for p in sync.pods if is_tracked(p) and p.metadata.uid not in sync.expected}


def _index_order(pod: Pod) -> int:
    index = completion_index(pod)
    return -1 if index is None else index


def _count_released(sync: JobSync, held: set[str]) -> bool:
    """Count the noted pods that have no finalizer any more; returns whether there were any."""
    noted = sync.status.uncounted_terminated_pods
    assert noted is not None
    left = UncountedTerminatedPods(
        succeeded=tuple(uid for uid in noted.succeeded if uid in held),
        failed=tuple(uid for uid in noted.failed if uid in held),
    )
    if left == noted:
        return False
    sync.status = replace(
        sync.status,
        uncounted_terminated_pods=left,
        succeeded=sync.status.succeeded + len(noted.succeeded) - len(left.succeeded),
        failed=sync.status.failed + len(noted.failed) - len(left.failed),
    )
    return True


def _note_ended(sync: JobSync, held: set[str]) -> _Noted:
    """Note the pods that ended."""
    noted = sync.status.uncounted_terminated_pods
    assert noted is not None
    succeeded, failed, indexes = list(noted.succeeded), list(noted.failed), _NewIndexes(sync)
    released: list[Pod] = []
    full = False
    for pod in sync.pods:
        uid = pod.metadata.uid
        if uid not in held or not _may_go(sync, pod):
            continue
        released.append(pod)
        if pod.status.phase == "Succeeded" and uid not in sync.was_failed:
            if is_indexed(sync.job):
                indexes.add(pod)
            elif uid not in sync.was_succeeded:
                succeeded.append(uid)
        elif _counts_as_failed(sync, pod):
            failed.append(uid)
        full = len(indexes.new) + len(succeeded) + len(failed) >= MAX_UNCOUNTED_PODS
        if full:
            break
    now_noted = UncountedTerminatedPods(succeeded=tuple(succeeded), failed=tuple(failed))
    changed = now_noted != noted or bool(indexes.new)
    sync.status = replace(sync.status, uncounted_terminated_pods=now_noted)
    if is_indexed(sync.job):
        sync.succeeded_indexes = sync.succeeded_indexes.with_indexes(indexes.new)
    return _Noted(released, changed, full)


class _NewIndexes:
    """The indexes that succeeded since the last sync: with them, no UIDs are needed."""

    def __init__(self, sync: JobSync) -> None:
        self._sync = sync
        self.new: list[int] = []

    def add(self, pod: Pod) -> None:
        index = valid_index(pod, self._sync.job)
        if index is not None and not self._sync.succeeded_before.has(index):
            self.new.append(index)


def _may_go(sync: JobSync, pod: Pod) -> bool:
    """The pod's finalizer can go: it ended, or nobody will ask for it again."""
    if sync.job.metadata.deletion_timestamp is not None or sync.verdict is not None:
        return True
    if pod.status.phase == "Succeeded":
        return True
    if not is_pod_failed(pod, sync.job):
        return False
    index = completion_index(pod)
    kept = None if index is None else sync.delayed.get(index)
    return kept is None or kept.metadata.uid != pod.metadata.uid


def _counts_as_failed(sync: JobSync, pod: Pod) -> bool:
    """The pod is one more failure; when the job ends, every pod that has not ended is, unless the job succeeds."""
    ends_badly = sync.verdict is not None and sync.verdict.type != SUCCESS_CRITERIA_MET
    if not ends_badly and not is_pod_failed(pod, sync.job):
        return False
    if pod.metadata.uid in sync.was_failed or (is_indexed(sync.job) and valid_index(pod, sync.job) is None):
        return False
    return judge(sync.job, pod).counts


def _write_indexes(sync: JobSync) -> bool:
    """Write the indexes that succeeded and failed; returns whether that changed the status."""
    before = sync.status
    failed = None if sync.failed_indexes is None else str(sync.failed_indexes)
    sync.status = replace(
        before,
        succeeded=sync.succeeded_indexes.total(),
        completed_indexes=str(sync.succeeded_indexes),
        failed_indexes=failed,
    )
    return (before.completed_indexes, before.failed_indexes) != (sync.status.completed_indexes, failed)
