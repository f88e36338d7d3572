"""Prefers nodes where a pod makes the use of CPU and of memory more alike.

References
----------
``pkg/scheduler/framework/plugins/noderesources/balanced_allocation.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from k8snb.scheduler.framework import Cycle, MAX_NODE_SCORE, Plugin, Scorer
from k8snb.scheduler.node_info import NodeInfo
from k8snb.scheduler.resources import Amounts


class NodeResourcesBalancedAllocation(Plugin):
    """Compares how far the used shares of CPU and memory lie apart with and without the pod."""

    name: ClassVar[str] = "NodeResourcesBalancedAllocation"
    weight: ClassVar[int] = 1

    def pre_score(self, cycle: Cycle, nodes: Sequence[NodeInfo]) -> Scorer | None:
        """A scorer; none for a pod that requests neither, which would otherwise pile up on one node."""
        del nodes
        requests = cycle.pod.signature.demand.requests
        return _BalancedScorer(requests) if requests.milli_cpu or requests.memory else None


class _BalancedScorer(Scorer):
    def __init__(self, requests: Amounts) -> None:
        self.requests = requests

    def score(self, node: NodeInfo) -> int:
        return balanced_allocation(self.requests, node)


def balanced_allocation(requests: Amounts, node: NodeInfo) -> int:
    """75 where the balance stays, towards 100 where the pod improves it, towards 50 where it spoils it."""
    has = node.allocatable
    cpu, memory = node.milli_cpu, node.memory
    after = _balance(cpu + requests.milli_cpu, has.milli_cpu, memory + requests.memory, has.memory)
    before = _balance(cpu, has.milli_cpu, memory, has.memory)
    half = MAX_NODE_SCORE // 2
    return half + (half + after - before) // 2


def _balance(cpu: int, cpu_capacity: int, memory: int, memory_capacity: int) -> int:
    """One minus the standard deviation of two shares, which is half their distance; in floats, as upstream."""
    if not cpu_capacity or not memory_capacity:
        return MAX_NODE_SCORE
    difference = min(cpu / cpu_capacity, 1.0) - min(memory / memory_capacity, 1.0)
    return int((1 - abs(difference / 2)) * MAX_NODE_SCORE)
