"""Keeps pods waiting for their claims, and off nodes that their volumes cannot be reached from.

References
----------
``pkg/scheduler/framework/plugins/volumebinding/volume_binding.go, binder.go GetPodVolumeClaims @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from k8snb.api.claims import claim_name_of, is_bound, LOST, problem_of_ownership, waits_for_first_consumer
from k8snb.api.types.claims import PersistentVolumeClaim, StorageClass
from k8snb.api.types.pod import Pod
from k8snb.scheduler.framework import Cycle, NodeFilter, Plugin
from k8snb.scheduler.listers import key_of, Listers
from k8snb.scheduler.node_info import NodeInfo
from k8snb.scheduler.plugins.volume_binding.pod_volumes import PodVolumes, VolumeFinder
from k8snb.scheduler.status import Status, unresolvable


class VolumeBinding(Plugin):
    """Bound claims must be reachable, claims of an immediate class bound; for others there must be volumes.

    Notes
    -----
    The capacity that a storage driver has left is not known. Scores by how well volumes fit are an alpha feature of
    Kubernetes 1.36, and off.
    """

    name: ClassVar[str] = "VolumeBinding"

    def pre_filter(self, cycle: Cycle) -> VolumesFilter | Status | None:
        """A filter, when the pod has claims; a refusal while one of them is missing, going or unbound."""
        if not cycle.pod.pod.spec.volumes:
            return None
        claims: list[PersistentVolumeClaim] = []
        for found in _pod_claims(cycle.pod.pod, cycle.listers):
            if isinstance(found, str):
                return unresolvable(self.name, found)
            claims.append(cycle.listers.claims.get(key_of(found)) or found)
        if not claims:
            return None
        waiting = [claim for claim in claims if not is_bound(claim)]
        if any(not _is_delayed(claim, cycle.listers) for claim in waiting):
            return unresolvable(self.name, "pod has unbound immediate PersistentVolumeClaims")
        return VolumesFilter(VolumeFinder([claim for claim in claims if is_bound(claim)], waiting, cycle.listers))

    def volumes_to_bind(self, cycle: Cycle, node: NodeInfo) -> PodVolumes | None:
        """What has to be bound before the pod may go to the node that was chosen; None when nothing has."""
        volumes = self.pre_filter(cycle)
        if not isinstance(volumes, VolumesFilter) or not volumes.finder.has_delayed:
            return None
        found = volumes.finder.find(node)
        assert isinstance(found, PodVolumes), f"{node.name} was chosen, and refused: {found}"
        return found


class VolumesFilter(NodeFilter):
    """Refuses nodes on which the pod's claims cannot get their volumes."""

    def __init__(self, finder: VolumeFinder) -> None:
        self.finder = finder

    def check(self, node: NodeInfo) -> Status | None:
        """The refusal of a node, or None."""
        found = self.finder.find(node)
        return None if isinstance(found, PodVolumes) else unresolvable(VolumeBinding.name, *found)


def _pod_claims(pod: Pod, listers: Listers) -> Iterator[PersistentVolumeClaim | str]:
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


def _is_delayed(claim: PersistentVolumeClaim, listers: Listers) -> bool:
    """Whether an unbound claim waits for the scheduler to choose its pod's node."""
    return not claim.spec.volume_name and waits_for_first_consumer(claim, listers.of(StorageClass))
