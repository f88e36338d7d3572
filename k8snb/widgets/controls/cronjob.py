"""The controls of a CronJob: when its jobs start, what if one still runs, how long they take, and a run at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from k8snb.api.integers import integer
from k8snb.api.jobs import FAILED, finished_condition
from k8snb.api.types.batch import Job
from k8snb.picture.axis import clock
from k8snb.picture.next_run import next_run_ms
from k8snb.picture.revisions import controller_of
from k8snb.widgets.controls.fields import Button, Choice, KindControls, Number, Toggle
from k8snb.widgets.controls.job_runs import EXIT, RUN
from k8snb.widgets.controls.pods_and_nodes import CRASH, CRASH_ONE, FAIL_NODE, KILL, PROBE, REGISTRY
from k8snb.widgets.controls.steps import flags, kubectl, patch, Steps
from k8snb.widgets.controls.view import View

SCHEDULES = (
    ("* * * * *", "every minute"),
    ("*/2 * * * *", "every 2 minutes"),
    ("*/5 * * * *", "every 5 minutes"),
    ("0 * * * *", "every hour"),
    ("0 0 * * *", "every day"),
)
POLICIES = (
    ("Allow", "Allow: runs may overlap"),
    ("Forbid", "Forbid: skip while one runs"),
    ("Replace", "Replace: the old one goes"),
)
EXITS = (("0", "0: every try succeeds"), ("1", "1: every try fails"), ("1,0", "1,0: the first try fails"))


def _annotations(view: View) -> Mapping[str, str]:
    """Those of the pods that the next runs are made of."""
    annotations: Mapping[str, str] = view.obj.spec.job_template.spec.template.metadata.annotations
    return annotations


def _annotate(view: View, name: str, value: Any) -> Steps:
    metadata = {"annotations": {name: str(value)}}
    return patch(view.obj, {"jobTemplate": {"spec": {"template": {"metadata": metadata}}}})


def jobs_of(view: View) -> list[Job]:
    """The cron job's jobs that are there, in the order in which they were made."""
    found = []
    for job in view.chronicle.objects_at("Job", view.time_ms).values():
        owner = controller_of(job.metadata)
        if isinstance(job, Job) and owner is not None and owner.uid == view.obj.metadata.uid:
            found.append(job)
    return found


def _run_now(view: View) -> Steps:
    """A job beside the schedule, under the first name that no job ever had."""
    meta = view.obj.metadata
    known = set(view.chronicle.keys_of("Job"))
    names = (f"{meta.name}-run-{number}" for number in range(1, len(known) + 2))
    name = next(name for name in names if f"{meta.namespace}/{name}" not in known)
    return kubectl(f"create job {name} --from=cronjob/{meta.name}{flags(meta.namespace)}")


def state_words(view: View) -> tuple[str, bool]:
    """How many jobs are at work, when the next one starts, and whether the last one that ended failed."""
    jobs = jobs_of(view)
    ends = [(job.status.start_time or 0, over.type) for job in jobs if (over := finished_condition(job)) is not None]
    troubled = bool(ends) and max(ends)[1] == FAILED
    active = len(view.obj.status.active)
    by_hand = max(len(jobs) - len(ends) - active, 0)  # Kubernetes does not count them
    due = next_run_ms(view.obj, view.time_ms)
    later = f"next at {clock(due)}" if due is not None else "suspended" if view.obj.spec.suspend else "no run to come"
    words = (
        f"{active} active",
        f"{by_hand} by hand" if by_hand else "",
        "the last one failed" if troubled else "",
        later,
    )
    return " · ".join(word for word in words if word), troubled


def _limit(name: str, label: str, hint: str) -> Number:
    return Number(
        name=name,
        label=label,
        read=lambda view: getattr(view.obj.spec, name) or 0,
        steps=lambda view, value: patch(view.obj, {label: value}),
        most=lambda _view: 10,
        hint=hint,
    )


SCHEDULE = Choice(
    name="schedule",
    label="schedule",
    read=lambda view: view.obj.spec.schedule,
    steps=lambda view, value: patch(view.obj, {"schedule": value}),
    choices=lambda _view: [(text, f"{text}  ({words})") for text, words in SCHEDULES],
    hint="Minute, hour, day of the month, month, day of the week",
)
CONCURRENCY = Choice(
    name="concurrency_policy",
    label="concurrencyPolicy",
    read=lambda view: view.obj.spec.concurrency_policy,
    steps=lambda view, value: patch(view.obj, {"concurrencyPolicy": value}),
    choices=lambda _view: POLICIES,
    hint="What becomes of a run that is due while another one is at work",
)
RUN_SECONDS = Number(
    name="run_seconds",
    label="run time",
    read=lambda view: integer(_annotations(view).get(RUN, "")) or 0,
    steps=lambda view, value: _annotate(view, RUN, value),
    most=lambda _view: 180,
    least=1,
    unit=" s",
    hint="How long a container of the next runs works; longer than the schedule's step, and runs meet",
)
EXIT_CODES = Choice(
    name="exit_codes",
    label="exit codes",
    read=lambda view: _annotations(view).get(EXIT, "0"),
    steps=lambda view, value: _annotate(view, EXIT, value),
    choices=lambda _view: EXITS,
    hint="How the containers of the next runs end, one try after the other",
)
SUSPEND = Toggle(
    name="suspend",
    label="suspend",
    read=lambda view: bool(view.obj.spec.suspend),
    steps=lambda view, value: patch(view.obj, {"suspend": value}),
    on="Suspend",
    off="Resume",
)
RUN_NOW = Button(
    name="run_now",
    label=lambda _view: "Run now",
    steps=_run_now,
    hint="A job at once, whatever the schedule and the concurrencyPolicy say",
)

CRON_JOB = KindControls(
    kind="CronJob",
    fields=(
        SCHEDULE,
        CONCURRENCY,
        RUN_SECONDS,
        EXIT_CODES,
        _limit("successful_jobs_history_limit", "successfulJobsHistoryLimit", "How many completed jobs are kept"),
        _limit("failed_jobs_history_limit", "failedJobsHistoryLimit", "How many failed jobs are kept"),
        SUSPEND,
    ),
    buttons=(RUN_NOW, KILL, CRASH, CRASH_ONE, PROBE, FAIL_NODE, REGISTRY),
    state=state_words,
)
