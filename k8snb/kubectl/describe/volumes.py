"""The volumes of a pod or a template, and what persistent volumes are made of.

References
----------
``staging/src/k8s.io/kubectl/pkg/describe/describe.go describeVolumes, describePersistentVolume @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from k8snb.api.claims import class_of_claim
from k8snb.api.quantity import number_of
from k8snb.api.types.claims import PersistentVolumeClaim, PersistentVolumeClaimSpec, PersistentVolumeClaimStatus
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.persistent_volume import PersistentVolumeSpec, ScaleIOPersistentVolumeSource, SecretReference
from k8snb.api.types.volumes import (
    CSIVolumeSource,
    DownwardAPIVolumeSource,
    EmptyDirVolumeSource,
    EphemeralVolumeSource,
    LocalObjectReference,
    ProjectedVolumeSource,
    SecretVolumeSource,
    Volume,
    VolumeProjection,
)
from k8snb.kubectl.describe.metadata import annotation_lines, go_bool, label_lines, listed, or_unset
from k8snb.kubectl.describe.writer import Writer
from k8snb.kubectl.printers.kinds.storage import access_modes

Rows = Sequence[tuple[str, object]]
_LONGEST = 140


def describe_volumes(w: Writer, volumes: Sequence[Volume], indent: str = "") -> None:
    """Write all volumes."""
    if not volumes:
        w.write(0, f"{indent}Volumes:\t<none>\n")
        return
    w.write(0, f"{indent}Volumes:\n")
    for volume in volumes:
        w.write(1, f"{' ' if indent else ''}{volume.name}:\n")
        describe_source(w, volume)


def describe_source(w: Writer, holder: Volume | PersistentVolumeSpec) -> None:
    """Write what a volume is made of."""
    for attr, describe in _SPECIAL.items():
        source = getattr(holder, attr, None)
        if source is not None:
            describe(w, source)
            return
    for attr, (title, rows) in _SOURCES.items():
        source = getattr(holder, attr, None)
        if source is not None:
            _write(w, title, rows(source))
            return
    w.write(1, "<unknown>\n")


def _write(w: Writer, title: str, rows: Rows) -> None:
    w.field(2, "Type", title)
    for name, value in rows:
        w.write(2, f"{name}\t{_shown(value)}\n")


def _shown(value: object) -> str:
    """A value as Go prints it."""
    if isinstance(value, bool):
        return go_bool(value)
    if isinstance(value, LocalObjectReference):
        return f"&LocalObjectReference{{Name:{value.name},}}"
    if isinstance(value, SecretReference):
        return f"&SecretReference{{Name:{value.name},Namespace:{value.namespace},}}"
    if isinstance(value, tuple):
        return listed(value)
    if isinstance(value, Mapping):
        return f"map[{' '.join(f'{k}:{value[k]}' for k in sorted(value))}]"
    return "<nil>" if value is None else str(value)


# -- volumes that are more than names and values


def _empty_dir(w: Writer, source: EmptyDirVolumeSource) -> None:
    limit = source.size_limit
    size = limit if limit is not None and number_of(limit) > 0 else "<unset>"
    rows = (("Medium:", source.medium), ("SizeLimit:", size))
    _write(w, "EmptyDir (a temporary directory that shares a pod's lifetime)", rows)


def _secret(w: Writer, source: SecretVolumeSource) -> None:
    rows = (("SecretName:", source.secret_name), ("Optional:", bool(source.optional)))
    _write(w, "Secret (a volume populated by a Secret)", rows)


def _projected(w: Writer, source: ProjectedVolumeSource) -> None:
    w.field(2, "Type", "Projected (a volume that contains injected data from multiple sources)")
    for part in source.sources:
        for name, value in _projection(part):
            w.write(2, f"{name}\t{_shown(value)}\n")


def _projection(part: VolumeProjection) -> Rows:
    if part.secret is not None:
        return (("SecretName:", part.secret.name), ("Optional:", bool(part.secret.optional)))
    if part.downward_api is not None:
        return (("DownwardAPI:", True),)
    if part.config_map is not None:
        return (("ConfigMapName:", part.config_map.name), ("Optional:", bool(part.config_map.optional)))
    if part.service_account_token is not None:
        return (("TokenExpirationSeconds:", part.service_account_token.expiration_seconds),)
    return ()


def _downward_api(w: Writer, source: DownwardAPIVolumeSource) -> None:
    w.field(2, "Type", "DownwardAPI (a volume populated by information about the pod)")
    w.write(2, "Items:\n")
    for item in source.items:
        if item.field_ref is not None:
            w.write(3, f"{item.field_ref.field_path} -> {item.path}\n")
        if item.resource_field_ref is not None:
            w.write(3, f"{item.resource_field_ref.resource} -> {item.path}\n")


def _ephemeral(w: Writer, source: EphemeralVolumeSource) -> None:
    inline = "EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)"
    w.field(2, "Type", inline)
    if (template := source.volume_claim_template) is not None:
        describe_claim(w.nested(2), template.metadata, template.spec)


def _csi(w: Writer, source: Any) -> None:
    title = "CSI (a Container Storage Interface (CSI) volume source)"
    if isinstance(source, CSIVolumeSource):
        rows = [("Driver:", source.driver), ("FSType:", source.fs_type or ""), ("ReadOnly:", bool(source.read_only))]
    else:
        rows = [("Driver:", source.driver), ("FSType:", source.fs_type), ("VolumeHandle:", source.volume_handle)]
        rows.append(("ReadOnly:", source.read_only))
    _write(w, title, rows)
    w.write(2, "VolumeAttributes:\t")
    attributes = source.volume_attributes
    if not attributes:
        w.line("<none>")
    for i, key in enumerate(sorted(attributes)):
        line = f"{key}={attributes[key]}"
        line = f"{line[:_LONGEST]}..." if len(line) > _LONGEST else line
        if i:
            w.write(2, "")
            w.write(2, "\t")
        w.write(2, f"{line}\n")


_SPECIAL: Mapping[str, Callable[[Writer, Any], None]] = {
    "empty_dir": _empty_dir,
    "secret": _secret,
    "projected": _projected,
    "downward_api": _downward_api,
    "ephemeral": _ephemeral,
    "csi": _csi,
}


# -- the others: a title, and the rows


def _host_path(s: Any) -> Rows:
    return (("Path:", s.path), ("HostPathType:", "<none>" if s.type is None else s.type))


def _disk(s: Any) -> Rows:
    return (("FSType:", s.fs_type), ("Partition:", s.partition), ("ReadOnly:", s.read_only))


def _config_map(s: Any) -> Rows:
    return (("Name:", s.name), ("Optional:", bool(s.optional)))


def _iscsi(s: Any) -> Rows:
    return (
        ("TargetPortal:", s.target_portal),
        ("IQN:", s.iqn),
        ("Lun:", s.lun),
        ("ISCSIInterface", s.iscsi_interface),
        ("FSType:", s.fs_type),
        ("ReadOnly:", s.read_only),
        ("Portals:", s.portals),
        ("DiscoveryCHAPAuth:", s.chap_auth_discovery),
        ("SessionCHAPAuth:", s.chap_auth_session),
        ("SecretRef:", s.secret_ref),
        ("InitiatorName:", "<none>" if s.initiator_name is None else s.initiator_name),
    )


def _glusterfs(s: Any) -> Rows:
    persistent = hasattr(s, "endpoints_namespace")
    namespace = [("EndpointsNamespace:", or_unset(s.endpoints_namespace))] if persistent else []
    return (("EndpointsName:", s.endpoints), *namespace, ("Path:", s.path), ("ReadOnly:", s.read_only))


def _rbd(s: Any) -> Rows:
    return (
        ("CephMonitors:", s.monitors),
        ("RBDImage:", s.image),
        ("FSType:", s.fs_type),
        ("RBDPool:", s.pool),
        ("RadosUser:", s.user),
        ("Keyring:", s.keyring),
        ("SecretRef:", s.secret_ref),
        ("ReadOnly:", s.read_only),
    )


def _azure_disk(s: Any) -> Rows:
    return (
        ("DiskName:", s.disk_name),
        ("DiskURI:", s.disk_uri),
        ("Kind: ", s.kind),
        ("FSType:", s.fs_type),
        ("CachingMode:", s.caching_mode),
        ("ReadOnly:", s.read_only),
    )


def _cinder(s: Any) -> Rows:
    rows = (("VolumeID:", s.volume_id), ("FSType:", s.fs_type), ("ReadOnly:", s.read_only))
    return (*rows, ("SecretRef:", s.secret_ref))


def _scale_io(s: Any) -> Rows:
    secret: Rows = ()
    if isinstance(s, ScaleIOPersistentVolumeSource):
        reference = s.secret_ref or SecretReference()
        secret = (("SecretName:", reference.name), ("SecretNamespace:", reference.namespace))
    return (
        ("Gateway:", s.gateway),
        ("System:", s.system),
        ("Protection Domain:", s.protection_domain),
        ("Storage Pool:", s.storage_pool),
        ("Storage Mode:", s.storage_mode),
        ("VolumeName:", s.volume_name),
        *secret,
        ("FSType:", s.fs_type),
        ("ReadOnly:", s.read_only),
    )


def _cephfs(s: Any) -> Rows:
    return (
        ("Monitors:", s.monitors),
        ("Path:", s.path),
        ("User:", s.user),
        ("SecretFile:", s.secret_file),
        ("SecretRef:", s.secret_ref),
        ("ReadOnly:", s.read_only),
    )


def _storage_os(s: Any) -> Rows:
    names = (("VolumeName:", s.volume_name), ("VolumeNamespace:", s.volume_namespace))
    return (*names, ("FSType:", s.fs_type), ("ReadOnly:", s.read_only))


def _fibre_channel(s: Any) -> Rows:
    lun = "<none>" if s.lun is None else s.lun
    names = (("TargetWWNs:", ", ".join(s.target_ww_ns)), ("LUN:", lun))
    return (*names, ("FSType:", s.fs_type), ("ReadOnly:", s.read_only))


def _azure_file(s: Any) -> Rows:
    persistent = hasattr(s, "secret_namespace")
    namespace = [("SecretNamespace:", s.secret_namespace or "")] if persistent else []
    return (("SecretName:", s.secret_name), *namespace, ("ShareName:", s.share_name), ("ReadOnly:", s.read_only))


def _flex(s: Any) -> Rows:
    names = (("Driver:", s.driver), ("FSType:", s.fs_type), ("SecretRef:", s.secret_ref))
    return (*names, ("ReadOnly:", s.read_only), ("Options:", s.options))


def _vsphere(s: Any) -> Rows:
    return (("VolumePath:", s.volume_path), ("FSType:", s.fs_type), ("StoragePolicyName:", s.storage_policy_name))


_EXEC = "FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)"
_CLAIM = "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)"
_ISCSI = "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)"

_SOURCES: Mapping[str, tuple[str, Callable[[Any], Rows]]] = {
    "host_path": ("HostPath (bare host directory volume)", _host_path),
    "gce_persistent_disk": (
        "GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)",
        lambda s: (("PDName:", s.pd_name), *_disk(s)),
    ),
    "aws_elastic_block_store": (
        "AWSElasticBlockStore (a Persistent Disk resource in AWS)",
        lambda s: (("VolumeID:", s.volume_id), *_disk(s)),
    ),
    "git_repo": (
        "GitRepo (a volume that is pulled from git when the pod is created)",
        lambda s: (("Repository:", s.repository), ("Revision:", s.revision)),
    ),
    "config_map": ("ConfigMap (a volume populated by a ConfigMap)", _config_map),
    "nfs": (
        "NFS (an NFS mount that lasts the lifetime of a pod)",
        lambda s: (("Server:", s.server), ("Path:", s.path), ("ReadOnly:", s.read_only)),
    ),
    "iscsi": (_ISCSI, _iscsi),
    "glusterfs": ("Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)", _glusterfs),
    "persistent_volume_claim": (_CLAIM, lambda s: (("ClaimName:", s.claim_name), ("ReadOnly:", s.read_only))),
    "rbd": ("RBD (a Rados Block Device mount on the host that shares a pod's lifetime)", _rbd),
    "quobyte": (
        "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)",
        lambda s: (("Registry:", s.registry), ("Volume:", s.volume), ("ReadOnly:", s.read_only)),
    ),
    "azure_disk": ("AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)", _azure_disk),
    "vsphere_volume": ("vSphereVolume (a Persistent Disk resource in vSphere)", _vsphere),
    "cinder": ("Cinder (a Persistent Disk resource in OpenStack)", _cinder),
    "photon_persistent_disk": (
        "PhotonPersistentDisk (a Persistent Disk resource in photon platform)",
        lambda s: (("PdID:", s.pd_id), ("FSType:", s.fs_type)),
    ),
    "portworx_volume": (
        "PortworxVolume (a Portworx Volume resource)",
        lambda s: (("VolumeID:", s.volume_id),),
    ),
    "scale_io": ("ScaleIO (a persistent volume backed by a block device in ScaleIO)", _scale_io),
    "local": (
        "LocalVolume (a persistent volume backed by local storage on a node)",
        lambda s: (("Path:", s.path),),
    ),
    "cephfs": ("CephFS (a CephFS mount on the host that shares a pod's lifetime)", _cephfs),
    "storageos": ("StorageOS (a StorageOS Persistent Disk resource)", _storage_os),
    "fc": ("FC (a Fibre Channel disk)", _fibre_channel),
    "azure_file": ("AzureFile (an Azure File Service mount on the host and bind mount to the pod)", _azure_file),
    "flex_volume": (_EXEC, _flex),
    "flocker": (
        "Flocker (a Flocker volume mounted by the Flocker agent)",
        lambda s: (("DatasetName:", s.dataset_name), ("DatasetUUID:", s.dataset_uuid)),
    ),
    "image": (
        "Image (a container image or OCI artifact)",
        lambda s: (("Reference:", s.reference), ("PullPolicy:", s.pull_policy)),
    ),
}


# -- claims


def describe_claim(
    w: Writer,
    meta: ObjectMeta,
    spec: PersistentVolumeClaimSpec,
    claim: PersistentVolumeClaim | None = None,
    phase: str = "",
) -> None:
    """Write a claim, or the template of one.

    Parameters
    ----------
    w
        Where to.
    meta, spec
        Of the claim or the template.
    claim
        The whole claim, where it is no template.
    phase
        The status of the claim.
    """
    w.field(0, "StorageClass", class_of_claim(PersistentVolumeClaim(metadata=meta, spec=spec)))
    if claim is not None:
        w.field(0, "Status", phase)
    w.field(0, "Volume", spec.volume_name)
    label_lines(w, "Labels", meta.labels)
    annotation_lines(w, "Annotations", meta.annotations)
    if claim is not None:
        w.field(0, "Finalizers", listed(meta.finalizers))
    status = PersistentVolumeClaimStatus() if claim is None else claim.status
    bound = spec.volume_name != ""
    w.field(0, "Capacity", status.capacity.get("storage", "0") if bound else "")
    w.field(0, "Access Modes", access_modes(status.access_modes) if bound else "")
    if spec.volume_mode is not None:
        w.field(0, "VolumeMode", spec.volume_mode)
    if (source := spec.data_source) is not None:
        w.write(0, "DataSource:\n")
        if source.api_group is not None:
            w.field(1, "APIGroup", source.api_group)
        w.field(1, "Kind", source.kind)
        w.field(1, "Name", source.name)
