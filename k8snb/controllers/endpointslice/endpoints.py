"""What a service makes of one pod: an endpoint with its conditions, and the ports that it is reached on.

References
----------
``staging/src/k8s.io/endpointslice/utils.go podToEndpoint, getEndpointPorts, FindPort``,
``util/controller_utils.go ShouldPodBeInEndpoints`` and ``trafficdist/trafficdist.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from k8snb.api.pods import is_ready, is_terminal
from k8snb.api.topology import ZONE
from k8snb.api.types.node import Node
from k8snb.api.types.persistent_volume import ObjectReference
from k8snb.api.types.pod import Pod
from k8snb.api.types.service import (
    Endpoint,
    EndpointConditions,
    EndpointHints,
    EndpointPort,
    ForNode,
    ForZone,
    Service,
    ServicePort,
)
from k8snb.controllers.endpointslice.port_order import in_order

HEADLESS = "None"
_CLOSE = ("PreferClose", "PreferSameZone", "PreferSameNode")

Ports = tuple[EndpointPort, ...]

_CONDITIONS = {
    (ready, serving, terminating): EndpointConditions(ready=ready, serving=serving, terminating=terminating)
    for ready in (False, True)
    for serving in (False, True)
    for terminating in (False, True)
}


class Wanted(NamedTuple):
    """How a pod is to appear in the slices: its endpoint, and the ports of the slice that it belongs to."""

    ports: Ports
    endpoint: Endpoint


def selects(service: Service, labels: Mapping[str, str]) -> bool:
    """The service's selector matches these labels; a service without one selects nothing."""
    selector = service.spec.selector
    return bool(selector) and all(labels.get(key) == value for key, value in selector.items())


def belongs_in_endpoints(pod: Pod) -> bool:
    """The pod has an address and has not ended."""
    return bool(pod.status.pod_ip or pod.status.pod_ips) and not is_terminal(pod)


def address_types(service: Service) -> tuple[str, ...]:
    """The address types that a service has slices of, ``IPv4`` and ``IPv6``."""
    families = service.spec.ip_families
    if families:
        return tuple(family for family in ("IPv4", "IPv6") if family in families)
    address = service.spec.cluster_ip
    if address and address != HEADLESS:
        return ("IPv6",) if ":" in address else ("IPv4",)
    return ("IPv4", "IPv6")


def endpoint_of(pod: Pod, node: Node | None, service: Service, address_type: str) -> Endpoint | None:
    """The pod as one endpoint of a service; None when it has no address of the type."""
    addresses = tuple(ip.ip for ip in pod.status.pod_ips if (":" in ip.ip) == (address_type == "IPv6"))
    if not addresses:
        return None
    meta, spec = pod.metadata, pod.spec
    serving, terminating = is_ready(pod), meta.deletion_timestamp is not None
    ready = service.spec.publish_not_ready_addresses or (serving and not terminating)
    zone = node.metadata.labels.get(ZONE) or None if node is not None else None
    return Endpoint(
        addresses=addresses,
        conditions=_CONDITIONS[ready, serving, terminating],
        hostname=spec.hostname if spec.hostname and spec.subdomain == service.metadata.name else None,
        target_ref=ObjectReference(kind="Pod", namespace=meta.namespace, name=meta.name, uid=meta.uid),
        node_name=spec.node_name or None,
        zone=zone,
        hints=_hints(service, ready, zone, spec.node_name),
    )


def _hints(service: Service, ready: bool, zone: str | None, node_name: str) -> EndpointHints | None:
    """Which zone, and with ``PreferSameNode`` which node, should send its traffic to a ready endpoint."""
    distribution = service.spec.traffic_distribution
    if distribution not in _CLOSE or not ready:
        return None
    for_zones = (ForZone(name=zone),) if zone else ()
    for_nodes = (ForNode(name=node_name),) if node_name and distribution == "PreferSameNode" else ()
    return EndpointHints(for_zones=for_zones, for_nodes=for_nodes) if for_zones or for_nodes else None


class PortResolver:
    """The ports on which pods are reached behind one version of a service.

    Unless a target port is named, they are the same for every pod.
    """

    def __init__(self, service: Service) -> None:
        self._ports = service.spec.ports
        fixed = all(isinstance(port.target_port, int) for port in self._ports)
        self._fixed = in_order(_endpoint_port(p, int(p.target_port)) for p in self._ports) if fixed else None
        self._known: dict[tuple[int, ...], Ports] = {}

    def of(self, pod: Pod) -> Ports:
        """The ports of a pod; those that it has no container port of that name for are left out."""
        if self._fixed is not None:
            return self._fixed
        numbers = tuple(find_port(pod, port) for port in self._ports)
        ports = self._known.get(numbers)
        if ports is None:
            pairs = zip(self._ports, numbers, strict=True)
            ports = self._known[numbers] = in_order(_endpoint_port(p, n) for p, n in pairs if n != UNKNOWN_PORT)
        return ports


UNKNOWN_PORT = -1


def _endpoint_port(port: ServicePort, number: int) -> EndpointPort:
    return EndpointPort(name=port.name, protocol=port.protocol, port=number, app_protocol=port.app_protocol)


def find_port(pod: Pod, service_port: ServicePort) -> int:
    """The number of a service's target port at a pod; `UNKNOWN_PORT` when no container has a port of that name."""
    target = service_port.target_port
    if isinstance(target, int):
        return target
    sidecars = (c for c in pod.spec.init_containers if c.restart_policy == "Always")
    for container in (*pod.spec.containers, *sidecars):
        for port in container.ports:
            if port.name == target and port.protocol == service_port.protocol:
                return port.container_port
    return UNKNOWN_PORT
