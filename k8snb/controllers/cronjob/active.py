"""One look at a cron job: its status as it becomes, and the list of jobs that run.

References
----------
``pkg/controller/cronjob/utils.go inActiveList, deleteFromActiveList`` and ``cronjob_controllerv2.go syncCronJob (its
first half), cleanupFinishedJobs, deleteJob @ v1.36``
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from k8snb.api.jobs import COMPLETE, FAILED, finished_condition, is_finished, is_succeeded
from k8snb.api.types.batch import CronJob, CronJobStatus, Job
from k8snb.api.types.persistent_volume import ObjectReference
from k8snb.errors import ApiError
from k8snb.machinery.deletion import DeleteOptions
from k8snb.machinery.events import Recorder
from k8snb.machinery.server import ApiServer


class CronJobSync:
    """The status of a cron job while it is worked out."""

    def __init__(self, server: ApiServer, recorder: Recorder, cron_job: CronJob, jobs: Sequence[Job]) -> None:
        self.server = server
        self.recorder = recorder
        self.cron_job = cron_job
        self.jobs = jobs
        self.status: CronJobStatus = cron_job.status
        self.changed = False

    def current(self) -> CronJob:
        """The cron job with the status as far as it is known."""
        return replace(self.cron_job, status=self.status)

    def event(self, type_: str, reason: str, message: str) -> None:
        """Say something about the cron job."""
        self.recorder.event(self.cron_job, type_, reason, message)

    def is_active(self, uid: str) -> bool:
        """A job is listed as running."""
        return any(reference.uid == uid for reference in self.status.active)

    def add_active(self, job: Job, run: int) -> None:
        """List a job as running."""
        meta = job.metadata
        reference = ObjectReference(
            kind=job.kind,
            namespace=meta.namespace,
            name=meta.name,
            uid=meta.uid,
            api_version=job.api_version,
            resource_version=meta.resource_version,
        )
        self.status = replace(self.status, active=(*self.status.active, reference), last_schedule_time=run)
        self.changed = True

    def remove_active(self, uid: str) -> None:
        """A job runs no longer."""
        self.status = replace(self.status, active=tuple(r for r in self.status.active if r.uid != uid))
        self.changed = True

    # -- looking at the jobs

    def observe_jobs(self) -> None:
        """Take what became of the jobs into the status."""
        for job in self.jobs:
            if is_finished(job):
                self._observe_finished(job)
            elif not self.is_active(job.metadata.uid):
                self._observe_unexpected(job)
        known = {job.metadata.uid for job in self.jobs}
        for reference in self.status.active:
            if reference.uid not in known and self.server.find(Job, reference.namespace, reference.name) is None:
                self.event("Normal", "MissingJob", f"Active job went missing: {reference.name}")
                self.remove_active(reference.uid)

    def _observe_finished(self, job: Job) -> None:
        condition = finished_condition(job)
        assert condition is not None
        if self.is_active(job.metadata.uid):
            self.remove_active(job.metadata.uid)
            message = f"Saw completed job: {job.metadata.name}, condition: {condition.type}"
            self.event("Normal", "SawCompletedJob", message)
        completed, last = job.status.completion_time, self.status.last_successful_time
        if is_succeeded(job) and completed is not None and (last is None or completed > last):
            self.status = replace(self.status, last_successful_time=completed)
            self.changed = True

    def _observe_unexpected(self, job: Job) -> None:
        """A running job that is not listed: the list in the cache may be old; else somebody made the job."""
        meta = self.cron_job.metadata
        fresh = self.server.find(CronJob, meta.namespace, meta.name)
        if fresh is not None and any(r.uid == job.metadata.uid for r in fresh.status.active):
            self.cron_job, self.status = fresh, fresh.status
            return
        message = f"Saw a job that the controller did not create or forgot: {job.metadata.name}"
        self.event("Warning", "UnexpectedJob", message)

    # -- deleting jobs

    def clean_up(self) -> None:
        """Delete the oldest finished jobs beyond the history limits."""
        spec = self.cron_job.spec
        limits = ((COMPLETE, spec.successful_jobs_history_limit), (FAILED, spec.failed_jobs_history_limit))
        for type_, limit in limits:
            if limit is None:
                continue
            ended = [j for j in self.jobs if (c := finished_condition(j)) is not None and c.type == type_]
            for job in sorted(ended, key=_start_order)[: max(0, len(ended) - limit)]:
                self.delete_job(job)

    def delete_job(self, job: Job) -> bool:
        """Delete a job and take it off the list; returns whether that went well."""
        try:
            self.server.delete_object(job, DeleteOptions(propagation_policy="Background"))
        except ApiError as error:
            self.event("Warning", "FailedDelete", f"Deleted job: {error.message}")
            return False
        self.remove_active(job.metadata.uid)
        self.event("Normal", "SuccessfulDelete", f"Deleted job {job.metadata.name}")
        return True


def _start_order(job: Job) -> tuple[bool, int, str]:
    started = job.status.start_time
    return started is None, started or 0, job.metadata.name
