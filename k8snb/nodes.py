"""Nodes: from a number or a short description to the Node objects that their kubelets register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import Any

from msgspec.structs import replace

from k8snb.api.decode import DecodeError, from_dict
from k8snb.api.json_reader import replace_surrogates
from k8snb.api.manifests import type_name
from k8snb.api.quantity import canonical, QuantityError
from k8snb.api.topology import HOSTNAME, ZONE
from k8snb.api.types.meta import ObjectMeta, OwnerReference
from k8snb.api.types.node import Lease, LeaseSpec, Node, NodeSystemInfo
from k8snb.api.validation.node import validate_node
from k8snb.api.version import VERSION
from k8snb.errors import K8snbError
from k8snb.kubelet.node_status import healthy_node
from k8snb.machinery.heartbeats import LEASES_NAMESPACE

LEASE_SECONDS = 40
MOST_NODES = 100_000
_KNOWN = ("name", "count", "cpu", "memory", "pods", "labels", "taints", "zone")
SYSTEM = NodeSystemInfo(
    kernel_version="simulated",
    os_image="k8snb",
    container_runtime_version="sim://1",
    kubelet_version=VERSION,
    operating_system="linux",
    architecture="amd64",
)

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
    result: list[NodeDescription] = []
    for row in _rows(nodes):
        unknown = [key for key in row if key not in _KNOWN]
        if unknown:
            raise NodeDescriptionError(f"nodes: unknown field {unknown[0]!r}; known are {', '.join(_KNOWN)}")
        name, count = row.get("name", "node"), row.get("count")
        if not isinstance(name, str):
            raise NodeDescriptionError(f"nodes: name: {name!r} is no text")
        names = [name] if count is None else [f"{name}-{i + 1}" for i in range(_count(count, "nodes: count"))]
        result.extend({**row, "name": n, "count": None} for n in names)
    return result


def one_node(description: NodeDescription) -> NodeDescription:
    """The one node that a description means; raises NodeDescriptionError where it means several, or none."""
    found = describe_nodes([description])
    if len(found) != 1 or description.get("count") is not None:
        raise NodeDescriptionError("nodes: count: one node is added at a time")
    return found[0]


def _rows(nodes: int | Sequence[NodeDescription]) -> Sequence[NodeDescription]:
    if isinstance(nodes, Integral):
        return [{"name": "node", "count": _count(nodes, "nodes")}]
    if isinstance(nodes, str | bytes) or not isinstance(nodes, Sequence):
        raise NodeDescriptionError(f"nodes: {_shown(nodes)} is neither a number nor a list of descriptions")
    for row in nodes:
        if not isinstance(row, Mapping):
            raise NodeDescriptionError(f"nodes: {row!r} is no description of a node")
    return nodes


def _count(count: Any, name: str) -> int:
    number = int(count) if isinstance(count, Integral) and not isinstance(count, bool) else -1
    if number < 0:
        raise NodeDescriptionError(f"{name}: {_shown(count)} is no number of nodes")
    if number > MOST_NODES:
        raise NodeDescriptionError(f"{name}: at most {MOST_NODES} nodes can be asked for at once")
    return number


def _shown(value: Any) -> str:
    """A value in a message; of anything but numbers and texts, its type."""
    return repr(value) if isinstance(value, bool | float | str) else str(value) if _small(value) else type_name(value)


def _small(value: Any) -> bool:
    return isinstance(value, int) and abs(value) < 10**30


def node_from(description: NodeDescription, now: int, system: NodeSystemInfo = NodeSystemInfo()) -> Node:  # noqa: B008
    """The Node object that a kubelet registers, ready.

    Parameters
    ----------
    now
        The present, in milliseconds since the epoch.
    system
        What the kubelet says that it is and runs on.

    Raises
    ------
    NodeDescriptionError
        When something of it cannot be read, or Kubernetes would refuse such a node.
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
        HOSTNAME: name,
        "kubernetes.io/os": "linux",
    }
    if description.get("zone"):
        labels[ZONE] = str(description["zone"])
    given = description.get("labels") or {}
    if not isinstance(given, Mapping) or not all(isinstance(key, str) for key in given):
        raise NodeDescriptionError(f"nodes: labels: {given!r} are no labels")
    body = {
        "metadata": {"name": name, "labels": {**labels, **given}, "annotations": {"node.alpha.kubernetes.io/ttl": "0"}},
        "spec": {"taints": _taints(description.get("taints") or ())},
        "status": {"capacity": capacity, "allocatable": capacity},
    }
    try:
        node = from_dict(Node, replace_surrogates(body))
    except DecodeError as error:
        raise NodeDescriptionError(f"nodes: {name}: {error}") from None
    if faults := validate_node(node):
        raise NodeDescriptionError(f"nodes: {faults[0]}")
    return replace(node, status=healthy_node(replace(node.status, node_info=system), now))


def lease_of(node: Node, now: int) -> Lease:
    """The lease that a kubelet takes out for its node. Renewals of it are not written, but readers see them."""
    meta = node.metadata
    owner = OwnerReference(api_version=node.api_version, kind=node.kind, name=meta.name, uid=meta.uid)
    return Lease(
        metadata=ObjectMeta(name=meta.name, namespace=LEASES_NAMESPACE, owner_references=(owner,)),
        spec=LeaseSpec(holder_identity=meta.name, lease_duration_seconds=LEASE_SECONDS, renew_time=now),
    )


def _quantity(description: NodeDescription, field: str, default: str) -> str:
    given = description.get(field)
    text = default if given in (None, "") else str(given)
    try:
        return canonical(text)
    except QuantityError as error:
        raise NodeDescriptionError(f"nodes: {field}: {text!r}: {error}") from None


def _taints(rows: Any) -> list[Any]:
    if isinstance(rows, str | bytes) or not isinstance(rows, Sequence):
        raise NodeDescriptionError(f"nodes: taints: {rows!r} is no list of taints")
    return [_taint(row) for row in rows]


def _taint(row: Any) -> dict[str, Any]:
    """A taint as a mapping, or as kubectl writes it: ``key=value:Effect``."""
    if isinstance(row, Mapping):
        return dict(row)
    pair, colon, effect = str(row).rpartition(":")
    if not colon:
        raise NodeDescriptionError(f"nodes: taints: {row!r} is not key=value:Effect")
    key, _, value = pair.partition("=")
    return {"key": key, "value": value, "effect": effect}
