"""Keeps pods off nodes whose taints they do not tolerate, and prefers nodes with few soft taints.

References
----------
``pkg/scheduler/framework/plugins/tainttoleration/taint_toleration.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from k8snb.api.types.placement import Toleration
from k8snb.scheduler.framework import Cycle, default_normalize, NodeFilter, Plugin, Scorer
from k8snb.scheduler.labels import tolerates, untolerated_taint
from k8snb.scheduler.node_info import NodeInfo
from k8snb.scheduler.status import Status, unresolvable


class TaintToleration(Plugin):
    """``NoSchedule`` and ``NoExecute`` filter, ``PreferNoSchedule`` scores."""

    name: ClassVar[str] = "TaintToleration"
    weight: ClassVar[int] = 3

    def pre_filter(self, cycle: Cycle) -> NodeFilter:
        """A filter for the pod's tolerations."""
        return _TaintFilter(cycle.pod.signature.tolerations)

    def pre_score(self, cycle: Cycle, nodes: Sequence[NodeInfo]) -> Scorer:
        """A scorer for those tolerations that can be about soft taints."""
        del nodes
        return TaintScorer(cycle.pod.signature.tolerations)


class _TaintFilter(NodeFilter):
    def __init__(self, tolerations: tuple[Toleration, ...]) -> None:
        self.tolerations = tolerations

    def check(self, node: NodeInfo) -> Status | None:
        taints = node.known_node.spec.taints
        return _REFUSAL if taints and untolerated_taint(taints, self.tolerations) is not None else None


class TaintScorer(Scorer):
    """Counts the soft taints that are not tolerated: the fewer, the better."""

    def __init__(self, tolerations: tuple[Toleration, ...]) -> None:
        self.tolerations = tuple(t for t in tolerations if t.effect in ("", "PreferNoSchedule"))

    def score(self, node: NodeInfo) -> int:
        """The number of soft taints that are not tolerated."""
        taints = node.known_node.spec.taints
        return sum(t.effect == "PreferNoSchedule" and not tolerates(self.tolerations, t) for t in taints)

    def normalize(self, scores: list[int], nodes: Sequence[NodeInfo]) -> list[int]:
        """Fewest first."""
        del nodes
        return default_normalize(scores, reverse=True)


_REFUSAL = unresolvable(TaintToleration.name, "node(s) had untolerated taint(s)")
