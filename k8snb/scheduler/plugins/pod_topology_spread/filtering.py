"""Keeps a topology from getting ahead of the others by more than a constraint's ``maxSkew``.

References
----------
``pkg/scheduler/framework/plugins/podtopologyspread/filtering.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from k8snb.scheduler.framework import NodeFilter
from k8snb.scheduler.labels import selects
from k8snb.scheduler.matcher import Matcher
from k8snb.scheduler.node_info import NodeInfo
from k8snb.scheduler.plugins.pod_topology_spread.constraints import Constraint, has_all_labels
from k8snb.scheduler.signature import PodInfo, Signature
from k8snb.scheduler.status import Status, unresolvable, unschedulable

PLUGIN = "PodTopologySpread"
SKEW_REFUSAL = unschedulable(PLUGIN, "node(s) didn't match pod topology spread constraints")
NO_LABEL_REFUSAL = unresolvable(PLUGIN, "node(s) didn't match pod topology spread constraints (missing required label)")


def exceeds_skew(constraint: Constraint, here: int, least: int, *, counts_itself: bool) -> bool:
    """Whether a pod more would bring a topology with `here` pods too far ahead of the one with the `least`."""
    return here + counts_itself - least > constraint.max_skew


def least_count(constraint: Constraint, counts: Collection[int], topologies: int) -> int:
    """The fewest pods in any topology; none while there are fewer topologies than the constraint wants."""
    return min(counts) if counts and topologies >= constraint.min_domains else 0


class SpreadFilter(NodeFilter):
    """The pods of every topology of every hard constraint."""

    def __init__(self, signature: Signature, constraints: Sequence[Constraint]) -> None:
        self.signature = signature
        self.constraints = constraints
        self.matchers = [Matcher(c.selector, signature.namespace) for c in constraints]
        self.counts: list[dict[str, int]] = [{} for _ in constraints]
        self.itself = [selects(c.selector, signature.labels) for c in constraints]
        self._least: list[int] | None = None

    def count(self, nodes: Sequence[NodeInfo]) -> None:
        """Count the pods of all nodes."""
        for node in nodes:
            if not has_all_labels(node.labels, self.constraints):
                continue
            for constraint, matcher, counts in zip(self.constraints, self.matchers, self.counts, strict=True):
                if constraint.includes(node.known_node, self.signature):
                    value = node.labels[constraint.topology_key]
                    counts[value] = counts.get(value, 0) + matcher.count(node)

    def check(self, node: NodeInfo) -> Status | None:
        """Compares the node's topologies with the least."""
        labels = node.labels
        if self._least is None:
            pairs = zip(self.constraints, self.counts, strict=True)
            self._least = [least_count(constraint, counts.values(), len(counts)) for constraint, counts in pairs]
        rows = zip(self.constraints, self.counts, self._least, self.itself, strict=True)
        for constraint, counts, least, itself in rows:
            value = labels.get(constraint.topology_key)
            if value is None:
                return NO_LABEL_REFUSAL
            if exceeds_skew(constraint, counts.get(value, 0), least, counts_itself=itself):
                return SKEW_REFUSAL
        return None

    def add_pod(self, added: PodInfo, node: NodeInfo) -> None:
        """One more pod in the node's topologies."""
        self._update(added, node, 1)

    def remove_pod(self, removed: PodInfo, node: NodeInfo) -> None:
        """One pod less in the node's topologies."""
        self._update(removed, node, -1)

    def clone(self) -> NodeFilter:
        """A copy with counts of its own."""
        other = SpreadFilter(self.signature, self.constraints)
        other.counts = [dict(counts) for counts in self.counts]
        return other

    def _update(self, pod: PodInfo, node: NodeInfo, by: int) -> None:
        signature = pod.signature
        if signature.namespace != self.signature.namespace or not has_all_labels(node.labels, self.constraints):
            return
        self._least = None
        for constraint, counts in zip(self.constraints, self.counts, strict=True):
            if selects(constraint.selector, signature.labels) and constraint.includes(node.known_node, self.signature):
                value = node.labels[constraint.topology_key]
                counts[value] = counts.get(value, 0) + by
