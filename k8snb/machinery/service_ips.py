"""Cluster addresses and node ports of services, handed out from the cluster's ranges.

What is in use follows from the stored services alone. Which free address or port a service gets depends on its name,
so that a run repeats exactly; the real API server draws at random.

References
----------
``pkg/registry/core/service/storage/alloc.go``, ``ipallocator``, ``portallocator @ v1.36``;
``pkg/apis/networking/validation/validation.go validateIPAddressParentReference @ v1.36``
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from k8snb.api.field_errors import FieldError, invalid, required, typed
from k8snb.api.resources import BY_CLASS
from k8snb.api.types.service import Service, ServicePort
from k8snb.api.validation.formats import is_path_segment_name, parse_ip_sloppy
from k8snb.api.validation.service_traffic import needs_health_check
from k8snb.errors import ApiError, Unclassified
from k8snb.machinery.requests import invalid_object, refuse_invalid
from k8snb.machinery.service_families import (
    allocates_node_ports,
    normalized,
    unchanged_preference,
    with_families,
    with_kept_values,
)
from k8snb.machinery.store import Store

NETWORK = ipaddress.IPv4Network("10.96.0.0/12")
STATIC_ADDRESSES = 256  # the lower part of the network is left to services that name their address
FIRST_PORT, LAST_PORT = 30_000, 32_767
STATIC_PORTS = 86
FIRST_PRETENDED_PORT = 32_769  # which no service can have: a dry run hands out nothing

_MISMATCH = "the provided network does not match the current range"
_TAKEN_IP = "provided IP is already allocated"
_TAKEN_PORT = "provided port is already allocated"
_PORT_RANGE = f"provided port is not in the valid range. The range of valid ports is {FIRST_PORT}-{LAST_PORT}"


class ServiceAllocator:
    """Completes services with addresses and ports that no other service has."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def allocate(self, new: Service, old: Service | None, dry_run: bool = False) -> Service:
        """A service with everything that the registry hands out.

        Parameters
        ----------
        new
            The defaulted service of a request.
        old
            The stored version of it, or None.
        dry_run
            Ports are pretended only, and their range is not looked at.

        Raises
        ------
        Invalid
            When what it asks for is not to be had.
        """
        if old is not None:
            new = with_kept_values(new, old)
        new, faults = with_families(normalized(new, old), old)
        self._refuse(new, faults)
        if not unchanged_preference(new, old):
            new = self._with_address(new, old, dry_run)
        ports = _Ports(self._used_ports(new), dry_run)
        new = self._with_node_ports(new, old, ports)
        return self._with_health_check_port(new, old, ports)

    def _refuse(self, service: Service, faults: list[FieldError]) -> None:
        refuse_invalid(BY_CLASS[Service], service.metadata.name, faults)

    def _others(self, service: Service) -> Iterator[Service]:
        """The stored services but for the one of this name."""
        meta = service.metadata
        for stored in self.store.tables["Service"].values():
            assert isinstance(stored, Service)
            if (stored.metadata.namespace, stored.metadata.name) != (meta.namespace, meta.name):
                yield stored

    # -- addresses

    def _with_address(self, new: Service, old: Service | None, dry_run: bool) -> Service:
        spec = new.spec
        if spec.type == "ExternalName" or spec.cluster_ips[:1] == ("None",):
            return new
        if old is not None and old.spec.type != "ExternalName":
            return new  # it has its address already, or had none and may not get one
        used = {ip for other in self._others(new) for ip in other.spec.cluster_ips}
        addresses = []
        for index in range(len(spec.ip_families)):
            wanted = spec.cluster_ips[index] if index < len(spec.cluster_ips) else ""
            if wanted:
                self._check_address(new, wanted, used, dry_run)
            addresses.append(wanted or self._free_address(new, used))
            if not wanted and not dry_run and (why := _unrecorded(new, addresses[-1])):
                self._refuse(new, [_no_address((*spec.cluster_ips, ""), f"failed to allocate IP: {why}")])
        changed = replace(spec, cluster_ip=addresses[0], cluster_ips=tuple(addresses))
        return replace(new, spec=changed)

    def _check_address(self, service: Service, wanted: str, used: set[str], dry_run: bool) -> None:
        address, why = parse_ip_sloppy(wanted), ""
        inside = address is not None and address in NETWORK
        if not inside and not dry_run:
            why = _MISMATCH
        elif not inside or address in (NETWORK.network_address, NETWORK.broadcast_address):
            why = f"the provided IP ({address}) is not in the valid range. The range of valid IPs is {NETWORK}"
        elif not dry_run:
            why = _unrecorded(service, str(address)) or (_TAKEN_IP if wanted in used else "")
        if why:
            self._refuse(service, [_no_address(service.spec.cluster_ips, f"failed to allocate IP {wanted}: {why}")])

    def _free_address(self, service: Service, used: set[str]) -> str:
        size = NETWORK.num_addresses - STATIC_ADDRESSES - 1
        start = _spread(service, "address") % size
        for step in range(size):
            address = str(NETWORK[STATIC_ADDRESSES + (start + step) % size])
            if address not in used:
                return address
        raise ApiError(
            "Internal error occurred: failed to allocate a serviceIP for Service "
            f'"{service.metadata.name}": range is full'
        )

    # -- ports

    def _used_ports(self, service: Service) -> set[int]:
        used: set[int] = set()
        for other in self._others(service):
            used.update(p.node_port for p in other.spec.ports if p.node_port)
            used.add(other.spec.health_check_node_port)
        return used

    def _with_node_ports(self, new: Service, old: Service | None, allocated: _Ports) -> Service:
        if new.spec.type not in ("NodePort", "LoadBalancer"):
            return new
        own = {p.node_port for p in old.spec.ports if p.node_port} if old else set()
        given: dict[int, int] = {}  # by the service's port: TCP and UDP share one
        ports: list[ServicePort] = []
        for index, port in enumerate(new.spec.ports):
            wanted = port.node_port
            if not wanted and old is None:
                wanted = given.get(port.port) or _requested(port.port, new.spec.ports)
            shared = wanted == given.get(port.port) if old is None else wanted in (*own, *given.values())
            if wanted and not shared:
                taken = set() if old else set(given.values())
                if fault := allocated.take(wanted, taken):
                    self._refuse(new, [invalid(f"spec.ports[{index}].nodePort", wanted, fault)])
            if not wanted and allocates_node_ports(new.spec):
                wanted = allocated.next(new, port.name, own | set(given.values()))
            if old and wanted and any((p.protocol, p.node_port) == (port.protocol, wanted) for p in ports):
                raise Unclassified(f"duplicate nodePort: {{{port.protocol} {wanted}}}")
            if wanted:
                given.setdefault(port.port, wanted)
            ports.append(port if port.node_port == wanted else replace(port, node_port=wanted))
        return replace(new, spec=replace(new.spec, ports=tuple(ports)))

    def _with_health_check_port(self, new: Service, old: Service | None, allocated: _Ports) -> Service:
        if not needs_health_check(new) or (old is not None and needs_health_check(old)):
            return new
        given = {p.node_port for p in new.spec.ports if p.node_port}
        wanted = new.spec.health_check_node_port
        if wanted and (fault := allocated.take(wanted, given)):
            raise ApiError(
                f"Internal error occurred: failed to allocate requested HealthCheck NodePort {wanted}: {fault}"
            )
        changes: dict[str, Any] = {"health_check_node_port": wanted or allocated.next(new, "health check", given)}
        return replace(new, spec=replace(new.spec, **changes))


def _no_address(addresses: tuple[str, ...], detail: str) -> FieldError:
    return invalid("spec.clusterIPs", typed(addresses), detail)


def _unrecorded(service: Service, address: str) -> str:
    """Why an address cannot be recorded as this service's: its record names the service before its name is checked."""
    name, path = service.metadata.name, "spec.parentRef.name"
    faults = [invalid(path, name, complaint) for complaint in is_path_segment_name(name)]
    if not name:
        faults.append(required(path, ""))
    return str(invalid_object("IPAddress.networking.k8s.io", address, faults)) if faults else ""


class _Ports:
    """The node ports that one request takes; `used` are those of other services."""

    def __init__(self, used: set[int], dry_run: bool) -> None:
        self._used = used
        self._dry_run = dry_run
        self._taken: list[int] = []

    def take(self, port: int, more: set[int]) -> str:
        """Take a port that is asked for by number, or say why not; `more` are taken too."""
        if not self._dry_run and not FIRST_PORT <= port <= LAST_PORT:
            return _PORT_RANGE
        if port in self._used or port in more:
            return _TAKEN_PORT
        self._taken.append(port)
        return ""

    def next(self, service: Service, name: str, more: set[int]) -> int:
        """Take any free port."""
        port = max(self._taken, default=FIRST_PRETENDED_PORT - 1) + 1
        if not self._dry_run:
            port = _free_port(service, name, self._used | more)
        self._taken.append(port)
        return port


def _free_port(service: Service, name: str, used: set[int]) -> int:
    first = FIRST_PORT + STATIC_PORTS
    size = LAST_PORT - first + 1
    start = _spread(service, f"port {name}") % size
    for step in range(size):
        port = first + (start + step) % size
        if port not in used:
            return port
    raise ApiError("Internal error occurred: failed to allocate a nodePort: range is full")


def _requested(port: int, ports: tuple[ServicePort, ...]) -> int:
    """The node port that some entry for this port of the service names."""
    return next((p.node_port for p in ports if p.port == port and p.node_port), 0)


def _spread(service: Service, what: str) -> int:
    """A number that depends on nothing but the service's name."""
    meta = service.metadata
    digest = hashlib.sha256(f"{meta.namespace}/{meta.name}/{what}".encode()).digest()
    return int.from_bytes(digest[:8], "big")
