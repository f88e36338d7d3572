"""The job that a cron job starts for a run.

References
----------
``pkg/controller/cronjob/utils.go getJobFromTemplate2, getTimeHashInMinutes @ v1.36``
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from k8snb.api.defaults import with_defaults
from k8snb.api.jobs import CRON_JOB_SCHEDULED_TIMESTAMP
from k8snb.api.pods import controller_reference
from k8snb.api.types.batch import CronJob, Job
from k8snb.api.types.meta import ObjectMeta

MINUTE_MS = 60_000


def job_name(cron_job: CronJob, run: int) -> str:
    """The name of the job of a run: at one minute there is but one."""
    return f"{cron_job.metadata.name}-{run // MINUTE_MS}"


def job_for(cron_job: CronJob, run: int) -> Job:
    """The job of a run, not stored yet; `run` in milliseconds since the epoch."""
    template = cron_job.spec.job_template
    annotations = {**template.metadata.annotations, CRON_JOB_SCHEDULED_TIMESTAMP: _local_time(cron_job, run)}
    meta = ObjectMeta(
        name=job_name(cron_job, run),
        namespace=cron_job.metadata.namespace,
        labels=template.metadata.labels,
        annotations=annotations,
        owner_references=(controller_reference(cron_job),),
    )
    return with_defaults(Job(metadata=meta, spec=template.spec))


def _local_time(cron_job: CronJob, run: int) -> str:
    """RFC 3339 in the time zone of the cron job."""
    local = datetime.fromtimestamp(run // 1000, ZoneInfo(cron_job.spec.time_zone or "UTC"))
    return local.isoformat().removesuffix("+00:00") + ("" if local.utcoffset() else "Z")
