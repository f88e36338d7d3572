"""Which run of a cron job is due, and when to look next.

References
----------
``pkg/controller/cronjob/utils.go mostRecentScheduleTime, nextScheduleTime, nextScheduleTimeDuration`` and
``cronjob_controllerv2.go formatSchedule @ v1.36``
"""

from __future__ import annotations

from typing import NamedTuple

from k8snb.api.cron import CronSchedule
from k8snb.api.types.batch import CronJob
from k8snb.controllers.cronjob.next_time import next_time

NEXT_SCHEDULE_DELTA_MS = 100  # looks come a little late, in case clocks differ
MANY_MISSED = 100


class ScheduleError(ValueError):
    """The schedule names no moments, or moments too close together."""


class Missed(NamedTuple):
    """The runs since the last one.

    ``since`` is the moment from which runs count, ``latest`` the last run that is due, ``number`` roughly how many
    runs were missed beside one that is just due. Times are in milliseconds since the epoch.
    """

    since: int
    latest: int | None
    number: int


def schedule_text(cron_job: CronJob) -> str:
    """The schedule with its time zone, as the parser reads it."""
    spec = cron_job.spec
    if "TZ" in spec.schedule or spec.time_zone is None:
        return spec.schedule
    return f"TZ={spec.time_zone} {spec.schedule}"


def due_run(cron_job: CronJob, schedule: CronSchedule, now: int) -> Missed:
    """The latest run that is due and was not started; runs before the starting deadline are given up.

    Raises
    ------
    ScheduleError
        When the schedule makes no sense.
    """
    return _missed(cron_job, schedule, now, cron_job.spec.starting_deadline_seconds)


def until_next_ms(cron_job: CronJob, schedule: CronSchedule, now: int) -> int:
    """How long until the next run is due, and a little more."""
    try:
        missed = _missed(cron_job, schedule, now, None)
    except ScheduleError:
        base = now
    else:
        base = missed.latest or (now if missed.number else missed.since)
    return (next_time(schedule, base) or now) + NEXT_SCHEDULE_DELTA_MS - now


def _missed(cron_job: CronJob, schedule: CronSchedule, now: int, deadline_seconds: int | None) -> Missed:
    since = cron_job.status.last_schedule_time or cron_job.metadata.creation_timestamp or 0
    if deadline_seconds is not None:
        since = max(since, now - deadline_seconds * 1000)
    first = next_time(schedule, since)
    second = None if first is None else next_time(schedule, first)
    if first is None or second is None:
        raise ScheduleError("time difference between two schedules is less than 1 second")
    if now < first:
        return Missed(since, None, 0)
    if now < second:
        return Missed(since, first, 0)
    between = second - first
    number = (now - first) // between + 1
    # Runs need not be evenly spaced: begin to search one run before the last that even spacing would give.
    latest, run = None, next_time(schedule, first + (number - 2) * between)
    while run is not None and run <= now:
        latest, run = run, next_time(schedule, run)
    return Missed(since, latest, number)
