"""Defaults of a pod's volumes.

References
----------
``pkg/apis/core/v1/defaults.go SetDefaults_Volume`` and ``zz_generated.defaults.go @ v1.36``
"""

from __future__ import annotations

from typing import Any, TypeVar

from k8snb.api.defaults.claims import default_claim_spec
from k8snb.api.defaults.containers import default_field_ref
from k8snb.api.defaults.images import default_pull_policy
from k8snb.api.defaults.sharing import each, given, revised
from k8snb.api.schema import fields_of
from k8snb.api.types.volumes import (
    AzureDiskVolumeSource,
    ConfigMapVolumeSource,
    DownwardAPIProjection,
    DownwardAPIVolumeFile,
    DownwardAPIVolumeSource,
    EmptyDirVolumeSource,
    EphemeralVolumeSource,
    HostPathVolumeSource,
    ImageVolumeSource,
    PersistentVolumeClaimTemplate,
    ProjectedVolumeSource,
    SecretVolumeSource,
    ServiceAccountTokenProjection,
    Volume,
    VolumeProjection,
)

F = TypeVar("F", SecretVolumeSource, ConfigMapVolumeSource, DownwardAPIVolumeSource, ProjectedVolumeSource)

FILE_MODE = 0o644
SOURCES = tuple(f.attr for f in fields_of(Volume) if f.attr != "name")


def default_volume(volume: Volume) -> Volume:
    """A volume with its source's defaults; without any source it is an empty directory."""
    given_sources = [name for name in SOURCES if getattr(volume, name) is not None]
    if not given_sources:
        return revised(volume, empty_dir=EmptyDirVolumeSource())
    changes = {name: _DEFAULTS[name](getattr(volume, name)) for name in given_sources if name in _DEFAULTS}
    return revised(volume, **changes)


def default_host_path(source: HostPathVolumeSource) -> HostPathVolumeSource:
    """A directory of the node: of which sort is left open."""
    return revised(source, type=source.type or "")


def default_iscsi(source: Any) -> Any:
    """An iSCSI disk (of a volume or a persistent volume)."""
    return revised(source, iscsi_interface=source.iscsi_interface or "default")


def default_rbd(source: Any) -> Any:
    """A Ceph block device (of a volume or a persistent volume)."""
    return revised(
        source,
        pool=source.pool or "rbd",
        user=source.user or "admin",
        keyring=source.keyring or "/etc/ceph/keyring",
    )


def default_azure_disk(source: AzureDiskVolumeSource) -> AzureDiskVolumeSource:
    """An Azure disk."""
    return revised(
        source,
        caching_mode="ReadWrite" if source.caching_mode is None else source.caching_mode,
        fs_type="ext4" if source.fs_type is None else source.fs_type,
        read_only=bool(source.read_only),
        kind="Shared" if source.kind is None else source.kind,
    )


def default_scale_io(source: Any) -> Any:
    """A ScaleIO volume (of a volume or a persistent volume)."""
    return revised(source, storage_mode=source.storage_mode or "ThinProvisioned", fs_type=source.fs_type or "xfs")


def _default_files(source: F) -> F:
    mode = source.default_mode
    return revised(source, default_mode=FILE_MODE if mode is None else mode)


def _default_downward_file(file: DownwardAPIVolumeFile) -> DownwardAPIVolumeFile:
    return revised(file, field_ref=given(file.field_ref, default_field_ref))


def _default_downward_api(source: DownwardAPIVolumeSource) -> DownwardAPIVolumeSource:
    return revised(_default_files(source), items=each(source.items, _default_downward_file))


def _default_downward_projection(source: DownwardAPIProjection) -> DownwardAPIProjection:
    return revised(source, items=each(source.items, _default_downward_file))


def _default_token(source: ServiceAccountTokenProjection) -> ServiceAccountTokenProjection:
    seconds = source.expiration_seconds
    return revised(source, expiration_seconds=3600 if seconds is None else seconds)


def _default_projection(projection: VolumeProjection) -> VolumeProjection:
    return revised(
        projection,
        downward_api=given(projection.downward_api, _default_downward_projection),
        service_account_token=given(projection.service_account_token, _default_token),
        cluster_trust_bundle=None,
        pod_certificate=None,
    )


def _default_projected(source: ProjectedVolumeSource) -> ProjectedVolumeSource:
    return revised(_default_files(source), sources=each(source.sources, _default_projection))


def _default_claim_template(template: PersistentVolumeClaimTemplate) -> PersistentVolumeClaimTemplate:
    return revised(template, spec=default_claim_spec(template.spec))


def _default_ephemeral(source: EphemeralVolumeSource) -> EphemeralVolumeSource:
    return revised(source, volume_claim_template=given(source.volume_claim_template, _default_claim_template))


def _default_image(source: ImageVolumeSource) -> ImageVolumeSource:
    return revised(source, pull_policy=source.pull_policy or default_pull_policy(source.reference))


_DEFAULTS: dict[str, Any] = {
    "host_path": default_host_path,
    "secret": _default_files,
    "iscsi": default_iscsi,
    "rbd": default_rbd,
    "downward_api": _default_downward_api,
    "config_map": _default_files,
    "azure_disk": default_azure_disk,
    "projected": _default_projected,
    "scale_io": default_scale_io,
    "ephemeral": _default_ephemeral,
    "image": _default_image,
}
