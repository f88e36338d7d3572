"""Which volume fits a claim.

References
----------
``staging/src/k8s.io/component-helpers/storage/volume/pv_helpers.go FindMatchingVolume`` and
``pkg/controller/volume/persistentvolume/index.go findByClaim, pv_controller.go checkVolumeSatisfyClaim @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable

from k8snb.api.quantity import value
from k8snb.api.selectors import matches
from k8snb.api.types.claims import PersistentVolumeClaim
from k8snb.api.types.persistent_volume import PersistentVolume

BETA_CLASS = "volume.beta.kubernetes.io/storage-class"
FILESYSTEM = "Filesystem"


def class_of_claim(claim: PersistentVolumeClaim) -> str:
    """The storage class that a claim asks for; the empty name asks for none."""
    beta = claim.metadata.annotations.get(BETA_CLASS)
    return beta if beta is not None else claim.spec.storage_class_name or ""


def class_of_volume(volume: PersistentVolume) -> str:
    """The storage class of a volume."""
    return volume.metadata.annotations.get(BETA_CLASS, volume.spec.storage_class_name)


def requested_size(claim: PersistentVolumeClaim) -> int:
    """The bytes that a claim asks for."""
    return value(claim.spec.resources.requests.get("storage", "0"))


def size_of(volume: PersistentVolume) -> int:
    """The bytes that a volume has."""
    return value(volume.spec.capacity.get("storage", "0"))


def is_bound_to(volume: PersistentVolume, claim: PersistentVolumeClaim) -> bool:
    """The volume is the claim's, or reserved for it by name."""
    reference, meta = volume.spec.claim_ref, claim.metadata
    if reference is None or (reference.namespace, reference.name) != (meta.namespace, meta.name):
        return False
    return reference.uid in ("", meta.uid)


def modes_differ(claim: PersistentVolumeClaim, volume: PersistentVolume) -> bool:
    """One is a file system, the other a raw block device."""
    return (claim.spec.volume_mode or FILESYSTEM) != (volume.spec.volume_mode or FILESYSTEM)


def has_access_modes(claim: PersistentVolumeClaim, volume: PersistentVolume) -> bool:
    """The volume can be mounted in all the ways that the claim asks for."""
    return all(mode in volume.spec.access_modes for mode in claim.spec.access_modes)


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
    fitting = [v for v in volumes if has_access_modes(claim, v) and _is_candidate(claim, v)]
    fitting.sort(key=lambda v: len(v.spec.access_modes))
    by_modes: dict[tuple[str, ...], list[PersistentVolume]] = {}
    for volume in fitting:
        by_modes.setdefault(volume.spec.access_modes, []).append(volume)
    for group in by_modes.values():
        reserved = next((v for v in group if is_bound_to(v, claim)), None)
        if reserved is not None:
            return reserved
        free = [] if delay_binding else [v for v in group if _is_free(claim, v)]
        if free:
            return min(free, key=size_of)
    return None


def _is_candidate(claim: PersistentVolumeClaim, volume: PersistentVolume) -> bool:
    if volume.spec.claim_ref is not None and not is_bound_to(volume, claim):
        return False
    if volume.metadata.deletion_timestamp is not None or size_of(volume) < requested_size(claim):
        return False
    same_attributes = (claim.spec.volume_attributes_class_name or "") == (
        volume.spec.volume_attributes_class_name or ""
    )
    return same_attributes and not modes_differ(claim, volume)


def _is_free(claim: PersistentVolumeClaim, volume: PersistentVolume) -> bool:
    if volume.status.phase != "Available" or class_of_volume(volume) != class_of_claim(claim):
        return False
    return claim.spec.selector is None or matches(claim.spec.selector, volume.metadata.labels)


def mismatch(volume: PersistentVolume, claim: PersistentVolumeClaim) -> str:
    """Why a volume that a claim asks for by name does not do; empty when it does."""
    if volume.metadata.deletion_timestamp is not None:
        return f'the volume is marked for deletion "{volume.metadata.name}"'
    if size_of(volume) < requested_size(claim):
        return "requested PV is too small"
    if class_of_volume(volume) != class_of_claim(claim):
        return "storageClassName does not match"
    if (claim.spec.volume_attributes_class_name or "") != (volume.spec.volume_attributes_class_name or ""):
        return "volumeAttributesClassName does not match"
    if modes_differ(claim, volume):
        return "incompatible volumeMode"
    return "" if has_access_modes(claim, volume) else "incompatible accessMode"
