"""The tables of what keeps pods running.

References
----------
``pkg/printers/internalversion/printers.go printDeployment, printReplicaSet, printStatefulSet, printDaemonSet,
printReplicationController, printControllerRevision, printPodDisruptionBudget @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from k8snb.api.schema import KubernetesObject
from k8snb.api.selectors import as_selector, format_label_selector
from k8snb.api.types.apps import (
    ControllerRevision,
    DaemonSet,
    Deployment,
    ReplicaSet,
    ReplicationController,
    StatefulSet,
)
from k8snb.api.types.containers import Container
from k8snb.api.types.meta import OwnerReference
from k8snb.api.types.policy import PodDisruptionBudget
from k8snb.kubectl.ages import since
from k8snb.kubectl.printers.table import Cell, format_labels, kind_table, KindTable


def names_and_images(containers: Sequence[Container]) -> tuple[str, str]:
    """The cells CONTAINERS and IMAGES."""
    return ",".join(c.name for c in containers), ",".join(c.image for c in containers)


def _deployment(obj: Deployment, now_ms: int) -> tuple[Cell, ...]:
    return (
        obj.metadata.name,
        f"{obj.status.ready_replicas}/{obj.spec.replicas or 0}",
        obj.status.updated_replicas,
        obj.status.available_replicas,
        since(obj.metadata.creation_timestamp, now_ms),
        *names_and_images(obj.spec.template.spec.containers),
        str(as_selector(obj.spec.selector)) if obj.spec.selector else "",
    )


def _replica_set(obj: ReplicaSet, now_ms: int) -> tuple[Cell, ...]:
    return (
        obj.metadata.name,
        obj.spec.replicas or 0,
        obj.status.replicas,
        obj.status.ready_replicas,
        since(obj.metadata.creation_timestamp, now_ms),
        *names_and_images(obj.spec.template.spec.containers),
        format_label_selector(obj.spec.selector),
    )


def _replication_controller(obj: ReplicationController, now_ms: int) -> tuple[Cell, ...]:
    return (
        obj.metadata.name,
        obj.spec.replicas or 0,
        obj.status.replicas,
        obj.status.ready_replicas,
        since(obj.metadata.creation_timestamp, now_ms),
        *names_and_images(obj.spec.template.spec.containers if obj.spec.template else ()),
        format_labels(obj.spec.selector),
    )


def _stateful_set(obj: StatefulSet, now_ms: int) -> tuple[Cell, ...]:
    return (
        obj.metadata.name,
        f"{obj.status.ready_replicas}/{obj.spec.replicas or 0}",
        since(obj.metadata.creation_timestamp, now_ms),
        *names_and_images(obj.spec.template.spec.containers),
    )


def _daemon_set(obj: DaemonSet, now_ms: int) -> tuple[Cell, ...]:
    return (
        obj.metadata.name,
        obj.status.desired_number_scheduled,
        obj.status.current_number_scheduled,
        obj.status.number_ready,
        obj.status.updated_number_scheduled,
        obj.status.number_available,
        format_labels(obj.spec.template.spec.node_selector),
        since(obj.metadata.creation_timestamp, now_ms),
        *names_and_images(obj.spec.template.spec.containers),
        format_label_selector(obj.spec.selector),
    )


def _controller_revision(obj: ControllerRevision, now_ms: int) -> tuple[Cell, ...]:
    owner = next((o for o in obj.metadata.owner_references if o.controller), None)
    controller = f"{_qualified(owner)}/{owner.name}" if owner else "<none>"
    return obj.metadata.name, controller, obj.revision, since(obj.metadata.creation_timestamp, now_ms)


def _qualified(owner: OwnerReference) -> str:
    """An owner's kind with its group: ``statefulset.apps``."""
    group = owner.api_version.rpartition("/")[0]
    return f"{owner.kind}.{group}".lower() if group else owner.kind.lower()


def _pod_disruption_budget(obj: PodDisruptionBudget, now_ms: int) -> tuple[Cell, ...]:
    least, most = obj.spec.min_available, obj.spec.max_unavailable
    return (
        obj.metadata.name,
        "N/A" if least is None else str(least),
        "N/A" if most is None else str(most),
        obj.status.disruptions_allowed,
        since(obj.metadata.creation_timestamp, now_ms),
    )


_TEMPLATE = "Containers|Images|Selector"

TABLES: Mapping[type[KubernetesObject], KindTable] = {
    Deployment: kind_table("Name|Ready|Up-to-date|Available|Age", _deployment, wide=_TEMPLATE),
    ReplicaSet: kind_table("Name|Desired|Current|Ready|Age", _replica_set, wide=_TEMPLATE),
    ReplicationController: kind_table("Name|Desired|Current|Ready|Age", _replication_controller, wide=_TEMPLATE),
    StatefulSet: kind_table("Name|Ready|Age", _stateful_set, wide="Containers|Images"),
    DaemonSet: kind_table(
        "Name|Desired|Current|Ready|Up-to-date|Available|Node Selector|Age", _daemon_set, wide=_TEMPLATE
    ),
    ControllerRevision: kind_table("Name|Controller|Revision|Age", _controller_revision),
    PodDisruptionBudget: kind_table(
        "Name|Min Available|Max Unavailable|Allowed Disruptions|Age", _pod_disruption_budget
    ),
}
