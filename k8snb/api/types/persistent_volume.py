"""Persistent volumes and the sources behind them.

Field names, order, presence and patch strategies are those of the Kubernetes 1.36 API.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from msgspec import field

from k8snb.api.schema import (
    ALWAYS,
    EMPTY,
    inline,
    Int32,
    KubernetesObject,
    named,
    Quantity,
    Struct,
    Time,
    UID,
)
from k8snb.api.types.claims import (
    PersistentVolumeAccessMode,
    PersistentVolumeMode,
    PersistentVolumeReclaimPolicy,
)
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.placement import NodeSelector
from k8snb.api.types.volumes import (
    AWSElasticBlockStoreVolumeSource,
    AzureDiskVolumeSource,
    FCVolumeSource,
    FlockerVolumeSource,
    GCEPersistentDiskVolumeSource,
    HostPathVolumeSource,
    NFSVolumeSource,
    PhotonPersistentDiskVolumeSource,
    PortworxVolumeSource,
    QuobyteVolumeSource,
    VsphereVirtualDiskVolumeSource,
)

PersistentVolumePhase = Annotated[str, named("v1.PersistentVolumePhase")]


class GlusterfsPersistentVolumeSource(Struct):
    endpoints: Annotated[str, ALWAYS] = ""
    path: Annotated[str, ALWAYS] = ""
    read_only: bool = False
    endpoints_namespace: str | None = None


class SecretReference(Struct):
    name: str = ""
    namespace: str = ""


class RBDPersistentVolumeSource(Struct):
    monitors: Annotated[tuple[str, ...], ALWAYS] = ()
    image: Annotated[str, ALWAYS] = ""
    fs_type: str = ""
    pool: str = ""
    user: str = ""
    keyring: str = ""
    secret_ref: SecretReference | None = None
    read_only: bool = False


class ISCSIPersistentVolumeSource(Struct):
    target_portal: Annotated[str, ALWAYS] = ""
    iqn: Annotated[str, ALWAYS] = ""
    lun: Annotated[Int32, ALWAYS] = 0
    iscsi_interface: str = ""
    fs_type: str = ""
    read_only: bool = False
    portals: tuple[str, ...] = ()
    chap_auth_discovery: bool = False
    chap_auth_session: bool = False
    secret_ref: SecretReference | None = None
    initiator_name: str | None = None


class CinderPersistentVolumeSource(Struct):
    volume_id: Annotated[str, ALWAYS] = field(default="", name="volumeID")
    fs_type: str = ""
    read_only: bool = False
    secret_ref: SecretReference | None = None


class CephFSPersistentVolumeSource(Struct):
    monitors: Annotated[tuple[str, ...], ALWAYS] = ()
    path: str = ""
    user: str = ""
    secret_file: str = ""
    secret_ref: SecretReference | None = None
    read_only: bool = False


class FlexPersistentVolumeSource(Struct):
    driver: Annotated[str, ALWAYS] = ""
    fs_type: str = ""
    secret_ref: SecretReference | None = None
    read_only: bool = False
    options: Mapping[str, str] = EMPTY


class AzureFilePersistentVolumeSource(Struct):
    secret_name: Annotated[str, ALWAYS] = ""
    share_name: Annotated[str, ALWAYS] = ""
    read_only: bool = False
    secret_namespace: Annotated[str | None, ALWAYS] = None


class ScaleIOPersistentVolumeSource(Struct):
    gateway: Annotated[str, ALWAYS] = ""
    system: Annotated[str, ALWAYS] = ""
    secret_ref: Annotated[SecretReference | None, ALWAYS] = None
    ssl_enabled: bool = False
    protection_domain: str = ""
    storage_pool: str = ""
    storage_mode: str = ""
    volume_name: str = ""
    fs_type: str = ""
    read_only: bool = False


class LocalVolumeSource(Struct):
    path: Annotated[str, ALWAYS] = ""
    fs_type: str | None = None


class ObjectReference(Struct):
    kind: str = ""
    namespace: str = ""
    name: str = ""
    uid: UID = ""
    api_version: str = ""
    resource_version: str = ""
    field_path: str = ""


class StorageOSPersistentVolumeSource(Struct):
    volume_name: str = ""
    volume_namespace: str = ""
    fs_type: str = ""
    read_only: bool = False
    secret_ref: ObjectReference | None = None


class CSIPersistentVolumeSource(Struct):
    driver: Annotated[str, ALWAYS] = ""
    volume_handle: Annotated[str, ALWAYS] = ""
    read_only: bool = False
    fs_type: str = ""
    volume_attributes: Mapping[str, str] = EMPTY
    controller_publish_secret_ref: SecretReference | None = None
    node_stage_secret_ref: SecretReference | None = None
    node_publish_secret_ref: SecretReference | None = None
    controller_expand_secret_ref: SecretReference | None = None
    node_expand_secret_ref: SecretReference | None = None


class VolumeNodeAffinity(Struct):
    required: NodeSelector | None = None


class PersistentVolumeSpec(Struct):
    capacity: Annotated[Mapping[str, Quantity], named("v1.ResourceList")] = EMPTY
    gce_persistent_disk: Annotated[GCEPersistentDiskVolumeSource | None, inline("PersistentVolumeSource")] = None
    aws_elastic_block_store: Annotated[AWSElasticBlockStoreVolumeSource | None, inline("PersistentVolumeSource")] = None
    host_path: Annotated[HostPathVolumeSource | None, inline("PersistentVolumeSource")] = None
    glusterfs: Annotated[GlusterfsPersistentVolumeSource | None, inline("PersistentVolumeSource")] = None
    nfs: Annotated[NFSVolumeSource | None, inline("PersistentVolumeSource")] = None
    rbd: Annotated[RBDPersistentVolumeSource | None, inline("PersistentVolumeSource")] = None
    iscsi: Annotated[ISCSIPersistentVolumeSource | None, inline("PersistentVolumeSource")] = None
    cinder: Annotated[CinderPersistentVolumeSource | None, inline("PersistentVolumeSource")] = None
    cephfs: Annotated[CephFSPersistentVolumeSource | None, inline("PersistentVolumeSource")] = None
    fc: Annotated[FCVolumeSource | None, inline("PersistentVolumeSource")] = None
    flocker: Annotated[FlockerVolumeSource | None, inline("PersistentVolumeSource")] = None
    flex_volume: Annotated[FlexPersistentVolumeSource | None, inline("PersistentVolumeSource")] = None
    azure_file: Annotated[AzureFilePersistentVolumeSource | None, inline("PersistentVolumeSource")] = None
    vsphere_volume: Annotated[VsphereVirtualDiskVolumeSource | None, inline("PersistentVolumeSource")] = None
    quobyte: Annotated[QuobyteVolumeSource | None, inline("PersistentVolumeSource")] = None
    azure_disk: Annotated[AzureDiskVolumeSource | None, inline("PersistentVolumeSource")] = None
    photon_persistent_disk: Annotated[PhotonPersistentDiskVolumeSource | None, inline("PersistentVolumeSource")] = None
    portworx_volume: Annotated[PortworxVolumeSource | None, inline("PersistentVolumeSource")] = None
    scale_io: Annotated[ScaleIOPersistentVolumeSource | None, inline("PersistentVolumeSource")] = field(
        default=None, name="scaleIO"
    )
    local: Annotated[LocalVolumeSource | None, inline("PersistentVolumeSource")] = None
    storageos: Annotated[StorageOSPersistentVolumeSource | None, inline("PersistentVolumeSource")] = None
    csi: Annotated[CSIPersistentVolumeSource | None, inline("PersistentVolumeSource")] = None
    access_modes: tuple[PersistentVolumeAccessMode, ...] = ()
    claim_ref: ObjectReference | None = None
    persistent_volume_reclaim_policy: PersistentVolumeReclaimPolicy = ""
    storage_class_name: str = ""
    mount_options: tuple[str, ...] = ()
    volume_mode: PersistentVolumeMode | None = None
    node_affinity: VolumeNodeAffinity | None = None
    volume_attributes_class_name: str | None = None


class PersistentVolumeStatus(Struct):
    phase: PersistentVolumePhase = ""
    message: str = ""
    reason: str = ""
    last_phase_transition_time: Time | None = None


class PersistentVolume(KubernetesObject):
    api_version: ClassVar[str] = "v1"
    metadata: ObjectMeta = ObjectMeta()
    spec: PersistentVolumeSpec = PersistentVolumeSpec()
    status: PersistentVolumeStatus = PersistentVolumeStatus()
