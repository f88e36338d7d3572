"""Prefers nodes in topologies that have few pods of the same sort.

References
----------
``pkg/scheduler/framework/plugins/podtopologyspread/scoring.go @ v1.36``
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from k8snb.scheduler.framework import MAX_NODE_SCORE, Scorer
from k8snb.scheduler.matcher import Matcher
from k8snb.scheduler.node_info import NodeInfo
from k8snb.scheduler.plugins.pod_topology_spread.constraints import Constraint, has_all_labels
from k8snb.scheduler.signature import Signature


@lru_cache(4096)
def topology_weight(topologies: int) -> float:
    """The more topologies there are, the more each pod in one of them counts."""
    return math.log(topologies + 2)


def score_for_count(count: int, max_skew: int, weight: float) -> float:
    """The score of a topology with so many pods; a large `max_skew` waters the differences down."""
    return count * weight + (max_skew - 1)


def rounded(score: float) -> int:
    """The nearest integer, a half away from zero, as Go rounds."""
    whole = int(score)
    return whole + (score - whole >= 0.5)


def reversed_score(score: int, least: int, greatest: int) -> int:
    """A raw score (many pods) brought to 0 … 100 (few pods)."""
    return MAX_NODE_SCORE * (greatest + least - score) // greatest if greatest else MAX_NODE_SCORE


class SpreadScorer(Scorer):
    """The pods of every topology that a fitting node belongs to.

    Parameters
    ----------
    signature
        What the pod looks like.
    constraints
        The soft constraints.
    needs_all_labels
        Whether nodes without one of the topologies' labels are left out; so it is for constraints of the pod's own.
    """

    def __init__(self, signature: Signature, constraints: Sequence[Constraint], *, needs_all_labels: bool) -> None:
        self.signature = signature
        self.constraints = constraints
        self.needs_all_labels = needs_all_labels
        self.matchers = [Matcher(c.selector, signature.namespace) for c in constraints]
        self.counts: list[dict[str, int]] = [{} for _ in constraints]
        self.weights: list[float] = []
        self.ignored: dict[str, None] = {}

    def count(self, fitting: Sequence[NodeInfo], all_nodes: Sequence[NodeInfo]) -> None:
        """Find the topologies of the fitting nodes, and count their pods on all nodes."""
        for node in fitting:
            if self._lacks_labels(node):
                self.ignored[node.name] = None
                continue
            for constraint, counts in zip(self.constraints, self.counts, strict=True):
                if not constraint.is_by_host:
                    counts.setdefault(node.labels.get(constraint.topology_key, ""), 0)
        scored = len(fitting) - len(self.ignored)
        sizes = (scored if c.is_by_host else len(n) for c, n in zip(self.constraints, self.counts, strict=True))
        self.weights = [topology_weight(size) for size in sizes]
        for node in all_nodes:
            if not self._lacks_labels(node):
                self._count_pods(node)

    def score(self, node: NodeInfo) -> int:
        """How crowded the node's topologies are."""
        if node.name in self.ignored:
            return 0
        score = 0.0
        rows = zip(self.constraints, self.matchers, self.counts, self.weights, strict=True)
        for constraint, matcher, counts, weight in rows:
            value = node.labels.get(constraint.topology_key)
            if value is not None:
                here = matcher.count(node) if constraint.is_by_host else counts[value]
                score += score_for_count(here, constraint.max_skew, weight)
        return rounded(score)

    def normalize(self, scores: list[int], nodes: Sequence[NodeInfo]) -> list[int]:
        """The least crowded first; nodes that lack a label get nothing."""
        counted = [s for s, node in zip(scores, nodes, strict=True) if node.name not in self.ignored]
        least, greatest = min(counted, default=0), max(counted, default=0)
        return [
            0 if node.name in self.ignored else reversed_score(score, least, greatest)
            for score, node in zip(scores, nodes, strict=True)
        ]

    def _lacks_labels(self, node: NodeInfo) -> bool:
        return self.needs_all_labels and not has_all_labels(node.labels, self.constraints)

    def _count_pods(self, node: NodeInfo) -> None:
        for constraint, matcher, counts in zip(self.constraints, self.matchers, self.counts, strict=True):
            value = node.labels.get(constraint.topology_key, "")
            if value in counts and constraint.includes(node.known_node, self.signature):
                counts[value] += matcher.count(node)
