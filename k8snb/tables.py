"""Tables of a cluster, now or at a past moment, as pandas DataFrames. pandas is imported when one is asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, cast, TYPE_CHECKING

from k8snb.api.pods import controller_of, is_ready, max_restarts
from k8snb.api.quantity import number_of
from k8snb.api.resources import BY_CLASS
from k8snb.api.schema import KubernetesObject
from k8snb.api.services import SERVICE_NAME
from k8snb.api.topology import ZONE
from k8snb.api.types.apps import Deployment, ReplicaSet
from k8snb.api.types.event import Event
from k8snb.api.types.node import Node
from k8snb.api.types.pod import Pod
from k8snb.api.types.service import EndpointSlice, Service
from k8snb.kubectl.printers.kinds.pods import status_word
from k8snb.machinery.log import Log
from k8snb.machinery.server import EPOCH_MS, Reader

if TYPE_CHECKING:
    import pandas as pd


def _frame(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame([tuple(r) for r in rows], columns=list(columns))


def _list(reader: Reader, cls: type[KubernetesObject]) -> list[Any]:
    return cast(list[Any], reader.list(BY_CLASS[cls]))


def _seconds(time: int | None) -> float | None:
    """Seconds since the cluster's start of a time in an object."""
    return None if time is None else (time - EPOCH_MS) / 1000


def pods(reader: Reader) -> pd.DataFrame:
    """Pods: namespace, name, phase, status (kubectl's word), ready, restarts, node, owner, created (seconds)."""
    columns = ("namespace", "name", "phase", "status", "ready", "restarts", "node", "owner", "created")
    return _frame(columns, (_pod_row(pod) for pod in _list(reader, Pod)))


def _pod_row(pod: Pod) -> tuple[Any, ...]:
    owner, meta = controller_of(pod), pod.metadata
    return (
        meta.namespace,
        meta.name,
        pod.status.phase,
        status_word(pod),
        is_ready(pod),
        max_restarts(pod),
        pod.spec.node_name or None,
        f"{owner.kind.lower()}/{owner.name}" if owner else None,
        _seconds(meta.creation_timestamp),
    )


def deployments(reader: Reader) -> pd.DataFrame:
    """Deployments: desired, current, updated, ready, available and unavailable replicas, revision, paused."""
    columns = (
        "namespace", "name", "desired", "replicas", "updated", "ready", "available", "unavailable", "revision", "paused"
    )  # fmt: skip
    rows = (
        (
            d.metadata.namespace,
            d.metadata.name,
            d.spec.replicas,
            d.status.replicas,
            d.status.updated_replicas,
            d.status.ready_replicas,
            d.status.available_replicas,
            d.status.unavailable_replicas,
            d.metadata.annotations.get("deployment.kubernetes.io/revision"),
            d.spec.paused,
        )
        for d in _list(reader, Deployment)
    )
    return _frame(columns, rows)


def replicasets(reader: Reader) -> pd.DataFrame:
    """ReplicaSets: desired, current, ready and available replicas, revision, owner, image of the first container."""
    columns = ("namespace", "name", "desired", "replicas", "ready", "available", "revision", "owner", "image")
    rows = (
        (
            rs.metadata.namespace,
            rs.metadata.name,
            rs.spec.replicas,
            rs.status.replicas,
            rs.status.ready_replicas,
            rs.status.available_replicas,
            rs.metadata.annotations.get("deployment.kubernetes.io/revision"),
            owner.name if (owner := controller_of(rs)) else None,
            rs.spec.template.spec.containers[0].image if rs.spec.template.spec.containers else None,
        )
        for rs in _list(reader, ReplicaSet)
    )
    return _frame(columns, rows)


def endpoint_counts(slices: Iterable[EndpointSlice]) -> Counter[str]:
    """How many addresses of a service are ``ready`` or ``notready``; those ``terminating`` also are one of these."""
    counts: Counter[str] = Counter()
    for slice_ in slices:
        for endpoint in slice_.endpoints:
            conditions = endpoint.conditions
            counts["ready" if conditions.ready else "notready"] += len(endpoint.addresses)
            if conditions.terminating:
                counts["terminating"] += len(endpoint.addresses)
    return counts


def services(reader: Reader) -> pd.DataFrame:
    """Services: type, cluster IP, ports, and how many addresses are ready, not ready and terminating."""
    by_service: dict[tuple[str, str], list[EndpointSlice]] = {}
    for slice_ in _list(reader, EndpointSlice):
        name = slice_.metadata.labels.get(SERVICE_NAME, "")
        by_service.setdefault((slice_.metadata.namespace, name), []).append(slice_)
    rows = []
    for service in _list(reader, Service):
        meta, spec = service.metadata, service.spec
        counts = endpoint_counts(by_service.get((meta.namespace, meta.name), ()))
        ports = ",".join(f"{p.port}/{p.protocol}" for p in spec.ports)
        states = (counts[s] for s in ("ready", "notready", "terminating"))
        rows.append((meta.namespace, meta.name, spec.type, spec.cluster_ip or None, ports, *states))
    columns = ("namespace", "name", "type", "cluster_ip", "ports", "ready", "not_ready", "terminating")
    return _frame(columns, rows)


def nodes(reader: Reader) -> pd.DataFrame:
    """Nodes: ready, schedulable, zone, CPU in cores, memory in bytes, pods they can hold and pods they hold."""
    held = Counter(pod.spec.node_name for pod in _list(reader, Pod) if pod.spec.node_name)
    rows = []
    for node in _list(reader, Node):
        ready = next((c.status == "True" for c in node.status.conditions if c.type == "Ready"), False)
        cpu, memory, most = (float(number_of(node.status.allocatable.get(k, "0"))) for k in ("cpu", "memory", "pods"))
        zone = node.metadata.labels.get(ZONE)
        name = node.metadata.name
        rows.append((name, ready, not node.spec.unschedulable, zone, cpu, int(memory), int(most), held[name]))
    columns = ("name", "ready", "schedulable", "zone", "cpu", "memory", "max_pods", "pods")
    return _frame(columns, rows)


def events(reader: Reader) -> pd.DataFrame:
    """Events in order of their last occurrence: time in seconds, type, reason, object, count, source, message."""
    found = sorted(_list(reader, Event), key=lambda e: (_last_seen(e) or 0, e.metadata.name))
    rows = (
        (
            _seconds(_last_seen(e)),
            e.type,
            e.reason,
            f"{e.involved_object.kind.lower()}/{e.involved_object.name}",
            e.series.count if e.series else max(e.count, 1),
            e.source.component or e.reporting_component,
            e.message,
        )
        for e in found
    )
    return _frame(("time", "type", "reason", "object", "count", "source", "message"), rows)


def _last_seen(event: Event) -> int | None:
    if event.series is not None:
        return event.series.last_observed_time
    return event.last_timestamp or event.event_time


def changes(log: Log) -> pd.DataFrame:
    """Every write: its number, time in seconds, actor, verb, kind, object, and the number of what led to it."""
    rows = (
        (c.seq, c.time_ms / 1000, c.actor, c.verb, c.resource, c.key, c.cause if c.cause >= 0 else None)
        for c in log.changes()
    )
    return _frame(("seq", "time", "actor", "verb", "kind", "key", "cause"), rows)
