"""What the kubelet reports of a pod.

Field names, order, presence and patch strategies are those of the Kubernetes 1.36 API.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from msgspec import field

from k8snb.api.schema import ALWAYS, EMPTY, Int32, Int64, merge_by, named, Quantity, RETAIN_KEYS, Struct, Time
from k8snb.api.types.containers import RecursiveReadOnlyMode, ResourceName, ResourceRequirements, Signal
from k8snb.api.types.meta import ConditionStatus

PodConditionType = Annotated[str, named("v1.PodConditionType")]
ResourceID = Annotated[str, named("v1.ResourceID")]
ResourceHealthStatus = Annotated[str, named("v1.ResourceHealthStatus")]
PodPhase = Annotated[str, named("v1.PodPhase")]
PodQOSClass = Annotated[str, named("v1.PodQOSClass")]
PodResizeStatus = Annotated[str, named("v1.PodResizeStatus")]


class PodCondition(Struct):
    type: Annotated[PodConditionType, ALWAYS] = ""
    observed_generation: Int64 = 0
    status: Annotated[ConditionStatus, ALWAYS] = ""
    last_probe_time: Annotated[Time | None, ALWAYS] = None
    last_transition_time: Annotated[Time | None, ALWAYS] = None
    reason: str = ""
    message: str = ""


class HostIP(Struct):
    ip: Annotated[str, ALWAYS] = ""


class PodIP(Struct):
    ip: Annotated[str, ALWAYS] = ""


class ContainerStateWaiting(Struct):
    reason: str = ""
    message: str = ""


class ContainerStateRunning(Struct):
    started_at: Annotated[Time | None, ALWAYS] = None


class ContainerStateTerminated(Struct):
    exit_code: Annotated[Int32, ALWAYS] = 0
    signal: Int32 = 0
    reason: str = ""
    message: str = ""
    started_at: Annotated[Time | None, ALWAYS] = None
    finished_at: Annotated[Time | None, ALWAYS] = None
    container_id: str = field(default="", name="containerID")


class ContainerState(Struct):
    waiting: ContainerStateWaiting | None = None
    running: ContainerStateRunning | None = None
    terminated: ContainerStateTerminated | None = None


class ImageVolumeStatus(Struct):
    image_ref: str = ""


class VolumeStatus(Struct):
    image: ImageVolumeStatus | None = None


class VolumeMountStatus(Struct):
    name: Annotated[str, ALWAYS] = ""
    mount_path: Annotated[str, ALWAYS] = ""
    read_only: bool = False
    recursive_read_only: RecursiveReadOnlyMode | None = None
    volume_status: VolumeStatus | None = None


class LinuxContainerUser(Struct):
    uid: Annotated[Int64, ALWAYS] = 0
    gid: Annotated[Int64, ALWAYS] = 0
    supplemental_groups: tuple[Int64, ...] = ()


class ContainerUser(Struct):
    linux: LinuxContainerUser | None = None


class ResourceHealth(Struct):
    resource_id: Annotated[ResourceID, ALWAYS] = field(default="", name="resourceID")
    health: ResourceHealthStatus = ""
    message: str | None = None


class ResourceStatus(Struct):
    name: Annotated[ResourceName, ALWAYS] = ""
    resources: tuple[ResourceHealth, ...] = ()


class ContainerStatus(Struct):
    name: Annotated[str, ALWAYS] = ""
    state: ContainerState = ContainerState()
    last_state: ContainerState = ContainerState()
    ready: Annotated[bool, ALWAYS] = False
    restart_count: Annotated[Int32, ALWAYS] = 0
    image: Annotated[str, ALWAYS] = ""
    image_id: Annotated[str, ALWAYS] = field(default="", name="imageID")
    container_id: str = field(default="", name="containerID")
    started: bool | None = None
    allocated_resources: Annotated[Mapping[str, Quantity], named("v1.ResourceList")] = EMPTY
    resources: ResourceRequirements | None = None
    volume_mounts: Annotated[tuple[VolumeMountStatus, ...], merge_by("mountPath")] = ()
    user: ContainerUser | None = None
    allocated_resources_status: Annotated[tuple[ResourceStatus, ...], merge_by("name")] = ()
    stop_signal: Signal | None = None


class PodResourceClaimStatus(Struct):
    name: Annotated[str, ALWAYS] = ""
    resource_claim_name: str | None = None


class ContainerExtendedResourceRequest(Struct):
    container_name: Annotated[str, ALWAYS] = ""
    resource_name: Annotated[str, ALWAYS] = ""
    request_name: Annotated[str, ALWAYS] = ""


class PodExtendedResourceClaimStatus(Struct):
    request_mappings: Annotated[tuple[ContainerExtendedResourceRequest, ...], ALWAYS] = ()
    resource_claim_name: Annotated[str, ALWAYS] = ""


class NodeAllocatableResourceClaimStatus(Struct):
    resource_claim_name: Annotated[str, ALWAYS] = ""
    containers: tuple[str, ...] = ()
    resources: Annotated[Mapping[str, Quantity], ALWAYS, named("map[v1.ResourceName]resource.Quantity")] = EMPTY


class PodStatus(Struct):
    observed_generation: Int64 = 0
    phase: PodPhase = ""
    conditions: Annotated[tuple[PodCondition, ...], merge_by("type")] = ()
    message: str = ""
    reason: str = ""
    nominated_node_name: str = ""
    host_ip: str = field(default="", name="hostIP")
    host_ips: Annotated[tuple[HostIP, ...], merge_by("ip")] = field(default=(), name="hostIPs")
    pod_ip: str = field(default="", name="podIP")
    pod_ips: Annotated[tuple[PodIP, ...], merge_by("ip")] = field(default=(), name="podIPs")
    start_time: Time | None = None
    init_container_statuses: tuple[ContainerStatus, ...] = ()
    container_statuses: tuple[ContainerStatus, ...] = ()
    qos_class: PodQOSClass = ""
    ephemeral_container_statuses: tuple[ContainerStatus, ...] = ()
    resize: PodResizeStatus = ""
    resource_claim_statuses: Annotated[tuple[PodResourceClaimStatus, ...], merge_by("name"), RETAIN_KEYS] = ()
    extended_resource_claim_status: PodExtendedResourceClaimStatus | None = None
    allocated_resources: Annotated[Mapping[str, Quantity], named("v1.ResourceList")] = EMPTY
    resources: ResourceRequirements | None = None
    node_allocatable_resource_claim_statuses: tuple[NodeAllocatableResourceClaimStatus, ...] = ()
