"""Keeps pods off nodes in other zones than their volumes' labels name.

References
----------
``pkg/scheduler/framework/plugins/volumezone/volume_zone.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from k8snb.api.claims import waits_for_first_consumer
from k8snb.api.topology import REGION, ZONE
from k8snb.api.types.claims import PersistentVolumeClaim, StorageClass
from k8snb.api.types.persistent_volume import PersistentVolume
from k8snb.scheduler.framework import Cycle, NodeFilter, Plugin
from k8snb.scheduler.node_info import NodeInfo
from k8snb.scheduler.status import Status, unresolvable

BETA_ZONE = "failure-domain.beta.kubernetes.io/zone"
BETA_REGION = "failure-domain.beta.kubernetes.io/region"
TOPOLOGY_LABELS = (BETA_ZONE, BETA_REGION, ZONE, REGION)
ZONES_DELIMITER = "__"

_STABLE_LABEL = {BETA_ZONE: ZONE, BETA_REGION: REGION}


class _Topology(NamedTuple):
    key: str
    values: tuple[str, ...]


class VolumeZone(Plugin):
    """Compares zone and region labels of bound volumes with the nodes'."""

    name: ClassVar[str] = "VolumeZone"

    def pre_filter(self, cycle: Cycle) -> NodeFilter | Status | None:
        """A filter, when the pod's volumes have zones."""
        topologies: list[_Topology] = []
        for key in cycle.pod.signature.claims:
            claim = cycle.listers.of(PersistentVolumeClaim).get(key)
            if claim is None:
                return unresolvable(self.name, f'persistentvolumeclaim "{key.partition("/")[2]}" not found')
            found = _volume_of(claim, cycle)
            if isinstance(found, Status):
                return found
            topologies += _topologies(found) if found is not None else ()
        return _ZoneFilter(topologies) if topologies else None


def _volume_of(claim: PersistentVolumeClaim, cycle: Cycle) -> PersistentVolume | Status | None:
    """The volume of a claim; None when it is yet to be provisioned."""
    name = claim.spec.volume_name
    if name:
        volume = cycle.listers.of(PersistentVolume).get(name)
        return volume if volume is not None else unresolvable(VolumeZone.name, f'persistentvolume "{name}" not found')
    if waits_for_first_consumer(claim, cycle.listers.of(StorageClass)):
        return None
    return unresolvable(VolumeZone.name, "PersistentVolume had no name")


def _topologies(volume: PersistentVolume) -> list[_Topology]:
    labels = volume.metadata.labels
    return [_Topology(key, tuple(labels[key].split(ZONES_DELIMITER))) for key in TOPOLOGY_LABELS if key in labels]


class _ZoneFilter(NodeFilter):
    def __init__(self, topologies: Sequence[_Topology]) -> None:
        self.topologies = topologies

    def check(self, node: NodeInfo) -> Status | None:
        labels = node.labels
        if not any(key in labels for key in TOPOLOGY_LABELS):
            return None
        for key, values in self.topologies:
            value = labels.get(key, labels.get(_STABLE_LABEL.get(key, key)))
            if value not in values:
                return _REFUSAL
        return None


_REFUSAL = unresolvable(VolumeZone.name, "node(s) had no available volume zone")
