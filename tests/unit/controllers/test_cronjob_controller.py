"""The cron job controller at work: runs, concurrency, deadlines, history."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from k8snb.api.types.batch import CronJob, Job, JobCondition
from k8snb.api.types.event import Event
from k8snb.controllers.cronjob import CronJobController

FIRST = 1_767_225_600 // 60 + 1  # the minute after the start


@pytest.fixture
def cluster(world):
    return world(CronJobController)


def cron_job(cluster: Any, **spec: Any) -> CronJob:
    pod = {"containers": [{"name": "work", "image": "busybox"}], "restartPolicy": "Never"}
    template = {"metadata": {"labels": {"run": "yes"}}, "spec": {"template": {"spec": pod}}}
    full = {"schedule": "* * * * *", "jobTemplate": template, **spec}
    created = cluster.create({"kind": "CronJob", "metadata": {"name": "tick"}, "spec": full})
    cluster.run()
    return created


def names(cluster: Any) -> list[str]:
    return [job.metadata.name for job in cluster.all(Job)]


def finish(cluster: Any, job: Job, type_: str = "Complete") -> None:
    stored, now = cluster.current(job), cluster.server.time
    condition = JobCondition(type=type_, status="True", last_transition_time=now)
    completed = now if type_ == "Complete" else None
    status = replace(stored.status, conditions=(condition,), start_time=now, completion_time=completed)
    cluster.server.update_status(replace(stored, status=status))
    cluster.run()


def reasons(cluster: Any) -> list[str]:
    return [e.reason for e in cluster.all(Event)]


def test_starts_a_job_each_minute(cluster):
    tick = cron_job(cluster)
    cluster.run(59.9)
    assert names(cluster) == []
    cluster.run(60.2)
    assert names(cluster) == [f"tick-{FIRST}", f"tick-{FIRST + 1}"]
    first = cluster.all(Job)[0]
    assert first.metadata.labels == {"run": "yes"}
    assert first.metadata.annotations == {"batch.kubernetes.io/cronjob-scheduled-timestamp": "2026-01-01T00:01:00Z"}
    assert (first.spec.parallelism, first.spec.completions, first.spec.backoff_limit) == (1, 1, 6)
    status = cluster.current(tick).status
    assert [r.name for r in status.active] == names(cluster)
    assert status.last_schedule_time == (FIRST + 1) * 60_000


def test_finished_jobs_leave_the_list(cluster):
    tick = cron_job(cluster)
    cluster.run(61)
    finish(cluster, cluster.all(Job)[0])
    status = cluster.current(tick).status
    assert (status.active, status.last_successful_time) == ((), cluster.all(Job)[0].status.completion_time)
    event = next(e for e in cluster.all(Event) if e.reason == "SawCompletedJob")
    assert event.message == f"Saw completed job: tick-{FIRST}, condition: Complete"


def test_forbid_waits_for_the_running_job(cluster):
    cron_job(cluster, concurrencyPolicy="Forbid")
    cluster.run(130)
    assert names(cluster) == [f"tick-{FIRST}"]
    assert "JobAlreadyActive" in reasons(cluster)
    finish(cluster, cluster.all(Job)[0])
    assert names(cluster) == [f"tick-{FIRST}", f"tick-{FIRST + 1}"]  # late, but there is no deadline


def test_replace_deletes_the_running_job(cluster):
    tick = cron_job(cluster, concurrencyPolicy="Replace")
    cluster.run(121)
    assert names(cluster) == [f"tick-{FIRST + 1}"]
    assert [r.name for r in cluster.current(tick).status.active] == names(cluster)


def test_missed_deadline(cluster):
    tick = cron_job(cluster, suspend=True, startingDeadlineSeconds=20)
    cluster.run(90)
    stored = cluster.current(tick)
    cluster.change(tick, spec=replace(stored.spec, suspend=False))
    cluster.run()
    assert names(cluster) == []
    cluster.run(40)
    assert names(cluster) == [f"tick-{FIRST + 1}"]


def test_resumed_cron_job_starts_only_the_latest_run(cluster):
    tick = cron_job(cluster, suspend=True)
    cluster.run(200)
    stored = cluster.current(tick)
    cluster.change(tick, spec=replace(stored.spec, suspend=False))
    cluster.run()
    assert names(cluster) == [f"tick-{FIRST + 2}"]


@pytest.mark.parametrize(
    ("minutes", "deadline", "warned"),
    [(100.5, None, False), (101.5, None, True), (101.5, 600, False), (101.5, 6090, True)],
)
def test_more_than_a_hundred_missed_runs(cluster, minutes, deadline, warned):
    """The run that is due is started all the same; runs before the deadline are not among the missed ones."""
    tick = cron_job(cluster, suspend=True, **({} if deadline is None else {"startingDeadlineSeconds": deadline}))
    cluster.run(minutes * 60)
    stored = cluster.current(tick)
    cluster.change(tick, spec=replace(stored.spec, suspend=False))
    cluster.run()
    assert names(cluster) == [f"tick-{FIRST + int(minutes) - 1}"]
    message = "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew"
    found = [(e.type, e.message) for e in cluster.all(Event) if e.reason == "TooManyMissedTimes"]
    assert found == [("Warning", message)] * warned


def test_history_limits(cluster):
    cron_job(cluster, successfulJobsHistoryLimit=1, failedJobsHistoryLimit=0)
    cluster.run(61)
    finish(cluster, cluster.all(Job)[0])
    cluster.run(60)
    finish(cluster, cluster.all(Job)[1])
    assert names(cluster) == [f"tick-{FIRST + 1}"]
    cluster.run(60)
    finish(cluster, cluster.all(Job)[1], "Failed")
    assert names(cluster) == [f"tick-{FIRST + 1}"]


def test_foreign_job_of_the_name(cluster):
    pod = {"containers": [{"name": "work", "image": "busybox"}], "restartPolicy": "Never"}
    cluster.create({"kind": "Job", "metadata": {"name": f"tick-{FIRST}"}, "spec": {"template": {"spec": pod}}})
    tick = cron_job(cluster)
    cluster.run(70)
    assert (names(cluster), cluster.current(tick).status.active) == ([f"tick-{FIRST}"], ())


def test_impossible_schedule(cluster):
    cron_job(cluster, schedule="0 0 31 2 *")
    assert reasons(cluster) == ["InvalidSchedule"]


def test_waiting_for_the_next_run_is_rest(cluster):
    cron_job(cluster)
    assert cluster.loop.idle
