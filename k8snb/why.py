"""Why an object is there, went, waits or stands still: a walk along the log, told in sentences.

The log says of every write what led to it. The walk goes from the object's latest telling change back to the input
that began it; what an object waits for now comes first.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from k8snb.api.pods import controller_of, is_ready, is_terminal
from k8snb.api.resources import BY_KIND, find
from k8snb.api.schema import KubernetesObject
from k8snb.api.types.node import Node
from k8snb.api.types.pod import Pod, PodTemplateSpec
from k8snb.errors import K8snbError, NotFound
from k8snb.machinery.log import Change, Entry, Input, Log
from k8snb.machinery.server import Reader
from k8snb.standing import standing_still

_MOVING = ("Deployment", "StatefulSet", "DaemonSet", "Job", "ReplicaSet", "Pod", "PersistentVolumeClaim", "Node")
_HOW_TO_NAME = "write pod/NAME or deployment/NAME, and namespace=NAMESPACE where that is not default"


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


def explain(log: Log, reader: Reader, reference: str, namespace: str = "default") -> Explanation:
    """Explain an object, ``pod/web-…`` of a namespace or ``namespace:pod/web-…``, as it is at the reader's moment.

    Raises
    ------
    K8snbError
        When the reference names no kind.
    NotFound
        When no object of that name was ever there.
    """
    own_namespace, _, rest = reference.rpartition(":")
    word, slash, name = rest.partition("/")
    resource = find(word)
    if resource is None or not slash:
        raise K8snbError(f"{reference!r} names no object: {_HOW_TO_NAME}")
    key = f"{own_namespace or namespace}/{name}" if resource.namespaced else name
    own = [c for c in _changes_until(log, reader.now_ms) if c.resource == resource.kind and c.key == key]
    if not own:
        raise NotFound(f'{resource.qualified} "{name}" not found')
    now = reader.now_ms / 1000
    links = [Link(-1, now, sentence, about) for sentence, about in standing_still(reader, own[-1].new)]
    links.extend(_chain(log, _telling_change(own)))
    return Explanation(f"{resource.singular}/{name}", tuple(links))


def still_moving(reader: Reader, most: int = 3) -> list[str]:
    """What the first objects wait for that wait for something, workloads before pods."""
    objects = (obj for kind in _MOVING for obj in reader.list(BY_KIND[kind]))
    sentences = (next(standing_still(reader, obj), None) for obj in objects)
    return list(islice((first[0] for first in sentences if first is not None), most))


def _changes_until(log: Log, time_ms: int) -> Iterator[Change]:
    return (c for c in log.changes() if c.time_ms <= time_ms)


def _telling_change(own: list[Change]) -> Change:
    """The change that says most about an object: its deletion, else its end or last new spec, else its birth."""
    born = max((index for index, change in enumerate(own) if change.old is None), default=0)
    own = [c for c in own[born:] if c.new is not None]  # others may have had its name before
    deletion = next((c for c in reversed(own) if _deletion_began(c)), None)
    telling = (c for c in reversed(own) if c.old is None or _spec_changed(c) or _pod_ended(c))
    return deletion or next(telling, own[0])


def _spec_changed(change: Change) -> bool:
    if change.old is None or change.new is None or isinstance(change.new, Pod):
        return False
    return getattr(change.old, "spec", None) != getattr(change.new, "spec", None)


def _pod_ended(change: Change) -> bool:
    old, new = change.old, change.new
    return isinstance(old, Pod) and isinstance(new, Pod) and not is_terminal(old) and is_terminal(new)


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
    if change.verb != "update" or _spec_changed(change) or _deletion_began(change) or _pod_ended(change):
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
    if isinstance(old, Pod) and isinstance(new, Pod):
        if not old.spec.node_name and new.spec.node_name:
            return f"{reference} was bound to {new.spec.node_name}"
        if _pod_ended(change):
            return f"{reference} ended: {new.status.reason or new.status.phase}{_exit_codes(new)}"
        if is_ready(old) != is_ready(new):
            return f"{reference} became {'ready' if is_ready(new) else 'unready'}"
    elif isinstance(old, Node) and isinstance(new, Node):
        return _tell_node(old, new, reference, actor)
    elif _spec_changed(change):
        return _tell_spec(getattr(old, "spec", None), getattr(new, "spec", None), reference, actor)
    return f"{reference} was updated by {actor}"


def _exit_codes(pod: Pod) -> str:
    """With what the containers of a pod exited that did not succeed."""
    statuses = (*pod.status.init_container_statuses, *pod.status.container_statuses)
    ends = [(status.name, status.state.terminated) for status in statuses]
    return "".join(f", {name} exited with {end.exit_code}" for name, end in ends if end is not None and end.exit_code)


def _tell_node(old: Node, new: Node, reference: str, actor: str) -> str:
    ready = [next((c.status for c in node.status.conditions if c.type == "Ready"), "") for node in (old, new)]
    if ready[0] != ready[1]:
        return f"{reference} became {'ready' if ready[1] == 'True' else 'not ready'}, says {actor}"
    if old.spec.unschedulable != new.spec.unschedulable:
        return f"{reference} was {'cordoned' if new.spec.unschedulable else 'uncordoned'} by {actor}"
    added = [f"{t.key}:{t.effect}" for t in new.spec.taints if t not in old.spec.taints]
    if added:
        return f"{reference} was tainted {', '.join(added)} by {actor}"
    return f"{reference} was updated by {actor}"


def _tell_spec(old: Any, new: Any, reference: str, actor: str) -> str:
    """What of a spec is another, the first of what tells most."""
    for name, words in _SPEC_NUMBERS.items():
        before, after = getattr(old, name, None), getattr(new, name, None)
        if before != after:
            return f"{reference} {words} {before} → {after} by {actor}"
    if getattr(old, "template", None) != getattr(new, "template", None):
        return f"{reference} got a new template from {actor}{_new_image(old.template, new.template)}"
    for name in ("paused", "suspend"):
        before, after = getattr(old, name, None), getattr(new, name, None)
        if before != after:
            return f"{reference} was {_SWITCHES[name][bool(after)]} by {actor}"
    return f"{reference} got a new spec from {actor}"


_SPEC_NUMBERS = {
    "replicas": "was scaled",
    "parallelism": "got another parallelism,",
    "completions": "got other completions,",
}
_SWITCHES = {"paused": ("resumed", "paused"), "suspend": ("resumed", "suspended")}


def _new_image(old: PodTemplateSpec, new: PodTemplateSpec) -> str:
    before = {c.name: c.image for c in old.spec.containers}
    changed = [c.image for c in new.spec.containers if before.get(c.name) != c.image]
    return f" (image {changed[0]})" if changed else ""
