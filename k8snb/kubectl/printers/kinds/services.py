"""The tables of services and endpoint slices.

References
----------
``pkg/printers/internalversion/printers.go printService, getServiceExternalIP, printEndpoints,
printEndpointSlice @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from k8snb.api.schema import KubernetesObject
from k8snb.api.types.served import Endpoints
from k8snb.api.types.service import EndpointSlice, Service, ServicePort
from k8snb.kubectl.ages import since
from k8snb.kubectl.printers.table import Cell, format_labels, kind_table, KindTable

_SHOWN = 3


def _service(obj: Service, now_ms: int) -> tuple[Cell, ...]:
    return (
        obj.metadata.name,
        obj.spec.type,
        obj.spec.cluster_ips[0] if obj.spec.cluster_ips else "<none>",
        external_ip(obj),
        ",".join(map(_port, obj.spec.ports)) or "<none>",
        since(obj.metadata.creation_timestamp, now_ms),
        format_labels(obj.spec.selector),
    )


def _port(port: ServicePort) -> str:
    node_port = f":{port.node_port}" if port.node_port > 0 else ""
    return f"{port.port}{node_port}/{port.protocol}"


def external_ip(service: Service) -> str:
    """The addresses that a service has outside of the cluster. The server never shortens them."""
    given = ",".join(service.spec.external_ips)
    if service.spec.type in ("ClusterIP", "NodePort"):
        return given or "<none>"
    if service.spec.type == "LoadBalancer":
        balanced = ",".join(sorted({i.ip or i.hostname for i in service.status.load_balancer.ingress} - {""}))
        return ",".join(filter(None, (balanced, given))) or "<pending>"
    return service.spec.external_name if service.spec.type == "ExternalName" else "<unknown>"


def _endpoint_slice(obj: EndpointSlice, now_ms: int) -> tuple[Cell, ...]:
    ports = [str(p.port) if p.port is not None else p.name if p.name is not None else "*" for p in obj.ports]
    addresses = [address for endpoint in obj.endpoints for address in endpoint.addresses]
    age = since(obj.metadata.creation_timestamp, now_ms)
    return obj.metadata.name, obj.address_type, _some(ports), _some(addresses), age


def _endpoints(obj: Endpoints, now_ms: int) -> tuple[Cell, ...]:
    return obj.metadata.name, _ready(obj), since(obj.metadata.creation_timestamp, now_ms)


def _ready(obj: Endpoints) -> str:
    """The first three addresses that are ready, with each of their ports, and how many more there are."""
    if not obj.subsets:
        return "<none>"
    shown: list[str] = []
    for subset in obj.subsets:
        suffixes = [f":{port.port}" for port in subset.ports] or [""]
        shown += [f"{address.ip}{suffix}" for suffix in suffixes for address in subset.addresses]
    more = f" + {len(shown) - _SHOWN} more..." if len(shown) > _SHOWN else ""
    return ",".join(shown[:_SHOWN]) + more


def _some(values: Sequence[str]) -> str:
    """The first three values, and how many more there are."""
    more = f" + {len(values) - _SHOWN} more..." if len(values) > _SHOWN else ""
    return ",".join(values[:_SHOWN]) + more or "<unset>"


TABLES: Mapping[type[KubernetesObject], KindTable] = {
    Service: kind_table("Name|Type|Cluster-IP|External-IP|Port(s)|Age", _service, wide="Selector"),
    Endpoints: kind_table("Name|Endpoints|Age", _endpoints),
    EndpointSlice: kind_table("Name|AddressType|Ports|Endpoints|Age", _endpoint_slice),
}
