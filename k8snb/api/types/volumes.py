"""The volumes that a pod can mount.

Field names, order, presence and patch strategies are those of the Kubernetes 1.36 API.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from msgspec import field

from k8snb.api.schema import ALWAYS, EMPTY, inline, Int32, Int64, named, Quantity, Struct
from k8snb.api.types.claims import PersistentVolumeClaimSpec
from k8snb.api.types.containers import ObjectFieldSelector, PullPolicy, ResourceFieldSelector
from k8snb.api.types.meta import LabelSelector, ObjectMeta

HostPathType = Annotated[str, named("v1.HostPathType")]
StorageMedium = Annotated[str, named("v1.StorageMedium")]
AzureDataDiskCachingMode = Annotated[str, named("v1.AzureDataDiskCachingMode")]
AzureDataDiskKind = Annotated[str, named("v1.AzureDataDiskKind")]


class HostPathVolumeSource(Struct):
    path: Annotated[str, ALWAYS] = ""
    type: HostPathType | None = None


class EmptyDirVolumeSource(Struct):
    medium: StorageMedium = ""
    size_limit: Quantity | None = None


class GCEPersistentDiskVolumeSource(Struct):
    pd_name: Annotated[str, ALWAYS] = ""
    fs_type: str = ""
    partition: Int32 = 0
    read_only: bool = False


class AWSElasticBlockStoreVolumeSource(Struct):
    volume_id: Annotated[str, ALWAYS] = field(default="", name="volumeID")
    fs_type: str = ""
    partition: Int32 = 0
    read_only: bool = False


class GitRepoVolumeSource(Struct):
    repository: Annotated[str, ALWAYS] = ""
    revision: str = ""
    directory: str = ""


class KeyToPath(Struct):
    key: Annotated[str, ALWAYS] = ""
    path: Annotated[str, ALWAYS] = ""
    mode: Int32 | None = None


class SecretVolumeSource(Struct):
    secret_name: str = ""
    items: tuple[KeyToPath, ...] = ()
    default_mode: Int32 | None = None
    optional: bool | None = None


class NFSVolumeSource(Struct):
    server: Annotated[str, ALWAYS] = ""
    path: Annotated[str, ALWAYS] = ""
    read_only: bool = False


class LocalObjectReference(Struct):
    name: str = ""


class ISCSIVolumeSource(Struct):
    target_portal: Annotated[str, ALWAYS] = ""
    iqn: Annotated[str, ALWAYS] = ""
    lun: Annotated[Int32, ALWAYS] = 0
    iscsi_interface: str = ""
    fs_type: str = ""
    read_only: bool = False
    portals: tuple[str, ...] = ()
    chap_auth_discovery: bool = False
    chap_auth_session: bool = False
    secret_ref: LocalObjectReference | None = None
    initiator_name: str | None = None


class GlusterfsVolumeSource(Struct):
    endpoints: Annotated[str, ALWAYS] = ""
    path: Annotated[str, ALWAYS] = ""
    read_only: bool = False


class PersistentVolumeClaimVolumeSource(Struct):
    claim_name: Annotated[str, ALWAYS] = ""
    read_only: bool = False


class RBDVolumeSource(Struct):
    monitors: Annotated[tuple[str, ...], ALWAYS] = ()
    image: Annotated[str, ALWAYS] = ""
    fs_type: str = ""
    pool: str = ""
    user: str = ""
    keyring: str = ""
    secret_ref: LocalObjectReference | None = None
    read_only: bool = False


class FlexVolumeSource(Struct):
    driver: Annotated[str, ALWAYS] = ""
    fs_type: str = ""
    secret_ref: LocalObjectReference | None = None
    read_only: bool = False
    options: Mapping[str, str] = EMPTY


class CinderVolumeSource(Struct):
    volume_id: Annotated[str, ALWAYS] = field(default="", name="volumeID")
    fs_type: str = ""
    read_only: bool = False
    secret_ref: LocalObjectReference | None = None


class CephFSVolumeSource(Struct):
    monitors: Annotated[tuple[str, ...], ALWAYS] = ()
    path: str = ""
    user: str = ""
    secret_file: str = ""
    secret_ref: LocalObjectReference | None = None
    read_only: bool = False


class FlockerVolumeSource(Struct):
    dataset_name: str = ""
    dataset_uuid: str = field(default="", name="datasetUUID")


class DownwardAPIVolumeFile(Struct):
    path: Annotated[str, ALWAYS] = ""
    field_ref: ObjectFieldSelector | None = None
    resource_field_ref: ResourceFieldSelector | None = None
    mode: Int32 | None = None


class DownwardAPIVolumeSource(Struct):
    items: tuple[DownwardAPIVolumeFile, ...] = ()
    default_mode: Int32 | None = None


class FCVolumeSource(Struct):
    target_ww_ns: tuple[str, ...] = field(default=(), name="targetWWNs")
    lun: Int32 | None = None
    fs_type: str = ""
    read_only: bool = False
    wwids: tuple[str, ...] = ()


class AzureFileVolumeSource(Struct):
    secret_name: Annotated[str, ALWAYS] = ""
    share_name: Annotated[str, ALWAYS] = ""
    read_only: bool = False


class ConfigMapVolumeSource(Struct):
    name: Annotated[str, inline("LocalObjectReference")] = ""
    items: tuple[KeyToPath, ...] = ()
    default_mode: Int32 | None = None
    optional: bool | None = None


class VsphereVirtualDiskVolumeSource(Struct):
    volume_path: Annotated[str, ALWAYS] = ""
    fs_type: str = ""
    storage_policy_name: str = ""
    storage_policy_id: str = field(default="", name="storagePolicyID")


class QuobyteVolumeSource(Struct):
    registry: Annotated[str, ALWAYS] = ""
    volume: Annotated[str, ALWAYS] = ""
    read_only: bool = False
    user: str = ""
    group: str = ""
    tenant: str = ""


class AzureDiskVolumeSource(Struct):
    disk_name: Annotated[str, ALWAYS] = ""
    disk_uri: Annotated[str, ALWAYS] = field(default="", name="diskURI")
    caching_mode: AzureDataDiskCachingMode | None = None
    fs_type: str | None = None
    read_only: bool | None = None
    kind: AzureDataDiskKind | None = None


class PhotonPersistentDiskVolumeSource(Struct):
    pd_id: Annotated[str, ALWAYS] = field(default="", name="pdID")
    fs_type: str = ""


class SecretProjection(Struct):
    name: Annotated[str, inline("LocalObjectReference")] = ""
    items: tuple[KeyToPath, ...] = ()
    optional: bool | None = None


class DownwardAPIProjection(Struct):
    items: tuple[DownwardAPIVolumeFile, ...] = ()


class ConfigMapProjection(Struct):
    name: Annotated[str, inline("LocalObjectReference")] = ""
    items: tuple[KeyToPath, ...] = ()
    optional: bool | None = None


class ServiceAccountTokenProjection(Struct):
    audience: str = ""
    expiration_seconds: Int64 | None = None
    path: Annotated[str, ALWAYS] = ""


class ClusterTrustBundleProjection(Struct):
    name: str | None = None
    signer_name: str | None = None
    label_selector: LabelSelector | None = None
    optional: bool | None = None
    path: Annotated[str, ALWAYS] = ""


class PodCertificateProjection(Struct):
    signer_name: str = ""
    key_type: str = ""
    max_expiration_seconds: Int32 | None = None
    credential_bundle_path: str = ""
    key_path: str = ""
    certificate_chain_path: str = ""
    user_annotations: Mapping[str, str] = EMPTY


class VolumeProjection(Struct):
    secret: SecretProjection | None = None
    downward_api: DownwardAPIProjection | None = field(default=None, name="downwardAPI")
    config_map: ConfigMapProjection | None = None
    service_account_token: ServiceAccountTokenProjection | None = None
    cluster_trust_bundle: ClusterTrustBundleProjection | None = None
    pod_certificate: PodCertificateProjection | None = None


class ProjectedVolumeSource(Struct):
    sources: Annotated[tuple[VolumeProjection, ...], ALWAYS] = ()
    default_mode: Int32 | None = None


class PortworxVolumeSource(Struct):
    volume_id: Annotated[str, ALWAYS] = field(default="", name="volumeID")
    fs_type: str = ""
    read_only: bool = False


class ScaleIOVolumeSource(Struct):
    gateway: Annotated[str, ALWAYS] = ""
    system: Annotated[str, ALWAYS] = ""
    secret_ref: Annotated[LocalObjectReference | None, ALWAYS] = None
    ssl_enabled: bool = False
    protection_domain: str = ""
    storage_pool: str = ""
    storage_mode: str = ""
    volume_name: str = ""
    fs_type: str = ""
    read_only: bool = False


class StorageOSVolumeSource(Struct):
    volume_name: str = ""
    volume_namespace: str = ""
    fs_type: str = ""
    read_only: bool = False
    secret_ref: LocalObjectReference | None = None


class CSIVolumeSource(Struct):
    driver: Annotated[str, ALWAYS] = ""
    read_only: bool | None = None
    fs_type: str | None = None
    volume_attributes: Mapping[str, str] = EMPTY
    node_publish_secret_ref: LocalObjectReference | None = None


class PersistentVolumeClaimTemplate(Struct):
    metadata: ObjectMeta = ObjectMeta()
    spec: PersistentVolumeClaimSpec = PersistentVolumeClaimSpec()


class EphemeralVolumeSource(Struct):
    volume_claim_template: PersistentVolumeClaimTemplate | None = None


class ImageVolumeSource(Struct):
    reference: str = ""
    pull_policy: PullPolicy = ""


class Volume(Struct):
    name: Annotated[str, ALWAYS] = ""
    host_path: Annotated[HostPathVolumeSource | None, inline("VolumeSource")] = None
    empty_dir: Annotated[EmptyDirVolumeSource | None, inline("VolumeSource")] = None
    gce_persistent_disk: Annotated[GCEPersistentDiskVolumeSource | None, inline("VolumeSource")] = None
    aws_elastic_block_store: Annotated[AWSElasticBlockStoreVolumeSource | None, inline("VolumeSource")] = None
    git_repo: Annotated[GitRepoVolumeSource | None, inline("VolumeSource")] = None
    secret: Annotated[SecretVolumeSource | None, inline("VolumeSource")] = None
    nfs: Annotated[NFSVolumeSource | None, inline("VolumeSource")] = None
    iscsi: Annotated[ISCSIVolumeSource | None, inline("VolumeSource")] = None
    glusterfs: Annotated[GlusterfsVolumeSource | None, inline("VolumeSource")] = None
    persistent_volume_claim: Annotated[PersistentVolumeClaimVolumeSource | None, inline("VolumeSource")] = None
    rbd: Annotated[RBDVolumeSource | None, inline("VolumeSource")] = None
    flex_volume: Annotated[FlexVolumeSource | None, inline("VolumeSource")] = None
    cinder: Annotated[CinderVolumeSource | None, inline("VolumeSource")] = None
    cephfs: Annotated[CephFSVolumeSource | None, inline("VolumeSource")] = None
    flocker: Annotated[FlockerVolumeSource | None, inline("VolumeSource")] = None
    downward_api: Annotated[DownwardAPIVolumeSource | None, inline("VolumeSource")] = field(
        default=None, name="downwardAPI"
    )
    fc: Annotated[FCVolumeSource | None, inline("VolumeSource")] = None
    azure_file: Annotated[AzureFileVolumeSource | None, inline("VolumeSource")] = None
    config_map: Annotated[ConfigMapVolumeSource | None, inline("VolumeSource")] = None
    vsphere_volume: Annotated[VsphereVirtualDiskVolumeSource | None, inline("VolumeSource")] = None
    quobyte: Annotated[QuobyteVolumeSource | None, inline("VolumeSource")] = None
    azure_disk: Annotated[AzureDiskVolumeSource | None, inline("VolumeSource")] = None
    photon_persistent_disk: Annotated[PhotonPersistentDiskVolumeSource | None, inline("VolumeSource")] = None
    projected: Annotated[ProjectedVolumeSource | None, inline("VolumeSource")] = None
    portworx_volume: Annotated[PortworxVolumeSource | None, inline("VolumeSource")] = None
    scale_io: Annotated[ScaleIOVolumeSource | None, inline("VolumeSource")] = field(default=None, name="scaleIO")
    storageos: Annotated[StorageOSVolumeSource | None, inline("VolumeSource")] = None
    csi: Annotated[CSIVolumeSource | None, inline("VolumeSource")] = None
    ephemeral: Annotated[EphemeralVolumeSource | None, inline("VolumeSource")] = None
    image: Annotated[ImageVolumeSource | None, inline("VolumeSource")] = None
