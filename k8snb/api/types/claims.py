"""Persistent volumes, claims and storage classes.

Field names, order, presence and patch strategies are those of the Kubernetes 1.36 API.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from k8snb.api.schema import ALWAYS, EMPTY, KubernetesObject, merge_by, named, Quantity, Struct, Time
from k8snb.api.types.meta import ConditionStatus, LabelSelector, ObjectMeta

PersistentVolumeAccessMode = Annotated[str, named("v1.PersistentVolumeAccessMode")]
PersistentVolumeMode = Annotated[str, named("v1.PersistentVolumeMode")]
PersistentVolumeClaimConditionType = Annotated[str, named("v1.PersistentVolumeClaimConditionType")]
PersistentVolumeClaimModifyVolumeStatus = Annotated[str, named("v1.PersistentVolumeClaimModifyVolumeStatus")]
PersistentVolumeClaimPhase = Annotated[str, named("v1.PersistentVolumeClaimPhase")]
ClaimResourceStatus = Annotated[str, named("v1.ClaimResourceStatus")]
PersistentVolumeReclaimPolicy = Annotated[str, named("v1.PersistentVolumeReclaimPolicy")]
VolumeBindingMode = Annotated[str, named("v1.VolumeBindingMode")]


class VolumeResourceRequirements(Struct):
    limits: Annotated[Mapping[str, Quantity], named("v1.ResourceList")] = EMPTY
    requests: Annotated[Mapping[str, Quantity], named("v1.ResourceList")] = EMPTY


class TypedLocalObjectReference(Struct):
    api_group: Annotated[str | None, ALWAYS] = None
    kind: Annotated[str, ALWAYS] = ""
    name: Annotated[str, ALWAYS] = ""


class TypedObjectReference(Struct):
    api_group: Annotated[str | None, ALWAYS] = None
    kind: Annotated[str, ALWAYS] = ""
    name: Annotated[str, ALWAYS] = ""
    namespace: str | None = None


class PersistentVolumeClaimSpec(Struct):
    access_modes: tuple[PersistentVolumeAccessMode, ...] = ()
    selector: LabelSelector | None = None
    resources: VolumeResourceRequirements = VolumeResourceRequirements()
    volume_name: str = ""
    storage_class_name: str | None = None
    volume_mode: PersistentVolumeMode | None = None
    data_source: TypedLocalObjectReference | None = None
    data_source_ref: TypedObjectReference | None = None
    volume_attributes_class_name: str | None = None


class PersistentVolumeClaimCondition(Struct):
    type: Annotated[PersistentVolumeClaimConditionType, ALWAYS] = ""
    status: Annotated[ConditionStatus, ALWAYS] = ""
    last_probe_time: Annotated[Time | None, ALWAYS] = None
    last_transition_time: Annotated[Time | None, ALWAYS] = None
    reason: str = ""
    message: str = ""


class ModifyVolumeStatus(Struct):
    target_volume_attributes_class_name: str = ""
    status: Annotated[PersistentVolumeClaimModifyVolumeStatus, ALWAYS] = ""


class PersistentVolumeClaimStatus(Struct):
    phase: PersistentVolumeClaimPhase = ""
    access_modes: tuple[PersistentVolumeAccessMode, ...] = ()
    capacity: Annotated[Mapping[str, Quantity], named("v1.ResourceList")] = EMPTY
    conditions: Annotated[tuple[PersistentVolumeClaimCondition, ...], merge_by("type")] = ()
    allocated_resources: Annotated[Mapping[str, Quantity], named("v1.ResourceList")] = EMPTY
    allocated_resource_statuses: Annotated[
        Mapping[str, ClaimResourceStatus], named("map[v1.ResourceName]v1.ClaimResourceStatus")
    ] = EMPTY
    current_volume_attributes_class_name: str | None = None
    modify_volume_status: ModifyVolumeStatus | None = None


class PersistentVolumeClaim(KubernetesObject):
    api_version: ClassVar[str] = "v1"
    metadata: ObjectMeta = ObjectMeta()
    spec: PersistentVolumeClaimSpec = PersistentVolumeClaimSpec()
    status: PersistentVolumeClaimStatus = PersistentVolumeClaimStatus()


class TopologySelectorLabelRequirement(Struct):
    key: Annotated[str, ALWAYS] = ""
    values: Annotated[tuple[str, ...], ALWAYS] = ()


class TopologySelectorTerm(Struct):
    match_label_expressions: tuple[TopologySelectorLabelRequirement, ...] = ()


class StorageClass(KubernetesObject):
    api_version: ClassVar[str] = "storage.k8s.io/v1"
    metadata: ObjectMeta = ObjectMeta()
    provisioner: Annotated[str, ALWAYS] = ""
    parameters: Mapping[str, str] = EMPTY
    reclaim_policy: PersistentVolumeReclaimPolicy | None = None
    mount_options: tuple[str, ...] = ()
    allow_volume_expansion: bool | None = None
    volume_binding_mode: VolumeBindingMode | None = None
    allowed_topologies: tuple[TopologySelectorTerm, ...] = ()
