"""Nodes and their leases.

Field names, order, presence and patch strategies are those of the Kubernetes 1.36 API.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from msgspec import field

from k8snb.api.schema import (
    ALWAYS,
    EMPTY,
    Int32,
    Int64,
    KubernetesObject,
    MERGE,
    merge_by,
    MicroTime,
    named,
    Quantity,
    Struct,
    Time,
    UID,
)
from k8snb.api.types.meta import ConditionStatus, ObjectMeta
from k8snb.api.types.placement import Taint

NodeConditionType = Annotated[str, named("v1.NodeConditionType")]
NodeAddressType = Annotated[str, named("v1.NodeAddressType")]
UniqueVolumeName = Annotated[str, named("v1.UniqueVolumeName")]
NodePhase = Annotated[str, named("v1.NodePhase")]
CoordinatedLeaseStrategy = Annotated[str, named("v1.CoordinatedLeaseStrategy")]


class ConfigMapNodeConfigSource(Struct):
    namespace: Annotated[str, ALWAYS] = ""
    name: Annotated[str, ALWAYS] = ""
    uid: UID = ""
    resource_version: str = ""
    kubelet_config_key: Annotated[str, ALWAYS] = ""


class NodeConfigSource(Struct):
    config_map: ConfigMapNodeConfigSource | None = None


class NodeSpec(Struct):
    pod_cidr: str = field(default="", name="podCIDR")
    pod_cidrs: Annotated[tuple[str, ...], MERGE] = field(default=(), name="podCIDRs")
    provider_id: str = field(default="", name="providerID")
    unschedulable: bool = False
    taints: tuple[Taint, ...] = ()
    config_source: NodeConfigSource | None = None
    external_id: str = field(default="", name="externalID")


class NodeCondition(Struct):
    type: Annotated[NodeConditionType, ALWAYS] = ""
    status: Annotated[ConditionStatus, ALWAYS] = ""
    last_heartbeat_time: Annotated[Time | None, ALWAYS] = None
    last_transition_time: Annotated[Time | None, ALWAYS] = None
    reason: str = ""
    message: str = ""


class NodeAddress(Struct):
    type: Annotated[NodeAddressType, ALWAYS] = ""
    address: Annotated[str, ALWAYS] = ""


class DaemonEndpoint(Struct):
    port: Annotated[Int32, ALWAYS] = field(default=0, name="Port")


class NodeDaemonEndpoints(Struct):
    kubelet_endpoint: DaemonEndpoint = DaemonEndpoint()


class NodeSwapStatus(Struct):
    capacity: Int64 | None = None


class NodeSystemInfo(Struct):
    machine_id: Annotated[str, ALWAYS] = field(default="", name="machineID")
    system_uuid: Annotated[str, ALWAYS] = field(default="", name="systemUUID")
    boot_id: Annotated[str, ALWAYS] = field(default="", name="bootID")
    kernel_version: Annotated[str, ALWAYS] = ""
    os_image: Annotated[str, ALWAYS] = ""
    container_runtime_version: Annotated[str, ALWAYS] = ""
    kubelet_version: Annotated[str, ALWAYS] = ""
    kube_proxy_version: Annotated[str, ALWAYS] = ""
    operating_system: Annotated[str, ALWAYS] = ""
    architecture: Annotated[str, ALWAYS] = ""
    swap: NodeSwapStatus | None = None


class ContainerImage(Struct):
    names: Annotated[tuple[str, ...], ALWAYS] = ()
    size_bytes: Int64 = 0


class AttachedVolume(Struct):
    name: Annotated[UniqueVolumeName, ALWAYS] = ""
    device_path: Annotated[str, ALWAYS] = ""


class NodeConfigStatus(Struct):
    assigned: NodeConfigSource | None = None
    active: NodeConfigSource | None = None
    last_known_good: NodeConfigSource | None = None
    error: str = ""


class NodeRuntimeHandlerFeatures(Struct):
    recursive_read_only_mounts: bool | None = None
    user_namespaces: bool | None = None


class NodeRuntimeHandler(Struct):
    name: Annotated[str, ALWAYS] = ""
    features: NodeRuntimeHandlerFeatures | None = None


class NodeFeatures(Struct):
    supplemental_groups_policy: bool | None = None


class NodeStatus(Struct):
    capacity: Annotated[Mapping[str, Quantity], named("v1.ResourceList")] = EMPTY
    allocatable: Annotated[Mapping[str, Quantity], named("v1.ResourceList")] = EMPTY
    phase: NodePhase = ""
    conditions: Annotated[tuple[NodeCondition, ...], merge_by("type")] = ()
    addresses: Annotated[tuple[NodeAddress, ...], merge_by("type")] = ()
    daemon_endpoints: NodeDaemonEndpoints = NodeDaemonEndpoints()
    node_info: NodeSystemInfo = NodeSystemInfo()
    images: tuple[ContainerImage, ...] = ()
    volumes_in_use: tuple[UniqueVolumeName, ...] = ()
    volumes_attached: tuple[AttachedVolume, ...] = ()
    config: NodeConfigStatus | None = None
    runtime_handlers: tuple[NodeRuntimeHandler, ...] = ()
    features: NodeFeatures | None = None
    declared_features: tuple[str, ...] = ()


class Node(KubernetesObject):
    api_version: ClassVar[str] = "v1"
    metadata: ObjectMeta = ObjectMeta()
    spec: NodeSpec = NodeSpec()
    status: NodeStatus = NodeStatus()


class LeaseSpec(Struct):
    holder_identity: str | None = None
    lease_duration_seconds: Int32 | None = None
    acquire_time: MicroTime | None = None
    renew_time: MicroTime | None = None
    lease_transitions: Int32 | None = None
    strategy: CoordinatedLeaseStrategy | None = None
    preferred_holder: str | None = None


class Lease(KubernetesObject):
    api_version: ClassVar[str] = "coordination.k8s.io/v1"
    metadata: ObjectMeta = ObjectMeta()
    spec: LeaseSpec = LeaseSpec()
