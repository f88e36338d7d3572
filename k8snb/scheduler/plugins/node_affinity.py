"""Node selectors and node affinity.

References
----------
``pkg/scheduler/framework/plugins/nodeaffinity/node_affinity.go @ v1.36``
``staging/src/k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from k8snb.api.types.node import Node
from k8snb.api.types.placement import NodeSelectorTerm, PreferredSchedulingTerm
from k8snb.scheduler.framework import Cycle, default_normalize, NodeFilter, Plugin, Scorer
from k8snb.scheduler.labels import any_node_term_matches, NODE_NAME_FIELD, node_term_matches
from k8snb.scheduler.node_info import NodeInfo
from k8snb.scheduler.signature import Signature
from k8snb.scheduler.status import Status, unresolvable


class NodeAffinity(Plugin):
    """``nodeSelector`` and required terms filter, preferred terms score."""

    name: ClassVar[str] = "NodeAffinity"
    weight: ClassVar[int] = 2

    def pre_filter(self, cycle: Cycle) -> NodeFilter | Status | None:
        """A filter; a refusal when the terms name nodes but none of them in common."""
        signature = cycle.pod.signature
        terms = signature.required_node_terms
        if terms is None and not signature.spec.node_selector:
            return None
        names = _node_names(terms or ())
        if names is not None and not names:
            return _CONFLICT
        return _AffinityFilter(signature, names)

    def pre_score(self, cycle: Cycle, nodes: Sequence[NodeInfo]) -> Scorer | None:
        """A scorer, when the pod prefers some nodes."""
        del nodes
        preferred = preferred_terms(cycle.pod.signature)
        return AffinityScorer(preferred) if preferred else None


def required_affinity_matches(signature: Signature, node: Node) -> bool:
    """Whether a node is one that the pod's node selector and required terms allow.

    References
    ----------
    ``nodeaffinity.go RequiredNodeAffinity.Match @ v1.36``
    """
    labels = node.metadata.labels
    for key, value in signature.spec.node_selector.items():
        if labels.get(key) != value:
            return False
    terms = signature.required_node_terms
    return terms is None or any_node_term_matches(terms, node)


def preferred_terms(signature: Signature) -> tuple[PreferredSchedulingTerm, ...]:
    """The preferred terms of a pod's node affinity."""
    affinity = signature.spec.affinity
    if affinity is None or affinity.node_affinity is None:
        return ()
    return affinity.node_affinity.preferred_during_scheduling_ignored_during_execution


def _node_names(terms: Sequence[NodeSelectorTerm]) -> frozenset[str] | None:
    """The nodes that the terms name, when each of them names some."""
    names: frozenset[str] | None = None
    for term in terms:
        of_term: frozenset[str] | None = None
        for field in term.match_fields:
            if field.key == NODE_NAME_FIELD and field.operator == "In":
                values = frozenset(field.values)
                of_term = values if of_term is None else of_term & values
        if of_term is None:
            return None
        names = of_term if names is None else names | of_term
    return names


class _AffinityFilter(NodeFilter):
    def __init__(self, signature: Signature, node_names: frozenset[str] | None) -> None:
        self.signature = signature
        self.node_names = node_names

    def check(self, node: NodeInfo) -> Status | None:
        return None if required_affinity_matches(self.signature, node.known_node) else _REFUSAL


class AffinityScorer(Scorer):
    """Adds up the weights of the preferred terms that a node meets."""

    def __init__(self, terms: tuple[PreferredSchedulingTerm, ...]) -> None:
        self.terms = terms

    def score(self, node: NodeInfo) -> int:
        """The sum of the weights."""
        known = node.known_node
        return sum(term.weight for term in self.terms if node_term_matches(term.preference, known))

    def normalize(self, scores: list[int], nodes: Sequence[NodeInfo]) -> list[int]:
        """The greatest sum first."""
        del nodes
        return default_normalize(scores, reverse=False)


_REFUSAL = unresolvable(NodeAffinity.name, "node(s) didn't match Pod's node affinity/selector")
_CONFLICT = unresolvable(NodeAffinity.name, "pod affinity terms conflict")
