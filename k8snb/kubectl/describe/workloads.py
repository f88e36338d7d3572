"""What keeps pods running: deployments, replica sets, stateful sets, daemon sets, and disruption budgets.

References
----------
``staging/src/k8s.io/kubectl/pkg/describe/describe.go describeDeployment, describeReplicaSet,
describeReplicationController, describeStatefulSet, describeDaemonSet, describePodDisruptionBudgetV1 @ v1.36``
``staging/src/k8s.io/kubectl/pkg/util/deployment/deployment.go GetAllReplicaSetsInChunks @ v1.36``
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from msgspec.structs import replace

from k8snb.api.claims import class_of_claim
from k8snb.api.selectors import as_selector, format_label_selector, matches, matches_labels
from k8snb.api.types.apps import DaemonSet, Deployment, ReplicaSet, ReplicationController, StatefulSet
from k8snb.api.types.claims import PersistentVolumeClaim
from k8snb.api.types.meta import LabelSelector, ObjectMeta
from k8snb.api.types.pod import Pod, PodTemplateSpec
from k8snb.api.types.policy import PodDisruptionBudget
from k8snb.kubectl.ages import rfc1123z
from k8snb.kubectl.describe.context import Context
from k8snb.kubectl.describe.events import describe_events
from k8snb.kubectl.describe.metadata import (
    controlled_by,
    label_lines,
    labels_and_annotations,
    listed,
    name_and_namespace,
)
from k8snb.kubectl.describe.pod_template import describe_pod_template
from k8snb.kubectl.describe.writer import Writer
from k8snb.kubectl.printers.table import format_labels

_HASH = "pod-template-hash"


class _Condition(Protocol):
    @property
    def type(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def reason(self) -> str: ...


def _selector(selector: LabelSelector | None) -> str:
    return str(as_selector(selector)) if selector is not None else ""


def _conditions(w: Writer, conditions: Sequence[_Condition]) -> None:
    if conditions:
        w.write(0, "Conditions:\n  Type\tStatus\tReason\n")
        w.write(1, "----\t------\t------\n")
    for condition in conditions:
        w.write(1, f"{condition.type} \t{condition.status}\t{condition.reason}\n")


def _pods_status(context: Context, meta: ObjectMeta, selects: Callable[[Mapping[str, str]], bool]) -> str:
    """How many of an owner's pods are in which phase."""
    phases = Counter(
        pod.status.phase
        for pod in context.list(Pod, meta.namespace)
        if selects(pod.metadata.labels) and _controller_uid(pod.metadata) == meta.uid
    )
    running, waiting, succeeded, failed = (phases[p] for p in ("Running", "Pending", "Succeeded", "Failed"))
    return f"{running} Running / {waiting} Waiting / {succeeded} Succeeded / {failed} Failed"


def _controller_uid(meta: ObjectMeta) -> str | None:
    return next((o.uid for o in meta.owner_references if o.controller), None)


# -- deployments


def describe_deployment(w: Writer, context: Context, obj: Deployment) -> None:
    """Write everything about a deployment."""
    spec, status = obj.spec, obj.status
    name_and_namespace(w, obj.metadata)
    w.field(0, "CreationTimestamp", rfc1123z(obj.metadata.creation_timestamp))
    labels_and_annotations(w, obj.metadata)
    w.field(0, "Selector", _selector(spec.selector))
    counts = f"{spec.replicas or 0} desired | {status.updated_replicas} updated | {status.replicas} total"
    available = f"{status.available_replicas} available | {status.unavailable_replicas} unavailable"
    w.field(0, "Replicas", f"{counts} | {available}")
    w.field(0, "StrategyType", spec.strategy.type)
    w.field(0, "MinReadySeconds", spec.min_ready_seconds)
    if (rolling := spec.strategy.rolling_update) is not None:
        bounds = f"{rolling.max_unavailable} max unavailable, {rolling.max_surge} max surge"
        w.field(0, "RollingUpdateStrategy", bounds)
    describe_pod_template(w, spec.template)
    _conditions(w, status.conditions)
    old, new = replica_sets_of(context, obj)
    if old or new:
        w.field(0, "OldReplicaSets", _replica_sets(old))
        w.field(0, "NewReplicaSet", _replica_sets([new] if new else []))
    describe_events(w, context, "Deployment", obj.metadata)


def replica_sets_of(context: Context, deployment: Deployment) -> tuple[list[ReplicaSet], ReplicaSet | None]:
    """The old replica sets of a deployment, the oldest first, and the new one."""
    owned = [
        rs
        for rs in context.list(ReplicaSet, deployment.metadata.namespace)
        if matches(deployment.spec.selector, rs.metadata.labels)
        and _controller_uid(rs.metadata) == deployment.metadata.uid
    ]
    owned.sort(key=lambda rs: (rs.metadata.creation_timestamp or 0, rs.metadata.name))
    wanted = _without_hash(deployment.spec.template)
    new = next((rs for rs in owned if _without_hash(rs.spec.template) == wanted), None)
    return [rs for rs in owned if rs is not new], new


def _without_hash(template: PodTemplateSpec) -> PodTemplateSpec:
    kept = {k: v for k, v in template.metadata.labels.items() if k != _HASH}
    return replace(template, metadata=replace(template.metadata, labels=kept))


def _replica_sets(replica_sets: Sequence[ReplicaSet]) -> str:
    texts = [
        f"{rs.metadata.name} ({rs.status.replicas}/{rs.spec.replicas or 0} replicas created)" for rs in replica_sets
    ]
    return ", ".join(texts) or "<none>"


# -- the others


def describe_replica_set(w: Writer, context: Context, obj: ReplicaSet) -> None:
    """Write everything about a replica set."""
    name_and_namespace(w, obj.metadata)
    w.field(0, "Selector", format_label_selector(obj.spec.selector))
    labels_and_annotations(w, obj.metadata)
    controlled_by(w, obj.metadata)
    w.field(0, "Replicas", f"{obj.status.replicas} current / {obj.spec.replicas or 0} desired")
    selector = obj.spec.selector
    w.field(0, "Pods Status", _pods_status(context, obj.metadata, lambda have: matches(selector, have)))
    describe_pod_template(w, obj.spec.template)
    _conditions(w, obj.status.conditions)
    describe_events(w, context, "ReplicaSet", obj.metadata)


def describe_replication_controller(w: Writer, context: Context, obj: ReplicationController) -> None:
    """Write everything about a replication controller."""
    name_and_namespace(w, obj.metadata)
    w.field(0, "Selector", format_labels(obj.spec.selector))
    labels_and_annotations(w, obj.metadata)
    w.field(0, "Replicas", f"{obj.status.replicas} current / {obj.spec.replicas or 0} desired")
    selector = obj.spec.selector
    w.field(0, "Pods Status", _pods_status(context, obj.metadata, lambda have: matches_labels(selector, have)))
    describe_pod_template(w, obj.spec.template)
    _conditions(w, obj.status.conditions)
    describe_events(w, context, "ReplicationController", obj.metadata)


def describe_stateful_set(w: Writer, context: Context, obj: StatefulSet) -> None:
    """Write everything about a stateful set."""
    spec = obj.spec
    name_and_namespace(w, obj.metadata)
    w.field(0, "CreationTimestamp", rfc1123z(obj.metadata.creation_timestamp))
    w.field(0, "Selector", _selector(spec.selector))
    labels_and_annotations(w, obj.metadata)
    w.field(0, "Replicas", f"{spec.replicas or 0} desired | {obj.status.replicas} total")
    w.field(0, "Update Strategy", spec.update_strategy.type)
    rolling = spec.update_strategy.rolling_update
    if rolling is not None and rolling.partition is not None:
        w.field(1, "Partition", rolling.partition)
        if rolling.max_unavailable is not None:
            w.field(1, "MaxUnavailable", rolling.max_unavailable)
    w.field(0, "Pods Status", _pods_status(context, obj.metadata, lambda have: matches(spec.selector, have)))
    describe_pod_template(w, spec.template)
    _claim_templates(w, spec.volume_claim_templates)
    describe_events(w, context, "StatefulSet", obj.metadata)


def _claim_templates(w: Writer, templates: Sequence[PersistentVolumeClaim]) -> None:
    w.write(0, "Volume Claims:\n" if templates else "Volume Claims:\t<none>\n")
    for template in templates:
        w.field(1, "Name", template.metadata.name)
        w.field(1, "StorageClass", class_of_claim(template))
        label_lines(w, "Labels", template.metadata.labels, "  ")
        label_lines(w, "Annotations", template.metadata.annotations, "  ")
        w.field(1, "Capacity", template.spec.resources.requests.get("storage", "<default>"))
        w.field(1, "Access Modes", listed(template.spec.access_modes))


def describe_daemon_set(w: Writer, context: Context, obj: DaemonSet) -> None:
    """Write everything about a daemon set."""
    spec, status = obj.spec, obj.status
    name_and_namespace(w, obj.metadata)
    w.field(0, "Selector", _selector(spec.selector))
    w.field(0, "Node-Selector", format_labels(spec.template.spec.node_selector))
    labels_and_annotations(w, obj.metadata)
    w.write(0, f"Desired Number of Nodes Scheduled: {status.desired_number_scheduled}\n")
    w.write(0, f"Current Number of Nodes Scheduled: {status.current_number_scheduled}\n")
    w.write(0, f"Number of Nodes Scheduled with Up-to-date Pods: {status.updated_number_scheduled}\n")
    w.write(0, f"Number of Nodes Scheduled with Available Pods: {status.number_available}\n")
    w.write(0, f"Number of Nodes Misscheduled: {status.number_misscheduled}\n")
    w.field(0, "Pods Status", _pods_status(context, obj.metadata, lambda have: matches(spec.selector, have)))
    describe_pod_template(w, spec.template)
    describe_events(w, context, "DaemonSet", obj.metadata)


def describe_disruption_budget(w: Writer, context: Context, obj: PodDisruptionBudget) -> None:
    """Write everything about a disruption budget."""
    name_and_namespace(w, obj.metadata)
    if obj.spec.min_available is not None:
        w.field(0, "Min available", obj.spec.min_available)
    elif obj.spec.max_unavailable is not None:
        w.field(0, "Max unavailable", obj.spec.max_unavailable)
    w.field(0, "Selector", "<unset>" if obj.spec.selector is None else format_label_selector(obj.spec.selector))
    w.write(0, "Status:\n")
    w.field(2, "Allowed disruptions", obj.status.disruptions_allowed)
    w.field(2, "Current", obj.status.current_healthy)
    w.field(2, "Desired", obj.status.desired_healthy)
    w.field(2, "Total", obj.status.expected_pods)
    describe_events(w, context, "PodDisruptionBudget", obj.metadata)
