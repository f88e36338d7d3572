"""The tables of nodes and leases.

References
----------
``pkg/printers/internalversion/printers.go printNode, findNodeRoles, printLease @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping

from k8snb.api.schema import KubernetesObject
from k8snb.api.types.node import Lease, Node
from k8snb.kubectl.ages import since
from k8snb.kubectl.printers.table import Cell, kind_table, KindTable

_ROLE_PREFIX = "node-role.kubernetes.io/"
_ROLE = "kubernetes.io/role"


def _node(obj: Node, now_ms: int) -> tuple[Cell, ...]:
    info = obj.status.node_info
    architecture = f" ({info.architecture})" if info.architecture else ""
    return (
        obj.metadata.name,
        node_status(obj),
        ",".join(node_roles(obj)) or "<none>",
        since(obj.metadata.creation_timestamp, now_ms),
        info.kubelet_version,
        _address(obj, "InternalIP"),
        _address(obj, "ExternalIP"),
        info.os_image or "<unknown>",
        (info.kernel_version or "<unknown>") + architecture,
        info.container_runtime_version or "<unknown>",
    )


def node_status(node: Node) -> str:
    """The STATUS of a node: ``Ready``, ``NotReady,SchedulingDisabled`` …"""
    ready = next((c.status for c in reversed(node.status.conditions) if c.type == "Ready"), None)
    word = "Unknown" if ready is None else "Ready" if ready == "True" else "NotReady"
    return f"{word},SchedulingDisabled" if node.spec.unschedulable else word


def node_roles(node: Node) -> list[str]:
    """The roles that a node's labels give it."""
    labels = node.metadata.labels
    roles = {key.removeprefix(_ROLE_PREFIX) for key in labels if key.startswith(_ROLE_PREFIX)}
    return sorted((roles | {labels.get(_ROLE, "")}) - {""})


def _address(node: Node, kind: str) -> str:
    return next((a.address for a in node.status.addresses if a.type == kind), "<none>")


def _lease(obj: Lease, now_ms: int) -> tuple[Cell, ...]:
    return obj.metadata.name, obj.spec.holder_identity or "", since(obj.metadata.creation_timestamp, now_ms)


TABLES: Mapping[type[KubernetesObject], KindTable] = {
    Node: kind_table(
        "Name|Status|Roles|Age|Version",
        _node,
        wide="Internal-IP|External-IP|OS-Image|Kernel-Version|Container-Runtime",
    ),
    Lease: kind_table("Name|Holder|Age", _lease),
}
