"""DefaultStorageClass and StorageObjectInUseProtection: what new claims and volumes get; PersistentVolumeClaimResize.

References
----------
``plugin/pkg/admission/storage/storageclass/setdefault/admission.go``,
``plugin/pkg/admission/storage/storageobjectinuseprotection/admission.go``,
``plugin/pkg/admission/storage/persistentvolume/resize/admission.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from k8snb.api.claims import BOUND, class_of_claim, is_default_class, names_no_class
from k8snb.api.quantity import number_of
from k8snb.api.types.claims import PersistentVolumeClaim, StorageClass
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.persistent_volume import PersistentVolume
from k8snb.machinery.admission.lifecycle import forbidden

CLAIM_PROTECTION = "kubernetes.io/pvc-protection"
VOLUME_PROTECTION = "kubernetes.io/pv-protection"


def admit_claim(claim: PersistentVolumeClaim, classes: Iterable[StorageClass]) -> PersistentVolumeClaim:
    """A new claim with the default storage class, where it names none, and protected from deletion while in use."""
    claim = replace(claim, metadata=_with_finalizer(claim.metadata, CLAIM_PROTECTION))
    if not names_no_class(claim):
        return claim
    default = default_class(classes)
    return claim if default is None else replace(claim, spec=replace(claim.spec, storage_class_name=default))


def admit_volume(volume: PersistentVolume) -> PersistentVolume:
    """A new volume, protected from deletion while it is bound."""
    return replace(volume, metadata=_with_finalizer(volume.metadata, VOLUME_PROTECTION))


def check_expansion(
    new: PersistentVolumeClaim, old: PersistentVolumeClaim, classes: Mapping[str, StorageClass]
) -> None:
    """Refuse to let a claim grow that is not bound, or whose class does not allow it.

    Raises
    ------
    Forbidden
        When it would.
    """
    if number_of(_size(new)) <= number_of(_size(old)):
        return
    if old.status.phase != BOUND:
        raise forbidden(new, "Only bound persistent volume claims can be expanded")
    name = class_of_claim(new)
    storage_class = classes.get(name) if name and name == class_of_claim(old) else None
    if storage_class is None or not storage_class.allow_volume_expansion:
        why = (
            "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support"
        )
        raise forbidden(new, f"{why} resize")


def _size(claim: PersistentVolumeClaim) -> str:
    return claim.spec.resources.requests.get("storage", "0")


def default_class(classes: Iterable[StorageClass]) -> str | None:
    """The name of the default storage class: of several, the newest, then the first by name."""
    marked = [c.metadata for c in classes if is_default_class(c)]
    if not marked:
        return None
    return min(marked, key=lambda meta: (-(meta.creation_timestamp or 0), meta.name)).name


def _with_finalizer(meta: ObjectMeta, finalizer: str) -> ObjectMeta:
    return meta if finalizer in meta.finalizers else replace(meta, finalizers=(*meta.finalizers, finalizer))
