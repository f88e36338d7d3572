"""Which volume the controller gives to a claim.

References
----------
``pkg/controller/volume/persistentvolume/index.go findByClaim, pv_controller.go checkVolumeSatisfyClaim @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable

from k8snb.api.claims import class_of_claim, class_of_volume
from k8snb.api.types.claims import PersistentVolumeClaim
from k8snb.api.types.persistent_volume import PersistentVolume
from k8snb.api.volume_matching import (
    attributes_differ,
    candidates,
    find_matching_volume,
    has_access_modes,
    is_bound_to,
    modes_differ,
    requested_size,
    size_of,
)


def find_best_match(
    claim: PersistentVolumeClaim, volumes: Iterable[PersistentVolume], delay_binding: bool
) -> PersistentVolume | None:
    """The volume that is reserved for the claim, or else the smallest available one that will do.

    Parameters
    ----------
    delay_binding
        Whether the scheduler chooses: then only a volume that is reserved for the claim counts.

    Notes
    -----
    Volumes that can be mounted in fewer ways go first.
    """
    fitting = [v for v in candidates(claim, volumes) if has_access_modes(claim, v)]
    if delay_binding:
        fitting = [v for v in fitting if is_bound_to(v, claim)]
    fitting.sort(key=lambda v: len(v.spec.access_modes))
    by_modes: dict[tuple[str, ...], list[PersistentVolume]] = {}
    for volume in fitting:
        by_modes.setdefault(volume.spec.access_modes, []).append(volume)
    for group in by_modes.values():
        best = find_matching_volume(claim, group, lambda _: True)
        if best is not None:
            return best
    return None


def mismatch(volume: PersistentVolume, claim: PersistentVolumeClaim) -> str:
    """Why a volume that a claim asks for by name does not do; empty when it does."""
    if volume.metadata.deletion_timestamp is not None:
        return f'the volume is marked for deletion "{volume.metadata.name}"'
    if size_of(volume) < requested_size(claim):
        return "requested PV is too small"
    if class_of_volume(volume) != class_of_claim(claim):
        return "storageClassName does not match"
    if attributes_differ(claim, volume):
        return "volumeAttributesClassName does not match"
    if modes_differ(claim, volume):
        return "incompatible volumeMode"
    return "" if has_access_modes(claim, volume) else "incompatible accessMode"
