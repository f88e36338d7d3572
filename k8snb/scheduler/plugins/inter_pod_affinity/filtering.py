"""Keeps a pod near the pods that it must be with, and away from those that one of the two does not bear.

References
----------
``pkg/scheduler/framework/plugins/interpodaffinity/filtering.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from k8snb.scheduler.framework import NodeFilter
from k8snb.scheduler.node_info import NodeInfo
from k8snb.scheduler.signature import AffinityTerm, PodInfo, Signature
from k8snb.scheduler.status import Status, unresolvable, unschedulable

PLUGIN = "InterPodAffinity"
_NOT_NEAR = unresolvable(PLUGIN, "node(s) didn't match pod affinity rules")
_NOT_AWAY = unschedulable(PLUGIN, "node(s) didn't match pod anti-affinity rules")
_NOT_BORNE = unschedulable(PLUGIN, "node(s) didn't satisfy existing pods anti-affinity rules")

TopologyPair = tuple[str, str]
Counts = dict[TopologyPair, int]


class AffinityFilter(NodeFilter):
    """How many pods there are by topology that the pod wants, does not bear, or that do not bear the pod.

    Parameters
    ----------
    signature
        What the pod looks like.
    affinity, anti_affinity
        The pod's required terms, selectors of namespaces resolved to names.
    namespace_labels
        The labels of the pod's namespace.
    """

    def __init__(
        self,
        signature: Signature,
        affinity: Sequence[AffinityTerm],
        anti_affinity: Sequence[AffinityTerm],
        namespace_labels: Mapping[str, str],
    ) -> None:
        self.signature = signature
        self.affinity = affinity
        self.anti_affinity = anti_affinity
        self.namespace_labels = namespace_labels
        self.wanted: Counts = {}
        self.not_borne: Counts = {}
        self.not_bearing: Counts = {}

    @property
    def has_nothing_to_check(self) -> bool:
        """Whether every node will do."""
        return not (self.not_bearing or self.affinity or self.anti_affinity)

    def count(self, nodes: Iterable[NodeInfo]) -> None:
        """Count the pods of all nodes."""
        own_terms = self.affinity or self.anti_affinity
        for node in nodes:
            for signature, number in (node.counts if own_terms else node.with_affinity).items():
                self._update(signature, node, number)

    def check(self, node: NodeInfo) -> Status | None:
        """Looks at the node's topologies: wanted pods first, then those not borne, then those that do not bear."""
        if not self._near(node):
            return _NOT_NEAR
        labels = node.labels
        if self.not_borne and any(_number(self.not_borne, t, labels) > 0 for t in self.anti_affinity):
            return _NOT_AWAY
        if self.not_bearing and any(self.not_bearing.get(pair, 0) > 0 for pair in labels.items()):
            return _NOT_BORNE
        return None

    def _near(self, node: NodeInfo) -> bool:
        labels = node.labels
        if any(term.topology_key not in labels for term in self.affinity):
            return False
        if all(_number(self.wanted, term, labels) > 0 for term in self.affinity):
            return True
        # The first pod of a group that wants to be together would wait for ever.
        return not self.wanted and matches_all(self.affinity, self.signature)

    def add_pod(self, added: PodInfo, node: NodeInfo) -> None:
        """One more pod in the node's topologies."""
        self._update(added.signature, node, 1)

    def remove_pod(self, removed: PodInfo, node: NodeInfo) -> None:
        """One pod less in the node's topologies."""
        self._update(removed.signature, node, -1)

    def clone(self) -> NodeFilter:
        """A copy with counts of its own."""
        other = AffinityFilter(self.signature, self.affinity, self.anti_affinity, self.namespace_labels)
        other.wanted = dict(self.wanted)
        other.not_borne = dict(self.not_borne)
        other.not_bearing = dict(self.not_bearing)
        return other

    def _update(self, existing: Signature, node: NodeInfo, by: int) -> None:
        mine = self.signature
        for term in existing.anti_affinity:
            if term.matches(mine.namespace, mine.labels, self.namespace_labels):
                _add(self.not_bearing, term, node, by)
        if matches_all(self.affinity, existing):
            for term in self.affinity:
                _add(self.wanted, term, node, by)
        for term in self.anti_affinity:
            if term.matches(existing.namespace, existing.labels, None):
                _add(self.not_borne, term, node, by)


def matches_all(terms: Sequence[AffinityTerm], signature: Signature) -> bool:
    """Whether there are terms, and a pod is meant by all of them."""
    return bool(terms) and all(t.matches(signature.namespace, signature.labels, None) for t in terms)


def _number(counts: Counts, term: AffinityTerm, labels: Mapping[str, str]) -> int:
    value = labels.get(term.topology_key)
    return 0 if value is None else counts.get((term.topology_key, value), 0)


def _add(counts: Counts, term: AffinityTerm, node: NodeInfo, by: int) -> None:
    value = node.labels.get(term.topology_key)
    if value is None:
        return
    pair = (term.topology_key, value)
    number = counts.get(pair, 0) + by
    if number:
        counts[pair] = number
    else:
        counts.pop(pair, None)
