"""Prefers topologies with pods that this pod, or that themselves, like to be together, and avoids the opposite.

References
----------
``pkg/scheduler/framework/plugins/interpodaffinity/scoring.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from k8snb.scheduler.framework import MAX_NODE_SCORE, Scorer
from k8snb.scheduler.node_info import NodeInfo
from k8snb.scheduler.signature import AffinityTerm, Signature

HARD_POD_AFFINITY_WEIGHT = 1  # what another pod's required affinity to this one counts


class AffinityScorer(Scorer):
    """Weights by topology key and value.

    Parameters
    ----------
    signature
        What the pod looks like.
    preferred, preferred_anti
        The pod's preferred terms, selectors of namespaces resolved to names.
    namespace_labels
        The labels of the pod's namespace.
    """

    def __init__(
        self,
        signature: Signature,
        preferred: Sequence[AffinityTerm],
        preferred_anti: Sequence[AffinityTerm],
        namespace_labels: Mapping[str, str],
    ) -> None:
        self.signature = signature
        self.preferred = preferred
        self.preferred_anti = preferred_anti
        self.namespace_labels = namespace_labels
        self.weights: dict[str, dict[str, int]] = {}

    def count(self, nodes: Iterable[NodeInfo]) -> None:
        """Add up the weights over the pods of all nodes."""
        own_terms = self.preferred or self.preferred_anti
        for node in nodes:
            for signature, number in (node.counts if own_terms else node.with_affinity).items():
                self._count_pods(signature, node, number)

    def score(self, node: NodeInfo) -> int:
        """The sum of the weights of the node's topologies; negative where the pod would rather not be."""
        labels = node.labels
        return sum(by_value.get(labels.get(key, ""), 0) for key, by_value in self.weights.items() if key in labels)

    def normalize(self, scores: list[int], nodes: Sequence[NodeInfo]) -> list[int]:
        """Spread evenly between the worst and the best; in floats, as upstream."""
        del nodes
        least = min(scores)
        span = max(scores) - least
        return [int(MAX_NODE_SCORE * ((score - least) / span)) if span else 0 for score in scores]

    def _count_pods(self, existing: Signature, node: NodeInfo, number: int) -> None:
        for term in self.preferred:
            if term.matches(existing.namespace, existing.labels, None):
                self._add(term, node, term.weight * number)
        for term in self.preferred_anti:
            if term.matches(existing.namespace, existing.labels, None):
                self._add(term, node, -term.weight * number)
        for term in existing.affinity:
            if self._means_me(term):
                self._add(term, node, HARD_POD_AFFINITY_WEIGHT * number)
        for term in existing.preferred_affinity:
            if self._means_me(term):
                self._add(term, node, term.weight * number)
        for term in existing.preferred_anti_affinity:
            if self._means_me(term):
                self._add(term, node, -term.weight * number)

    def _means_me(self, term: AffinityTerm) -> bool:
        return term.matches(self.signature.namespace, self.signature.labels, self.namespace_labels)

    def _add(self, term: AffinityTerm, node: NodeInfo, weight: int) -> None:
        value = node.labels.get(term.topology_key)
        if value is not None:
            by_value = self.weights.setdefault(term.topology_key, {})
            by_value[value] = by_value.get(value, 0) + weight
