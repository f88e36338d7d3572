"""Watches cron jobs, and starts a job for each of their runs.

References
----------
``pkg/controller/cronjob/cronjob_controllerv2.go @ v1.36``
"""

from __future__ import annotations

from datetime import datetime, UTC
from email.utils import format_datetime
from typing import ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec.structs import replace

from k8snb.api.cron import CronError, CronSchedule, parse_schedule
from k8snb.api.pods import controller_of
from k8snb.api.types.batch import CronJob, Job
from k8snb.controllers.cronjob.active import CronJobSync
from k8snb.controllers.cronjob.job_template import job_for, job_name
from k8snb.controllers.cronjob.schedule import due_run, MANY_MISSED, schedule_text, ScheduleError, until_next_ms
from k8snb.errors import AlreadyExists, ApiError, NotFound
from k8snb.machinery.controller import Controller, Environment, key_of
from k8snb.machinery.owners import changes_hands, Owners
from k8snb.machinery.server import EPOCH_MS


class CronJobController(Controller):
    """Starts jobs when their time has come, and deletes old ones."""

    name: ClassVar[str] = "cronjob-controller"

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.jobs = self.informers.of(Job)
        self.cron_jobs = self.informers.of(CronJob)
        self.owners = Owners(self.cron_jobs, self.enqueue)
        self.jobs.add_index("cronjob", _by_controller)
        self.jobs.add_handler(self._on_job)
        self.cron_jobs.add_handler(self._on_cron_job)

    # -- watching

    def _on_job(self, old: Job | None, new: Job | None) -> None:
        if old is not None and (new is None or changes_hands(old, new)):
            self.owners.enqueue_of(old)
        if new is not None:
            self.owners.enqueue_of(new)

    def _on_cron_job(self, old: CronJob | None, new: CronJob | None) -> None:
        cron_job = new or old
        assert cron_job is not None
        if old is None or new is None or schedule_text(old) == schedule_text(new):
            self.enqueue(cron_job)
            return
        try:
            schedule = parse_schedule(schedule_text(new))
        except CronError:
            message = f"unparseable schedule for cronjob: {new.spec.schedule}"
            self.recorder.event(new, "Warning", "UnParseableCronJobSchedule", message)
            return
        self._look_again(new, schedule)

    def _look_again(self, cron_job: CronJob, schedule: CronSchedule) -> None:
        """Look when the next run is due. Runs never end, so that a cluster that waits for one only is at rest."""
        delay_ms = until_next_ms(cron_job, schedule, self._now())
        self.queue.add_after(key_of(cron_job), delay_ms, background=True)

    # -- syncing

    def _now(self) -> int:
        return EPOCH_MS + self.now_ms

    def sync(self, key: str) -> None:
        """Look at one cron job: tidy up, note what its jobs did, start the run that is due."""
        cron_job = self.cron_jobs.get(key)
        if cron_job is None:
            return
        jobs = list(self.jobs.by_index("cronjob", key).values())
        sync = CronJobSync(self.server, self.recorder, cron_job, jobs)
        sync.clean_up()
        failure, schedule = None, None
        try:
            sync.observe_jobs()
            schedule = self._schedule(sync)
            if schedule is not None and not self._start_due_run(sync, schedule):
                schedule = None
        except ApiError as error:
            failure = error
        if sync.changed:
            self.server.update_status(replace(sync.cron_job, status=sync.status))
        if failure is not None:
            raise failure
        if schedule is not None:
            self._look_again(sync.current(), schedule)

    def _schedule(self, sync: CronJobSync) -> CronSchedule | None:
        """The schedule by which to start jobs; None for a cron job that shall start none."""
        cron_job = sync.cron_job
        spec = cron_job.spec
        if cron_job.metadata.deletion_timestamp is not None:
            return None
        if spec.time_zone is not None and not _is_time_zone(spec.time_zone):
            problem = f'invalid timeZone: "{spec.time_zone}": unknown time zone {spec.time_zone}'
            sync.event("Warning", "UnknownTimeZone", problem)
            return None
        if spec.suspend:
            return None
        if "TZ" in spec.schedule:
            sync.event("Warning", "UnsupportedSchedule", _unsupported(spec.schedule))
        try:
            return parse_schedule(schedule_text(cron_job))
        except CronError as error:
            message = f'unparseable schedule: "{spec.schedule}" : {error}'
            sync.event("Warning", "UnparseableSchedule", message)
            return None

    def _start_due_run(self, sync: CronJobSync, schedule: CronSchedule) -> bool:
        """Start the run that is due, if there is one and nothing forbids it; returns whether to look again later."""
        cron_job, now = sync.current(), self._now()
        try:
            run, number = due_run(cron_job, schedule, now)[1:]
        except ScheduleError as error:
            sync.event("Warning", "InvalidSchedule", f"invalid schedule: {cron_job.spec.schedule} : {error}")
            return False
        if run is None:
            return True
        if number > MANY_MISSED:
            message = "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew"
            sync.event("Warning", "TooManyMissedTimes", message)
        if not self._may_start(sync, run, now):
            return True
        if cron_job.spec.concurrency_policy == "Replace":
            self._delete_active(sync)
        return self._create_job(sync, run)

    def _may_start(self, sync: CronJobSync, run: int, now: int) -> bool:
        spec = sync.cron_job.spec
        deadline = spec.starting_deadline_seconds
        if deadline is not None and run + deadline * 1000 < now:
            when = format_datetime(datetime.fromtimestamp(run // 1000, UTC))
            sync.event("Warning", "MissSchedule", f"Missed scheduled time to start a job: {when}")
            return False
        name = job_name(sync.cron_job, run)
        if any(r.name == name for r in sync.status.active) or sync.status.last_schedule_time == run:
            return False
        if spec.concurrency_policy == "Forbid" and sync.status.active:
            message = "Not starting job because prior execution is running and concurrency policy is Forbid"
            sync.event("Normal", "JobAlreadyActive", message)
            return False
        return True

    def _delete_active(self, sync: CronJobSync) -> None:
        """Make room for a new run.

        Raises
        ------
        ApiError
            When a running job cannot be deleted.
        """
        for reference in sync.status.active:
            job = self.server.find(Job, reference.namespace, reference.name)
            if job is None:
                missing = NotFound(f'jobs.batch "{reference.name}" not found')
                sync.event("Warning", "FailedGet", f"Get job: {missing.message}")
                raise missing
            if not sync.delete_job(job):
                raise ApiError(f"could not replace job {key_of(job)}")

    def _create_job(self, sync: CronJobSync, run: int) -> bool:
        """Create the job of a run; returns whether to look again later."""
        cron_job = sync.cron_job
        wanted = job_for(cron_job, run)
        try:
            job = self.server.create_object(wanted)
        except AlreadyExists:
            found = self.server.find(Job, wanted.metadata.namespace, wanted.metadata.name)
            reference = None if found is None else controller_of(found)
            if found is None or reference is None or reference.uid != cron_job.metadata.uid:
                return False
            if sync.is_active(found.metadata.uid):
                return False
            job = found
        except ApiError as error:
            if not error.details.get("namespaceTerminating"):
                sync.event("Warning", "FailedCreate", f"Error creating job: {error.message}")
            raise
        else:
            sync.event("Normal", "SuccessfulCreate", f"Created job {job.metadata.name}")
        sync.add_active(job, run)
        return True


def _by_controller(job: Job) -> tuple[str, ...]:
    reference = controller_of(job)
    return (f"{job.metadata.namespace}/{reference.name}",) if reference is not None else ()


def _is_time_zone(name: str) -> bool:
    try:
        ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _unsupported(schedule: str) -> str:
    return (
        f'CRON_TZ or TZ used in schedule "{schedule}" is not officially supported, '
        "see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details"
    )
