"""Strategy of services: what an update of the type leaves behind is cleared.

References
----------
``pkg/registry/core/service/strategy.go dropTypeDependentFields``,
``storage/storage.go defaultOnReadInternalTrafficPolicy @ v1.36``
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from k8snb.api.field_errors import FieldError
from k8snb.api.registry.strategy import Strategy, with_status_of, without_status
from k8snb.api.registry.value_warnings import address_warnings, network_warnings
from k8snb.api.types.service import LoadBalancerStatus, Service, ServiceSpec
from k8snb.api.validation.service import (
    is_headless,
    TOPOLOGY_HINTS,
    TOPOLOGY_MODE,
    validate_service_create,
    validate_service_status_update,
    validate_service_update,
)
from k8snb.api.validation.service_traffic import externally_accessible, needs_health_check


class ServiceStrategy(Strategy[Service]):
    """Services have no generation; their addresses are handed out before this."""

    def prepare_create(self, obj: Service) -> Service:
        return without_status(obj)

    def validate_create(self, obj: Service) -> list[FieldError]:
        return validate_service_create(obj)

    def prepare_update(self, new: Service, old: Service) -> Service:
        return _drop_type_dependent_fields(with_status_of(new, old), old)

    def validate_update(self, new: Service, old: Service) -> list[FieldError]:
        return validate_service_update(new, old)

    def canonicalize(self, obj: Service) -> Service:
        if obj.spec.type != "ExternalName" or obj.spec.internal_traffic_policy is None:
            return obj
        return replace(obj, spec=replace(obj.spec, internal_traffic_policy=None))

    def validate_status_update(self, new: Service, old: Service) -> list[FieldError]:
        return validate_service_status_update(new, old)

    def warnings_on_create(self, obj: Service) -> list[str]:
        return _warnings(obj)

    def warnings_on_update(self, new: Service, old: Service) -> list[str]:  # noqa: ARG002
        return _warnings(new)


def _drop_type_dependent_fields(new: Service, old: Service) -> Service:
    """Clear what no longer applies to the service's type, where the request did not change it."""
    changes: dict[str, Any] = {}
    now, before = new.spec, old.spec
    if before.type != "ExternalName" and now.type == "ExternalName":
        changes |= _dropped_addresses(now, before)
    if _uses_node_ports(before) and not _uses_node_ports(now) and _node_ports(now) <= _node_ports(before):
        changes["ports"] = tuple(replace(p, node_port=0) for p in now.ports)
    same_check = now.health_check_node_port == before.health_check_node_port
    if needs_health_check(old) and not needs_health_check(new) and same_check:
        changes["health_check_node_port"] = 0
    if before.type == "LoadBalancer" and now.type != "LoadBalancer":
        if now.allocate_load_balancer_node_ports == before.allocate_load_balancer_node_ports:
            changes["allocate_load_balancer_node_ports"] = None
        if now.load_balancer_class == before.load_balancer_class:
            changes["load_balancer_class"] = None
    same_policy = now.external_traffic_policy == before.external_traffic_policy
    if externally_accessible(old) and not externally_accessible(new) and same_policy:
        changes["external_traffic_policy"] = ""
    if changes:
        new = replace(new, spec=replace(now, **changes))
    if now.type != "LoadBalancer" and new.status.load_balancer.ingress:
        new = replace(new, status=replace(new.status, load_balancer=LoadBalancerStatus()))
    return new


def _dropped_addresses(now: ServiceSpec, before: ServiceSpec) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if (now.cluster_ip, now.cluster_ips) == (before.cluster_ip, before.cluster_ips):
        changes |= {"cluster_ip": "", "cluster_ips": ()}
    if now.ip_families == before.ip_families:
        changes["ip_families"] = ()
    if now.ip_family_policy == before.ip_family_policy:
        changes["ip_family_policy"] = None
    return changes


def _uses_node_ports(spec: ServiceSpec) -> bool:
    return spec.type in ("NodePort", "LoadBalancer")


def _node_ports(spec: ServiceSpec) -> set[int]:
    return {p.node_port for p in spec.ports if p.node_port}


def _warnings(service: Service) -> list[str]:
    """What a service asks for in vain, or in a way that goes out of use."""
    warnings, spec = [], service.spec
    if TOPOLOGY_HINTS in service.metadata.annotations:
        warnings.append(f"annotation {TOPOLOGY_HINTS} is deprecated, please use {TOPOLOGY_MODE} instead")
    if spec.cluster_ip not in ("", "None"):
        for index, address in enumerate(spec.cluster_ips):
            warnings += address_warnings(address, f"spec.clusterIPs[{index}]")
    if is_headless(service):
        ignored = (
            ("spec.loadBalancerIP", spec.load_balancer_ip),
            ("spec.externalIPs", spec.external_ips),
            ("spec.SessionAffinity", spec.session_affinity != "None"),
        )
        warnings += [f"{name} is ignored for headless services" for name, given in ignored if given]
    for index, address in enumerate(spec.external_ips):
        warnings += address_warnings(address, f"spec.externalIPs[{index}]")
    if spec.external_ips and not is_headless(service) and spec.type != "ExternalName":
        warnings.append("spec.externalIPs is deprecated and may no longer be implemented in some clusters")
    warnings += address_warnings(spec.load_balancer_ip, "spec.loadBalancerIP")
    for index, cidr in enumerate(spec.load_balancer_source_ranges):
        warnings += network_warnings(cidr, f"spec.loadBalancerSourceRanges[{index}]")
    if spec.type == "ExternalName" and spec.external_ips:
        warnings.append('spec.externalIPs is ignored when spec.type is "ExternalName"')
    if spec.type != "ExternalName" and spec.external_name:
        warnings.append('spec.externalName is ignored when spec.type is not "ExternalName"')
    if spec.traffic_distribution == "PreferClose":
        warnings.append('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"')
    return warnings
