"""The controls of a StatefulSet."""

from __future__ import annotations

import json
from typing import Any

from k8snb.controllers.statefulset.identity import ordinal_of, pod_name, start_ordinal
from k8snb.picture.palette import hue
from k8snb.widgets.controls.fields import Choice, KindControls, Partition, words
from k8snb.widgets.controls.pods_and_nodes import CRASH, CRASH_ONE, FAIL_NODE, KILL, PROBE, REGISTRY, UNREADY
from k8snb.widgets.controls.rollout import (
    controller_revisions,
    desired,
    IMAGE,
    MIN_READY_SECONDS,
    ON_DELETE,
    replicas_field,
    undo_menu,
    UPDATE_STRATEGY,
)
from k8snb.widgets.controls.steps import Line, manifest, Offer, patch, Steps, target
from k8snb.widgets.controls.view import View


def _rolling(view: View) -> Any:
    return view.obj.spec.update_strategy.rolling_update


def _ordinals(view: View) -> list[tuple[str, str, str]]:
    """A chip for each ordinal: its number, the pod's name and the colour of its revision."""
    colors = {ordinal_of(pod.objects.values[0]): hue(pod.revision.index).fill for pod in view.pods() if pod.revision}
    start = start_ordinal(view.obj)
    numbers = range(start, start + desired(view))
    return [(str(n), pod_name(view.obj, n), colors.get(n, hue(-1).fill)) for n in numbers]


PARTITION = Partition(
    name="partition",
    label="partition",
    read=lambda view: getattr(_rolling(view), "partition", None) or 0,
    steps=lambda view, value: patch(view.obj, {"updateStrategy": {"rollingUpdate": {"partition": value}}}),
    most=lambda view: start_ordinal(view.obj) + desired(view),
    ordinals=_ordinals,
    hint="Pods with a lower ordinal keep the old revision",
)


def _made_anew(view: View, policy: str) -> Offer | None:
    """The way around a field that cannot be changed: the set goes, its pods stay, and a new set adopts them."""
    if policy == view.obj.spec.pod_management_policy:
        return None
    body = manifest(view.obj)
    body["spec"]["podManagementPolicy"] = policy
    steps = (
        Line(f"delete {target(view.obj)} --cascade=orphan"),
        Line("apply -f -", json.dumps(body), f"podManagementPolicy: {policy}"),
    )
    return Offer(f"Make it anew as {policy}: its pods stay", steps)


POD_MANAGEMENT = Choice(
    name="pod_management_policy",
    label="podManagementPolicy",
    read=lambda view: view.obj.spec.pod_management_policy,
    steps=lambda view, value: patch(view.obj, {"podManagementPolicy": value}),
    remedy=_made_anew,
    choices=words("OrderedReady", "Parallel"),
    hint="One pod after the other, or all at once; it cannot be changed later",
)


def _retention(name: str, label: str, hint: str) -> Choice:
    def read(view: View) -> str:
        policy = view.obj.spec.persistent_volume_claim_retention_policy
        return str(getattr(policy, name, "") or "Retain")

    def steps(view: View, value: str) -> Steps:
        return patch(view.obj, {"persistentVolumeClaimRetentionPolicy": {label: value}})

    return Choice(name=name, label=label, read=read, steps=steps, choices=words("Retain", "Delete"), hint=hint)


def state_words(view: View) -> tuple[str, bool]:
    """The set's state in a few words, and whether something is wrong."""
    status, spec, wanted = view.obj.status, view.obj.spec, desired(view)
    done = f"{status.ready_replicas}/{wanted} ready · {status.updated_replicas} updated"
    ordered = spec.pod_management_policy == "OrderedReady"  # then any pod is waited for, of whatever template it is
    if view.newest_fails() or (ordered and view.failing()):
        return f"{done} · blocked", True
    seen = status.observed_generation >= view.obj.metadata.generation
    steady = seen and status.replicas == status.ready_replicas == wanted
    if not steady:
        return f"{done} · at work", False
    if status.update_revision == status.current_revision:
        return f"{done} · complete", False
    if spec.update_strategy.type == ON_DELETE:
        return f"{done} · waits for pods to be deleted", False
    kept = start_ordinal(view.obj) + wanted - (PARTITION.read(view) or 0)
    return f"{done} · {'partitioned' if status.updated_replicas >= kept else 'rolling out'}", False


STATEFUL_SET = KindControls(
    kind="StatefulSet",
    fields=(
        replicas_field(),
        PARTITION,
        MIN_READY_SECONDS,
        IMAGE,
        POD_MANAGEMENT,
        UPDATE_STRATEGY,
        _retention("when_scaled", "whenScaled", "What becomes of the claims of pods that are scaled away"),
        _retention("when_deleted", "whenDeleted", "What becomes of all claims when the set is deleted"),
    ),
    buttons=(undo_menu(controller_revisions), KILL, CRASH, CRASH_ONE, UNREADY, PROBE, FAIL_NODE, REGISTRY),
    state=state_words,
)
