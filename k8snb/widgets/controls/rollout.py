"""What workloads that are rolled out share: images to ship, revisions to go back to, bounds, and waiting for ready."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from typing import Any

from k8snb.api.integers import integer
from k8snb.api.resources import BY_CLASS
from k8snb.api.types.apps import ControllerRevision, ReplicaSet
from k8snb.kubectl.revisions import controlled_by
from k8snb.picture.revisions import images_of, REVISION_ANNOTATION, revision_images
from k8snb.widgets.controls.fields import Choice, Menu, Number, words
from k8snb.widgets.controls.steps import kubectl, patch, Steps, target
from k8snb.widgets.controls.view import View

BROKEN_TAG = "broken"
ROLLING_UPDATE, ON_DELETE = "RollingUpdate", "OnDelete"


def next_version(image: str) -> str:
    """The image's next version, as far as its tag tells.

    Examples
    --------
    >>> next_version("nginx:1.7.9"), next_version("nginx"), next_version("nginx:stable")
    ('nginx:1.8', 'nginx:1.1', 'nginx:2')
    """
    name, _, tag = image.partition(":")
    numbers = tag.split(".") if tag and tag[0].isdigit() else []
    if len(numbers) > 1 and numbers[1].isdigit():
        return f"{name}:{numbers[0]}.{int(numbers[1]) + 1}"
    return f"{name}:2" if tag else f"{name}:1.1"


def first_image(view: View) -> str:
    """The image of the first container."""
    return next(iter(images_of(view.obj.spec.template)), "")


def offered_images(view: View) -> list[str]:
    """Images of all revisions so far, the next version, and one that cannot be pulled."""
    current = first_image(view)
    used = [i for r in view.chronicle.revisions.of_owner(view.obj.metadata.uid) for i in r.images[:1]]
    names = {image.partition(":")[0]: None for image in (*used, current)}
    good = [image for image in (*used, current) if BROKEN_TAG not in image]
    broken = [f"{name}:{BROKEN_TAG}" for name in names]
    return sorted({*used, current, *([next_version(good[-1])] if good else []), *broken} - {""})


def _set_image(view: View, image: str) -> Steps:
    container = next((c.name for c in view.obj.spec.template.spec.containers), "*")
    return kubectl(f"set image {target(view.obj)} {shlex.quote(f'{container}={image}')}")


IMAGE = Choice(
    name="image",
    label="image",
    read=first_image,
    steps=_set_image,
    choices=lambda view: [(image, image) for image in offered_images(view)],
)

MIN_READY_SECONDS = Number(
    name="min_ready_seconds",
    label="minReadySeconds",
    read=lambda view: view.obj.spec.min_ready_seconds,
    steps=lambda view, value: patch(view.obj, {"minReadySeconds": value}),
    most=lambda _view: 30,
    unit=" s",
)


def replicas_field() -> Number:
    """How many pods are wanted."""
    return Number(
        name="replicas",
        label="replicas",
        read=lambda view: desired(view),
        steps=lambda view, value: kubectl(f"scale {target(view.obj)} --replicas={value}"),
        most=lambda view: max(10, -(-desired(view) * 3 // 2)),
    )


def desired(view: View) -> int:
    """How many pods the workload is to have."""
    replicas = view.obj.spec.replicas
    return 1 if replicas is None else int(replicas)


def number_or_text(text: str) -> int | str:
    """A bound as the API has it: a number, or a percentage (or whatever else was written) as text."""
    number = integer(text)
    return text if number is None else number


def bound_text(value: object) -> str:
    """A bound as a text; 0 where there is none."""
    return "0" if value is None else str(value)


def _undo(view: View, revision: Any) -> Steps:
    to = f" --to-revision={shlex.quote(str(revision))}" if revision else ""
    return kubectl(f"rollout undo {target(view.obj)}{to}")


def undo_menu(revisions: Callable[[View], Sequence[tuple[int, str]]]) -> Menu:
    """Go back to a revision; without a choice, to the one before."""
    return Menu(
        name="undo",
        label="Undo…",
        choices=lambda view: [(number, f"to {number}: {images}") for number, images in revisions(view)],
        steps=_undo,
        hint="Go back to a revision",
        optional=True,
    )


def replica_set_revisions(view: View) -> list[tuple[int, str]]:
    """The revisions that a deployment's undo can go to, newest first, and what they ran."""
    found = []
    for rs in view.reader.list(BY_CLASS[ReplicaSet], view.obj.metadata.namespace):
        assert isinstance(rs, ReplicaSet)
        number = rs.metadata.annotations.get(REVISION_ANNOTATION, "")
        if controlled_by(rs, view.obj) and number.isdigit():
            found.append((int(number), ", ".join(images_of(rs.spec.template))))
    return sorted(found, reverse=True)[1:]


def controller_revisions(view: View) -> list[tuple[int, str]]:
    """The same of a stateful set or daemon set, whose revisions are objects of their own."""
    found = []
    for revision in view.reader.list(BY_CLASS[ControllerRevision], view.obj.metadata.namespace):
        assert isinstance(revision, ControllerRevision)
        if controlled_by(revision, view.obj):
            found.append((revision.revision, ", ".join(revision_images(revision))))
    return sorted(found, reverse=True)[1:]


def _set_strategy(view: View, name: str) -> Steps:
    """OnDelete has no bounds: those of a rolling update go with it."""
    strategy = {"type": name} if name == ROLLING_UPDATE else {"type": name, "rollingUpdate": None}
    return patch(view.obj, {"updateStrategy": strategy})


UPDATE_STRATEGY = Choice(
    name="update_strategy",
    label="updateStrategy",
    read=lambda view: view.obj.spec.update_strategy.type,
    steps=_set_strategy,
    choices=words(ROLLING_UPDATE, ON_DELETE),
)
