"""Binds the volumes of a pod whose node is chosen: what is assumed, taken back, and waited for.

References
----------
``pkg/scheduler/framework/plugins/volumebinding/binder.go AssumePodVolumes, RevertAssumedPodVolumes, checkBindings
@ v1.36``
"""

from __future__ import annotations

from enum import Enum

from msgspec.structs import replace

from k8snb.api.claims import is_bound, SELECTED_NODE
from k8snb.api.types.claims import PersistentVolumeClaim
from k8snb.api.types.node import Node
from k8snb.api.types.persistent_volume import PersistentVolume
from k8snb.api.volume_matching import bound_to_claim
from k8snb.scheduler.listers import key_of, Listers
from k8snb.scheduler.plugins.volume_binding.pod_volumes import Binding, PodVolumes, reaches


class Waiting(Enum):
    """A binding that is neither complete nor failed."""

    WAITING = "waiting"


def assume(volumes: PodVolumes, node_name: str, listers: Listers) -> PodVolumes:
    """Count on what is going to be written: volumes name their claims, claims the node."""
    bindings = tuple(Binding(bound_to_claim(volume, claim), claim) for volume, claim in volumes.bindings)
    provisions = tuple(_with_selected_node(claim, node_name) for claim in volumes.provisions)
    for binding in bindings:
        listers.volumes.assume(binding.volume)
    for claim in provisions:
        listers.claims.assume(claim)
    listers.generation += 1
    return PodVolumes(bindings, provisions)


def revert(volumes: PodVolumes, listers: Listers) -> None:
    """Take back what was assumed and is not written."""
    for binding in volumes.bindings:
        listers.volumes.restore(binding.volume)
    for claim in volumes.provisions:
        listers.claims.restore(claim)
    listers.generation += 1


def _with_selected_node(claim: PersistentVolumeClaim, node_name: str) -> PersistentVolumeClaim:
    annotations = {**claim.metadata.annotations, SELECTED_NODE: node_name}
    return replace(claim, metadata=replace(claim.metadata, annotations=annotations))


def binding_problem(volumes: PodVolumes, node: Node | None, node_name: str, listers: Listers) -> str | Waiting:
    """What a binding came to: empty when all claims are bound, else why it failed, or that it is to be waited for.

    Parameters
    ----------
    volumes
        What was written.
    node, node_name
        The pod's node, None if it is gone.
    listers
        The objects as they were heard of; what is assumed for other pods does not count.
    """
    if node is None:
        return f'failed to get node "{node_name}": node "{node_name}" not found'
    for binding in volumes.bindings:
        problem = _problem_of_volume(binding, node, listers)
        if problem != "":
            return problem
    for claim in volumes.provisions:
        problem = _problem_of_claim(claim, node, listers)
        if problem != "":
            return problem
    return ""


def _problem_of_volume(binding: Binding, node: Node, listers: Listers) -> str | Waiting:
    name, key = binding.volume.metadata.name, key_of(binding.claim)
    volume, claim = listers.of(PersistentVolume).get(name), listers.of(PersistentVolumeClaim).get(key)
    if volume is None:
        return f'failed to check binding: persistentvolumes "{name}" not found'
    if claim is None:
        return f'failed to check binding: persistentvolumeclaims "{key}" not found'
    if not reaches(volume, node):
        return _out_of_reach(volume, node)
    if volume.spec.claim_ref is None or not volume.spec.claim_ref.uid:
        return f'ClaimRef got reset for pv "{name}"'
    return "" if is_bound(claim) else Waiting.WAITING


def _problem_of_claim(written: PersistentVolumeClaim, node: Node, listers: Listers) -> str | Waiting:
    key = key_of(written)
    claim = listers.of(PersistentVolumeClaim).get(key)
    if claim is None:
        return f'failed to check provisioning pvc: persistentvolumeclaims "{key}" not found'
    if not claim.metadata.annotations:
        return f'selectedNode annotation reset for PVC "{claim.metadata.name}"'
    if claim.metadata.annotations.get(SELECTED_NODE) != node.metadata.name:
        return f'provisioning failed for PVC "{claim.metadata.name}"'
    if claim.spec.volume_name:
        volume = listers.of(PersistentVolume).get(claim.spec.volume_name)
        if volume is None:
            return Waiting.WAITING
        if not reaches(volume, node):
            return _out_of_reach(volume, node)
    return "" if is_bound(claim) else Waiting.WAITING


def _out_of_reach(volume: PersistentVolume, node: Node) -> str:
    names = f'pv "{volume.metadata.name}" node affinity doesn\'t match node "{node.metadata.name}"'
    return f"{names}: no matching NodeSelectorTerms"
