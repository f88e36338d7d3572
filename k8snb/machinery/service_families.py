"""Which addresses and IP families a service means, before any is handed out. The cluster has IPv4 only.

References
----------
``pkg/registry/core/service/storage/storage.go normalizeClusterIPs, patchAllocatedValues``,
``alloc.go initIPFamilyFields @ v1.36``
"""

from __future__ import annotations

from msgspec.structs import replace

from k8snb.api.field_errors import FieldError, invalid, typed
from k8snb.api.types.service import Service, ServicePort, ServiceSpec
from k8snb.api.validation.service_addresses import family_of, validate_address_fields

CONFIGURED = ("IPv4",)
_POLICY = "spec.ipFamilyPolicy"


def with_kept_values(new: Service, old: Service) -> Service:
    """An update that repeats what was allocated, where it left that out."""
    spec, before = new.spec, old.spec
    if "ExternalName" not in (spec.type, before.type):
        spec = replace(
            spec,
            cluster_ip=spec.cluster_ip or before.cluster_ip,
            cluster_ips=spec.cluster_ips or before.cluster_ips,
        )
    if allocates_node_ports(spec) and allocates_node_ports(before):
        spec = replace(spec, ports=_with_kept_ports(spec.ports, before.ports))
    if _health_checked(spec) and _health_checked(before):
        port = spec.health_check_node_port or before.health_check_node_port
        spec = replace(spec, health_check_node_port=port)
    return replace(new, spec=spec)


def allocates_node_ports(spec: ServiceSpec) -> bool:
    """Whether every port of a service gets a port on the nodes."""
    wants = spec.allocate_load_balancer_node_ports
    return spec.type == "NodePort" or (spec.type == "LoadBalancer" and wants is not False)


def _health_checked(spec: ServiceSpec) -> bool:
    return spec.type == "LoadBalancer" and spec.external_traffic_policy == "Local"


def _with_kept_ports(new: tuple[ServicePort, ...], old: tuple[ServicePort, ...]) -> tuple[ServicePort, ...]:
    taken = {p.node_port for p in new if p.node_port} & {p.node_port for p in old if p.node_port}
    known = {p.name: p.node_port for p in old}
    kept = []
    for port in new:
        earlier = known.get(port.name, 0)
        kept.append(port if port.node_port or earlier in taken else replace(port, node_port=earlier))
    return tuple(kept)


def normalized(new: Service, old: Service | None) -> Service:
    """A service whose ``clusterIP`` and ``clusterIPs`` say the same, where one of them says it all."""
    single, plural = new.spec.cluster_ip, new.spec.cluster_ips
    if old is None:
        if single and not plural:
            plural = (single,)
        return _with_cluster_ips(new, plural)
    before, single_before = old.spec.cluster_ips, old.spec.cluster_ip
    if before and not plural and single_before == single:
        plural = before
    if single_before != single and plural == before:
        plural = (single,) if single or not single_before else ()
    return _with_cluster_ips(new, plural)


def _with_cluster_ips(service: Service, addresses: tuple[str, ...]) -> Service:
    if addresses == service.spec.cluster_ips:
        return service
    return replace(service, spec=replace(service.spec, cluster_ips=addresses))


def with_families(new: Service, old: Service | None) -> tuple[Service, list[FieldError]]:
    """A service with its families and policy, and what is wrong with those that it names.

    Parameters
    ----------
    new
        The normalised service.
    old
        The version before it, or None.
    """
    if new.spec.type == "ExternalName" or unchanged_preference(new, old):
        return new, []
    if new.spec.ip_family_policy is None:
        new = replace(new, spec=replace(new.spec, ip_family_policy=_default_policy(new.spec, old)))
    if faults := validate_address_fields(new, old):
        return new, faults
    spec, faults = _reduced(new.spec, old.spec) if old else (new.spec, [])
    faults += _too_many(spec)
    spec, more = _inferred(spec)
    new = replace(new, spec=spec)
    if faults or more:
        return new, faults + more
    if spec.cluster_ip == "None" and not spec.selector:
        return replace(new, spec=_both_families(spec)), []
    faults = _not_configured(spec)
    if not faults and not spec.ip_families:
        new = replace(new, spec=replace(spec, ip_families=CONFIGURED))
    return new, faults


def unchanged_preference(new: Service, old: Service | None) -> bool:
    """Whether a service that prefers two families stays as it is."""
    if old is None:
        return False
    now, before = new.spec, old.spec
    if now.type != before.type or now.type not in ("ClusterIP", "NodePort", "LoadBalancer"):
        return False
    if not before.ip_family_policy == now.ip_family_policy == "PreferDualStack":
        return False
    return before.cluster_ips == now.cluster_ips and before.ip_families == now.ip_families


def _default_policy(spec: ServiceSpec, old: Service | None) -> str:
    if old is not None and old.spec.ip_family_policy is not None:
        return old.spec.ip_family_policy
    if spec.cluster_ip == "None" and not spec.selector:
        return "RequireDualStack"
    return "SingleStack"


def _reduced(spec: ServiceSpec, before: ServiceSpec) -> tuple[ServiceSpec, list[FieldError]]:
    """One family instead of two: asked for by the policy, else a fault."""
    if spec.ip_family_policy == "SingleStack":
        if spec.cluster_ips == before.cluster_ips:
            spec = replace(spec, cluster_ips=spec.cluster_ips[:1])
        if spec.ip_families == before.ip_families:
            spec = replace(spec, ip_families=spec.ip_families[:1])
        return spec, []
    faults = []
    for now, then, what in (
        (spec.cluster_ips, before.cluster_ips, "cluster IP"),
        (spec.ip_families, before.ip_families, "IP family"),
    ):
        if now and len(now) < len(then):
            detail = f"must be 'SingleStack' to release the secondary {what}"
            faults.append(invalid(_POLICY, typed(spec.ip_family_policy), detail))
    return spec, faults


def _too_many(spec: ServiceSpec) -> list[FieldError]:
    if spec.ip_family_policy != "SingleStack":
        return []
    detail = "must be 'RequireDualStack' or 'PreferDualStack' when multiple {} are specified"
    counted = ((spec.cluster_ips, "cluster IPs"), (spec.ip_families, "IP families"))
    return [invalid(_POLICY, typed("SingleStack"), detail.format(what)) for values, what in counted if len(values) == 2]


def _inferred(spec: ServiceSpec) -> tuple[ServiceSpec, list[FieldError]]:
    """The families that the addresses imply."""
    faults = []
    for index, address in enumerate(spec.cluster_ips):
        if address == "None":
            break
        if index < len(spec.ip_families):
            continue
        family = family_of(address)
        if family in CONFIGURED:
            spec = replace(spec, ip_families=(*spec.ip_families, family))
        else:
            detail = f"{family} is not configured on this cluster"
            faults.append(invalid(f"spec.clusterIPs[{index}]", typed(spec.cluster_ips), detail))
    return spec, faults


def _both_families(spec: ServiceSpec) -> ServiceSpec:
    """A headless service without a selector may have endpoints of any family."""
    families = spec.ip_families or CONFIGURED
    if len(families) < 2 and spec.ip_family_policy != "SingleStack":
        families = (*families, "IPv6" if families[0] == "IPv4" else "IPv4")
    return replace(spec, ip_families=families)


def _not_configured(spec: ServiceSpec) -> list[FieldError]:
    faults = []
    if spec.ip_family_policy == "RequireDualStack":
        detail = "this cluster is not configured for dual-stack services"
        faults.append(invalid(_POLICY, typed(spec.ip_family_policy), detail))
    for index, family in enumerate(spec.ip_families):
        if family not in CONFIGURED:
            faults.append(invalid(f"spec.ipFamilies[{index}]", typed(family), "not configured on this cluster"))
    return faults
