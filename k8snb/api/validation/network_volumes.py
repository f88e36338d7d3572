"""Rules for volume sources of storage systems that Kubernetes knew before storage drivers.

References
----------
``pkg/apis/core/validation/validation.go validateISCSIVolumeSource`` and its neighbours ``@ v1.36``
"""

from __future__ import annotations

import re

from k8snb.api.field_errors import FieldError, invalid, not_supported, required, typed
from k8snb.api.types.volumes import (
    AWSElasticBlockStoreVolumeSource,
    AzureDiskVolumeSource,
    AzureFileVolumeSource,
    CephFSVolumeSource,
    CinderVolumeSource,
    FCVolumeSource,
    FlexVolumeSource,
    FlockerVolumeSource,
    GCEPersistentDiskVolumeSource,
    GitRepoVolumeSource,
    GlusterfsVolumeSource,
    ISCSIVolumeSource,
    PhotonPersistentDiskVolumeSource,
    PortworxVolumeSource,
    QuobyteVolumeSource,
    RBDVolumeSource,
    ScaleIOVolumeSource,
    StorageOSVolumeSource,
    VsphereVirtualDiskVolumeSource,
)
from k8snb.api.validation.formats import is_dns1123_label, range_error, size
from k8snb.api.validation.paths import validate_descending_path

_INITIATORS = {
    "iqn": r"iqn\.\d{4}-\d{2}\.([a-zA-Z0-9\-.]+)(:[^,;*&$|\s]+)$",
    "eui": r"^eui.[a-zA-Z0-9]{16}$",
    "naa": r"^naa.[a-zA-Z0-9]{32}$",
}
_CACHING = ("None", "ReadOnly", "ReadWrite")
_DISK_KINDS = ("Dedicated", "Managed", "Shared")
_MANAGED_URI = "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"
_BLOB_URI = "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"
_PAIRS = "must be a host:port pair or multiple pairs separated by commas"


def _missing(path: str, /, **values: object) -> list[FieldError]:
    """One fault for each of the named values that is empty."""
    return [required(f"{path}.{name}") for name, value in values.items() if not value]


def validate_git_repo(source: GitRepoVolumeSource, path: str) -> list[FieldError]:
    """The faults of a volume cloned from a repository."""
    errors = _missing(path, repository=source.repository)
    return errors + validate_descending_path(source.directory, f"{path}.directory")


def validate_disk_partition(
    source: GCEPersistentDiskVolumeSource | AWSElasticBlockStoreVolumeSource, path: str
) -> list[FieldError]:
    """The faults of a cloud provider's disk."""
    if isinstance(source, GCEPersistentDiskVolumeSource):
        errors = _missing(path, pdName=source.pd_name)
    else:
        errors = _missing(path, volumeID=source.volume_id)
    if not 0 <= source.partition <= 255:
        errors.append(invalid(f"{path}.partition", source.partition, range_error(1, 255)))
    return errors


def validate_iscsi(source: ISCSIVolumeSource, path: str) -> list[FieldError]:
    """The faults of an iSCSI disk."""
    errors = _missing(path, targetPortal=source.target_portal)
    if not source.iqn:
        errors.append(required(f"{path}.iqn"))
    else:
        errors += [invalid(f"{path}.iqn", source.iqn, c) for c in _initiator_complaints(source.iqn)]
    if not 0 <= source.lun <= 255:
        errors.append(invalid(f"{path}.lun", source.lun, range_error(0, 255)))
    if (source.chap_auth_discovery or source.chap_auth_session) and source.secret_ref is None:
        errors.append(required(f"{path}.secretRef"))
    if source.initiator_name is not None:
        name = source.initiator_name
        errors += [invalid(f"{path}.initiatorname", name, c) for c in _initiator_complaints(name)]
    return errors


def _initiator_complaints(name: str) -> list[str]:
    pattern = _INITIATORS.get(name[:3])
    if pattern is None:
        return ["must be valid format starting with iqn, eui, or naa"]
    return [] if re.search(pattern, name) else ["must be valid format"]


def validate_fc(source: FCVolumeSource, path: str) -> list[FieldError]:
    """The faults of a fibre channel disk."""
    names, ids = source.target_ww_ns, source.wwids
    errors = []
    if not names and not ids:
        errors.append(required(f"{path}.targetWWNs", "must specify either targetWWNs or wwids, but not both"))
    if names and ids:
        detail = "targetWWNs and wwids can not be specified simultaneously"
        errors.append(invalid(f"{path}.targetWWNs", names, detail))
    if names and source.lun is None:
        errors.append(required(f"{path}.lun", "lun is required if targetWWNs is specified"))
    elif names and source.lun is not None and not 0 <= source.lun <= 255:
        errors.append(invalid(f"{path}.lun", source.lun, range_error(0, 255)))
    return errors


def validate_quobyte(source: QuobyteVolumeSource, path: str) -> list[FieldError]:
    """The faults of a Quobyte volume."""
    errors = []
    if not source.registry:
        errors.append(required(f"{path}.registry", _PAIRS))
    elif size(source.tenant) >= 65:
        detail = "must be a UUID and may not exceed a length of 64 characters"
        errors.append(required(f"{path}.tenant", detail))
    else:
        for pair in source.registry.split(","):
            if not re.fullmatch(r"(\[[^\[\]]*\]|[^:\[\]]*):[^:\[\]]*", pair):
                errors.append(invalid(f"{path}.registry", source.registry, _PAIRS))
    return errors + _missing(path, volume=source.volume)


def validate_glusterfs(source: GlusterfsVolumeSource, path: str) -> list[FieldError]:
    """The faults of a Gluster volume."""
    return _missing(path, endpoints=source.endpoints, path=source.path)


def validate_flocker(source: FlockerVolumeSource, path: str) -> list[FieldError]:
    """The faults of a Flocker dataset."""
    errors = []
    if not source.dataset_name and not source.dataset_uuid:
        errors.append(required(path, "one of datasetName and datasetUUID is required"))
    if source.dataset_name and source.dataset_uuid:
        detail = "datasetName and datasetUUID can not be specified simultaneously"
        errors.append(invalid(path, "resource", detail))
    if "/" in source.dataset_name:
        errors.append(invalid(f"{path}.datasetName", source.dataset_name, "must not contain '/'"))
    return errors


def validate_rbd(source: RBDVolumeSource, path: str) -> list[FieldError]:
    """The faults of a Ceph block device."""
    return _missing(path, monitors=source.monitors, image=source.image)


def validate_cinder(source: CinderVolumeSource, path: str) -> list[FieldError]:
    """The faults of a Cinder volume."""
    errors = _missing(path, volumeID=source.volume_id)
    if source.secret_ref is not None and not source.secret_ref.name:
        errors.append(required(f"{path}.secretRef.name"))
    return errors


def validate_ceph_fs(source: CephFSVolumeSource, path: str) -> list[FieldError]:
    """The faults of a Ceph file system."""
    return _missing(path, monitors=source.monitors)


def validate_flex_volume(source: FlexVolumeSource, path: str) -> list[FieldError]:
    """The faults of a volume of a node's own driver."""
    errors = _missing(path, driver=source.driver)
    for key in sorted(source.options):
        domain = "." + key.partition("/")[0].lower()
        if domain.endswith((".kubernetes.io", ".k8s.io")):
            detail = "kubernetes.io and k8s.io namespaces are reserved"
            errors.append(invalid(f"{path}.options[{key}]", key, detail))
    return errors


def validate_azure_file(source: AzureFileVolumeSource, path: str) -> list[FieldError]:
    """The faults of an Azure file share."""
    return _missing(path, secretName=source.secret_name, shareName=source.share_name)


def validate_azure_disk(source: AzureDiskVolumeSource, path: str) -> list[FieldError]:
    """The faults of an Azure disk."""
    errors = _missing(path, diskName=source.disk_name, diskURI=source.disk_uri)
    if source.caching_mode is not None and source.caching_mode not in _CACHING:
        errors.append(not_supported(f"{path}.cachingMode", typed(source.caching_mode), _CACHING))
    if source.kind is None:
        return errors
    if source.kind not in _DISK_KINDS:
        errors.append(not_supported(f"{path}.kind", typed(source.kind), _DISK_KINDS))
    if source.kind == "Managed" and not source.disk_uri.startswith("/subscriptions/"):
        errors.append(not_supported(f"{path}.diskURI", source.disk_uri, (_MANAGED_URI,)))
    if source.kind != "Managed" and not source.disk_uri.startswith("https://"):
        errors.append(not_supported(f"{path}.diskURI", source.disk_uri, (_BLOB_URI,)))
    return errors


def validate_vsphere(source: VsphereVirtualDiskVolumeSource, path: str) -> list[FieldError]:
    """The faults of a vSphere disk."""
    return _missing(path, volumePath=source.volume_path)


def validate_photon(source: PhotonPersistentDiskVolumeSource, path: str) -> list[FieldError]:
    """The faults of a Photon disk."""
    return _missing(path, pdID=source.pd_id)


def validate_portworx(source: PortworxVolumeSource, path: str) -> list[FieldError]:
    """The faults of a Portworx volume."""
    return _missing(path, volumeID=source.volume_id)


def validate_scale_io(source: ScaleIOVolumeSource, path: str) -> list[FieldError]:
    """The faults of a ScaleIO volume."""
    return _missing(path, gateway=source.gateway, system=source.system, volumeName=source.volume_name)


def validate_storage_os(source: StorageOSVolumeSource, path: str) -> list[FieldError]:
    """The faults of a StorageOS volume."""
    errors = _missing(path, volumeName=source.volume_name)
    if source.volume_name:
        errors += [invalid(f"{path}.volumeName", source.volume_name, c) for c in is_dns1123_label(source.volume_name)]
    if source.volume_namespace:
        namespace = source.volume_namespace
        errors += [invalid(f"{path}.volumeNamespace", namespace, c) for c in is_dns1123_label(namespace)]
    if source.secret_ref is not None and not source.secret_ref.name:
        errors.append(required(f"{path}.secretRef.name"))
    return errors
