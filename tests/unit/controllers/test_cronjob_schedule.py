"""Moments of cron schedules, and which run of a cron job is due."""

from __future__ import annotations

from datetime import datetime, UTC

import pytest

from k8snb.api.cron import parse_schedule
from k8snb.api.types.batch import CronJob, CronJobSpec, CronJobStatus
from k8snb.api.types.meta import ObjectMeta
from k8snb.controllers.cronjob.next_time import next_time
from k8snb.controllers.cronjob.schedule import due_run, schedule_text, ScheduleError, until_next_ms


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("schedule", "after", "expected"),
    [
        ("* * * * *", "2026-01-01T00:00:00", "2026-01-01T00:01:00"),
        ("* * * * *", "2026-01-01T00:00:59", "2026-01-01T00:01:00"),
        ("*/15 * * * *", "2026-07-09T14:45:05", "2026-07-09T15:00:00"),
        ("30 10 * * *", "2026-01-01T10:30:05", "2026-01-02T10:30:00"),
        ("0 0 1 * *", "2026-12-02T00:00:00", "2027-01-01T00:00:00"),
        ("0 0 29 2 *", "2026-01-01T00:00:00", "2028-02-29T00:00:00"),
        ("0 0 * * mon", "2026-01-01T00:00:00", "2026-01-05T00:00:00"),
        ("0 0 13 * fri", "2026-01-10T00:00:00", "2026-01-13T00:00:00"),  # either day
        ("0 0 */2 * fri", "2026-01-01T00:00:00", "2026-01-02T00:00:00"),
        ("@hourly", "2026-01-01T00:20:00", "2026-01-01T01:00:00"),
        ("@every 90s", "2026-01-01T00:00:01", "2026-01-01T00:01:31"),
        ("TZ=Asia/Kathmandu 0 6 * * *", "2026-01-01T00:00:00", "2026-01-01T00:15:00"),
        ("TZ=America/New_York 30 2 * * *", "2026-03-08T00:00:00", "2026-03-09T06:30:00"),  # no 02:30 on that day
        ("TZ=America/New_York 30 1 * * *", "2026-11-01T05:30:00", "2026-11-01T06:30:00"),  # 01:30 twice on that day
        ("TZ=America/Sao_Paulo 0 0 * * *", "2018-11-03T12:00:00", "2018-11-05T02:00:00"),  # no midnight on the 4th
    ],
)
def test_next_time(schedule, after, expected):
    assert next_time(parse_schedule(schedule), ms(after)) == ms(expected)


def test_no_next_time():
    assert next_time(parse_schedule("0 0 31 2 *"), ms("2026-01-01T00:00:00")) is None


def cron_job(schedule: str, last: str | None = None, deadline: int | None = None) -> CronJob:
    return CronJob(
        metadata=ObjectMeta(name="tick", creation_timestamp=ms("2026-01-01T00:00:00")),
        spec=CronJobSpec(schedule=schedule, starting_deadline_seconds=deadline),
        status=CronJobStatus(last_schedule_time=None if last is None else ms(last)),
    )


@pytest.mark.parametrize(
    ("schedule", "last", "deadline", "now", "due", "missed"),
    [
        ("*/5 * * * *", None, None, "2026-01-01T00:04:59", None, 0),
        ("*/5 * * * *", None, None, "2026-01-01T00:05:00", "2026-01-01T00:05:00", 0),
        ("*/5 * * * *", None, None, "2026-01-01T00:21:00", "2026-01-01T00:20:00", 4),
        ("*/5 * * * *", "2026-01-01T00:20:00", None, "2026-01-01T00:21:00", None, 0),
        ("*/5 * * * *", None, 30, "2026-01-01T00:21:00", None, 0),
        ("*/5 * * * *", None, 90, "2026-01-01T00:21:00", "2026-01-01T00:20:00", 0),
        ("* * * * *", None, None, "2026-01-01T03:00:30", "2026-01-01T03:00:00", 180),
        ("30 6-16/4 * * 1-5", None, None, "2026-01-05T09:00:00", "2026-01-05T06:30:00", 25),
    ],
)
def test_due_run(schedule, last, deadline, now, due, missed):
    found = due_run(cron_job(schedule, last, deadline), parse_schedule(schedule), ms(now))
    assert (found.latest, found.number) == (None if due is None else ms(due), missed)


def test_looks_again_a_little_after_the_next_run():
    job, schedule = cron_job("*/5 * * * *"), parse_schedule("*/5 * * * *")
    assert until_next_ms(job, schedule, ms("2026-01-01T00:01:00")) == 240_100
    assert until_next_ms(job, schedule, ms("2026-01-01T00:21:00")) == 240_100


def test_schedule_without_moments_is_an_error():
    with pytest.raises(ScheduleError, match="less than 1 second"):
        due_run(cron_job("0 0 31 2 *"), parse_schedule("0 0 31 2 *"), ms("2026-01-01T00:01:00"))


def test_time_zone_goes_before_the_schedule():
    spec = CronJobSpec(schedule="0 6 * * *", time_zone="Europe/Berlin")
    assert schedule_text(CronJob(spec=spec)) == "TZ=Europe/Berlin 0 6 * * *"
