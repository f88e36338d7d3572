"""Keeps pods from mounting what only one pod, or one writer a node, may mount.

References
----------
``pkg/scheduler/framework/plugins/volumerestrictions/volume_restrictions.go @ v1.36``
"""

from __future__ import annotations

from typing import ClassVar

from k8snb.api.types.claims import PersistentVolumeClaim
from k8snb.api.types.volumes import Volume
from k8snb.scheduler.framework import Cycle, NodeFilter, Plugin
from k8snb.scheduler.node_info import NodeInfo
from k8snb.scheduler.signature import is_restricted, PodInfo
from k8snb.scheduler.status import Status, unresolvable, unschedulable

READ_WRITE_ONCE_POD = "ReadWriteOncePod"


class VolumeRestrictions(Plugin):
    """``ReadWriteOncePod`` claims, and disks that can be attached only once or only for reading."""

    name: ClassVar[str] = "VolumeRestrictions"

    def pre_filter(self, cycle: Cycle) -> NodeFilter | Status | None:
        """A filter, when the pod mounts such a disk or when a claim that is for one pod is in use."""
        signature = cycle.pod.signature
        disks = tuple(volume for volume in signature.spec.volumes if is_restricted(volume))
        exclusive = []
        for key in signature.claims:
            claim = cycle.listers.of(PersistentVolumeClaim).get(key)
            if claim is None:
                return unresolvable(self.name, f'persistentvolumeclaim "{key.partition("/")[2]}" not found')
            if READ_WRITE_ONCE_POD in claim.spec.access_modes:
                exclusive.append(key)
        conflicts = sum(key in cycle.snapshot.claims for key in exclusive)
        return _RestrictionsFilter(disks, tuple(exclusive), conflicts) if disks or conflicts else None


class _RestrictionsFilter(NodeFilter):
    def __init__(self, disks: tuple[Volume, ...], exclusive: tuple[str, ...], conflicts: int) -> None:
        self.disks = disks
        self.exclusive = exclusive
        self.conflicts = conflicts

    def check(self, node: NodeInfo) -> Status | None:
        for disk in self.disks:
            if any(disks_conflict(disk, other) for signature in node.counts for other in signature.spec.volumes):
                return _DISK_CONFLICT
        return _CLAIM_IN_USE if self.conflicts > 0 else None

    def add_pod(self, added: PodInfo, node: NodeInfo) -> None:
        del node
        self.conflicts += sum(key in added.signature.claims for key in self.exclusive)

    def remove_pod(self, removed: PodInfo, node: NodeInfo) -> None:
        del node
        self.conflicts -= sum(key in removed.signature.claims for key in self.exclusive)

    def clone(self) -> NodeFilter:
        return _RestrictionsFilter(self.disks, self.exclusive, self.conflicts)


def disks_conflict(one: Volume, other: Volume) -> bool:
    """Whether two pods' volumes are one disk, and may not be on one node for that."""
    disk, existing = one.gce_persistent_disk, other.gce_persistent_disk
    if disk is not None and existing is not None and disk.pd_name == existing.pd_name:
        return not (disk.read_only and existing.read_only)
    store, known = one.aws_elastic_block_store, other.aws_elastic_block_store
    if store is not None and known is not None and store.volume_id == known.volume_id:
        return True
    target, taken = one.iscsi, other.iscsi
    if target is not None and taken is not None and target.iqn == taken.iqn:
        return not (target.read_only and taken.read_only)
    return _rbd_conflict(one, other)


def _rbd_conflict(one: Volume, other: Volume) -> bool:
    image, existing = one.rbd, other.rbd
    if image is None or existing is None or not any(m in existing.monitors for m in image.monitors):
        return False
    same = image.pool == existing.pool and image.image == existing.image
    return same and not (image.read_only and existing.read_only)


_DISK_CONFLICT = unschedulable(VolumeRestrictions.name, "node(s) had no available disk")
_CLAIM_IN_USE = unschedulable(
    VolumeRestrictions.name,
    "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod",
)
