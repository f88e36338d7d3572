"""Keeps pods off nodes that lack what they request, and prefers nodes with much left.

References
----------
``pkg/scheduler/framework/plugins/noderesources/fit.go, least_allocated.go, resource_allocation.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from k8snb.scheduler.framework import Cycle, MAX_NODE_SCORE, NodeFilter, Plugin, Scorer
from k8snb.scheduler.node_info import NodeInfo
from k8snb.scheduler.resources import Amounts, Demand
from k8snb.scheduler.status import Code, Status

TOO_MANY_PODS = "Too many pods"


class NodeResourcesFit(Plugin):
    """CPU, memory, ephemeral storage, extended resources and pods per node; scores by ``LeastAllocated``."""

    name: ClassVar[str] = "NodeResourcesFit"
    weight: ClassVar[int] = 1

    def pre_filter(self, cycle: Cycle) -> NodeFilter:
        """A filter for the pod's requests."""
        return FitFilter(cycle.pod.signature.demand.requests)

    def pre_score(self, cycle: Cycle, nodes: Sequence[NodeInfo]) -> Scorer:
        """A scorer for the pod's requests, where nothing requested counts as a little."""
        del nodes
        return LeastAllocatedScorer(cycle.pod.signature.demand)


class FitFilter(NodeFilter):
    """Compares what is requested with what is left."""

    def __init__(self, requests: Amounts) -> None:
        self.requests = requests

    def check(self, node: NodeInfo) -> Status | None:
        """Names everything that a node lacks."""
        return insufficient(self.requests, node)


def insufficient(requests: Amounts, node: NodeInfo) -> Status | None:
    """What a node lacks for the requests; lacking for good when it would lack it even without pods.

    References
    ----------
    ``fit.go fitsRequest @ v1.36``
    """
    has = node.allocatable
    if (
        len(node.pods) < has.pods
        and requests.milli_cpu <= has.milli_cpu - node.milli_cpu
        and requests.memory <= has.memory - node.memory
        and not requests.ephemeral_storage
        and not requests.scalars
    ):
        return None
    lacking: list[str] = []
    code = Code.UNSCHEDULABLE
    if len(node.pods) + 1 > has.pods:
        lacking.append(TOO_MANY_PODS)
    for name, wanted, used, there in resource_rows(requests, node):
        if wanted > 0 and wanted > there - used:
            lacking.append(f"Insufficient {name}")
            if wanted > there:
                code = Code.UNSCHEDULABLE_AND_UNRESOLVABLE
    return Status(code, tuple(lacking), NodeResourcesFit.name) if lacking else None


def resource_rows(requests: Amounts, node: NodeInfo) -> list[tuple[str, int, int, int]]:
    """Of each resource: its name, what is requested, what is used, what there is."""
    has = node.allocatable
    rows = [
        ("cpu", requests.milli_cpu, node.milli_cpu, has.milli_cpu),
        ("memory", requests.memory, node.memory, has.memory),
        ("ephemeral-storage", requests.ephemeral_storage, node.ephemeral_storage, has.ephemeral_storage),
    ]
    if requests.scalars:
        there = dict(has.scalars)
        rows += [(name, wanted, node.scalars.get(name, 0), there.get(name, 0)) for name, wanted in requests.scalars]
    return rows


class LeastAllocatedScorer(Scorer):
    """The share of CPU and of memory that would be left, on average."""

    def __init__(self, demand: Demand) -> None:
        self.demand = demand

    def score(self, node: NodeInfo) -> int:
        """0 (nothing left) … 100 (nothing used)."""
        return least_allocated(self.demand, node)


def least_allocated(demand: Demand, node: NodeInfo) -> int:
    """The mean, in whole percent, of the shares of CPU and memory that are left with the pod."""
    has = node.allocatable
    total = weights = 0
    if has.milli_cpu:
        total += _share_left(node.non_zero_cpu + demand.scored_cpu, has.milli_cpu)
        weights += 1
    if has.memory:
        total += _share_left(node.non_zero_memory + demand.scored_memory, has.memory)
        weights += 1
    return total // weights if weights else 0


def _share_left(requested: int, capacity: int) -> int:
    return (capacity - requested) * MAX_NODE_SCORE // capacity if requested <= capacity else 0
