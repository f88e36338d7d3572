"""The controls of a DaemonSet, and of the nodes that its pods follow."""

from __future__ import annotations

from typing import Any

from k8snb.widgets.controls.fields import Bound, KindControls
from k8snb.widgets.controls.nodes import ADD_NODE, CORDON, LABEL, NODE, REMOVE_NODE, TAINT
from k8snb.widgets.controls.pods_and_nodes import CRASH, CRASH_ONE, FAIL_NODE, KILL, PROBE, REGISTRY, UNREADY
from k8snb.widgets.controls.rollout import (
    bound_text,
    controller_revisions,
    IMAGE,
    MIN_READY_SECONDS,
    number_or_text,
    ON_DELETE,
    undo_menu,
    UPDATE_STRATEGY,
)
from k8snb.widgets.controls.steps import Offer, patch, Steps
from k8snb.widgets.controls.view import View

BOUNDS = {"max_surge": "maxSurge", "max_unavailable": "maxUnavailable"}


def _desired(view: View) -> int:
    return int(view.obj.status.desired_number_scheduled)


def _patched(view: View, bounds: dict[str, Any]) -> Steps:
    return patch(view.obj, {"updateStrategy": {"rollingUpdate": bounds}})


def _bound(name: str, other: str) -> Bound:
    """One of the two bounds, exactly one of which may be more than 0."""
    label, other_label = BOUNDS[name], BOUNDS[other]

    def read(view: View) -> str:
        return bound_text(getattr(view.obj.spec.update_strategy.rolling_update, name, None))

    def remedy(view: View, value: str) -> Offer:
        needed = 1 if value in ("0", "0%") else 0
        steps = _patched(view, {label: number_or_text(value), other_label: needed})
        return Offer(f"Set {other_label} to {needed} as well", steps)

    return Bound(
        name=name,
        label=label,
        read=read,
        steps=lambda view, value: _patched(view, {label: number_or_text(value)}),
        remedy=remedy,
        of=_desired,
        up=True,
        hint=f"One of {label} and {other_label} is 0, the other is not",
    )


def state_words(view: View) -> tuple[str, bool]:
    """The daemon set's state in a few words, and whether something is wrong."""
    status, wanted = view.obj.status, _desired(view)
    words = f"{status.number_ready}/{wanted} ready · {status.updated_number_scheduled} updated"
    if status.number_misscheduled:
        words += f" · {status.number_misscheduled} misscheduled"
    if view.newest_fails():
        return f"{words} · blocked", True
    if status.observed_generation < view.obj.metadata.generation or status.number_available < wanted:
        return f"{words} · at work", False
    if status.updated_number_scheduled < wanted:
        deleting = view.obj.spec.update_strategy.type == ON_DELETE
        return f"{words} · {'waits for pods to be deleted' if deleting else 'rolling out'}", False
    return f"{words} · complete", False


DAEMON_SET = KindControls(
    kind="DaemonSet",
    fields=(
        _bound("max_surge", "max_unavailable"),
        _bound("max_unavailable", "max_surge"),
        MIN_READY_SECONDS,
        IMAGE,
        UPDATE_STRATEGY,
        NODE,
    ),
    buttons=(
        LABEL,
        TAINT,
        CORDON,
        FAIL_NODE,
        REMOVE_NODE,
        ADD_NODE,
        undo_menu(controller_revisions),
        KILL,
        CRASH,
        CRASH_ONE,
        UNREADY,
        PROBE,
        REGISTRY,
    ),
    state=state_words,
)
