"""Why an object is there, went, waits or stands still: a walk along the log, told in sentences.

The log says of every write what led to it. The walk goes from the object's latest telling change back to the input
that began it; what an object waits for now comes first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from k8snb.api.pods import condition_of, controller_of, is_ready
from k8snb.api.resources import find
from k8snb.api.schema import KubernetesObject
from k8snb.api.types.apps import Deployment, ReplicaSet
from k8snb.api.types.pod import Pod
from k8snb.errors import K8snbError, NotFound
from k8snb.machinery.log import Change, Entry, Input, Log
from k8snb.machinery.server import Reader


class Link(NamedTuple):
    """One sentence of an explanation.

    ``seq`` is the log entry that it tells of (-1 for what holds now), ``time`` in seconds, ``reference`` the object.
    """

    seq: int
    time: float
    sentence: str
    reference: str


class Explanation(NamedTuple):
    """A chain of links, from the object that was asked about back to an input."""

    reference: str
    links: tuple[Link, ...]

    def __str__(self) -> str:
        lines = []
        for depth, link in enumerate(self.links):
            arrow = "  " * depth + ("↳ " if depth else "")
            lines.append(
                f"{arrow}{link.sentence} (at {link.time:.3f} s)" if link.seq >= 0 else f"{arrow}{link.sentence}"
            )
        return "\n".join(lines)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text("…" if cycle else str(self))


def explain(log: Log, reader: Reader, reference: str) -> Explanation:
    """Explain an object, ``pod/web-…`` or ``namespace:pod/web-…``, as it is at the reader's moment.

    Raises
    ------
    K8snbError
        When the reference names no kind.
    NotFound
        When no object of that name was ever there.
    """
    namespace, _, rest = reference.rpartition(":")
    word, slash, name = rest.partition("/")
    resource = find(word)
    if resource is None or not slash:
        raise K8snbError(f"{reference!r} names no object: write pod/NAME or deployment/NAME")
    key = f"{namespace or 'default'}/{name}" if resource.namespaced else name
    own = [c for c in _changes_until(log, reader.now_ms) if c.resource == resource.kind and c.key == key]
    if not own:
        raise NotFound(f'{resource.qualified} "{name}" not found')
    links = list(_present(reader, own[-1].new, reader.now_ms / 1000))
    links.extend(_chain(log, _telling_change(own)))
    return Explanation(f"{resource.singular}/{name}", tuple(links))


def _changes_until(log: Log, time_ms: int) -> Iterator[Change]:
    return (c for c in log.changes() if c.time_ms <= time_ms)


def _telling_change(own: list[Change]) -> Change:
    """The change that says most about an object: its end, else its deletion, else its last new spec, else its birth."""
    last = own[-1]
    if last.new is None:
        own = [c for c in own if c.new is not None] or own
    for change in reversed(own):
        if change.old is None or _spec_changed(change) or _deletion_began(change):
            return change
    return own[0]


def _spec_changed(change: Change) -> bool:
    if change.old is None or change.new is None or isinstance(change.new, Pod):
        return False
    return getattr(change.old, "spec", None) != getattr(change.new, "spec", None)


def _deletion_began(change: Change) -> bool:
    if change.old is None or change.new is None:
        return False
    return change.old.metadata.deletion_timestamp is None and change.new.metadata.deletion_timestamp is not None


def _chain(log: Log, start: Change) -> Iterator[Link]:
    """The links from a change back to the input; entries that only pass a cause on are left out."""
    for entry in log.causes(start.seq):
        sentence = tell(entry)
        if sentence and (entry is start or isinstance(entry, Input) or _is_telling(entry)):
            yield Link(entry.seq, entry.time_ms / 1000, sentence, reference_of(entry))


def _is_telling(change: Change) -> bool:
    if change.verb != "update" or _spec_changed(change) or _deletion_began(change):
        return True
    return isinstance(change.new, Pod) and isinstance(change.old, Pod) and is_ready(change.new) != is_ready(change.old)


def reference_of(entry: Entry) -> str:
    """``pod/web-…``; empty for an input."""
    return "" if isinstance(entry, Input) else f"{entry.resource.lower()}/{entry.key.rpartition('/')[2]}"


def tell(entry: Entry) -> str:
    """One entry of the log as a sentence."""
    if isinstance(entry, Input):
        return f"you: {entry.text}" if entry.kind == "fault" else f"you: kubectl {entry.text}"
    reference, actor = reference_of(entry), entry.actor
    if entry.verb == "create":
        return f"{reference} was created by {actor}{_of_owner(entry.new)}"
    if entry.verb == "delete":
        return f"{reference} was removed by {actor}"
    if _deletion_began(entry):
        return f"{reference} was deleted by {actor}"
    return _tell_update(entry, reference, actor)


def _of_owner(obj: KubernetesObject | None) -> str:
    owner = controller_of(obj) if obj is not None else None
    return f" for {owner.kind.lower()}/{owner.name}" if owner else ""


def _tell_update(change: Change, reference: str, actor: str) -> str:
    old, new = change.old, change.new
    if isinstance(old, Deployment | ReplicaSet) and isinstance(new, Deployment | ReplicaSet):
        if old.spec.replicas != new.spec.replicas:
            return f"{reference} was scaled {old.spec.replicas} → {new.spec.replicas} by {actor}"
        if old.spec.template != new.spec.template:
            return f"{reference} got a new template from {actor}{_new_image(old, new)}"
        if old.spec != new.spec:
            return f"{reference} got a new spec from {actor}"
    if isinstance(old, Pod) and isinstance(new, Pod):
        if not old.spec.node_name and new.spec.node_name:
            return f"{reference} was bound to {new.spec.node_name}"
        if is_ready(old) != is_ready(new):
            return f"{reference} became {'ready' if is_ready(new) else 'unready'}"
    return f"{reference} was updated by {actor}"


def _new_image(old: Deployment | ReplicaSet, new: Deployment | ReplicaSet) -> str:
    before = {c.name: c.image for c in old.spec.template.spec.containers}
    changed = [c.image for c in new.spec.template.spec.containers if before.get(c.name) != c.image]
    return f" (image {changed[0]})" if changed else ""


def _present(reader: Reader, obj: KubernetesObject | None, now: float) -> Iterator[Link]:
    """What holds the object up at this moment."""
    if isinstance(obj, Pod):
        sentence = waiting_sentence(obj)
        if sentence:
            yield Link(-1, now, sentence, f"pod/{obj.metadata.name}")
    elif isinstance(obj, Deployment):
        yield from _standing_still(reader, obj, now)


def waiting_sentence(pod: Pod) -> str:
    """What a pod waits for; empty when it waits for nothing."""
    name = f"pod/{pod.metadata.name}"
    if pod.metadata.deletion_timestamp is not None:
        return f"{name} is terminating"
    scheduled = condition_of(pod, "PodScheduled")
    if not pod.spec.node_name:
        return f"{name} is not scheduled: {scheduled.message}" if scheduled and scheduled.message else f"{name} waits for the scheduler"  # fmt: skip # noqa: E501
    for container in pod.status.container_statuses:
        waiting = container.state.waiting
        if waiting is not None and waiting.reason:
            return f"{name} waits: {waiting.reason} ({container.image})"
    if pod.status.phase == "Pending":
        return f"{name} is starting on {pod.spec.node_name}"
    if pod.status.phase == "Running" and not is_ready(pod):
        return f"{name} runs but is not ready"
    return ""


def _standing_still(reader: Reader, deployment: Deployment, now: float) -> Iterator[Link]:
    """Why a rollout does not get on: too few are available to take old pods down, and new ones do not become so."""
    status, desired = deployment.status, deployment.spec.replicas or 0
    reference = f"deployment/{deployment.metadata.name}"
    if deployment.spec.paused:
        yield Link(-1, now, f"{reference} is paused", reference)
    if status.updated_replicas == status.replicas == status.available_replicas == desired:
        return
    counts = f"{status.available_replicas} of {desired} available, {status.updated_replicas} updated"
    yield Link(-1, now, f"{reference} is not complete: {counts}", reference)
    for condition in status.conditions:
        if (condition.status != "True" and condition.type != "Available") or condition.type == "ReplicaFailure":
            yield Link(-1, now, f"{reference}: {condition.reason}: {condition.message}", reference)
    pod = next(iter(_waiting_pods(reader, deployment)), None)
    if pod is not None:
        yield Link(-1, now, waiting_sentence(pod), f"pod/{pod.metadata.name}")


def _waiting_pods(reader: Reader, deployment: Deployment) -> Iterator[Pod]:
    """The deployment's pods that wait for something, newest first."""
    sets, pods = find("replicasets"), find("pods")
    assert sets is not None and pods is not None
    namespace = deployment.metadata.namespace
    owned = [
        rs.metadata.uid
        for rs in reader.list(sets, namespace)
        if (owner := controller_of(rs)) is not None and owner.uid == deployment.metadata.uid
    ]
    found = [
        pod
        for pod in reader.list(pods, namespace)
        if isinstance(pod, Pod)
        and pod.metadata.deletion_timestamp is None
        and (owner := controller_of(pod)) is not None
        and owner.uid in owned
        and waiting_sentence(pod)
    ]
    yield from sorted(found, key=lambda pod: -(pod.metadata.creation_timestamp or 0))
