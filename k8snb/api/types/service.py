"""Services and endpoint slices.

Field names, order, presence and patch strategies are those of the Kubernetes 1.36 API.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from msgspec import field

from k8snb.api.schema import ALWAYS, EMPTY, Int32, IntOrString, KubernetesObject, merge_by, named, Struct
from k8snb.api.types.containers import Protocol
from k8snb.api.types.meta import Condition, ObjectMeta
from k8snb.api.types.persistent_volume import ObjectReference

ServiceType = Annotated[str, named("v1.ServiceType")]
ServiceAffinity = Annotated[str, named("v1.ServiceAffinity")]
ServiceExternalTrafficPolicy = Annotated[str, named("v1.ServiceExternalTrafficPolicy")]
IPFamily = Annotated[str, named("v1.IPFamily")]
IPFamilyPolicy = Annotated[str, named("v1.IPFamilyPolicy")]
ServiceInternalTrafficPolicy = Annotated[str, named("v1.ServiceInternalTrafficPolicy")]
LoadBalancerIPMode = Annotated[str, named("v1.LoadBalancerIPMode")]
AddressType = Annotated[str, named("v1.AddressType")]


class ServicePort(Struct):
    name: str = ""
    protocol: Protocol = ""
    app_protocol: str | None = None
    port: Annotated[Int32, ALWAYS] = 0
    target_port: IntOrString = 0
    node_port: Int32 = 0


class ClientIPConfig(Struct):
    timeout_seconds: Int32 | None = None


class SessionAffinityConfig(Struct):
    client_ip: ClientIPConfig | None = field(default=None, name="clientIP")


class ServiceSpec(Struct):
    ports: Annotated[tuple[ServicePort, ...], merge_by("port")] = ()
    selector: Mapping[str, str] = EMPTY
    cluster_ip: str = field(default="", name="clusterIP")
    cluster_ips: tuple[str, ...] = field(default=(), name="clusterIPs")
    type: ServiceType = ""
    external_ips: tuple[str, ...] = field(default=(), name="externalIPs")
    session_affinity: ServiceAffinity = ""
    load_balancer_ip: str = field(default="", name="loadBalancerIP")
    load_balancer_source_ranges: tuple[str, ...] = ()
    external_name: str = ""
    external_traffic_policy: ServiceExternalTrafficPolicy = ""
    health_check_node_port: Int32 = 0
    publish_not_ready_addresses: bool = False
    session_affinity_config: SessionAffinityConfig | None = None
    ip_families: tuple[IPFamily, ...] = ()
    ip_family_policy: IPFamilyPolicy | None = None
    allocate_load_balancer_node_ports: bool | None = None
    load_balancer_class: str | None = None
    internal_traffic_policy: ServiceInternalTrafficPolicy | None = None
    traffic_distribution: str | None = None


class PortStatus(Struct):
    port: Annotated[Int32, ALWAYS] = 0
    protocol: Annotated[Protocol, ALWAYS] = ""
    error: str | None = None


class LoadBalancerIngress(Struct):
    ip: str = ""
    hostname: str = ""
    ip_mode: LoadBalancerIPMode | None = None
    ports: tuple[PortStatus, ...] = ()


class LoadBalancerStatus(Struct):
    ingress: tuple[LoadBalancerIngress, ...] = ()


class ServiceStatus(Struct):
    load_balancer: LoadBalancerStatus = LoadBalancerStatus()
    conditions: Annotated[tuple[Condition, ...], merge_by("type")] = ()


class Service(KubernetesObject):
    api_version: ClassVar[str] = "v1"
    metadata: ObjectMeta = ObjectMeta()
    spec: ServiceSpec = ServiceSpec()
    status: ServiceStatus = ServiceStatus()


class EndpointConditions(Struct):
    ready: bool | None = None
    serving: bool | None = None
    terminating: bool | None = None


class ForZone(Struct):
    name: Annotated[str, ALWAYS] = ""


class ForNode(Struct):
    name: Annotated[str, ALWAYS] = ""


class EndpointHints(Struct):
    for_zones: tuple[ForZone, ...] = ()
    for_nodes: tuple[ForNode, ...] = ()


class Endpoint(Struct):
    addresses: Annotated[tuple[str, ...], ALWAYS] = ()
    conditions: EndpointConditions = EndpointConditions()
    hostname: str | None = None
    target_ref: ObjectReference | None = None
    deprecated_topology: Mapping[str, str] = EMPTY
    node_name: str | None = None
    zone: str | None = None
    hints: EndpointHints | None = None


class EndpointPort(Struct):
    name: str | None = None
    protocol: Protocol | None = None
    port: Int32 | None = None
    app_protocol: str | None = None


class EndpointSlice(KubernetesObject):
    api_version: ClassVar[str] = "discovery.k8s.io/v1"
    metadata: ObjectMeta = ObjectMeta()
    address_type: Annotated[AddressType, ALWAYS] = ""
    endpoints: Annotated[tuple[Endpoint, ...], ALWAYS] = ()
    ports: Annotated[tuple[EndpointPort, ...], ALWAYS] = ()
