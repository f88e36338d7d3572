"""The controls of a Job: what can be changed while it runs, and what only the next run can have."""

from __future__ import annotations

import json
from typing import Any

from k8snb.api.jobs import finished_condition
from k8snb.widgets.controls.fields import Button, Choice, Field, KindControls, Number, Toggle, words
from k8snb.widgets.controls.job_runs import INDEXED, NON_INDEXED, Run, with_run
from k8snb.widgets.controls.pods_and_nodes import CRASH, CRASH_ONE, FAIL_NODE, KILL, PROBE, REGISTRY
from k8snb.widgets.controls.steps import flags, Line, manifest, Offer, patch, Steps
from k8snb.widgets.controls.view import View

SHORT = {
    "completions": "completions",
    "failure_rate": "failure rate",
    "run_seconds": "run time",
    "completion_mode": "completionMode",
    "restart_policy": "restartPolicy",
    "seed": "seed",
}


def _patched(name: str) -> Any:
    return lambda view, value: patch(view.obj, {name: value})


def _set_completions(view: View, value: int) -> Steps:
    """Completions stay, but for an indexed job that is as wide as it is long: there both move together."""
    run = Run.of(view.obj)
    elastic = run.completion_mode == INDEXED and run.completions == run.parallelism
    return patch(view.obj, {"completions": value, **({"parallelism": value} if elastic else {})})


def run_again(view: View, **wanted: Any) -> Steps:
    """Delete the job and make it anew, with the drafts and what else is wanted."""
    changes = {**view.drafts, **wanted}
    run = Run.of(view.obj)._replace(**changes)
    body = with_run(manifest(view.obj, drop=("selector", "suspend")), run)
    note = ", ".join(f"{SHORT[name]}: {value}" for name, value in changes.items())
    return (Line(f"replace --force -f -{flags(view.obj.metadata.namespace)}", json.dumps(body), note),)


def _completions_remedy(view: View, value: int) -> Offer | None:
    return Offer(f"Run again with completions: {value}", run_again(view, completions=value)) if value >= 0 else None


def _draft(field: type[Field], name: str, hint: str, **more: Any) -> Field:
    """A field of the next run: no line changes it in a job that is there."""
    return field(name=name, label=SHORT[name], read=lambda view: getattr(Run.of(view.obj), name), hint=hint, **more)


def _again_words(view: View) -> str:
    return "Run again with changes" if view.drafts else "Run again"


def state_words(view: View) -> tuple[str, bool]:
    """How far the job is, and how it ended."""
    job = view.obj
    done = f"{job.status.succeeded}/{Run.of(job).completions} complete · {job.status.failed} failed"
    over = finished_condition(job)
    if over is not None:
        bad = over.type == "Failed"
        return f"{done} · {over.reason if bad else 'done'}", bad
    if job.spec.suspend:
        return f"{done} · suspended", False
    return f"{done} · {job.status.active} active", False


PARALLELISM = Number(
    name="parallelism",
    label="parallelism",
    read=lambda view: Run.of(view.obj).parallelism,
    steps=_patched("parallelism"),
    most=lambda view: max(10, Run.of(view.obj).completions),
    hint="How many pods may work at once",
)
COMPLETIONS = Number(
    name="completions",
    label="completions",
    read=lambda view: Run.of(view.obj).completions,
    steps=_set_completions,
    remedy=_completions_remedy,
    most=lambda view: max(20, Run.of(view.obj).completions * 2),
    hint="How many pods have to succeed; it cannot be changed but in an indexed job as wide as it is long",
)
BACKOFF_LIMIT = Number(
    name="backoff_limit",
    label="backoffLimit",
    read=lambda view: Run.of(view.obj).backoff_limit,
    steps=_patched("backoffLimit"),
    most=lambda _view: 20,
    hint="How many failures the job bears",
)
SUSPEND = Toggle(
    name="suspend",
    label="suspend",
    read=lambda view: bool(view.obj.spec.suspend),
    steps=_patched("suspend"),
    on="Suspend",
    off="Resume",
)
RUN_AGAIN = Button(
    name="run_again",
    label=_again_words,
    steps=run_again,
    hint="Delete the job and make it anew, as set here",
    wide=True,
)

JOB = KindControls(
    kind="Job",
    fields=(
        PARALLELISM,
        COMPLETIONS,
        BACKOFF_LIMIT,
        _draft(Number, "failure_rate", "How many of a hundred exits fail", most=lambda _view: 100, step=5, unit=" %"),
        _draft(Number, "run_seconds", "How long a container works", most=lambda _view: 30, least=1, unit=" s"),
        _draft(Number, "seed", "Another seed is other luck", most=lambda _view: 20),
        _draft(Choice, "completion_mode", "Whether each pod has an index", choices=words(NON_INDEXED, INDEXED)),
        _draft(
            Choice,
            "restart_policy",
            "What follows a failure: another pod, or the container once more",
            choices=words("Never", "OnFailure"),
        ),
        SUSPEND,
    ),
    buttons=(RUN_AGAIN, KILL, CRASH, CRASH_ONE, PROBE, FAIL_NODE, REGISTRY),
    state=state_words,
)
