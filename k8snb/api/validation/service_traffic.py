"""Rules for how traffic reaches a service's endpoints.

References
----------
``pkg/apis/core/validation/validation.go validateServiceExternalTrafficPolicy``, ``pkg/api/service/util.go @ v1.36``
"""

from __future__ import annotations

from k8snb.api.field_errors import FieldError, invalid, not_supported, required, typed
from k8snb.api.types.service import Service
from k8snb.api.validation.formats import is_valid_port_num

POLICIES = ("Cluster", "Local")
DISTRIBUTIONS = ("PreferClose", "PreferSameZone", "PreferSameNode")


def externally_accessible(service: Service) -> bool:
    """Whether traffic from outside the cluster can reach a service."""
    spec = service.spec
    return spec.type in ("LoadBalancer", "NodePort") or (spec.type == "ClusterIP" and bool(spec.external_ips))


def needs_health_check(service: Service) -> bool:
    """Whether a load balancer must ask each node if it has endpoints."""
    return service.spec.type == "LoadBalancer" and service.spec.external_traffic_policy == "Local"


def validate_traffic(service: Service) -> list[FieldError]:
    """The faults of a service's traffic policies, health check port and traffic distribution."""
    return [
        *_external(service),
        *_health_check_port(service),
        *_internal(service),
        *_distribution(service.spec.traffic_distribution),
    ]


def _external(service: Service) -> list[FieldError]:
    path, policy = "spec.externalTrafficPolicy", service.spec.external_traffic_policy
    if not externally_accessible(service):
        detail = "may only be set for externally-accessible services"
        return [invalid(path, typed(policy), detail)] if policy else []
    if not policy:
        return [required(path)]
    return [] if policy in POLICIES else [not_supported(path, typed(policy), POLICIES)]


def _health_check_port(service: Service) -> list[FieldError]:
    path, port = "spec.healthCheckNodePort", service.spec.health_check_node_port
    if not needs_health_check(service):
        detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
        return [invalid(path, port, detail)] if port else []
    return [invalid(path, port, c) for c in is_valid_port_num(port)] if port else [required(path)]


def _internal(service: Service) -> list[FieldError]:
    path, policy = "spec.internalTrafficPolicy", service.spec.internal_traffic_policy
    if policy is None:
        return [required(path)] if service.spec.type in ("NodePort", "LoadBalancer", "ClusterIP") else []
    return [] if policy in POLICIES else [not_supported(path, typed(policy), POLICIES)]


def _distribution(wanted: str | None) -> list[FieldError]:
    if wanted is None or wanted in DISTRIBUTIONS:
        return []
    return [not_supported("spec.trafficDistribution", wanted, DISTRIBUTIONS)]
