"""Keeps pods waiting for their claims, and off nodes that their volumes cannot be reached from.

References
----------
``pkg/scheduler/framework/plugins/volumebinding/volume_binding.go, binder.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from k8snb.api.claims import (
    claim_name_of,
    class_of_claim,
    is_bound,
    LOST,
    NO_PROVISIONER,
    problem_of_ownership,
    SELECTED_NODE,
    waits_for_first_consumer,
)
from k8snb.api.types.claims import PersistentVolumeClaim, StorageClass, TopologySelectorTerm
from k8snb.api.types.node import Node
from k8snb.api.types.persistent_volume import PersistentVolume
from k8snb.api.types.pod import Pod
from k8snb.scheduler.framework import Cycle, NodeFilter, Plugin
from k8snb.scheduler.labels import any_node_term_matches
from k8snb.scheduler.listers import Listers
from k8snb.scheduler.node_info import NodeInfo
from k8snb.scheduler.status import Status, unresolvable


class VolumeBinding(Plugin):
    """Bound claims must be reachable, claims of an immediate class bound; others are provisioned where the pod goes.

    Notes
    -----
    Unbound claims that wait for their first consumer are not matched with volumes made by hand, and the capacity that
    a storage driver has left is not known.
    """

    name: ClassVar[str] = "VolumeBinding"

    def pre_filter(self, cycle: Cycle) -> NodeFilter | Status | None:
        """A filter, when the pod has claims; a refusal while one of them is missing, going or unbound."""
        if not cycle.pod.pod.spec.volumes:
            return None
        claims: list[PersistentVolumeClaim] = []
        for found in pod_claims(cycle.pod.pod, cycle.listers):
            if isinstance(found, str):
                return unresolvable(self.name, found)
            claims.append(found)
        if not claims:
            return None
        waiting = [claim for claim in claims if not is_bound(claim)]
        if any(not is_delayed(claim, cycle.listers) for claim in waiting):
            return unresolvable(self.name, "pod has unbound immediate PersistentVolumeClaims")
        return _VolumesFilter([claim for claim in claims if is_bound(claim)], waiting, cycle.listers)


def pod_claims(pod: Pod, listers: Listers) -> Iterator[PersistentVolumeClaim | str]:
    """The claims of a pod's volumes; in place of one that cannot be used, what is wrong with it."""
    meta = pod.metadata
    known = listers.of(PersistentVolumeClaim)
    for volume in pod.spec.volumes:
        name, is_ephemeral = claim_name_of(meta.name, volume), volume.ephemeral is not None
        if not name:
            continue
        claim = known.get(f"{meta.namespace}/{name}")
        problem = _problem(claim, pod, is_ephemeral) if claim is not None else _missing(name, ephemeral=is_ephemeral)
        if problem:
            yield problem
        elif claim is not None:
            yield claim


def _problem(claim: PersistentVolumeClaim, pod: Pod, is_ephemeral: bool) -> str:
    name = claim.metadata.name
    if claim.status.phase == LOST:
        return f'persistentvolumeclaim "{name}" bound to non-existent persistentvolume "{claim.spec.volume_name}"'
    if claim.metadata.deletion_timestamp is not None:
        return f'persistentvolumeclaim "{name}" is being deleted'
    return problem_of_ownership(claim, pod) if is_ephemeral else ""


def _missing(name: str, *, ephemeral: bool) -> str:
    if ephemeral:
        return f'waiting for ephemeral volume controller to create the persistentvolumeclaim "{name}"'
    return f'persistentvolumeclaim "{name}" not found'


def is_delayed(claim: PersistentVolumeClaim, listers: Listers) -> bool:
    """Whether an unbound claim waits for the scheduler to choose its pod's node."""
    return not claim.spec.volume_name and waits_for_first_consumer(claim, listers.of(StorageClass))


class _VolumesFilter(NodeFilter):
    def __init__(
        self, bound: Sequence[PersistentVolumeClaim], delayed: Sequence[PersistentVolumeClaim], listers: Listers
    ) -> None:
        known = listers.of(PersistentVolume)
        self.volumes = [known.get(claim.spec.volume_name) for claim in bound]
        self.delayed = [(claim, listers.of(StorageClass).get(class_of_claim(claim))) for claim in delayed]

    def check(self, node: NodeInfo) -> Status | None:
        fault = self._fault_of_bound(node)
        waits = any(not _can_provision(claim, of, node) for claim, of in self.delayed)
        faults = (fault == _OUT_OF_REACH and fault, waits and _NOTHING_TO_BIND, fault == _NO_VOLUME and fault)
        reasons = tuple(reason for reason in faults if reason)
        return unresolvable(VolumeBinding.name, *reasons) if reasons else None

    def _fault_of_bound(self, node: NodeInfo) -> str:
        """What is wrong with the first bound volume that cannot be used here."""
        for volume in self.volumes:
            if volume is None:
                return _NO_VOLUME
            if not _reaches(volume, node.known_node):
                return _OUT_OF_REACH
        return ""


def _reaches(volume: PersistentVolume, node: Node) -> bool:
    affinity = volume.spec.node_affinity
    if affinity is None or affinity.required is None:
        return True
    return any_node_term_matches(affinity.required.node_selector_terms, node)


def _can_provision(claim: PersistentVolumeClaim, storage_class: StorageClass | None, node: NodeInfo) -> bool:
    selected = claim.metadata.annotations.get(SELECTED_NODE)
    if selected is not None and selected != node.name:
        return False
    if storage_class is None or storage_class.provisioner in ("", NO_PROVISIONER):
        return False
    return _topology_matches(storage_class.allowed_topologies, node)


def _topology_matches(terms: Sequence[TopologySelectorTerm], node: NodeInfo) -> bool:
    labels = node.labels
    return not terms or any(
        term.match_label_expressions and all(labels.get(e.key) in e.values for e in term.match_label_expressions)
        for term in terms
    )


_OUT_OF_REACH = "node(s) didn't match PersistentVolume's node affinity"
_NOTHING_TO_BIND = "node(s) didn't find available persistent volumes to bind"
_NO_VOLUME = "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)"
