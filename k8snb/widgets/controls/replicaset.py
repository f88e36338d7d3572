"""The controls of a ReplicaSet that stands alone: it keeps a number of pods, and rolls nothing out."""

from __future__ import annotations

from k8snb.widgets.controls.fields import KindControls
from k8snb.widgets.controls.pods_and_nodes import CRASH, CRASH_ONE, FAIL_NODE, KILL, PROBE, REGISTRY, UNREADY
from k8snb.widgets.controls.rollout import desired, MIN_READY_SECONDS, replicas_field
from k8snb.widgets.controls.view import View


def state_words(view: View) -> tuple[str, bool]:
    """How many pods are ready, and whether one fails."""
    words = f"{view.obj.status.ready_replicas}/{desired(view)} ready"
    return (f"{words} · failing", True) if view.newest_fails() else (words, False)


REPLICA_SET = KindControls(
    kind="ReplicaSet",
    fields=(replicas_field(), MIN_READY_SECONDS),
    buttons=(KILL, CRASH, CRASH_ONE, UNREADY, PROBE, FAIL_NODE, REGISTRY),
    state=state_words,
)
