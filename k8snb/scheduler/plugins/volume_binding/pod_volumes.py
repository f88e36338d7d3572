"""Which volumes a pod could have on a node: those of its bound claims, existing ones that match, new ones.

References
----------
``pkg/scheduler/framework/plugins/volumebinding/binder.go FindPodVolumes, findMatchingVolumes, checkVolumeProvisions,
checkBoundClaims @ v1.36``
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from k8snb.api.claims import class_of_claim, class_of_volume, NO_PROVISIONER, SELECTED_NODE
from k8snb.api.types.claims import PersistentVolumeClaim, StorageClass, TopologySelectorTerm
from k8snb.api.types.node import Node
from k8snb.api.types.persistent_volume import PersistentVolume
from k8snb.api.volume_matching import candidates, find_matching_volume, requested_size
from k8snb.scheduler.labels import any_node_term_matches
from k8snb.scheduler.listers import Listers
from k8snb.scheduler.node_info import NodeInfo

OUT_OF_REACH = "node(s) didn't match PersistentVolume's node affinity"
NOTHING_TO_BIND = "node(s) didn't find available persistent volumes to bind"
NO_VOLUME = "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)"


class Binding(NamedTuple):
    """An existing volume for a claim."""

    volume: PersistentVolume
    claim: PersistentVolumeClaim


class PodVolumes(NamedTuple):
    """What a pod's claims that are not bound yet get on a node: existing volumes, and new ones."""

    bindings: tuple[Binding, ...] = ()
    provisions: tuple[PersistentVolumeClaim, ...] = ()


class _Delayed(NamedTuple):
    """A claim that waits for its first consumer, its class, and the volumes that it could have on some node."""

    claim: PersistentVolumeClaim
    storage_class: StorageClass
    candidates: list[PersistentVolume]


class VolumeFinder:
    """Looks for the volumes of one pod, node by node.

    Parameters
    ----------
    bound
        The pod's claims that have their volumes.
    delayed
        Those that wait for their first consumer.
    listers
        The objects that the scheduler has heard of.
    """

    def __init__(
        self, bound: Sequence[PersistentVolumeClaim], delayed: Sequence[PersistentVolumeClaim], listers: Listers
    ) -> None:
        known = listers.of(PersistentVolume)
        self._bound = [known.get(claim.spec.volume_name) for claim in bound]
        # The smallest claims choose first, so that they take the smallest volumes.
        self._delayed = [_delayed(claim, listers) for claim in sorted(delayed, key=requested_size)]

    @property
    def has_delayed(self) -> bool:
        """Whether any claim has to be bound."""
        return bool(self._delayed)

    def find(self, node: NodeInfo) -> PodVolumes | tuple[str, ...]:
        """What the claims get on a node, or why the pod cannot go there."""
        fault = self._fault_of_bound(node.known_node)
        found = self._find_for_delayed(node)
        faults = (fault == OUT_OF_REACH and fault, found is None and NOTHING_TO_BIND, fault == NO_VOLUME and fault)
        reasons = tuple(reason for reason in faults if reason)
        return reasons if reasons or found is None else found

    def _fault_of_bound(self, node: Node) -> str:
        """What is wrong with the first bound volume that cannot be used here."""
        for volume in self._bound:
            if volume is None:
                return NO_VOLUME
            if not reaches(volume, node):
                return OUT_OF_REACH
        return ""

    def _find_for_delayed(self, node: NodeInfo) -> PodVolumes | None:
        """Existing volumes first; what finds none, and what was sent to this node before, is provisioned."""
        bindings: dict[str, Binding] = {}
        selected, unmatched = [], []
        for delayed in self._delayed:
            chosen_node = delayed.claim.metadata.annotations.get(SELECTED_NODE)
            if chosen_node is not None and chosen_node != node.name:
                return None
            if chosen_node is not None:
                selected.append(delayed)
                continue
            volume = find_matching_volume(
                delayed.claim, delayed.candidates, lambda v: reaches(v, node.known_node), bindings
            )
            if volume is None:
                unmatched.append(delayed)
            else:
                bindings[volume.metadata.name] = Binding(volume, delayed.claim)
        provisions = [*selected, *unmatched]
        if not all(_can_provision(delayed.storage_class, node) for delayed in provisions):
            return None
        return PodVolumes(tuple(bindings.values()), tuple(delayed.claim for delayed in provisions))


def reaches(volume: PersistentVolume, node: Node) -> bool:
    """Whether a volume can be used on a node."""
    affinity = volume.spec.node_affinity
    if affinity is None or affinity.required is None:
        return True
    return any_node_term_matches(affinity.required.node_selector_terms, node)


def _delayed(claim: PersistentVolumeClaim, listers: Listers) -> _Delayed:
    name = class_of_claim(claim)
    of_class = [volume for volume in listers.volumes.values() if class_of_volume(volume) == name]
    return _Delayed(claim, listers.of(StorageClass)[name], candidates(claim, of_class))


def _can_provision(storage_class: StorageClass, node: NodeInfo) -> bool:
    if storage_class.provisioner in ("", NO_PROVISIONER):
        return False
    return _topology_matches(storage_class.allowed_topologies, node)


def _topology_matches(terms: Sequence[TopologySelectorTerm], node: NodeInfo) -> bool:
    labels = node.labels
    return not terms or any(
        term.match_label_expressions and all(labels.get(e.key) in e.values for e in term.match_label_expressions)
        for term in terms
    )
