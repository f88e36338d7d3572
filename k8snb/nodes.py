"""Nodes: from a number or a short description to the Node objects that their kubelets register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from k8snb.api.quantity import canonical, QuantityError
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.node import Node, NodeSpec, NodeStatus
from k8snb.api.types.placement import Taint
from k8snb.errors import K8snbError
from k8snb.kubelet.node_status import healthy_node

ZONE_LABEL = "topology.kubernetes.io/zone"
HOSTNAME_LABEL = "kubernetes.io/hostname"
_KNOWN = ("name", "count", "cpu", "memory", "pods", "labels", "taints", "zone")

NodeDescription = Mapping[str, Any]


class NodeDescriptionError(K8snbError):
    """A description of nodes that says nothing sensible."""


def describe_nodes(nodes: int | Sequence[NodeDescription]) -> list[NodeDescription]:
    """One description a node.

    Parameters
    ----------
    nodes
        How many nodes, or a list of descriptions with ``name``, ``count``, ``cpu``, ``memory``, ``pods``, ``labels``,
        ``taints``, ``zone``, all optional. With a ``count``, names are numbered from 1.

    Examples
    --------
    >>> [n["name"] for n in describe_nodes([{"name": "a", "count": 2}, {"name": "gpu"}])]
    ['a-1', 'a-2', 'gpu']
    """
    if isinstance(nodes, bool) or (isinstance(nodes, int) and nodes < 0):
        raise NodeDescriptionError(f"nodes: {nodes!r} is no number of nodes")
    given: Sequence[NodeDescription] = [{"name": "node", "count": nodes}] if isinstance(nodes, int) else nodes
    result: list[NodeDescription] = []
    for row in given:
        if not isinstance(row, Mapping):
            raise NodeDescriptionError(f"nodes: {row!r} is no description of a node")
        unknown = [key for key in row if key not in _KNOWN]
        if unknown:
            raise NodeDescriptionError(f"nodes: unknown field {unknown[0]!r}; known are {', '.join(_KNOWN)}")
        name, count = str(row.get("name", "node")), row.get("count")
        names = [name] if count is None else [f"{name}-{i + 1}" for i in range(int(count))]
        result.extend({**row, "name": n, "count": None} for n in names)
    return result


def node_from(description: NodeDescription, now: int) -> Node:
    """The Node object that a kubelet registers, ready.

    Parameters
    ----------
    now
        The present, in milliseconds since the epoch.

    Raises
    ------
    NodeDescriptionError
        When a quantity or a taint cannot be read.
    """
    name = description["name"]
    capacity = {
        "cpu": _quantity(description, "cpu", "8"),
        "ephemeral-storage": "100Gi",
        "memory": _quantity(description, "memory", "32Gi"),
        "pods": _quantity(description, "pods", "110"),
    }
    labels = {
        "beta.kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        HOSTNAME_LABEL: name,
        "kubernetes.io/os": "linux",
    }
    if description.get("zone"):
        labels[ZONE_LABEL] = str(description["zone"])
    labels.update(description.get("labels") or {})
    return Node(
        metadata=ObjectMeta(name=name, labels=labels, annotations={"node.alpha.kubernetes.io/ttl": "0"}),
        spec=NodeSpec(taints=tuple(_taint(t) for t in description.get("taints") or ())),
        status=healthy_node(NodeStatus(capacity=capacity, allocatable=capacity), now),
    )


def _quantity(description: NodeDescription, field: str, default: str) -> str:
    text = str(description.get(field) or default)
    try:
        return canonical(text)
    except QuantityError as error:
        raise NodeDescriptionError(f"nodes: {field}: {text!r}: {error}") from None


def _taint(row: Any) -> Taint:
    """A taint as a mapping, or as kubectl writes it: ``key=value:Effect``."""
    if isinstance(row, Mapping):
        return Taint(key=str(row["key"]), value=str(row.get("value", "")), effect=str(row["effect"]))
    pair, colon, effect = str(row).rpartition(":")
    if not colon:
        raise NodeDescriptionError(f"nodes: taints: {row!r} is not key=value:Effect")
    key, _, value = pair.partition("=")
    return Taint(key=key, value=value, effect=effect)
