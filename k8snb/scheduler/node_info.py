"""A node as the scheduler knows it: what it has, what the pods on it ask for, and which pods these are.

References
----------
``pkg/scheduler/framework/types.go NodeInfo @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import TypeVar

from k8snb.api.types.containers import ContainerPort
from k8snb.api.types.node import Node
from k8snb.scheduler.resources import Amounts, amounts_of
from k8snb.scheduler.signature import Peers, PodInfo, Signature

ALL_ADDRESSES = "0.0.0.0"

HostPort = tuple[str, str, int]
K = TypeVar("K")


class ImageState:
    """An image that some nodes have: its size, and which nodes these are."""

    __slots__ = ("nodes", "size")

    def __init__(self, size: int) -> None:
        self.size = size
        self.nodes: dict[str, None] = {}


class Look:
    """What a node shows to pods that do not ask for it by name or host name. A look equals only itself."""

    __slots__ = ()


class NodeInfo:
    """One node with its pods; the numbers follow every pod that comes or goes.

    ``counts`` says how many pods of a signature are here, ``live`` how many peers that are not being deleted. A node
    that is not, or no longer, known but has pods is kept with ``node`` None. Nodes of the same ``look`` are alike but
    for their names and what is left of them.
    """

    __slots__ = (
        "allocatable",
        "claims",
        "counts",
        "ephemeral_storage",
        "images",
        "index",
        "labels",
        "live",
        "look",
        "memory",
        "milli_cpu",
        "name",
        "node",
        "non_zero_cpu",
        "non_zero_memory",
        "pods",
        "ports",
        "scalars",
        "with_affinity",
    )

    def __init__(self, name: str, index: int) -> None:
        self.name = name
        self.index = index
        self.node: Node | None = None
        self.labels: Mapping[str, str] = {}
        self.look = Look()
        self.allocatable = Amounts()
        self.pods: dict[str, PodInfo] = {}
        self.counts: dict[Signature, int] = {}
        self.live: dict[Peers, int] = {}
        self.with_affinity: dict[Signature, int] = {}
        self.milli_cpu = 0
        self.memory = 0
        self.ephemeral_storage = 0
        self.non_zero_cpu = 0
        self.non_zero_memory = 0
        self.scalars: dict[str, int] = {}
        self.ports: dict[HostPort, int] = {}
        self.claims: dict[str, int] = {}
        self.images: Mapping[str, ImageState] = {}

    @property
    def known_node(self) -> Node:
        """The node object, of a node that is known."""
        assert self.node is not None, f"node {self.name} is not known"
        return self.node

    def set_node(self, node: Node) -> None:
        """Take over a new version of the node."""
        before = self.node
        self.node = node
        self.labels = node.metadata.labels
        if before is None or before.status.allocatable is not node.status.allocatable:
            self.allocatable = amounts_of(node.status.allocatable)

    def add(self, pod: PodInfo) -> None:
        """Count a pod in."""
        signature = pod.signature
        demand = signature.demand
        requests = demand.requests
        self.pods[pod.key] = pod
        self.milli_cpu += requests.milli_cpu
        self.memory += requests.memory
        self.ephemeral_storage += requests.ephemeral_storage
        self.non_zero_cpu += demand.non_zero_cpu
        self.non_zero_memory += demand.non_zero_memory
        self.counts[signature] = self.counts.get(signature, 0) + 1
        if not pod.terminating:
            _count(self.live, signature.peers, 1)
        if signature.uncommon:
            self._count_uncommon(signature, 1)

    def remove(self, key: str) -> PodInfo:
        """Count a pod out."""
        pod = self.pods.pop(key)
        signature = pod.signature
        demand = signature.demand
        requests = demand.requests
        self.milli_cpu -= requests.milli_cpu
        self.memory -= requests.memory
        self.ephemeral_storage -= requests.ephemeral_storage
        self.non_zero_cpu -= demand.non_zero_cpu
        self.non_zero_memory -= demand.non_zero_memory
        _count(self.counts, signature, -1)
        if not pod.terminating:
            _count(self.live, signature.peers, -1)
        if signature.uncommon:
            self._count_uncommon(signature, -1)
        return pod

    def set_terminating(self, pod: PodInfo) -> None:
        """Note that a pod here is being deleted: it still takes its place, but no longer counts for spreading."""
        if not pod.terminating:
            pod.terminating = True
            _count(self.live, pod.signature.peers, -1)

    def clone(self) -> NodeInfo:
        """A copy for trying out pods' going and coming."""
        other = copy(self)
        other.pods = dict(self.pods)
        other.counts = dict(self.counts)
        other.live = dict(self.live)
        other.with_affinity = dict(self.with_affinity)
        other.scalars = dict(self.scalars)
        other.ports = dict(self.ports)
        other.claims = dict(self.claims)
        return other

    def port_conflicts(self, port: ContainerPort) -> bool:
        """Whether a pod here has taken a host port, on the same address or on all.

        References
        ----------
        ``staging/src/k8s.io/kube-scheduler/framework/types.go HostPortInfo.CheckConflict @ v1.36``
        """
        address, protocol, number = _host_port(port)
        if address == ALL_ADDRESSES:
            return any(p == protocol and n == number for _, p, n in self.ports)
        return (ALL_ADDRESSES, protocol, number) in self.ports or (address, protocol, number) in self.ports

    def take_ports(self, signature: Signature, by: int = 1) -> None:
        """Count the host ports of a pod in, or with -1 out."""
        for port in signature.host_ports:
            _count(self.ports, _host_port(port), by)

    def _count_uncommon(self, signature: Signature, by: int) -> None:
        for name, amount in signature.demand.requests.scalars:
            self.scalars[name] = self.scalars.get(name, 0) + by * amount
        self.take_ports(signature, by)
        for claim in signature.claims:
            _count(self.claims, claim, by)
        if signature.has_affinity:
            _count(self.with_affinity, signature, by)


def _host_port(port: ContainerPort) -> HostPort:
    return port.host_ip or ALL_ADDRESSES, port.protocol or "TCP", port.host_port


def _count(counts: dict[K, int], key: K, by: int) -> None:
    number = counts.get(key, 0) + by
    if number:
        counts[key] = number
    else:
        del counts[key]
