"""Rules for a pod's volumes: names, one source each, and the sources.

References
----------
``pkg/apis/core/validation/validation.go ValidateVolumes, validateVolumeSource @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from k8snb.api.claims import claim_name_of
from k8snb.api.field_errors import duplicate, FieldError, forbidden, go_quote, invalid, not_supported, required, typed
from k8snb.api.quantity import number_of
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.volumes import (
    CSIVolumeSource,
    EmptyDirVolumeSource,
    EphemeralVolumeSource,
    HostPathVolumeSource,
    ImageVolumeSource,
    NFSVolumeSource,
    PersistentVolumeClaimVolumeSource,
    Volume,
)
from k8snb.api.validation.claims import validate_claim_template
from k8snb.api.validation.formats import is_dns1123_label, is_dns1123_subdomain, size
from k8snb.api.validation.metadata import name_is_dns_subdomain
from k8snb.api.validation.network_volumes import (
    validate_azure_disk,
    validate_azure_file,
    validate_ceph_fs,
    validate_cinder,
    validate_disk_partition,
    validate_fc,
    validate_flex_volume,
    validate_flocker,
    validate_git_repo,
    validate_glusterfs,
    validate_iscsi,
    validate_photon,
    validate_portworx,
    validate_quobyte,
    validate_rbd,
    validate_scale_io,
    validate_storage_os,
    validate_vsphere,
)
from k8snb.api.validation.paths import validate_no_backsteps
from k8snb.api.validation.projected import (
    validate_config_map,
    validate_downward_api,
    validate_projected,
    validate_secret,
)

_MORE_THAN_ONE = "may not specify more than 1 volume type"
_HOST_PATH_TYPES = (
    "",
    "BlockDevice",
    "CharDevice",
    "Directory",
    "DirectoryOrCreate",
    "File",
    "FileOrCreate",
    "Socket",
)
_PULL_POLICIES = ("Always", "IfNotPresent", "Never")


def validate_volumes(
    volumes: tuple[Volume, ...], meta: ObjectMeta | None, path: str
) -> tuple[dict[str, Volume], list[FieldError]]:
    """The faultless volumes of a pod by name, and the faults of the others.

    Parameters
    ----------
    volumes
        The pod's volumes.
    meta
        The pod's metadata; None for a pod template.
    path
        Where the volumes stand.
    """
    pod_name = meta.name if meta else ""
    made = [claim_name_of(pod_name, v) for v in volumes if v.ephemeral is not None] if pod_name else []
    good: dict[str, Volume] = {}
    errors = []
    for index, volume in enumerate(volumes):
        place = f"{path}[{index}]"
        faults = _validate_volume(volume, meta, place)
        if volume.name in good:
            faults.append(duplicate(f"{place}.name", volume.name))
        if not faults:
            good[volume.name] = volume
        errors += faults
        claim = volume.persistent_volume_claim
        if claim is not None and claim.claim_name in made:
            detail = "must not reference a PVC that gets created for an ephemeral volume"
            errors.append(invalid(f"{place}.persistentVolumeClaim.claimName", claim.claim_name, detail))
    return good, errors


def _validate_volume(volume: Volume, meta: ObjectMeta | None, path: str) -> list[FieldError]:
    errors: list[FieldError] = []
    found = 0
    for attr, (name, check) in _SOURCES.items():
        source = getattr(volume, attr)
        if source is None:
            continue
        if found:
            errors.append(forbidden(f"{path}.{_NAMES_OF_SECOND.get(attr, name)}", _MORE_THAN_ONE))
        else:
            if attr == "image" and meta and not source.reference:
                errors.append(required(f"{path}.image.reference"))
            errors += check(source, f"{path}.{name}")
            if attr == "ephemeral" and meta:
                errors += _validate_claim_name(volume, meta, path)
        if attr == "iscsi":
            errors += _validate_initiator_length(volume, path)
        found += 1
    if not found:
        errors.append(required(path, "must specify a volume type"))
    if not volume.name:
        return [*errors, required(f"{path}.name")]
    return errors + [invalid(f"{path}.name", volume.name, c) for c in is_dns1123_label(volume.name)]


def _validate_claim_name(volume: Volume, meta: ObjectMeta, path: str) -> list[FieldError]:
    """The faults of the name of the claim that is made for a pod's volume."""
    if not meta.name or not volume.name:
        return []
    claim = f"{meta.name}-{volume.name}"
    complaints = name_is_dns_subdomain(claim)
    return [invalid(f"{path}.name", volume.name, f"PVC name {go_quote(claim)}: {c}") for c in complaints]


def _validate_initiator_length(volume: Volume, path: str) -> list[FieldError]:
    source = volume.iscsi
    if source is None or source.initiator_name is None or size(f"{volume.name}:{source.target_portal}") <= 64:
        return []
    detail = (
        "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters "
        "if iscsi.initiatorName is specified."
    )
    return [invalid(f"{path}.name", volume.name, detail)]


def _validate_empty_dir(source: EmptyDirVolumeSource, path: str) -> list[FieldError]:
    if source.size_limit is None or number_of(source.size_limit) >= 0:
        return []
    return [forbidden(f"{path}.sizeLimit", "SizeLimit field must be a valid resource quantity")]


def _validate_host_path(source: HostPathVolumeSource, path: str) -> list[FieldError]:
    if not source.path:
        return [required(f"{path}.path")]
    errors = validate_no_backsteps(source.path, f"{path}.path")
    if source.type is not None and source.type not in _HOST_PATH_TYPES:
        errors.append(not_supported(f"{path}.type", typed(source.type), _HOST_PATH_TYPES))
    return errors


def _validate_claim(source: PersistentVolumeClaimVolumeSource, path: str) -> list[FieldError]:
    return [] if source.claim_name else [required(f"{path}.claimName")]


def _validate_nfs(source: NFSVolumeSource, path: str) -> list[FieldError]:
    errors = [] if source.server else [required(f"{path}.server")]
    if not source.path:
        errors.append(required(f"{path}.path"))
    if not source.path.startswith("/"):
        errors.append(invalid(f"{path}.path", source.path, "must be an absolute path"))
    return errors


def validate_csi_driver_name(name: str, path: str) -> list[FieldError]:
    """The faults of the name of a storage driver."""
    if not name:
        return [required(path)]
    errors = [FieldError("FieldValueTooLong", path, None, "may not be more than 63 bytes")] if size(name) > 63 else []
    return errors + [invalid(path, name, c) for c in is_dns1123_subdomain(name.lower())]


def _validate_csi(source: CSIVolumeSource, path: str) -> list[FieldError]:
    errors = validate_csi_driver_name(source.driver, f"{path}.driver")
    ref = source.node_publish_secret_ref
    if ref is None:
        return errors
    if not ref.name:
        return [*errors, required(f"{path}.nodePublishSecretRef.name")]
    return errors + [invalid(f"{path}.name", ref.name, c) for c in name_is_dns_subdomain(ref.name)]


def _validate_ephemeral(source: EphemeralVolumeSource, path: str) -> list[FieldError]:
    if source.volume_claim_template is None:
        return [required(f"{path}.volumeClaimTemplate")]
    return validate_claim_template(source.volume_claim_template, f"{path}.volumeClaimTemplate")


def _validate_image(source: ImageVolumeSource, path: str) -> list[FieldError]:
    if not source.pull_policy:
        return [required(f"{path}.pullPolicy")]
    if source.pull_policy in _PULL_POLICIES:
        return []
    return [not_supported(f"{path}.pullPolicy", typed(source.pull_policy), _PULL_POLICIES)]


# In upstream's order of checks, with the names that its messages use.
_SOURCES: dict[str, tuple[str, Callable[[Any, str], list[FieldError]]]] = {
    "empty_dir": ("emptyDir", _validate_empty_dir),
    "host_path": ("hostPath", _validate_host_path),
    "git_repo": ("gitRepo", validate_git_repo),
    "gce_persistent_disk": ("persistentDisk", validate_disk_partition),
    "aws_elastic_block_store": ("awsElasticBlockStore", validate_disk_partition),
    "secret": ("secret", validate_secret),
    "nfs": ("nfs", _validate_nfs),
    "iscsi": ("iscsi", validate_iscsi),
    "glusterfs": ("glusterfs", validate_glusterfs),
    "flocker": ("flocker", validate_flocker),
    "persistent_volume_claim": ("persistentVolumeClaim", _validate_claim),
    "rbd": ("rbd", validate_rbd),
    "cinder": ("cinder", validate_cinder),
    "cephfs": ("cephfs", validate_ceph_fs),
    "quobyte": ("quobyte", validate_quobyte),
    "downward_api": ("downwardAPI", validate_downward_api),
    "fc": ("fc", validate_fc),
    "flex_volume": ("flexVolume", validate_flex_volume),
    "config_map": ("configMap", validate_config_map),
    "azure_file": ("azureFile", validate_azure_file),
    "vsphere_volume": ("vsphereVolume", validate_vsphere),
    "photon_persistent_disk": ("photonPersistentDisk", validate_photon),
    "portworx_volume": ("portworxVolume", validate_portworx),
    "azure_disk": ("azureDisk", validate_azure_disk),
    "storageos": ("storageos", validate_storage_os),
    "projected": ("projected", validate_projected),
    "scale_io": ("scaleIO", validate_scale_io),
    "csi": ("csi", _validate_csi),
    "ephemeral": ("ephemeral", _validate_ephemeral),
    "image": ("image", _validate_image),
}
_NAMES_OF_SECOND = {"gce_persistent_disk": "gcePersistentDisk", "cephfs": "cephFS", "downward_api": "downwarAPI"}
