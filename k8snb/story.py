"""A run as a story in plain text: what the user did, and what each component then did, moment by moment.

Writes that follow each other within a tenth of a second are one moment; in it, equal deeds are told together: "kubelet
node-1: 2 pods Running". What says nothing to a reader (heartbeats, counters that only repeat) is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from k8snb.api.pods import is_ready, max_restarts
from k8snb.api.resources import find
from k8snb.api.schema import KubernetesObject
from k8snb.api.services import SERVICE_NAME
from k8snb.api.types.apps import Deployment, ReplicaSet
from k8snb.api.types.event import Event
from k8snb.api.types.node import Node
from k8snb.api.types.pod import Pod
from k8snb.api.types.service import EndpointSlice
from k8snb.kubectl.printers.kinds.pods import status_word
from k8snb.machinery.log import Change, Entry, Input, Log, NO_CAUSE
from k8snb.tables import endpoint_counts

MOMENT_MS = 100
SHOWN_NAMES = 4
SILENT = ("Lease", "EndpointSlice", "Event", "ControllerRevision")  # their coming and going is not told

_Obj = TypeVar("_Obj", bound=KubernetesObject)


class Deed(NamedTuple):
    """Something that a component did to an object: what (``creates``, ``Running``), and to which object.

    Of several deeds of one `topic` within a moment only the last is told: a status that is written step by step.
    """

    actor: str
    what: str
    subject: str
    topic: str = ""


class Moment(NamedTuple):
    """What happened at about one time; it began with an input, if there is one."""

    time_ms: int
    input: Input | None
    deeds: Sequence[Deed]


def tell_story(log: Log, outputs: Sequence[str] = ()) -> Iterator[str]:
    r"""The lines of the story.

    Parameters
    ----------
    log
        The run.
    outputs
        What each of the user's commands printed, in order; faults print nothing and have none.

    Examples
    --------
    >>> from k8snb.cluster import Cluster
    >>> cluster = Cluster(nodes=1)
    >>> printed = cluster.kubectl("create deployment web --image=nginx")
    >>> print(*list(tell_story(cluster.log, [str(printed)]))[1:4], sep="\n")
       0.000 s  you: kubectl create deployment web --image=nginx
                  | deployment.apps/web created
                user: creates deployment/web with 1 replica
    """
    printed = iter(outputs)
    for moment in moments(log):
        time = f"{moment.time_ms / 1000:8.3f} s  "
        if moment.input is not None:
            is_fault = moment.input.kind == "fault"
            yield f"{time}you: {moment.input.text if is_fault else f'kubectl {moment.input.text}'}"
            time = " " * len(time)
            for line in "" if is_fault else next(printed, "").rstrip("\n").split("\n"):
                if line:
                    yield f"{time}  | {line}".rstrip()
        for line in _grouped(moment.deeds):
            yield f"{time}{line}"
            time = " " * len(time)


def moments(log: Log) -> Iterator[Moment]:
    """The entries that belong together, with what is worth telling of them."""
    entries: list[Entry] = []
    for entry in log.entries:
        if entries and (isinstance(entry, Input) or entry.time_ms - entries[-1].time_ms > MOMENT_MS):
            yield from _moment(entries)
            entries = []
        entries.append(entry)
    yield from _moment(entries)


def _moment(entries: Sequence[Entry]) -> Iterator[Moment]:
    if not entries:
        return
    first = entries[0]
    deeds: dict[tuple[str, str], Deed] = {}
    for number, entry in enumerate(entries):
        for deed in deeds_of(entry) if isinstance(entry, Change) else ():
            key = (deed.subject, deed.topic or str(number))
            deeds.pop(key, None)
            deeds[key] = deed
    if deeds or isinstance(first, Input):
        yield Moment(first.time_ms, first if isinstance(first, Input) else None, tuple(deeds.values()))


def _grouped(deeds: Sequence[Deed]) -> Iterator[str]:
    """Equal deeds of one component in one line, in order of the first."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for deed in deeds:
        kind, _, name = deed.subject.partition("/")
        groups.setdefault((deed.actor, deed.what, kind), []).append(name)
    for (actor, what, kind), names in groups.items():
        if len(names) == 1:
            subject = f"{kind}/{names[0]}"
        else:
            more = ", …" if len(names) > SHOWN_NAMES else ""
            subject = f"{len(names)} {_plural(kind)} ({', '.join(names[:SHOWN_NAMES])}{more})"
        yield f"{actor}: {what.replace('{}', subject, 1)}"


def _plural(kind: str) -> str:
    resource = find(kind)
    return resource.plural if resource is not None else f"{kind}s"


# -- what a write means


def deeds_of(change: Change) -> Iterator[Deed]:
    """What is worth telling of a write; of what a cluster begins with, its nodes."""
    if change.cause == NO_CAUSE and change.resource != "Node":
        return
    told = _TOLD.get(change.resource)
    if told is not None:
        yield from told(change)
    if change.resource not in SILENT:
        yield from _comings_and_goings(change)


def _subject(change: Change) -> str:
    return f"{change.resource.lower()}/{change.key.rpartition('/')[2]}"


def _comings_and_goings(change: Change) -> Iterator[Deed]:
    subject, old, new = _subject(change), change.old, change.new
    if old is None:
        yield Deed(change.actor, "creates {}" + _size(new), subject)
    elif new is None:
        yield Deed(change.actor, "removes {}", subject)
    elif new.metadata.deletion_timestamp is not None and old.metadata.deletion_timestamp is None:
        yield Deed(change.actor, "deletes {}", subject)


def _size(obj: KubernetesObject | None) -> str:
    if not isinstance(obj, Deployment | ReplicaSet):
        return ""
    return f" with {obj.spec.replicas} replica{'' if obj.spec.replicas == 1 else 's'}"


def _both(change: Change, cls: type[_Obj]) -> tuple[_Obj, _Obj] | None:
    """The object before and after an update."""
    old, new = change.old, change.new
    return (old, new) if isinstance(old, cls) and isinstance(new, cls) else None


def _workload_deeds(change: Change) -> Iterator[Deed]:
    """A Deployment or ReplicaSet is scaled, gets a new template or is paused."""
    old, new = change.old, change.new
    if not isinstance(old, Deployment | ReplicaSet) or not isinstance(new, Deployment | ReplicaSet):
        return
    subject = _subject(change)
    if old.spec.replicas != new.spec.replicas:
        yield Deed(change.actor, f"scales {{}} from {old.spec.replicas} to {new.spec.replicas}", subject)
    if old.spec.template != new.spec.template:
        images = ", ".join(container.image for container in new.spec.template.spec.containers)
        yield Deed(change.actor, f"changes the template of {{}} (image {images})", subject)
    if isinstance(old, Deployment) and isinstance(new, Deployment):
        yield from _deployment_deeds(change, old, new)


def _deployment_deeds(change: Change, old: Deployment, new: Deployment) -> Iterator[Deed]:
    subject, status = _subject(change), new.status
    if old.spec.paused != new.spec.paused:
        yield Deed(change.actor, "pauses {}" if new.spec.paused else "resumes {}", subject)
    counts = [
        (d.status.replicas, d.status.updated_replicas, d.status.ready_replicas, d.status.available_replicas)
        for d in (old, new)
    ]
    if counts[0] != counts[1]:
        pods = f"{status.replicas} pods, {status.updated_replicas} updated, {status.ready_replicas} ready"
        yield Deed(change.actor, f"{{}} has {pods}, {status.available_replicas} available", subject, "status")
    before = {c.type: (c.status, c.reason) for c in old.status.conditions}
    for condition in status.conditions:
        if before.get(condition.type) != (condition.status, condition.reason):
            what = f"{{}} is {condition.type}={condition.status}: {condition.reason}"
            yield Deed(change.actor, what, subject, condition.type)


def _pod_deeds(change: Change) -> Iterator[Deed]:
    pods = _both(change, Pod)
    if pods is None:
        return
    old, new = pods
    subject = _subject(change)
    if new.spec.node_name and not old.spec.node_name:
        yield Deed(change.actor, f"binds {{}} to {new.spec.node_name}", subject)
    words = [f"{status_word(pod)}{' and ready' if is_ready(pod) else ''}" for pod in pods]
    if words[0] != words[1] and new.metadata.deletion_timestamp is None:
        restarted = max_restarts(new) > max_restarts(old)
        yield Deed(change.actor, f"{{}} {words[1]}{' after a restart' if restarted else ''}", subject, "state")


def _node_deeds(change: Change) -> Iterator[Deed]:
    nodes = _both(change, Node)
    if nodes is None:
        return
    old, new = nodes
    before, after = ({c.type: c.status for c in node.status.conditions}.get("Ready") for node in nodes)
    if before != after:
        yield Deed(change.actor, f"{{}} Ready={after}", _subject(change))
    if old.spec.unschedulable != new.spec.unschedulable:
        yield Deed(change.actor, "cordons {}" if new.spec.unschedulable else "uncordons {}", _subject(change))
    if old.spec.taints != new.spec.taints:
        taints = ", ".join(f"{t.key}:{t.effect}" for t in new.spec.taints) or "none"
        yield Deed(change.actor, f"sets the taints of {{}}: {taints}", _subject(change))


def _endpoint_deeds(change: Change) -> Iterator[Deed]:
    old, new = change.old, change.new
    if not isinstance(new, EndpointSlice):
        return
    before, after = endpoint_counts([old] if isinstance(old, EndpointSlice) else []), endpoint_counts([new])
    if before != after:
        counts = ", ".join(f"{after[state]} {state}" for state in sorted(after)) or "none"
        subject = f"service/{new.metadata.labels.get(SERVICE_NAME, new.metadata.name)}"
        yield Deed(change.actor, f"endpoints of {{}}: {counts}", subject, "endpoints")


def _event_deeds(change: Change) -> Iterator[Deed]:
    """Warnings, a reason once a moment; all other events repeat what the story tells anyway."""
    event = change.new
    if isinstance(event, Event) and change.old is None and event.type == "Warning":
        about = event.involved_object
        subject = f"{about.kind.lower()}/{about.name}"
        what = f"warns of {{}}: {event.reason}: {event.message}"
        yield Deed(event.source.component or change.actor, what, subject, event.reason)


_TOLD: dict[str, Callable[[Change], Iterator[Deed]]] = {
    "Deployment": _workload_deeds,
    "ReplicaSet": _workload_deeds,
    "Pod": _pod_deeds,
    "Node": _node_deeds,
    "EndpointSlice": _endpoint_deeds,
    "Event": _event_deeds,
}
