"""When a cron job's next run is due."""

from __future__ import annotations

import pytest

from k8snb.cluster import Cluster
from k8snb.picture.chronicle import Chronicle
from k8snb.picture.next_run import next_run, next_run_ms


def with_cron_jobs(**schedules: str) -> Cluster:
    cluster = Cluster(nodes=1)
    for name, schedule in schedules.items():
        assert cluster.kubectl(f"create cronjob {name} --image=busybox --schedule='{schedule}'").exit == 0
    return cluster


@pytest.mark.parametrize(
    ("schedule", "now_ms", "due_ms"),
    [
        ("* * * * *", 0, 60_000),
        ("* * * * *", 60_000, 120_000),
        ("*/5 * * * *", 1, 300_000),
        ("@every 90s", 0, 90_000),
        ("0 0 31 2 *", 0, None),  # there is no such day
    ],
)
def test_the_next_moment_of_a_schedule(schedule: str, now_ms: int, due_ms: int | None) -> None:
    cluster = with_cron_jobs(tick=schedule)
    assert next_run_ms(cluster.get("cronjob", "tick"), now_ms) == due_ms


def test_it_is_when_the_controller_starts_a_job() -> None:
    cluster = with_cron_jobs(tick="@every 90s")
    for _ in range(4):
        due = next_run_ms(cluster.get("cronjob", "tick"), cluster.now_ms)
        assert due is not None
        before = len(cluster.events)
        cluster.run((due - cluster.now_ms) / 1000)
        assert len(cluster.events) == before
        cluster.run(0.2)
        assert len(cluster.events) > before
        cluster.run(40)


def test_the_first_of_several_that_are_not_suspended() -> None:
    cluster = with_cron_jobs(slow="*/10 * * * *", fast="*/2 * * * *")
    chronicle = Chronicle(cluster.log)
    chronicle.read()
    assert next_run(chronicle, 0) == (120_000, "fast")
    cluster.kubectl("patch cronjob fast -p 'spec: {suspend: true}'")
    chronicle.read()
    assert next_run(chronicle, 0) == (600_000, "slow")
    cluster.kubectl("delete cronjob slow")
    cluster.run(1)
    chronicle.read()
    assert next_run(chronicle, cluster.now_ms) is None
