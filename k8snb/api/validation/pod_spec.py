"""Rules for the spec of a pod or of a pod template.

References
----------
``pkg/apis/core/validation/validation.go ValidatePodSpec @ v1.36``
"""

from __future__ import annotations

from k8snb.api.defaults.pod import container_total
from k8snb.api.field_errors import (
    duplicate,
    FieldError,
    forbidden,
    invalid,
    not_supported,
    required,
    too_long,
    typed,
)
from k8snb.api.quantity import number_of
from k8snb.api.schema import EMPTY, is_absent
from k8snb.api.types.containers import ResourceRequirements
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.pod import PodDNSConfig, PodResourceClaim, PodSpec
from k8snb.api.validation.affinity import validate_affinity
from k8snb.api.validation.containers import (
    PodContext,
    validate_choice,
    validate_containers,
    validate_ephemeral_containers,
    validate_init_containers,
)
from k8snb.api.validation.environment import validate_file_key_volumes
from k8snb.api.validation.formats import (
    is_dns1123_label,
    is_dns1123_subdomain,
    is_dns1123_subdomain_with_underscore,
    is_in_range,
    is_qualified_name,
    is_valid_ip_legacy,
    size,
)
from k8snb.api.validation.internal_form import internal_value
from k8snb.api.validation.metadata import name_is_dns_subdomain, validate_labels
from k8snb.api.validation.operating_system import validate_host_process, validate_host_users, validate_os
from k8snb.api.validation.pod_annotations import MIRROR_KEY
from k8snb.api.validation.resources import is_huge_page, validate_container_requirements, validate_pod_requirements
from k8snb.api.validation.scheduling import (
    validate_scheduling_gates,
    validate_tolerations,
    validate_topology_spread,
)
from k8snb.api.validation.security import validate_pod_security_context
from k8snb.api.validation.volumes import validate_volumes

_RESTART_POLICIES = ("Always", "OnFailure", "Never")
_DNS_POLICIES = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
_PREEMPTION_POLICIES = ("PreemptLowerPriority", "Never")
LARGEST_SECONDS = 2**31 - 1


def validate_pod_spec(spec: PodSpec, meta: ObjectMeta | None, path: str) -> list[FieldError]:
    """The faults of a pod's spec.

    Parameters
    ----------
    spec
        The spec, with defaults.
    meta
        The pod's metadata; None for a pod template, of which less is asked.
    path
        Where the spec stands.
    """
    errors = []
    if spec.termination_grace_period_seconds is None:
        errors.append(required(f"{path}.terminationGracePeriodSeconds"))
    volumes, faults = validate_volumes(spec.volumes, meta, f"{path}.volumes")
    errors += faults
    claim_names = frozenset(claim.name for claim in spec.resource_claims if claim.name)
    errors += _validate_resource_claims(spec.resource_claims, meta, f"{path}.resourceClaims")
    context = PodContext(spec, volumes, claim_names)
    errors += validate_containers(context, f"{path}.containers")
    errors += validate_init_containers(context, f"{path}.initContainers")
    errors += validate_ephemeral_containers(context, f"{path}.ephemeralContainers")
    errors += _validate_pod_resources(spec, claim_names, f"{path}.resources")
    errors += _validate_host_network_ports(spec, meta, f"{path}.containers")
    errors += validate_choice(spec.restart_policy, _RESTART_POLICIES, f"{path}.restartPolicy")
    errors += validate_choice(spec.dns_policy, _DNS_POLICIES, f"{path}.dnsPolicy")
    errors += validate_labels(spec.node_selector, f"{path}.nodeSelector")
    errors += validate_pod_security_context(spec, f"{path}.securityContext")
    errors += validate_affinity(spec.affinity, f"{path}.affinity")
    errors += _validate_dns(spec.dns_config, spec.dns_policy, f"{path}.dnsConfig")
    errors += _validate_readiness_gates(spec, f"{path}.readinessGates")
    errors += validate_scheduling_gates(spec.scheduling_gates, f"{path}.schedulingGates")
    errors += validate_topology_spread(spec.topology_spread_constraints, f"{path}.topologySpreadConstraints")
    errors += validate_host_process(spec, path)
    errors += validate_host_users(spec, path)
    errors += _validate_hostname_override(spec, f"{path}.hostnameOverride")
    errors += _validate_names(spec, path)
    errors += validate_tolerations(spec.tolerations, f"{path}.tolerations")
    errors += _validate_host_aliases(spec, f"{path}.hostAliases")
    errors += _validate_classes(spec, path)
    errors += _validate_overhead(spec, f"{path}.overhead")
    errors += validate_os(spec, path)
    return errors + validate_file_key_volumes(spec, path)


def _validate_resource_claims(
    claims: tuple[PodResourceClaim, ...], meta: ObjectMeta | None, path: str
) -> list[FieldError]:
    if claims and meta is not None and MIRROR_KEY in meta.annotations:
        return [forbidden("", "static pods do not support resource claims") for _ in claims]
    errors = []
    seen: list[str] = []
    for index, claim in enumerate(claims):
        place = f"{path}[{index}]"
        if not claim.name:
            errors.append(required(f"{place}.name"))
        elif claim.name in seen:
            errors.append(duplicate(f"{place}.name", claim.name))
        else:
            errors += [invalid(f"{place}.name", claim.name, c) for c in is_dns1123_label(claim.name)]
            seen.append(claim.name)
        errors += _validate_claim_source(claim, place)
    return errors


def _validate_claim_source(claim: PodResourceClaim, path: str) -> list[FieldError]:
    name, template = claim.resource_claim_name, claim.resource_claim_template_name
    errors = []
    if name is not None and template is not None:
        detail = "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified"
        errors.append(invalid(path, internal_value(claim), detail))
    if name is None and template is None:
        detail = "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`"
        errors.append(invalid(path, internal_value(claim), detail))
    for where, value in (("resourceClaimName", name), ("resourceClaimTemplateName", template)):
        if value is not None:
            errors += [invalid(f"{path}.{where}", value, c) for c in name_is_dns_subdomain(value)]
    return errors


def _validate_pod_resources(spec: PodSpec, claim_names: frozenset[str], path: str) -> list[FieldError]:
    resources = spec.resources
    if resources is None:
        return []
    if spec.os is not None and spec.os.name == "windows":
        return [forbidden(path, "may not be set for a windows pod")]
    errors = []
    if not is_absent(resources.claims):
        errors.append(forbidden(f"{path}.claims", "claims may not be set for Resources at pod-level"))
    errors += validate_pod_requirements(resources, claim_names, path)
    return errors + _validate_against_containers(spec, resources, path)


def _validate_against_containers(spec: PodSpec, resources: ResourceRequirements, path: str) -> list[FieldError]:
    """What the containers take must fit into what the pod as a whole may have."""
    errors = []
    for name, wanted in sorted(container_total(spec, "requests").items()):
        given = resources.requests.get(name)
        if given is not None and number_of(wanted) > number_of(given):
            detail = f"must be greater than or equal to aggregate container requests of {wanted}"
            errors.append(invalid(f"{path}.requests[{name}]", given, detail))
    for name, wanted in sorted(container_total(spec, "limits").items()):
        given = resources.limits.get(name)
        if is_huge_page(name) and given is not None and number_of(wanted) > number_of(given):
            detail = f"must be greater than or equal to aggregate container limits of {wanted}"
            errors.append(invalid(f"{path}.limits[{name}]", given, detail))
    for index, container in enumerate(spec.containers):
        for name, limit in sorted(container.resources.limits.items()):
            given = resources.limits.get(name)
            if given is not None and number_of(limit) > number_of(given):
                place = f"{path}.containers[{index}][{name}].limits"
                errors.append(invalid(place, limit, f"must be less than or equal to pod limits of {given}"))
    return errors


def _validate_host_network_ports(spec: PodSpec, meta: ObjectMeta | None, path: str) -> list[FieldError]:
    """With the node's network a port is the node's port; a template may leave that to the pod's defaults."""
    errors = []
    for index, container in enumerate(spec.containers if spec.host_network else ()):
        for number, port in enumerate(container.ports):
            if port.host_port != port.container_port and (meta is not None or port.host_port):
                place = f"{path}[{index}].ports[{number}].hostPort"
                detail = "must match `containerPort` when `hostNetwork` is true"
                errors.append(invalid(place, port.host_port, detail))
    return errors


def _validate_dns(config: PodDNSConfig | None, policy: str, path: str) -> list[FieldError]:
    if policy == "None" and config is None:
        return [required(path, "must provide `dnsConfig` when `dnsPolicy` is None")]
    if config is None:
        return []
    if policy == "None" and not config.nameservers:
        detail = "must provide at least one DNS nameserver when `dnsPolicy` is None"
        return [required(f"{path}.nameservers", detail)]
    errors = []
    if len(config.nameservers) > 3:
        detail = "must not have more than 3 nameservers"
        errors.append(invalid(f"{path}.nameservers", config.nameservers, detail))
    for index, server in enumerate(config.nameservers):
        errors += [invalid(f"{path}.nameservers[{index}]", server, c) for c in is_valid_ip_legacy(server)]
    errors += _validate_searches(config.searches, f"{path}.searches")
    for index, option in enumerate(config.options):
        if not option.name:
            errors.append(required(f"{path}.options[{index}]", "must not be empty"))
    return errors


def _validate_searches(searches: tuple[str, ...], path: str) -> list[FieldError]:
    errors = []
    if len(searches) > 32:
        errors.append(invalid(path, searches, "must not have more than 32 search paths"))
    if size(" ".join(searches)) > 2048:
        detail = "must not have more than 2048 characters (including spaces) in the search list"
        errors.append(invalid(path, searches, detail))
    for index, search in enumerate(searches):
        if search != ".":
            search = search.removesuffix(".")
            complaints = is_dns1123_subdomain_with_underscore(search)
            errors += [invalid(f"{path}[{index}]", search, c) for c in complaints]
    return errors


def _validate_readiness_gates(spec: PodSpec, path: str) -> list[FieldError]:
    errors = []
    for index, gate in enumerate(spec.readiness_gates):
        name = gate.condition_type
        errors += [invalid(f"{path}[{index}].conditionType", name, c) for c in is_qualified_name(name)]
    return errors


def _validate_hostname_override(spec: PodSpec, path: str) -> list[FieldError]:
    name = spec.hostname_override
    if name is None:
        return []
    errors = []
    if spec.set_hostname_as_fqdn:
        errors.append(forbidden(path, "may not be specified when setHostnameAsFQDN is true"))
    if spec.host_network:
        errors.append(forbidden(path, "may not be specified when hostNetwork is true"))
    if size(name) > 64:
        errors.append(too_long(path, 64))
    return errors + [invalid(path, name, c) for c in is_dns1123_subdomain(name)]


def _validate_names(spec: PodSpec, path: str) -> list[FieldError]:
    """The faults of the pod's account, node, deadline, host name and subdomain."""
    errors = []
    if account := spec.service_account_name:
        errors += [invalid(f"{path}.serviceAccountName", account, c) for c in name_is_dns_subdomain(account)]
    if node := spec.node_name:
        errors += [invalid(f"{path}.nodeName", node, c) for c in name_is_dns_subdomain(node)]
    if (seconds := spec.active_deadline_seconds) is not None:
        complaints = is_in_range(seconds, 1, LARGEST_SECONDS)
        errors += [invalid(f"{path}.activeDeadlineSeconds", seconds, c) for c in complaints]
    if spec.hostname:
        errors += [invalid(f"{path}.hostname", spec.hostname, c) for c in is_dns1123_label(spec.hostname)]
    if spec.subdomain:
        errors += [invalid(f"{path}.subdomain", spec.subdomain, c) for c in is_dns1123_label(spec.subdomain)]
    return errors


def _validate_host_aliases(spec: PodSpec, path: str) -> list[FieldError]:
    errors = []
    for index, alias in enumerate(spec.host_aliases):
        errors += [invalid(f"{path}[{index}].ip", alias.ip, c) for c in is_valid_ip_legacy(alias.ip)]
        for number, name in enumerate(alias.hostnames):
            place = f"{path}[{index}].hostnames[{number}]"
            errors += [invalid(place, name, c) for c in is_dns1123_subdomain(name)]
    return errors


def _validate_classes(spec: PodSpec, path: str) -> list[FieldError]:
    """The faults of the pod's priority and runtime classes and of its preemption policy."""
    errors = []
    if name := spec.priority_class_name:
        errors += [invalid(f"{path}.priorityClassName", name, c) for c in name_is_dns_subdomain(name)]
    if (runtime := spec.runtime_class_name) is not None:
        errors += [invalid(f"{path}.runtimeClassName", runtime, c) for c in name_is_dns_subdomain(runtime)]
    if (policy := spec.preemption_policy) is not None:
        if not policy:
            errors.append(required(f"{path}.preemptionPolicy"))
        elif policy not in _PREEMPTION_POLICIES:
            errors.append(not_supported(f"{path}.preemptionPolicy", typed(policy), _PREEMPTION_POLICIES))
    return errors


def _validate_overhead(spec: PodSpec, path: str) -> list[FieldError]:
    if spec.overhead is EMPTY:
        return []
    return validate_container_requirements(ResourceRequirements(limits=spec.overhead), frozenset(), path)
