"""Watches jobs and their pods, and runs each job to its end.

References
----------
``pkg/controller/job/job_controller.go @ v1.36``

Notes
-----
Changes of pods and of a job's own status are looked at a second later, several of them at once; a new job, and one
whose spec was changed, at once.
"""

from __future__ import annotations

from typing import ClassVar

from msgspec.structs import replace

from k8snb.api.jobs import is_finished, is_tracked, SUCCESS_CRITERIA_MET, SUSPENDED, TRACKING_FINALIZER
from k8snb.api.pods import controller_of
from k8snb.api.selectors import matches
from k8snb.api.types.batch import Job
from k8snb.api.types.pod import Pod
from k8snb.controllers.job.backoff import BackoffRecord
from k8snb.controllers.job.conditions import COMPLETIONS_REACHED, ensure_condition, new_condition
from k8snb.controllers.job.expected_removals import ExpectedRemovals
from k8snb.controllers.job.manage import PodManager
from k8snb.controllers.job.state import JobSync
from k8snb.controllers.job.tracking import remove_finalizer, Tracker
from k8snb.controllers.job.traits import is_managed_elsewhere, is_suspended
from k8snb.controllers.job.verdict import verdict_of
from k8snb.machinery.controller import Controller, Environment, key_of
from k8snb.machinery.expectations import Expectations
from k8snb.machinery.owners import changes_hands, Owners
from k8snb.machinery.ownership import claim
from k8snb.machinery.pod_control import PodControl
from k8snb.machinery.server import EPOCH_MS

SYNC_BATCH_PERIOD_MS = 1000


class JobController(Controller):
    """Runs jobs: creates their pods, counts how these end, and says how the job ended."""

    name: ClassVar[str] = "job-controller"
    base_delay_ms: ClassVar[int] = 1000
    max_delay_ms: ClassVar[int] = 60_000

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.orphan_queue = self.queue_for(self._sync_orphans)
        self.jobs = self.informers.of(Job)
        self.owners = Owners(self.jobs, self._enqueue_batched)
        self.pods = self.informers.of(Pod)
        self.expectations = Expectations()
        self.removals = ExpectedRemovals()
        self.backoffs: dict[str, BackoffRecord] = {}
        pod_control = PodControl(self.server, self.recorder)
        self.manager = PodManager(self.server, pod_control, self.expectations, self._enqueue_after)
        self.tracker = Tracker(self.server, self.recorder, self.removals, self.backoffs, self.queue.add_rate_limited)
        self.jobs.add_handler(self._on_job)
        self.ownership.watch("Job", self._on_pod)

    # -- watching jobs

    def _on_job(self, old: Job | None, new: Job | None) -> None:
        if new is None:
            assert old is not None
            self.enqueue(old)
            self.orphan_queue.add(_orphans_of(old))
            self.backoffs.pop(key_of(old), None)
        elif old is None:
            self.enqueue(new)
        else:
            self._on_job_updated(old, new)

    def _on_job_updated(self, old: Job, new: Job) -> None:
        if is_finished(new):
            self.orphan_queue.add(_orphans_of(new))
            return
        if new.metadata.generation == old.metadata.generation:
            self._enqueue_batched(new)
        else:
            self.enqueue(new)
        deadline, started = new.spec.active_deadline_seconds, new.status.start_time
        if deadline is not None and started is not None and deadline != old.spec.active_deadline_seconds:
            self.queue.add_after(key_of(new), started + deadline * 1000 - self._now())

    def _enqueue_batched(self, job: Job) -> None:
        self.queue.add_after(key_of(job), SYNC_BATCH_PERIOD_MS)

    def _enqueue_after(self, job: Job, delay_ms: int) -> None:
        self.queue.add_after(key_of(job), max(delay_ms, SYNC_BATCH_PERIOD_MS))

    # -- watching pods

    def _on_pod(self, old: Pod | None, new: Pod | None) -> None:
        if new is None:
            assert old is not None
            self._on_pod_deleted(old, True)
        elif new.metadata.deletion_timestamp is not None:
            self._on_pod_deleted(new, False)
        else:
            self._on_pod_changed(old, new)

    def _on_pod_deleted(self, pod: Pod, gone: bool) -> None:
        """The pod is gone, or its deletion was asked for."""
        if not _concerns_jobs(pod):
            return
        job = self.owners.of(pod)
        if job is None or is_finished(job):
            if is_tracked(pod) and not gone:
                self.orphan_queue.add(_orphan(pod))
            return
        key = key_of(job)
        self.expectations.deletion_observed(key, key_of(pod))
        if gone or not is_tracked(pod):
            self.removals.observe(key, pod.metadata.uid)
        self._enqueue_batched(job)

    def _on_pod_changed(self, old: Pod | None, new: Pod) -> None:
        changed_owner = changes_hands(old, new)
        if old is not None and changed_owner:
            self._observe(old, new, False)
        if controller_of(new) is not None:
            self._observe(new, new, old is None)
            return
        if is_tracked(new):
            self.orphan_queue.add(_orphan(new))
        if old is None or changed_owner or old.metadata.labels != new.metadata.labels:
            self.owners.enqueue_possible(new)

    def _observe(self, owned: Pod, pod: Pod, created: bool) -> None:
        """Tell the job that owns `owned` of a pod's change."""
        job = self.owners.of(owned)
        if job is None:
            return
        if created:
            self.expectations.creation_observed(key_of(job))
        elif not is_tracked(pod):
            self.removals.observe(key_of(job), pod.metadata.uid)
        self._enqueue_batched(job)

    # -- letting go of pods that no running job counts

    def _sync_orphans(self, key: str) -> None:
        """Remove the finalizers of a pod that has no job, or of all pods of a job that is over."""
        kind, _, name = key.partition(" ")
        if kind == "pod":
            pod = self.pods.get(name)
            orphans = [pod] if pod is not None else []
        else:
            orphans = list(self.ownership.of(name).pods.values())
        for pod in orphans:
            if is_tracked(pod) and not self._is_counted(pod):
                remove_finalizer(self.server, pod)

    def _is_counted(self, pod: Pod) -> bool:
        """Somebody else than the orphans' queue takes the pod's finalizer away."""
        reference = controller_of(pod)
        if reference is None:
            return False
        if reference.kind != "Job":
            return True
        job = self.owners.of(pod)
        return job is not None and (is_managed_elsewhere(job) or not is_finished(job))

    # -- syncing

    def _now(self) -> int:
        """The present in milliseconds since the epoch; objects record it in whole seconds."""
        return EPOCH_MS + self.now_ms

    def sync(self, key: str) -> None:
        """Look at one job: is it over, does it need more pods or fewer, which of them have ended."""
        job = self.jobs.get(key)
        if job is None:
            self.expectations.forget(key)
            self.removals.forget(key)
            self.backoffs.pop(key, None)
            return
        if is_managed_elsewhere(job):
            return
        if is_finished(job):
            self.backoffs.pop(key, None)
            return
        satisfied = self.expectations.satisfied(key, self.now_ms)
        record = self.backoffs.get(key, BackoffRecord())
        sync = JobSync(job, self._claim_pods(job), self.removals.of(key), record)
        started = self._start(sync)
        sync.verdict = verdict_of(sync, self._is_past_deadline(job, started), self.server.time)
        if sync.verdict is None:
            self._watch_deadline(job, started)
        suspension_changed = False
        if sync.verdict is not None:
            active = sync.active
            if self.manager.delete_active(sync) != active or not satisfied:
                sync.verdict = None  # pods may be left, or not yet be known
        else:
            suspension_changed = self._go_on(sync, satisfied)
        self._write(sync, suspension_changed)
        if sync.failure is not None:
            raise sync.failure

    def _claim_pods(self, job: Job) -> list[Pod]:
        """The job's pods, after adopting matching orphans and releasing those that match no more."""
        owned, selector = self.ownership.of(job.metadata.uid), job.spec.selector
        orphans = [p for p in self.ownership.orphans(job.metadata.namespace) if matches(selector, p.metadata.labels)]
        if not orphans and owned.are_selected_by(selector):
            return list(owned.pods.values())
        candidates = [*owned.pods.values(), *orphans]
        pods = claim(self.server, job, selector, candidates, TRACKING_FINALIZER)
        return [pod if is_tracked(pod) or controller_of(pod) is not None else _tracked(pod) for pod in pods]

    def _start(self, sync: JobSync) -> int | None:
        """The time from which the deadline counts; a job that runs for the first time starts now."""
        if sync.status.start_time is None and not is_suspended(sync.job):
            sync.status = replace(sync.status, start_time=self.server.time)
            return self._now()
        return sync.status.start_time

    def _is_past_deadline(self, job: Job, started: int | None) -> bool:
        deadline = job.spec.active_deadline_seconds
        if deadline is None or started is None or is_suspended(job):
            return False
        return self._now() - started >= deadline * 1000

    def _watch_deadline(self, job: Job, started: int | None) -> None:
        deadline = job.spec.active_deadline_seconds
        if deadline is not None and started is not None and not is_suspended(job):
            self.queue.add_after(key_of(job), started + deadline * 1000 - self._now())

    def _go_on(self, sync: JobSync, satisfied: bool) -> bool:
        """Create or delete pods, and see whether the job is complete; returns whether its suspension changed."""
        managed = satisfied and sync.job.metadata.deletion_timestamp is None
        if managed:
            self.manager.manage(sync)
        completions = sync.job.spec.completions
        enough = sync.succeeded >= completions if completions is not None else sync.succeeded > 0
        if enough and sync.active == 0:
            message = "Reached expected number of succeeded pods"
            sync.verdict = new_condition(SUCCESS_CRITERIA_MET, COMPLETIONS_REACHED, message, self.server.time)
            return False
        return managed and self._note_suspension(sync)

    def _note_suspension(self, sync: JobSync) -> bool:
        """Say that the job is suspended, or runs again and starts anew; returns whether that is news."""
        suspended, now, before = is_suspended(sync.job), self.server.time, sync.status
        status, reason, message = (
            ("True", "JobSuspended", "Job suspended") if suspended else ("False", "JobResumed", "Job resumed")
        )
        sync.status = ensure_condition(before, new_condition(SUSPENDED, reason, message, now, status))
        if sync.status is before:
            return False
        self.recorder.event(sync.job, "Normal", "Suspended" if suspended else "Resumed", message)
        sync.status = replace(sync.status, start_time=None if suspended else now)
        return True

    def _write(self, sync: JobSync, suspension_changed: bool) -> None:
        before = sync.status
        sync.status = replace(before, active=sync.active, ready=sync.ready, terminating=sync.terminating)
        self.tracker.track(sync, suspension_changed or sync.status != before)


def _concerns_jobs(pod: Pod) -> bool:
    reference = controller_of(pod)
    return is_tracked(pod) or (reference is not None and reference.kind == "Job")


def _orphan(pod: Pod) -> str:
    return f"pod {key_of(pod)}"


def _orphans_of(job: Job) -> str:
    return f"job {job.metadata.uid}"


def _tracked(pod: Pod) -> Pod:
    """An adopted pod as it is by now."""
    return replace(pod, metadata=replace(pod.metadata, finalizers=(*pod.metadata.finalizers, TRACKING_FINALIZER)))
