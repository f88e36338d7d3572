"""The tables of volumes, claims and storage classes.

References
----------
``pkg/printers/internalversion/printers.go printPersistentVolume, printPersistentVolumeClaim, printStorageClass
@ v1.36``
``staging/src/k8s.io/kubectl/pkg/util/storage/storage.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from k8snb.api.claims import class_of_claim, class_of_volume, is_default_class
from k8snb.api.schema import KubernetesObject
from k8snb.api.types.claims import PersistentVolumeClaim, StorageClass
from k8snb.api.types.persistent_volume import PersistentVolume
from k8snb.kubectl.ages import since
from k8snb.kubectl.printers.table import Cell, kind_table, KindTable

UNSET = "<unset>"
_MODES = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}


def access_modes(modes: Iterable[str]) -> str:
    """Access modes in short, always in the same order."""
    given = tuple(modes)
    return ",".join(short for mode, short in _MODES.items() if mode in given)


def _volume(obj: PersistentVolume, now_ms: int) -> tuple[Cell, ...]:
    claim = obj.spec.claim_ref
    return (
        obj.metadata.name,
        obj.spec.capacity.get("storage", "0"),
        access_modes(obj.spec.access_modes),
        obj.spec.persistent_volume_reclaim_policy,
        obj.status.phase if obj.metadata.deletion_timestamp is None else "Terminating",
        f"{claim.namespace}/{claim.name}" if claim else "",
        class_of_volume(obj),
        _or_unset(obj.spec.volume_attributes_class_name),
        obj.status.reason,
        since(obj.metadata.creation_timestamp, now_ms),
        _or_unset(obj.spec.volume_mode),
    )


def _or_unset(value: str | None) -> str:
    return UNSET if value is None else value


def _claim(obj: PersistentVolumeClaim, now_ms: int) -> tuple[Cell, ...]:
    bound = obj.spec.volume_name != ""
    return (
        obj.metadata.name,
        obj.status.phase if obj.metadata.deletion_timestamp is None else "Terminating",
        obj.spec.volume_name,
        obj.status.capacity.get("storage", "0") if bound else "",
        access_modes(obj.status.access_modes) if bound else "",
        class_of_claim(obj),
        _or_unset(obj.spec.volume_attributes_class_name),
        since(obj.metadata.creation_timestamp, now_ms),
        _or_unset(obj.spec.volume_mode),
    )


def _storage_class(obj: StorageClass, now_ms: int) -> tuple[Cell, ...]:
    return (
        obj.metadata.name + (" (default)" if is_default_class(obj) else ""),
        obj.provisioner,
        obj.reclaim_policy or "Delete",
        obj.volume_binding_mode or "Immediate",
        bool(obj.allow_volume_expansion),
        since(obj.metadata.creation_timestamp, now_ms),
    )


TABLES: Mapping[type[KubernetesObject], KindTable] = {
    PersistentVolume: kind_table(
        "Name|Capacity|Access Modes|Reclaim Policy|Status|Claim|StorageClass|VolumeAttributesClass|Reason|Age",
        _volume,
        wide="VolumeMode",
    ),
    PersistentVolumeClaim: kind_table(
        "Name|Status|Volume|Capacity|Access Modes|StorageClass|VolumeAttributesClass|Age", _claim, wide="VolumeMode"
    ),
    StorageClass: kind_table(
        "Name|Provisioner|ReclaimPolicy|VolumeBindingMode|AllowVolumeExpansion|Age", _storage_class
    ),
}
