"""Jobs and cron jobs.

References
----------
``staging/src/k8s.io/kubectl/pkg/describe/describe.go describeJob, describeCronJob @ v1.36``
"""

from __future__ import annotations

from k8snb.api.selectors import as_selector
from k8snb.api.types.batch import CronJob, Job, JobTemplateSpec
from k8snb.kubectl.ages import human_duration, rfc1123z
from k8snb.kubectl.describe.context import Context
from k8snb.kubectl.describe.events import describe_events
from k8snb.kubectl.describe.metadata import (
    controlled_by,
    go_bool,
    labels_and_annotations,
    name_and_namespace,
    or_unset,
)
from k8snb.kubectl.describe.pod_template import describe_pod_template
from k8snb.kubectl.describe.writer import Writer

_INDEXES_SHOWN = 50


def describe_job(w: Writer, context: Context, obj: Job) -> None:
    """Write everything about a job."""
    spec = obj.spec
    name_and_namespace(w, obj.metadata)
    w.field(0, "Selector", str(as_selector(spec.selector)) if spec.selector else "")
    labels_and_annotations(w, obj.metadata)
    controlled_by(w, obj.metadata)
    if spec.parallelism is not None:
        w.field(0, "Parallelism", spec.parallelism)
    w.field(0, "Completions", or_unset(spec.completions))
    if spec.completion_mode is not None:
        w.field(0, "Completion Mode", spec.completion_mode)
    if spec.suspend is not None:
        w.field(0, "Suspend", go_bool(spec.suspend))
    if spec.backoff_limit is not None:
        w.field(0, "Backoff Limit", spec.backoff_limit)
    if spec.ttl_seconds_after_finished is not None:
        w.field(0, "TTL Seconds After Finished", spec.ttl_seconds_after_finished)
    _times(w, obj)
    _counts(w, obj)
    describe_pod_template(w, spec.template)
    describe_events(w, context, "Job", obj.metadata)


def _times(w: Writer, job: Job) -> None:
    start, end = job.status.start_time, job.status.completion_time
    if start is not None:
        w.field(0, "Start Time", rfc1123z(start))
    if end is not None:
        w.field(0, "Completed At", rfc1123z(end))
    if start is not None and end is not None:
        w.field(0, "Duration", human_duration(end - start))
    if job.spec.active_deadline_seconds is not None:
        w.field(0, "Active Deadline Seconds", f"{job.spec.active_deadline_seconds}s")


def _counts(w: Writer, job: Job) -> None:
    status = job.status
    ready = "" if status.ready is None else f" ({status.ready} Ready)"
    counts = f"{status.active} Active{ready} / {status.succeeded} Succeeded / {status.failed} Failed"
    w.field(0, "Pods Statuses", counts)
    if job.spec.completion_mode == "Indexed":
        w.field(0, "Completed Indexes", _indexes(status.completed_indexes))


def _indexes(indexes: str) -> str:
    """Completed indexes; many are cut off after a comma."""
    comma = indexes.find(",", _INDEXES_SHOWN)
    return (indexes if comma < 0 else f"{indexes[: comma + 1]}...") or "<none>"


def describe_cron_job(w: Writer, context: Context, obj: CronJob) -> None:
    """Write everything about a cron job."""
    spec, deadline = obj.spec, obj.spec.starting_deadline_seconds
    name_and_namespace(w, obj.metadata)
    labels_and_annotations(w, obj.metadata)
    w.field(0, "Schedule", spec.schedule)
    w.field(0, "Concurrency Policy", spec.concurrency_policy)
    w.field(0, "Suspend", or_unset(spec.suspend))
    w.field(0, "Time Zone", or_unset(spec.time_zone))
    w.field(0, "Successful Job History Limit", or_unset(spec.successful_jobs_history_limit))
    w.field(0, "Failed Job History Limit", or_unset(spec.failed_jobs_history_limit))
    w.field(0, "Starting Deadline Seconds", "<unset>" if deadline is None else f"{deadline}s")
    _job_template(w, spec.job_template)
    last = obj.status.last_schedule_time
    w.field(0, "Last Schedule Time", "<unset>" if last is None else rfc1123z(last))
    w.field(0, "Active Jobs", ", ".join(job.name for job in obj.status.active) or "<none>")
    describe_events(w, context, "CronJob", obj.metadata)


def _job_template(w: Writer, template: JobTemplateSpec) -> None:
    spec = template.spec
    w.field(0, "Selector", "<unset>" if spec.selector is None else as_selector(spec.selector))
    w.field(0, "Parallelism", or_unset(spec.parallelism))
    w.field(0, "Completions", or_unset(spec.completions))
    if spec.active_deadline_seconds is not None:
        w.field(0, "Active Deadline Seconds", f"{spec.active_deadline_seconds}s")
    describe_pod_template(w, spec.template)
