"""Defaults of Service and EndpointSlice. Addresses and node ports are allocated elsewhere.

References
----------
``pkg/apis/core/v1/defaults.go SetDefaults_Service`` and
``pkg/apis/discovery/v1/defaults.go SetDefaults_EndpointPort @ v1.36``
"""

from __future__ import annotations

from k8snb.api.defaults.sharing import each, revised
from k8snb.api.types.service import (
    ClientIPConfig,
    EndpointPort,
    EndpointSlice,
    LoadBalancerIngress,
    Service,
    ServicePort,
    ServiceSpec,
    ServiceStatus,
    SessionAffinityConfig,
)

STICKY_SECONDS = 10800


def default_service(service: Service) -> Service:
    """A service with its defaults."""
    spec = service.spec
    spec = revised(
        spec,
        type=spec.type or "ClusterIP",
        session_affinity=spec.session_affinity or "None",
        ports=each(spec.ports, _default_port),
    )
    spec = revised(spec, session_affinity_config=_affinity_config(spec))
    if not spec.external_traffic_policy and _externally_accessible(spec):
        spec = revised(spec, external_traffic_policy="Cluster")
    if spec.internal_traffic_policy is None and spec.type in ("NodePort", "LoadBalancer", "ClusterIP"):
        spec = revised(spec, internal_traffic_policy="Cluster")
    if spec.type != "LoadBalancer":
        return revised(service, spec=spec)
    if spec.allocate_load_balancer_node_ports is None:
        spec = revised(spec, allocate_load_balancer_node_ports=True)
    return revised(service, spec=spec, status=_balancer_status(service.status))


def _default_port(port: ServicePort) -> ServicePort:
    target = port.port if port.target_port in (0, "") else port.target_port
    return revised(port, protocol=port.protocol or "TCP", target_port=target)


def _affinity_config(spec: ServiceSpec) -> SessionAffinityConfig | None:
    config = spec.session_affinity_config
    if spec.session_affinity == "None":
        return None
    if spec.session_affinity != "ClientIP":
        return config
    if config is not None and config.client_ip is not None and config.client_ip.timeout_seconds is not None:
        return config
    return SessionAffinityConfig(client_ip=ClientIPConfig(timeout_seconds=STICKY_SECONDS))


def _externally_accessible(spec: ServiceSpec) -> bool:
    return spec.type in ("LoadBalancer", "NodePort") or (spec.type == "ClusterIP" and bool(spec.external_ips))


def _balancer_status(status: ServiceStatus) -> ServiceStatus:
    balancer = status.load_balancer
    return revised(status, load_balancer=revised(balancer, ingress=each(balancer.ingress, _ingress)))


def _ingress(ingress: LoadBalancerIngress) -> LoadBalancerIngress:
    return revised(ingress, ip_mode="VIP") if ingress.ip and ingress.ip_mode is None else ingress


def default_endpoint_slice(endpoint_slice: EndpointSlice) -> EndpointSlice:
    """An endpoint slice with its ports' defaults."""
    return revised(endpoint_slice, ports=each(endpoint_slice.ports, _endpoint_port))


def _endpoint_port(port: EndpointPort) -> EndpointPort:
    return revised(
        port,
        name="" if port.name is None else port.name,
        protocol="TCP" if port.protocol is None else port.protocol,
    )
