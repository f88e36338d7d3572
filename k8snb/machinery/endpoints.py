"""Endpoints, made from a service's endpoint slices when somebody reads them.

Upstream's endpoints controller writes them beside the slices. Nothing in this cluster goes by them.

References
----------
``pkg/controller/endpoint/endpoints_controller.go syncService`` and ``pkg/api/v1/endpoints/util.go RepackSubsets
@ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from msgspec.structs import replace

from k8snb.api.resources import BY_CLASS, Resource
from k8snb.api.schema import KubernetesObject
from k8snb.api.services import IS_HEADLESS, SERVICE_NAME, TRIGGER_TIME
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.served import EndpointAddress, EndpointPort, Endpoints, EndpointSubset
from k8snb.api.types.service import Endpoint, EndpointSlice, Service
from k8snb.machinery.identity import uid_of

Lister = Callable[[Resource], Sequence[KubernetesObject]]
Ports = tuple[EndpointPort, ...]

_MANAGED_BY = "endpoints.kubernetes.io/managed-by"
_OTHER_HALF = 1 << 127  # tells the UID of endpoints from that of their service


def unstored(resource: Resource, lister: Lister) -> dict[str, KubernetesObject]:
    """The objects, by key, of a kind that the store does not keep: none, but for endpoints.

    Parameters
    ----------
    lister
        Lists the objects of another kind.
    """
    if resource.cls is not Endpoints:
        return {}
    slices: dict[tuple[str, str], list[EndpointSlice]] = {}
    for each in cast("Sequence[EndpointSlice]", lister(BY_CLASS[EndpointSlice])):
        place = each.metadata.namespace, each.metadata.labels.get(SERVICE_NAME, "")
        slices.setdefault(place, []).append(each)
    found: dict[str, KubernetesObject] = {}
    for service in cast("Sequence[Service]", lister(BY_CLASS[Service])):
        meta = service.metadata
        if service.spec.selector and service.spec.type != "ExternalName":
            own = slices.get((meta.namespace, meta.name), [])
            found[f"{meta.namespace}/{meta.name}"] = endpoints_of(service, own)
    return found


def endpoints_of(service: Service, slices: Sequence[EndpointSlice]) -> Endpoints:
    """The endpoints of a service: its addresses of one family, those with the same ports together."""
    families = service.spec.ip_families or ("IPv4",)
    subsets: dict[Ports, list[Endpoint]] = {}
    for each in slices:
        if each.address_type == families[0] and each.endpoints:
            ports = tuple(sorted(map(_port, each.ports), key=lambda port: (port.protocol, port.name, port.port)))
            subsets.setdefault(ports, []).extend(each.endpoints)
    made = (_subset(service, ports, found) for ports, found in subsets.items())
    kept = [subset for subset in made if subset.addresses or subset.not_ready_addresses]
    kept.sort(key=lambda subset: [address.ip for address in (*subset.addresses, *subset.not_ready_addresses)])
    return Endpoints(metadata=_metadata(service, slices), subsets=tuple(kept))


def _port(port: Any) -> EndpointPort:
    return EndpointPort(
        name=port.name or "", port=port.port or 0, protocol=port.protocol or "", app_protocol=port.app_protocol
    )


def _subset(service: Service, ports: Ports, endpoints: Sequence[Endpoint]) -> EndpointSubset:
    """A pod that is going away belongs to a slice, but not to endpoints, unless those that are not ready count too."""
    unready = service.spec.publish_not_ready_addresses
    shown = [e for e in endpoints if unready or not e.conditions.terminating]
    addresses = sorted(((_is_ready(e, unready), _address(e)) for e in shown), key=lambda pair: pair[1].ip)
    return EndpointSubset(
        addresses=tuple(address for ready, address in addresses if ready),
        not_ready_addresses=tuple(address for ready, address in addresses if not ready),
        ports=ports,
    )


def _is_ready(endpoint: Endpoint, unready: bool) -> bool:
    return unready or endpoint.conditions.ready is not False


def _address(endpoint: Endpoint) -> EndpointAddress:
    return EndpointAddress(
        ip=endpoint.addresses[0],
        hostname=endpoint.hostname or "",
        node_name=endpoint.node_name,
        target_ref=endpoint.target_ref,
    )


def _metadata(service: Service, slices: Sequence[EndpointSlice]) -> ObjectMeta:
    meta = service.metadata
    headless = {IS_HEADLESS: ""} if service.spec.cluster_ip == "None" else {}
    times = [s.metadata.annotations[TRIGGER_TIME] for s in slices if TRIGGER_TIME in s.metadata.annotations]
    versions = (each.metadata.resource_version for each in (service, *slices))
    return replace(
        ObjectMeta(name=meta.name, namespace=meta.namespace, creation_timestamp=meta.creation_timestamp),
        labels={**meta.labels, **headless, _MANAGED_BY: "endpoint-controller"},
        annotations={TRIGGER_TIME: max(times)} if times else {},
        resource_version=max(versions, key=int),
        uid=uid_of(int(meta.uid.replace("-", ""), 16) ^ _OTHER_HALF),
    )
