"""Services and endpoint slices.

References
----------
``staging/src/k8s.io/kubectl/pkg/describe/describe.go describeService, formatEndpointSlices, describeEndpoints,
describeEndpointSliceV1
@ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from k8snb.api.services import SERVICE_NAME
from k8snb.api.types.served import Endpoints
from k8snb.api.types.service import Endpoint, EndpointSlice, LoadBalancerIngress, Service, ServicePort
from k8snb.kubectl.describe.context import Context
from k8snb.kubectl.describe.events import describe_events
from k8snb.kubectl.describe.metadata import go_bool, labels_and_annotations, name_and_namespace, or_unset
from k8snb.kubectl.describe.writer import Writer
from k8snb.kubectl.printers.table import format_labels

_SHOWN = 3


def describe_service(w: Writer, context: Context, obj: Service) -> None:
    """Write everything about a service."""
    spec = obj.spec
    name_and_namespace(w, obj.metadata)
    labels_and_annotations(w, obj.metadata)
    w.field(0, "Selector", format_labels(spec.selector))
    w.field(0, "Type", spec.type)
    if spec.ip_family_policy is not None:
        w.field(0, "IP Family Policy", spec.ip_family_policy)
    w.field(0, "IP Families", ",".join(spec.ip_families) or "<none>")
    w.field(0, "IP", spec.cluster_ip)
    w.field(0, "IPs", ",".join(spec.cluster_ips) or "<none>")
    _addresses(w, obj)
    slices = [
        s
        for s in context.list(EndpointSlice, obj.metadata.namespace)
        if s.metadata.labels.get(SERVICE_NAME) == obj.metadata.name
    ]
    for port in spec.ports:
        _port(w, port, slices)
    _policies(w, obj)
    describe_events(w, context, "Service", obj.metadata)


def _addresses(w: Writer, service: Service) -> None:
    spec, balanced = service.spec, service.status.load_balancer.ingress
    if spec.external_ips:
        w.field(0, "External IPs", ",".join(spec.external_ips))
    if spec.load_balancer_ip:
        w.field(0, "Desired LoadBalancer IP", spec.load_balancer_ip)
    if spec.external_name:
        w.field(0, "External Name", spec.external_name)
    if balanced:
        w.field(0, "LoadBalancer Ingress", ", ".join(map(_ingress, balanced)))


def _ingress(ingress: LoadBalancerIngress) -> str:
    if not ingress.ip:
        return ingress.hostname
    return ingress.ip if ingress.ip_mode is None else f"{ingress.ip} ({ingress.ip_mode})"


def _port(w: Writer, port: ServicePort, slices: Sequence[EndpointSlice]) -> None:
    name = port.name or "<unset>"
    w.write(0, f"Port:\t{name}\t{port.port}/{port.protocol}\n")
    w.field(0, "TargetPort", f"{port.target_port}/{port.protocol}")
    if port.app_protocol is not None:
        w.field(0, "AppProtocol", port.app_protocol)
    if port.node_port:
        w.write(0, f"NodePort:\t{name}\t{port.node_port}/{port.protocol}\n")
    w.field(0, "Endpoints", format_endpoints(slices, port.name))


def format_endpoints(slices: Sequence[EndpointSlice], port_name: str) -> str:
    """The first three ready endpoints of a port, and how many more there are."""
    if not slices:
        return "<none>"
    shown: list[str] = []
    more, count = False, 0
    for endpoint, number in _endpoints(slices, port_name):
        more = more or len(shown) == _SHOWN
        if endpoint.conditions.ready is False:
            continue
        count += 1
        if not more:
            address = endpoint.addresses[0]
            host = f"[{address}]" if ":" in address and number is not None else address
            shown.append(host if number is None else f"{host}:{number}")
    return ",".join(shown) + (f" + {count - _SHOWN} more..." if more else "")


def _endpoints(slices: Sequence[EndpointSlice], port_name: str) -> Iterator[tuple[Endpoint, int | None]]:
    """Endpoints with the number of the port; all those of a slice without ports."""
    for each in slices:
        numbers = [p.port for p in each.ports if (p.name or "") == port_name] if each.ports else [None]
        for number in numbers:
            yield from ((endpoint, number) for endpoint in each.endpoints)


def _policies(w: Writer, service: Service) -> None:
    spec = service.spec
    w.field(0, "Session Affinity", spec.session_affinity)
    if spec.external_traffic_policy:
        w.field(0, "External Traffic Policy", spec.external_traffic_policy)
    if spec.internal_traffic_policy is not None:
        w.field(0, "Internal Traffic Policy", spec.internal_traffic_policy)
    if spec.health_check_node_port:
        w.field(0, "HealthCheck NodePort", spec.health_check_node_port)
    if spec.load_balancer_source_ranges:
        w.field(0, "LoadBalancer Source Ranges", ",".join(spec.load_balancer_source_ranges))
    if spec.traffic_distribution is not None:
        w.field(0, "Traffic Distribution", spec.traffic_distribution)


def describe_endpoint_slice(w: Writer, context: Context, obj: EndpointSlice) -> None:
    """Write everything about an endpoint slice."""
    name_and_namespace(w, obj.metadata)
    labels_and_annotations(w, obj.metadata)
    w.field(0, "AddressType", obj.address_type)
    if obj.ports:
        w.write(0, "Ports:\n")
        w.write(1, "Name\tPort\tProtocol\n")
        w.write(1, "----\t----\t--------\n")
    else:
        w.write(0, "Ports: <unset>\n")
    for port in obj.ports:
        w.write(1, f"{port.name or '<unset>'}\t{or_unset(port.port)}\t{port.protocol or ''}\n")
    w.write(0, "Endpoints:\n" if obj.endpoints else "Endpoints: <none>\n")
    for endpoint in obj.endpoints:
        _endpoint(w, endpoint)
    describe_events(w, context, "EndpointSlice", obj.metadata)


def describe_endpoints(w: Writer, context: Context, obj: Endpoints) -> None:
    """Write everything about a service's endpoints."""
    name_and_namespace(w, obj.metadata)
    labels_and_annotations(w, obj.metadata)
    w.write(0, "Subsets:\n")
    for subset in obj.subsets:
        w.field(1, "Addresses", ",".join(a.ip for a in subset.addresses) or "<none>")
        w.field(1, "NotReadyAddresses", ",".join(a.ip for a in subset.not_ready_addresses) or "<none>")
        if subset.ports:
            w.write(1, "Ports:\n")
            w.write(2, "Name\tPort\tProtocol\n")
            w.write(2, "----\t----\t--------\n")
        for port in subset.ports:
            w.write(2, f"{port.name or '<unset>'}\t{port.port}\t{port.protocol}\n")
        w.write(0, "\n")
    describe_events(w, context, "Endpoints", obj.metadata)


def _endpoint(w: Writer, endpoint: Endpoint) -> None:
    ready = endpoint.conditions.ready
    w.field(1, "- Addresses", ", ".join(endpoint.addresses) or "<none>")
    w.write(2, "Conditions:\n")
    w.field(3, "Ready", "<unset>" if ready is None else go_bool(ready))
    w.field(2, "Hostname", or_unset(endpoint.hostname))
    if endpoint.target_ref is not None:
        w.field(2, "TargetRef", f"{endpoint.target_ref.kind}/{endpoint.target_ref.name}")
    w.field(2, "NodeName", or_unset(endpoint.node_name))
    w.field(2, "Zone", or_unset(endpoint.zone))
