"""The tables of jobs and cron jobs.

References
----------
``pkg/printers/internalversion/printers.go printJob, printCronJob @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping

from k8snb.api.schema import KubernetesObject
from k8snb.api.selectors import format_label_selector
from k8snb.api.types.batch import CronJob, Job
from k8snb.kubectl.ages import human_duration, since
from k8snb.kubectl.printers.kinds.workloads import names_and_images
from k8snb.kubectl.printers.table import Cell, kind_table, KindTable


def _job(obj: Job, now_ms: int) -> tuple[Cell, ...]:
    return (
        obj.metadata.name,
        job_status(obj),
        _completions(obj),
        _duration(obj, now_ms),
        since(obj.metadata.creation_timestamp, now_ms),
        *names_and_images(obj.spec.template.spec.containers),
        format_label_selector(obj.spec.selector),
    )


def _completions(job: Job) -> str:
    if job.spec.completions is not None:
        return f"{job.status.succeeded}/{job.spec.completions}"
    parallelism = job.spec.parallelism or 0
    return f"{job.status.succeeded}/1 of {parallelism}" if parallelism > 1 else f"{job.status.succeeded}/1"


def _duration(job: Job, now_ms: int) -> str:
    if job.status.start_time is None:
        return ""
    end = now_ms if job.status.completion_time is None else job.status.completion_time
    return human_duration(end - job.status.start_time)


def job_status(job: Job) -> str:
    """The STATUS of a job: the first that holds of its conditions, ``Running`` where none does."""
    holds = {c.type for c in job.status.conditions if c.status == "True"}
    for condition, word in (("Complete", "Complete"), ("Failed", "Failed")):
        if condition in holds:
            return word
    if job.metadata.deletion_timestamp is not None:
        return "Terminating"
    for condition in ("Suspended", "FailureTarget", "SuccessCriteriaMet"):
        if condition in holds:
            return condition
    return "Running"


def _cron_job(obj: CronJob, now_ms: int) -> tuple[Cell, ...]:
    last, suspend, job = obj.status.last_schedule_time, obj.spec.suspend, obj.spec.job_template.spec
    return (
        obj.metadata.name,
        obj.spec.schedule,
        "<none>" if obj.spec.time_zone is None else obj.spec.time_zone,
        "<unset>" if suspend is None else str(suspend),
        len(obj.status.active),
        "<none>" if last is None else since(last, now_ms),
        since(obj.metadata.creation_timestamp, now_ms),
        *names_and_images(job.template.spec.containers),
        format_label_selector(job.selector),
    )


TABLES: Mapping[type[KubernetesObject], KindTable] = {
    Job: kind_table("Name|Status|Completions|Duration|Age", _job, wide="Containers|Images|Selector"),
    CronJob: kind_table(
        "Name|Schedule|Timezone|Suspend|Active|Last Schedule|Age", _cron_job, wide="Containers|Images|Selector"
    ),
}
