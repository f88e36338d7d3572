"""Which volume fits a claim, and what a volume says once it is a claim's.

References
----------
``staging/src/k8s.io/component-helpers/storage/volume/pv_helpers.go FindMatchingVolume, GetBindVolumeToClaim,
IsVolumeBoundToClaim, CheckAccessModes @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable

from msgspec.structs import replace

from k8snb.api.claims import AVAILABLE, BOUND_BY_CONTROLLER, class_of_claim, class_of_volume
from k8snb.api.quantity import value
from k8snb.api.selectors import matches
from k8snb.api.types.claims import PersistentVolumeClaim
from k8snb.api.types.persistent_volume import ObjectReference, PersistentVolume

FILESYSTEM = "Filesystem"

Reaches = Callable[[PersistentVolume], bool]


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


def attributes_differ(claim: PersistentVolumeClaim, volume: PersistentVolume) -> bool:
    """They name different classes of volume attributes."""
    return (claim.spec.volume_attributes_class_name or "") != (volume.spec.volume_attributes_class_name or "")


def has_access_modes(claim: PersistentVolumeClaim, volume: PersistentVolume) -> bool:
    """The volume can be mounted in all the ways that the claim asks for."""
    return all(mode in volume.spec.access_modes for mode in claim.spec.access_modes)


def candidates(claim: PersistentVolumeClaim, volumes: Iterable[PersistentVolume]) -> list[PersistentVolume]:
    """The volumes that are large enough and of the right kind, and that no other claim has."""
    return [volume for volume in volumes if _is_candidate(claim, volume)]


def find_matching_volume(
    claim: PersistentVolumeClaim, found: Iterable[PersistentVolume], reaches: Reaches, excluded: Container[str] = ()
) -> PersistentVolume | None:
    """The volume that is reserved for the claim, or else the smallest available one that will do.

    Parameters
    ----------
    found
        The `candidates`.
    reaches
        Tells whether a volume can be used where the claim's pod goes. A reserved one that cannot rules out all others.
    excluded
        The names of volumes that are taken otherwise.
    """
    best: PersistentVolume | None = None
    for volume in found:
        if volume.metadata.name in excluded:
            continue
        if is_bound_to(volume, claim):
            return volume if reaches(volume) else None
        if is_free(claim, volume) and (best is None or size_of(volume) < size_of(best)):
            best = volume if has_access_modes(claim, volume) and reaches(volume) else best
    return best


def _is_candidate(claim: PersistentVolumeClaim, volume: PersistentVolume) -> bool:
    if volume.spec.claim_ref is not None and not is_bound_to(volume, claim):
        return False
    if volume.metadata.deletion_timestamp is not None or size_of(volume) < requested_size(claim):
        return False
    return not attributes_differ(claim, volume) and not modes_differ(claim, volume)


def is_free(claim: PersistentVolumeClaim, volume: PersistentVolume) -> bool:
    """Whether a volume is available to claims of this class and selector."""
    if volume.status.phase != AVAILABLE or class_of_volume(volume) != class_of_claim(claim):
        return False
    return claim.spec.selector is None or matches(claim.spec.selector, volume.metadata.labels)


def bound_to_claim(volume: PersistentVolume, claim: PersistentVolumeClaim) -> PersistentVolume:
    """The volume with its reference to the claim, not stored yet; itself if it has that already.

    A volume that no user reserved for the claim is marked, so that it can be offered again.
    """
    reference, meta = volume.spec.claim_ref, volume.metadata
    if reference is not None and is_bound_to(volume, claim) and reference.uid:
        return volume
    if not is_bound_to(volume, claim) and BOUND_BY_CONTROLLER not in meta.annotations:
        meta = replace(meta, annotations={**meta.annotations, BOUND_BY_CONTROLLER: "yes"})
    return replace(volume, metadata=meta, spec=replace(volume.spec, claim_ref=reference_to(claim)))


def reference_to(claim: PersistentVolumeClaim) -> ObjectReference:
    """The reference by which a volume names its claim."""
    meta = claim.metadata
    return ObjectReference(
        kind="PersistentVolumeClaim",
        namespace=meta.namespace,
        name=meta.name,
        uid=meta.uid,
        api_version="v1",
        resource_version=meta.resource_version,
    )
