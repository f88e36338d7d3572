"""Which slices to create, update and delete so that every wanted endpoint is in exactly one.

Slices are changed as little as possible: endpoints stay where they are, new ones fill up slices that change anyway, the
fullest first, then one that they just fit into, and only then new slices.

References
----------
``staging/src/k8s.io/endpointslice/reconciler.go reconcileByAddressType, reconcileByPortMapping, finalize @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from msgspec.structs import replace

from k8snb.api.types.service import Endpoint, EndpointSlice, Service
from k8snb.controllers.endpointslice.endpoints import Ports, Wanted
from k8snb.controllers.endpointslice.slices import new_slice, owned_by, slice_labels

MAX_ENDPOINTS_PER_SLICE = 100


class Plan(NamedTuple):
    """The slices to write: new ones without a name, changed ones, and those to delete."""

    create: list[EndpointSlice]
    update: list[EndpointSlice]
    delete: list[EndpointSlice]


class Desired(NamedTuple):
    """What is known of the pods behind a service.

    ``pods`` says of each pod, by UID, how it is to appear, or None for not at all. When ``complete``, endpoints of
    other pods go; else they stay as they are.
    """

    pods: Mapping[str, Wanted | None]
    complete: bool


class _Group:
    """The slices with the same ports, and the endpoints that are yet to be placed in them."""

    def __init__(self, ports: Ports) -> None:
        self.ports = ports
        self.slices: dict[str, EndpointSlice] = {}
        self.missing: dict[str, Endpoint] = {}
        self.wanted = False
        self.changed: dict[str, list[Endpoint]] = {}
        self.emptied: dict[str, None] = {}

    def revise(self, desired: Desired, touched: Mapping[str, None]) -> None:
        """Keep, change or drop the endpoints of the existing slices."""
        self.wanted = bool(self.missing)
        for name, slice_ in self.slices.items():
            if not desired.complete and name not in touched:
                self.wanted = self.wanted or bool(slice_.endpoints)
                continue
            kept = self._kept(slice_, desired)
            self.wanted = self.wanted or bool(kept)
            if slice_.endpoints and not kept:
                self.emptied[name] = None
            elif len(kept) != len(slice_.endpoints) or kept != list(slice_.endpoints):
                self.changed[name] = kept

    def _kept(self, slice_: EndpointSlice, desired: Desired) -> list[Endpoint]:
        kept = []
        for endpoint in slice_.endpoints:
            uid = uid_of(endpoint)
            wanted = self.missing.pop(uid, None)
            if wanted is not None:
                kept.append(wanted)
            elif not desired.complete and uid not in desired.pods:
                kept.append(endpoint)
        return kept

    def fill(self) -> list[list[Endpoint]]:
        """Place what is missing; returns the endpoints of the new slices that it takes."""
        fullest_first = sorted(self.changed.values(), key=len, reverse=True)
        for endpoints in fullest_first:
            self._pour(endpoints)
        created: list[list[Endpoint]] = []
        while self.missing:
            name = self._slice_to_fill()
            endpoints = [] if name is None else list(self.slices[name].endpoints)
            self._pour(endpoints)
            if name is None:
                created.append(endpoints)
            else:
                self.changed[name] = endpoints
        return created

    def _pour(self, endpoints: list[Endpoint]) -> None:
        room = max(MAX_ENDPOINTS_PER_SLICE - len(endpoints), 0)
        for uid in list(self.missing)[:room]:
            endpoints.append(self.missing.pop(uid))

    def _slice_to_fill(self) -> str | None:
        """The unchanged slice that the missing endpoints fill up best, if they fit into one."""
        count = len(self.missing)
        if count >= MAX_ENDPOINTS_PER_SLICE:
            return None
        best, least_room = None, MAX_ENDPOINTS_PER_SLICE
        for name, slice_ in self.slices.items():
            if name in self.changed or name in self.emptied:
                continue
            room = MAX_ENDPOINTS_PER_SLICE - count - len(slice_.endpoints)
            if 0 <= room < least_room:
                best, least_room = name, room
        return best


def uid_of(endpoint: Endpoint) -> str:
    """The UID of an endpoint's pod; empty for an endpoint that is no pod's."""
    return endpoint.target_ref.uid if endpoint.target_ref is not None else ""


def reconcile(
    service: Service,
    address_type: str,
    slices: Mapping[str, EndpointSlice],
    touched: Mapping[str, None],
    desired: Desired,
) -> Plan:
    """What to write for the slices of one address type.

    Parameters
    ----------
    slices
        The existing slices by name.
    touched
        The names of those that hold an endpoint of ``desired.pods``.
    """
    groups = _groups(service, slices, desired)
    plan = Plan([], [], [s for s in slices.values() if not owned_by(s, service)])
    labels = slice_labels(service) if desired.complete else None
    for group in groups.values():
        group.revise(desired, touched)
        if not group.wanted:
            plan.delete.extend(group.slices.values())
            continue
        for endpoints in group.fill():
            plan.create.append(replace(new_slice(service, address_type, group.ports), endpoints=tuple(endpoints)))
        for name, slice_ in group.slices.items():
            if name in group.emptied:
                plan.delete.append(slice_)
            elif name in group.changed:
                plan.update.append(_revised(slice_, tuple(group.changed[name]), labels))
            elif labels is not None and slice_.metadata.labels != labels:
                plan.update.append(_revised(slice_, slice_.endpoints, labels))
    if len(plan.delete) == len(slices) and not plan.create:
        _keep_placeholder(plan, new_slice(service, address_type, ()))
    _reuse_deleted(plan, service)
    return plan


def _groups(service: Service, slices: Mapping[str, EndpointSlice], desired: Desired) -> dict[Ports, _Group]:
    groups: dict[Ports, _Group] = {}
    for name, slice_ in slices.items():
        if owned_by(slice_, service):
            groups.setdefault(slice_.ports, _Group(slice_.ports)).slices[name] = slice_
    for uid, wanted in desired.pods.items():
        if wanted is not None:
            groups.setdefault(wanted.ports, _Group(wanted.ports)).missing[uid] = wanted.endpoint
    return groups


def _revised(slice_: EndpointSlice, endpoints: tuple[Endpoint, ...], labels: dict[str, str] | None) -> EndpointSlice:
    meta = slice_.metadata if labels is None else replace(slice_.metadata, labels=labels)
    return replace(slice_, metadata=meta, endpoints=endpoints)


def _keep_placeholder(plan: Plan, placeholder: EndpointSlice) -> None:
    """A service without endpoints has one slice, without ports."""
    if len(plan.delete) == 1:
        (only,) = plan.delete
        same_meta = only.metadata.labels == placeholder.metadata.labels
        same_owners = only.metadata.owner_references == placeholder.metadata.owner_references
        if not only.endpoints and not only.ports and same_meta and same_owners:
            plan.delete.clear()
            return
    plan.create.append(placeholder)


def _reuse_deleted(plan: Plan, service: Service) -> None:
    """Rather than delete a slice and create one, update it."""
    for old in list(plan.delete):
        if not plan.create:
            return
        if owned_by(old, service):
            plan.delete.remove(old)
            new = plan.create.pop()
            meta = replace(old.metadata, labels=new.metadata.labels)
            plan.update.append(replace(old, metadata=meta, endpoints=new.endpoints, ports=new.ports))
