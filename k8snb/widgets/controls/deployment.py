"""The controls of a Deployment."""

from __future__ import annotations

from typing import Any

from k8snb.widgets.controls.fields import Bound, KindControls, Toggle
from k8snb.widgets.controls.pods_and_nodes import CRASH, CRASH_ONE, FAIL_NODE, KILL, PROBE, REGISTRY, UNREADY
from k8snb.widgets.controls.rollout import (
    bound_text,
    desired,
    IMAGE,
    MIN_READY_SECONDS,
    number_or_text,
    replica_set_revisions,
    replicas_field,
    undo_menu,
)
from k8snb.widgets.controls.steps import kubectl, patch, Steps, target
from k8snb.widgets.controls.view import View


def _bound(name: str, label: str, *, up: bool) -> Bound:
    def read(view: View) -> str:
        return bound_text(getattr(view.obj.spec.strategy.rolling_update, name, None))

    def steps(view: View, value: Any) -> Steps:
        return patch(view.obj, {"strategy": {"rollingUpdate": {label: number_or_text(value)}}})

    return Bound(name=name, label=label, read=read, steps=steps, of=desired, up=up)


def state_words(view: View) -> tuple[str, bool]:
    """A rollout's state in a few words, and whether something is wrong."""
    deployment, wanted = view.obj, desired(view)
    status = deployment.status
    words = f"{status.ready_replicas}/{wanted} ready · {status.updated_replicas} updated"
    if deployment.spec.paused:
        return f"{words} · paused", False
    late = any(c.reason == "ProgressDeadlineExceeded" for c in status.conditions)
    if late or view.newest_fails():
        return f"{words} · rollout blocked", True
    seen = status.observed_generation >= deployment.metadata.generation
    if seen and status.updated_replicas == status.replicas == status.available_replicas == wanted:
        return f"{words} · complete", False
    return f"{words} · rolling out", False


PAUSED = Toggle(
    name="paused",
    label="paused",
    read=lambda view: view.obj.spec.paused,
    steps=lambda view, paused: kubectl(f"rollout {'pause' if paused else 'resume'} {target(view.obj)}"),
    on="Pause",
    off="Resume",
)

DEPLOYMENT = KindControls(
    kind="Deployment",
    fields=(
        replicas_field(),
        _bound("max_surge", "maxSurge", up=True),
        _bound("max_unavailable", "maxUnavailable", up=False),
        MIN_READY_SECONDS,
        IMAGE,
        PAUSED,
    ),
    buttons=(undo_menu(replica_set_revisions), KILL, CRASH, CRASH_ONE, UNREADY, PROBE, FAIL_NODE, REGISTRY),
    state=state_words,
)
