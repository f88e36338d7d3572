"""Rules for services.

References
----------
``pkg/apis/core/validation/validation.go ValidateServiceCreate, ValidateServiceUpdate @ v1.36``
"""

from __future__ import annotations

import ipaddress

from k8snb.api.field_errors import duplicate, FieldError, forbidden, invalid, not_supported, required, typed
from k8snb.api.types.service import Service, ServicePort, ServiceSpec
from k8snb.api.validation.formats import (
    is_dns1123_label,
    is_dns1123_subdomain,
    is_qualified_name,
    is_valid_cidr_legacy,
    is_valid_ip_legacy,
    is_valid_port_name,
    is_valid_port_num,
    parse_ip_sloppy,
)
from k8snb.api.validation.internal_form import internal_value
from k8snb.api.validation.metadata import (
    name_is_dns_label,
    validate_labels,
    validate_object_meta,
    validate_object_meta_update,
)
from k8snb.api.validation.service_addresses import validate_address_fields, validate_address_update
from k8snb.api.validation.service_traffic import needs_health_check, validate_traffic

TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
PROTOCOLS = ("SCTP", "TCP", "UDP")
AFFINITIES = ("ClientIP", "None")
LONGEST_AFFINITY_SECONDS = 86_400
TOPOLOGY_HINTS = "service.kubernetes.io/topology-aware-hints"
TOPOLOGY_MODE = "service.kubernetes.io/topology-mode"
SOURCE_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"
_ONLY_LOAD_BALANCER = "may only be used when `type` is 'LoadBalancer'"


def is_headless(service: Service) -> bool:
    """Whether a service asks for no address of its own."""
    return service.spec.cluster_ips == ("None",)


def validate_service_create(service: Service) -> list[FieldError]:
    """The faults of a new service."""
    return validate_object_meta(service.metadata, name_is_dns_label, True) + _validate(service, None)


def validate_service_update(new: Service, old: Service) -> list[FieldError]:
    """The faults of a service's next version; its first address stays while it has one."""
    errors = validate_object_meta_update(new.metadata, old.metadata)
    errors += validate_address_update(new, old)
    errors += _load_balancer_class(new, old)
    port_changed = new.spec.health_check_node_port != old.spec.health_check_node_port
    if needs_health_check(old) and needs_health_check(new) and port_changed:
        errors.append(forbidden("spec.healthCheckNodePort", "field is immutable"))
    return errors + _validate(new, old)


def validate_service_status_update(new: Service, old: Service) -> list[FieldError]:
    """The faults of a service's next status: only load balancers have addresses in it."""
    errors = validate_object_meta_update(new.metadata, old.metadata)
    path = "status.loadBalancer.ingress"
    if new.spec.type != "LoadBalancer" and new.status.load_balancer.ingress:
        return [*errors, forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'")]
    known = [i.ip for i in old.status.load_balancer.ingress if i.ip]
    for index, ingress in enumerate(new.status.load_balancer.ingress):
        if ingress.ip and ingress.ip not in known:
            errors += [invalid(f"{path}[{index}].ip", ingress.ip, c) for c in is_valid_ip_legacy(ingress.ip)]
        errors += [
            invalid(f"{path}[{index}].hostname", ingress.hostname, c)
            for c in (is_dns1123_subdomain(ingress.hostname) if ingress.hostname else [])
        ]
    return errors


def _validate(service: Service, old: Service | None) -> list[FieldError]:
    """The faults of a service apart from its metadata."""
    spec = service.spec
    return [
        *_topology_annotations(service),
        *_by_type(service),
        *_ports(spec),
        *validate_labels(spec.selector, "spec.selector"),
        *_session_affinity(spec),
        *validate_address_fields(service, old),
        *_external_ips(spec, old.spec.external_ips if old else ()),
        *_type(spec.type),
        *_port_pairs(spec),
        *_source_ranges(service, old),
        *_load_balancer_fields(service),
        *validate_traffic(service),
    ]


def _topology_annotations(service: Service) -> list[FieldError]:
    annotations = service.metadata.annotations
    hints, mode = annotations.get(TOPOLOGY_HINTS), annotations.get(TOPOLOGY_MODE)
    if hints is None or mode is None or hints == mode:
        return []
    detail = f"must match annotations[{TOPOLOGY_HINTS}] when both are specified"
    return [invalid(f"metadata.annotations[{TOPOLOGY_MODE}]", mode, detail)]


def _by_type(service: Service) -> list[FieldError]:
    spec, headless, errors = service.spec, is_headless(service), []
    if not spec.ports and not headless and spec.type != "ExternalName":
        errors.append(required("spec.ports"))
    if spec.type in ("LoadBalancer", "NodePort") and headless:
        detail = f"may not be set to 'None' for {spec.type} services"
        errors.append(invalid("spec.clusterIPs[0]", spec.cluster_ips[0], detail))
    if spec.type == "ExternalName":
        errors += _external_name(spec)
    return errors


def _external_name(spec: ServiceSpec) -> list[FieldError]:
    errors = [
        forbidden(f"spec.{name}", "may not be set for ExternalName services")
        for name, value in (
            ("clusterIPs", bool(spec.cluster_ips)),
            ("ipFamilies", bool(spec.ip_families)),
            ("ipFamilyPolicy", spec.ip_family_policy is not None),
        )
        if value
    ]
    name = spec.external_name.removesuffix(".")
    if not name:
        return [*errors, required("spec.externalName")]
    return errors + [invalid("spec.externalName", name, c) for c in is_dns1123_subdomain(name)]


def _ports(spec: ServiceSpec) -> list[FieldError]:
    errors: list[FieldError] = []
    names: set[str] = set()
    for index, port in enumerate(spec.ports):
        errors += _port(port, len(spec.ports) > 1, names, f"spec.ports[{index}]")
        names.add(port.name)
    return errors


def _port(port: ServicePort, needs_name: bool, names: set[str], path: str) -> list[FieldError]:
    errors = []
    if port.name:
        errors += [invalid(f"{path}.name", port.name, c) for c in is_dns1123_label(port.name)]
        if port.name in names:
            errors.append(duplicate(f"{path}.name", port.name))
    elif needs_name:
        errors.append(required(f"{path}.name"))
    errors += [invalid(f"{path}.port", port.port, c) for c in is_valid_port_num(port.port)]
    if not port.protocol:
        errors.append(required(f"{path}.protocol"))
    elif port.protocol not in PROTOCOLS:
        errors.append(not_supported(f"{path}.protocol", typed(port.protocol), PROTOCOLS))
    target = port.target_port
    complaints = is_valid_port_num(target) if isinstance(target, int) else is_valid_port_name(target)
    errors += [invalid(f"{path}.targetPort", target, c) for c in complaints]
    if port.app_protocol is not None:
        complaints = is_qualified_name(port.app_protocol)
        errors += [invalid(f"{path}.appProtocol", port.app_protocol, c) for c in complaints]
    return errors


def _session_affinity(spec: ServiceSpec) -> list[FieldError]:
    path = "spec.sessionAffinity"
    if not spec.session_affinity:
        return [required(path)]
    if spec.session_affinity == "ClientIP":
        return _client_ip(spec, "spec.sessionAffinityConfig")
    if spec.session_affinity != "None":
        return [not_supported(path, typed(spec.session_affinity), AFFINITIES)]
    if spec.session_affinity_config is not None:
        return [forbidden("spec.sessionAffinityConfig", "must not be set when session affinity is None")]
    return []


def _client_ip(spec: ServiceSpec, path: str) -> list[FieldError]:
    detail = "when session affinity type is ClientIP"
    config = spec.session_affinity_config
    if config is None:
        return [required(path, detail)]
    if config.client_ip is None:
        return [required(f"{path}.clientIP", detail)]
    seconds = config.client_ip.timeout_seconds
    if seconds is None:
        return [required(f"{path}.clientIP.timeoutSeconds", detail)]
    if 0 < seconds <= LONGEST_AFFINITY_SECONDS:
        return []
    detail = f"must be greater than 0 and less than {LONGEST_AFFINITY_SECONDS}"
    return [invalid(f"{path}.clientIP.timeoutSeconds", seconds, detail)]


def _external_ips(spec: ServiceSpec, known: tuple[str, ...]) -> list[FieldError]:
    errors = []
    for index, text in enumerate(spec.external_ips):
        path = f"spec.externalIPs[{index}]"
        complaints = [] if text in known else is_valid_ip_legacy(text)
        errors += [invalid(path, text, c) for c in complaints or _special_ip(text)]
    return errors


def _special_ip(text: str) -> list[str]:
    """Complaints about an address that nobody outside could reach."""
    address = parse_ip_sloppy(text)
    if address is None:
        return ["must be a valid IP address"]
    if address.is_unspecified:
        return [f"may not be unspecified ({text})"]
    if address.is_loopback:
        return ["may not be in the loopback range (127.0.0.0/8, ::1/128)"]
    if address.is_link_local:
        return ["may not be in the link-local range (169.254.0.0/16, fe80::/10)"]
    if _is_link_local_multicast(address):
        return ["may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"]
    return []


def _is_link_local_multicast(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if address.version == 4:
        return address in ipaddress.ip_network("224.0.0.0/24")
    return address.packed[0] == 0xFF and address.packed[1] & 0x0F == 0x02  # whatever its flags


def _type(type_: str) -> list[FieldError]:
    if not type_:
        return [required("spec.type")]
    return [] if type_ in TYPES else [not_supported("spec.type", typed(type_), TYPES)]


def _port_pairs(spec: ServiceSpec) -> list[FieldError]:
    """Node ports that may not be, and pairs of protocol and port that occur twice."""
    errors = []
    if spec.type == "ClusterIP":
        detail = "may not be used when `type` is 'ClusterIP'"
        errors += [forbidden(f"spec.ports[{i}].nodePort", detail) for i, p in enumerate(spec.ports) if p.node_port]
    node_ports = [(p.protocol, p.node_port) if p.node_port else None for p in spec.ports]
    for index, pair in enumerate(node_ports):
        if pair and pair in node_ports[:index]:
            errors.append(duplicate(f"spec.ports[{index}].nodePort", pair[1]))
    pairs = [(p.protocol, p.port) for p in spec.ports]
    for index, (protocol, port) in enumerate(pairs):
        if (protocol, port) in pairs[:index]:
            shown = internal_value(ServicePort(protocol=protocol, port=port))
            errors.append(duplicate(f"spec.ports[{index}]", shown))
    return errors


def _source_ranges(service: Service, old: Service | None) -> list[FieldError]:
    spec, annotation = service.spec, service.metadata.annotations.get(SOURCE_RANGES)
    if spec.load_balancer_source_ranges:
        path = "spec.LoadBalancerSourceRanges"
        errors = [] if spec.type == "LoadBalancer" else [forbidden(path, _ONLY_LOAD_BALANCER)]
        known = [r.strip() for r in old.spec.load_balancer_source_ranges] if old else []
        for index, text in enumerate(r.strip() for r in spec.load_balancer_source_ranges):
            if text not in known:
                errors += _cidr(text, f"{path}[{index}]")
        return errors
    if annotation is None:
        return []
    path = f"metadata.annotations[{SOURCE_RANGES}]"
    errors = [] if spec.type == "LoadBalancer" else [forbidden(path, _ONLY_LOAD_BALANCER)]
    if (old is None or old.metadata.annotations.get(SOURCE_RANGES) != annotation) and annotation.strip():
        errors += [e for text in annotation.strip().split(",") for e in _cidr(text.strip(), path)]
    return errors


def _cidr(text: str, path: str) -> list[FieldError]:
    return [invalid(path, text, complaint) for complaint in is_valid_cidr_legacy(text)]


def _load_balancer_fields(service: Service) -> list[FieldError]:
    spec, errors = service.spec, []
    if spec.allocate_load_balancer_node_ports is not None and spec.type != "LoadBalancer":
        errors.append(forbidden("spec.allocateLoadBalancerNodePorts", _ONLY_LOAD_BALANCER))
    if spec.allocate_load_balancer_node_ports is None and spec.type == "LoadBalancer":
        errors.append(required("allocateLoadBalancerNodePorts"))
    return errors + _load_balancer_class(service, None)


def _load_balancer_class(service: Service, old: Service | None) -> list[FieldError]:
    path, wanted, errors = "spec.loadBalancerClass", service.spec.load_balancer_class, []
    if old and old.spec.type == service.spec.type == "LoadBalancer" and old.spec.load_balancer_class != wanted:
        errors.append(invalid(path, wanted if wanted is not None else typed(None), "may not change once set"))
    if wanted is None:
        return errors
    if service.spec.type != "LoadBalancer":
        return [*errors, forbidden(path, _ONLY_LOAD_BALANCER)]
    return errors + [invalid(path, wanted, c) for c in is_qualified_name(wanted)]
