"""What followed from one input: which component wrote what, when, and because of which write before.

Components never call each other. Each watches the API server, and writes there what it decides; so the way from a
command to a running container is a chain of writes, which the log keeps with their causes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from k8snb.api.pods import controller_of, is_ready
from k8snb.api.schema import KubernetesObject
from k8snb.api.types.apps import DaemonSet, Deployment, ReplicaSet, StatefulSet
from k8snb.api.types.batch import Job
from k8snb.api.types.pod import Pod
from k8snb.api.types.service import EndpointSlice
from k8snb.cluster import Cluster
from k8snb.errors import K8snbError
from k8snb.machinery.log import Change, Input, Log
from k8snb.picture.svg_trace import Column, Deed, trace_svg
from k8snb.picture.workloads import desired_of, ready_of

USER = "user"
KUBELET = "kubelet "
SIDE_NOTES = ("Event", "Lease")
CONTROL_PLANE, WORKERS = "control plane", "workers"


class Trace(NamedTuple):
    """An input and the writes that followed from it, in order.

    In a notebook it shows itself as a picture with a column a component.
    """

    input: Input
    writes: Sequence[Change]

    @property
    def actors(self) -> list[str]:
        """Who wrote: the user, the control plane's components in the order of their first writes, the kubelets."""
        found = list(dict.fromkeys([USER, *(change.actor for change in self.writes)]))
        return [a for a in found if not a.startswith(KUBELET)] + sorted(a for a in found if a.startswith(KUBELET))

    def by(self, actor: str) -> list[Change]:
        """What one component wrote; ``kubelet`` stands for those of all nodes."""
        return [c for c in self.writes if c.actor == actor or c.actor.startswith(f"{actor} ")]

    def deeds(self) -> list[Deed]:
        """What the picture draws: the input, then a deed a write."""
        first = Deed(self.input.seq, -1, self.input.time_ms, USER, *_asked(self.input))
        return [first, *(_deed_of(change) for change in self.writes)]

    def svg(self) -> str:
        """The picture."""
        columns = [Column(actor, _short(actor), _side(actor)) for actor in self.actors]
        return trace_svg(columns, self.deeds(), f"What followed from: {self.input.text}")

    def __str__(self) -> str:
        lines = [f"{self.input.time_ms / 1000:9.3f} s  you: {' '.join(_asked(self.input))}"]
        for change in self.writes:
            deed = _deed_of(change)
            lines.append(f"{change.time_ms / 1000:9.3f} s  {change.actor}: {deed.words} {deed.detail}".rstrip())
        return "\n".join(lines)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text("…" if cycle else str(self))

    def _repr_svg_(self) -> str:
        return self.svg()


def trace_of(cluster: Cluster, number: int = -1) -> Trace:
    """What followed from one of the inputs of a cluster, by default from the last one that changed something.

    Parameters
    ----------
    number
        Which input: 0 is the first one that changed something, -1 the last one.

    Raises
    ------
    K8snbError
        When there is no such input.

    Examples
    --------
    >>> cluster = Cluster(nodes=1)
    >>> _ = cluster.kubectl("create deployment web --image=nginx")
    >>> cluster.run_until_settled()
    >>> trace = trace_of(cluster)
    >>> [change.verb for change in trace.by("replicaset-controller")]
    ['create', 'update', 'update', 'update']
    """
    followed = _followed(cluster.log)
    inputs = [entry for entry in cluster.log.inputs() if followed.get(entry.seq)]
    if not inputs:
        raise K8snbError("no input of this cluster has changed anything yet")
    if not -len(inputs) <= number < len(inputs):
        raise K8snbError(f"number: {number!r}: {len(inputs)} inputs changed something")
    found = inputs[number]
    return Trace(found, [c for c in followed[found.seq] if c.resource not in SIDE_NOTES])


def _followed(log: Log) -> dict[int, list[Change]]:
    """The writes that followed from each input."""
    roots: dict[int, int] = {}
    found: dict[int, list[Change]] = {}
    for entry in log.entries:
        root = entry.seq if isinstance(entry, Input) else roots.get(entry.cause)
        if root is None:
            continue
        roots[entry.seq] = root
        if isinstance(entry, Change):
            found.setdefault(root, []).append(entry)
    return found


# -- in words


def _asked(entry: Input) -> tuple[str, str]:
    if entry.kind == "fault":
        return "fault", entry.text
    verb, _, rest = entry.text.partition(" ")
    return f"kubectl {verb}", rest


def _short(actor: str) -> str:
    return "you" if actor == USER else actor.removesuffix("-controller").removeprefix("default-")


def _side(actor: str) -> str:
    return "" if actor == USER else WORKERS if actor.startswith(KUBELET) else CONTROL_PLANE


def _deed_of(change: Change) -> Deed:
    words, detail = _words(change)
    return Deed(change.seq, change.cause, change.time_ms, change.actor, words, detail)


def _words(change: Change) -> tuple[str, str]:
    """A write in two lines: what was done, and to what."""
    old, new, kind, name = change.old, change.new, change.resource, _tail(change)
    if new is None:
        return f"remove {kind}", name
    if old is None:
        return f"create {kind}", name
    if old.metadata.deletion_timestamp is None and new.metadata.deletion_timestamp is not None:
        return f"delete {kind}", name
    if isinstance(old, Pod) and isinstance(new, Pod):
        return _pod_words(old, new, name)
    if isinstance(new, EndpointSlice):
        ready = sum(endpoint.conditions.ready is not False for endpoint in new.endpoints)
        return "EndpointSlice", f"{ready} of {len(new.endpoints)} ready"
    if getattr(old, "spec", None) != getattr(new, "spec", None):
        return f"change {kind}", _size(new) or name
    return f"status of {kind}", _state(new) or name


def _pod_words(old: Pod, new: Pod, name: str) -> tuple[str, str]:
    if not old.spec.node_name and new.spec.node_name:
        return "bind Pod", f"{name} → {new.spec.node_name}"
    if is_ready(old) != is_ready(new):
        return f"Pod is {'ready' if is_ready(new) else 'not ready'}", name
    return f"Pod is {new.status.phase}", name


def _tail(change: Change) -> str:
    """A name without its owner's, where that leaves something: ``x7k2p``."""
    name = change.key.rpartition("/")[2]
    obj = change.new or change.old
    owner = controller_of(obj) if obj is not None else None
    if owner is not None and isinstance(obj, Pod) and name.startswith(f"{owner.name}-"):
        return f"…{name[len(owner.name) :]}"
    return name


def _size(obj: KubernetesObject) -> str:
    return f"replicas: {desired_of(obj)}" if isinstance(obj, Deployment | ReplicaSet | StatefulSet) else ""


def _state(obj: KubernetesObject) -> str:
    if isinstance(obj, Job):
        return f"{obj.status.active} active, {obj.status.succeeded} succeeded"
    if isinstance(obj, Deployment | ReplicaSet | StatefulSet | DaemonSet):
        return f"{ready_of(obj)} of {desired_of(obj)} ready"
    return ""
