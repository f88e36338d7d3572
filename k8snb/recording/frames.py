"""Frames: the state of a cluster at the end of a second, in the form of the conformance recordings.

`FRAME` tables say which fields of which kind a frame shows; what is left out, or zero, says the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from k8snb.api.jobs import COMPLETION_INDEX
from k8snb.api.pods import condition_of, controller_of, is_ready, max_restarts
from k8snb.api.resources import BY_KIND
from k8snb.api.schema import KubernetesObject
from k8snb.api.services import SERVICE_NAME
from k8snb.api.types.apps import ReplicaSet
from k8snb.api.types.event import Event
from k8snb.api.types.node import Node
from k8snb.api.types.pod import Pod
from k8snb.cluster import Cluster
from k8snb.machinery.log import Change
from k8snb.recording.names import Names, stable_job_name
from k8snb.tables import endpoint_counts

REVISION = "deployment.kubernetes.io/revision"
RECORDED_REASONS = (
    "SuccessfulCreate", "SuccessfulDelete", "FailedCreate", "FailedDelete", "FailedDaemonPod", "NodeNotReady",
    "TaintManagerEviction", "BackoffLimitExceeded", "Completed", "DeadlineExceeded", "PodFailurePolicy", "Resumed",
    "Suspended", "SawCompletedJob", "MissSchedule",
)  # fmt: skip

SPEC_FIELDS = {
    "Deployment": ("replicas",),
    "ReplicaSet": ("replicas",),
    "StatefulSet": ("replicas",),
    "ReplicationController": ("replicas",),
    "Job": ("parallelism", "suspend"),
    "CronJob": ("suspend",),
}
STATUS_FIELDS = {
    "Deployment": (
        "observed_generation", "replicas", "updated_replicas", "ready_replicas", "available_replicas",
        "unavailable_replicas", "terminating_replicas",
    ),
    "ReplicaSet": (
        "replicas", "fully_labeled_replicas", "ready_replicas", "available_replicas", "terminating_replicas",
    ),
    "StatefulSet": (
        "observed_generation", "replicas", "ready_replicas", "current_replicas", "updated_replicas",
        "available_replicas", "current_revision", "update_revision",
    ),
    "DaemonSet": (
        "observed_generation", "desired_number_scheduled", "current_number_scheduled", "number_misscheduled",
        "number_ready", "updated_number_scheduled", "number_available", "number_unavailable",
    ),
    "Job": (
        "active", "ready", "succeeded", "failed", "terminating", "completed_indexes", "failed_indexes",
    ),
    "PodDisruptionBudget": ("current_healthy", "desired_healthy", "disruptions_allowed", "expected_pods"),
}  # fmt: skip
WITH_CONDITIONS = ("Deployment", "ReplicaSet", "Job", "PodDisruptionBudget")
_SHORT = {"PodDisruptionBudget": "pdb", "PersistentVolumeClaim": "pvc"}


class FrameRecorder:
    """Takes frames of a cluster; a second in which nothing changed has none."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._read = len(cluster.log)
        self.names = Names(cluster.log)
        self.frames: list[dict[str, Any]] = []

    def take(self, second: int) -> None:
        """The frame of a second that ends now."""
        self.names.catch_up()
        changes = list(self._cluster.log.changes(self._read))
        self._read = len(self._cluster.log)
        frame: dict[str, Any] = {"t": second, "state": self.state()}
        events = self._events(changes)
        scales = list(self._scales(changes))
        if events:
            frame["events"] = dict(events)
        if scales:
            frame["scales"] = scales
        if events or not self.frames or self.frames[-1]["state"] != frame["state"]:
            self.frames.append(frame)

    def state(self) -> dict[str, Any]:
        """The cluster's state, object by object."""
        state: dict[str, Any] = {"pods": dict(self._pods())}
        for kind in (*STATUS_FIELDS, "CronJob", "ReplicationController"):
            for obj in self._list(kind):
                state[self._name(obj)] = self._fields(obj)
        state.update(self._services())
        for node in self._list("Node"):
            assert isinstance(node, Node)
            row = _node_row(node)
            if row is not None:
                state[f"node/{node.metadata.name}"] = row
        for claim in self._list("PersistentVolumeClaim"):
            state[self._name(claim)] = _claim_row(claim)
        return state

    def _list(self, kind: str) -> list[KubernetesObject]:
        return self._cluster.server.list(BY_KIND[kind], "default")

    def _name(self, obj: KubernetesObject) -> str:
        name = stable_job_name(obj.metadata.name) if obj.kind == "Job" else self.names.of_revision(obj.metadata.name)
        return f"{_SHORT.get(obj.kind, obj.kind.lower())}/{name}"

    def _fields(self, obj: Any) -> dict[str, Any]:
        row: dict[str, Any] = {}
        for field in SPEC_FIELDS.get(obj.kind, ()):
            row[field] = getattr(obj.spec, field)
        if obj.kind == "CronJob":
            row["active"] = len(obj.status.active)
        if REVISION in obj.metadata.annotations and obj.kind in ("Deployment", "ReplicaSet"):
            row["revision"] = obj.metadata.annotations[REVISION]
        for field in STATUS_FIELDS.get(obj.kind, ()):
            value = getattr(obj.status, field)
            if value:
                name = self.names.of_revision(value) if field.endswith("_revision") else value
                row[f"status.{_camel(field)}"] = name
        for condition in obj.status.conditions if obj.kind in WITH_CONDITIONS else ():
            row[f"condition.{condition.type}"] = f"{condition.status} {condition.reason}"
        return row

    def _pods(self) -> Counter[str]:
        counts: Counter[str] = Counter()
        for pod in self._list("Pod"):
            assert isinstance(pod, Pod)
            counts[" ".join(self._pod_words(pod))] += 1
        return counts

    def _pod_words(self, pod: Pod) -> Iterator[str]:
        yield from self._pod_owner(pod)
        yield pod.status.phase
        if not pod.spec.node_name:
            yield "unscheduled"
        if is_ready(pod):
            yield "ready"
        if pod.metadata.deletion_timestamp is not None:
            yield "terminating"
        reasons = (c.state.waiting.reason for c in pod.status.container_statuses if c.state.waiting is not None)
        yield from dict.fromkeys(r for r in reasons if r)
        if max_restarts(pod):
            yield f"restarts={max_restarts(pod)}"
        disrupted = condition_of(pod, "DisruptionTarget")
        if disrupted is not None and disrupted.status == "True":
            yield f"disrupted:{disrupted.reason}"

    def _pod_owner(self, pod: Pod) -> Iterator[str]:
        """The owner with its revision, and a name that stays the same in every run, where there is one."""
        owner, meta = controller_of(pod), pod.metadata
        if owner is None:
            yield f"pod/{self.names.generated.get(meta.name, meta.name)}"
            return
        kind = owner.kind.lower()
        revision = self.names.hashes.get(meta.labels.get("controller-revision-hash", ""))
        if owner.kind == "Job":
            yield f"job/{stable_job_name(owner.name)}"
            if COMPLETION_INDEX in meta.annotations:
                yield f"i{meta.annotations[COMPLETION_INDEX]}"
        elif owner.kind == "StatefulSet":
            yield f"{kind}/{self._revision_of(pod) or revision or owner.name}"
            yield meta.name
        elif owner.kind == "DaemonSet":
            yield f"{kind}/{revision or owner.name}"
            yield f"@{_daemon_node(pod)}"
        else:
            yield f"{kind}/{self.names.of_revision(owner.name)}"

    def _revision_of(self, pod: Pod) -> str | None:
        """A StatefulSet's pods carry the whole name of their revision."""
        return self.names.revisions.get(pod.metadata.labels.get("controller-revision-hash", ""))

    def _services(self) -> Iterator[tuple[str, dict[str, int]]]:
        slices: dict[str, list[Any]] = {}
        for slice_ in self._list("EndpointSlice"):
            slices.setdefault(slice_.metadata.labels.get(SERVICE_NAME, ""), []).append(slice_)
        for service in self._list("Service"):
            name = service.metadata.name
            if name != "kubernetes":
                yield f"service/{name}", dict(endpoint_counts(slices.get(name, ())))

    def _events(self, changes: list[Change]) -> Counter[str]:
        counts: Counter[str] = Counter()
        for change in changes:
            event = change.new
            if isinstance(event, Event) and event.reason in RECORDED_REASONS:
                before = change.old.count if isinstance(change.old, Event) else 0
                about = event.involved_object
                kind = _SHORT.get(about.kind, about.kind.lower())
                counts[f"{kind}/{self._event_name(kind, about.name)} {event.reason}"] += event.count - before
        return counts

    def _event_name(self, kind: str, name: str) -> str:
        if kind == "pod":
            return self.names.generated.get(name, name)
        return stable_job_name(name) if kind == "job" else self.names.of_revision(name)

    def _scales(self, changes: list[Change]) -> Iterator[str]:
        """Every change of a ReplicaSet's size, in order."""
        for change in changes:
            old, new = change.old, change.new
            if not isinstance(new, ReplicaSet):
                continue
            name = self.names.of_revision(new.metadata.name)
            if old is None and controller_of(new) is not None:
                yield f"{name} +>{new.spec.replicas}"
            elif isinstance(old, ReplicaSet) and old.spec.replicas != new.spec.replicas:
                yield f"{name} {old.spec.replicas}>{new.spec.replicas}"


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


def _daemon_node(pod: Pod) -> str:
    """The node that a daemon is for, bound to it or not yet."""
    if pod.spec.node_name:
        return pod.spec.node_name
    affinity = pod.spec.affinity.node_affinity if pod.spec.affinity else None
    required = affinity.required_during_scheduling_ignored_during_execution if affinity else None
    for term in required.node_selector_terms if required else ():
        for field in term.match_fields:
            return field.values[0]
    return ""


def _node_row(node: Node) -> Mapping[str, Any] | None:
    """A node appears only while something is the matter with it."""
    ready = next((c.status for c in node.status.conditions if c.type == "Ready"), "Unknown")
    taints = sorted(f"{t.key}:{t.effect}" for t in node.spec.taints)
    if ready == "True" and not taints and not node.spec.unschedulable:
        return None
    row: dict[str, Any] = {"ready": ready}
    if taints:
        row["taints"] = taints
    if node.spec.unschedulable:
        row["unschedulable"] = True
    return row


def _claim_row(claim: Any) -> Mapping[str, Any]:
    row = {"phase": claim.status.phase}
    return {"deleting": True, **row} if claim.metadata.deletion_timestamp is not None else row
