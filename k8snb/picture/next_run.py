"""When a cron job's next run is due, for what shows time."""

from __future__ import annotations

from typing import NamedTuple

from k8snb.api.cron import CronError, parse_schedule
from k8snb.api.types.batch import CronJob
from k8snb.controllers.cronjob.schedule import NEXT_SCHEDULE_DELTA_MS, schedule_text, until_next_ms
from k8snb.machinery.server import EPOCH_MS
from k8snb.picture.chronicle import Chronicle


class NextRun(NamedTuple):
    """The moment of a run, in the cluster's own milliseconds, and the cron job."""

    time_ms: int
    name: str


def next_run_ms(cron_job: CronJob, now_ms: int) -> int | None:
    """When a cron job starts a job next, in the cluster's own milliseconds; None when it starts none.

    Examples
    --------
    >>> from k8snb.cluster import Cluster
    >>> cluster = Cluster()
    >>> _ = cluster.kubectl("create cronjob tick --image=busybox --schedule='*/5 * * * *'")
    >>> next_run_ms(cluster.get("cronjob", "tick"), 310_000)
    600000
    """
    if cron_job.spec.suspend or cron_job.metadata.deletion_timestamp is not None:
        return None
    try:
        schedule = parse_schedule(schedule_text(cron_job))
    except CronError:
        return None
    wait_ms = until_next_ms(cron_job, schedule, EPOCH_MS + now_ms) - NEXT_SCHEDULE_DELTA_MS
    return now_ms + wait_ms if wait_ms > 0 else None


def next_run(chronicle: Chronicle, now_ms: int) -> NextRun | None:
    """The run that comes first of all cron jobs; None when none is to come."""
    runs = []
    for obj in chronicle.objects_at("CronJob", now_ms).values():
        assert isinstance(obj, CronJob)
        due = next_run_ms(obj, now_ms)
        if due is not None:
            runs.append(NextRun(due, obj.metadata.name))
    return min(runs, default=None)
