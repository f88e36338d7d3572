"""Brings pods together that belong together, and keeps apart those that do not bear each other.

References
----------
``pkg/scheduler/framework/plugins/interpodaffinity/plugin.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from k8snb.api.types.config import Namespace
from k8snb.scheduler.framework import Cycle, NodeFilter, Plugin, Scorer
from k8snb.scheduler.labels import selects
from k8snb.scheduler.listers import Listers
from k8snb.scheduler.node_info import NodeInfo
from k8snb.scheduler.plugins.inter_pod_affinity.filtering import AffinityFilter, PLUGIN
from k8snb.scheduler.plugins.inter_pod_affinity.scoring import AffinityScorer
from k8snb.scheduler.signature import AffinityTerm


class InterPodAffinity(Plugin):
    """Required terms filter, preferred ones score; other pods' terms about this pod count as well as its own."""

    name: ClassVar[str] = PLUGIN
    weight: ClassVar[int] = 2

    def pre_filter(self, cycle: Cycle) -> NodeFilter | None:
        """A filter, when the pod has required terms or another pod's anti-affinity means it."""
        signature, snapshot = cycle.pod.signature, cycle.snapshot
        if not signature.has_affinity and not snapshot.affinity:
            return None
        affinity = _resolved(signature.affinity, cycle.listers)
        anti_affinity = _resolved(signature.anti_affinity, cycle.listers)
        found = AffinityFilter(signature, affinity, anti_affinity, namespace_labels(signature.namespace, cycle.listers))
        found.count(snapshot.nodes)
        return None if found.has_nothing_to_check else found

    def pre_score(self, cycle: Cycle, nodes: Sequence[NodeInfo]) -> Scorer | None:
        """A scorer, when a preferred term of the pod, or a term of another pod, applies."""
        del nodes
        signature, snapshot = cycle.pod.signature, cycle.snapshot
        if not signature.has_affinity and not snapshot.affinity:
            return None
        preferred = _resolved(signature.preferred_affinity, cycle.listers)
        anti = _resolved(signature.preferred_anti_affinity, cycle.listers)
        found = AffinityScorer(signature, preferred, anti, namespace_labels(signature.namespace, cycle.listers))
        found.count(snapshot.nodes)
        return found if found.weights else None


def namespace_labels(namespace: str, listers: Listers) -> Mapping[str, str]:
    """The labels of a namespace; none when it is not known."""
    known = listers.of(Namespace).get(namespace)
    return known.metadata.labels if known is not None else {}


def _resolved(terms: Sequence[AffinityTerm], listers: Listers) -> tuple[AffinityTerm, ...]:
    """The pod's own terms with selected namespaces named, so that existing pods' namespaces need no look.

    A selector that selects every namespace stays as it is.
    """
    return tuple(_with_names(term, listers) for term in terms)


def _with_names(term: AffinityTerm, listers: Listers) -> AffinityTerm:
    selector = term.namespace_selector
    if selector is None or not selector.requirements:
        return term
    found = (n.metadata.name for n in listers.of(Namespace).values() if selects(selector, n.metadata.labels))
    return term._replace(namespaces=term.namespaces | frozenset(found), namespace_selector=None)
