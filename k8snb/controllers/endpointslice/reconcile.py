"""Which slices to create, update and delete so that every wanted endpoint is in exactly one.

Slices are changed as little as possible: endpoints stay where they are, new ones fill up slices that change anyway, the
fullest first, then one that they just fit into, and only then new slices.

References
----------
``staging/src/k8s.io/endpointslice/reconciler.go reconcileByAddressType, reconcileByPortMapping, finalize @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import NamedTuple

from msgspec.structs import replace

from k8snb.api.types.service import Endpoint, EndpointSlice, Service
from k8snb.controllers.endpointslice.endpoints import Ports, Wanted
from k8snb.controllers.endpointslice.slices import new_slice, owned_by, slice_labels

MAX_ENDPOINTS_PER_SLICE = 100


Members = dict[str, Endpoint]  # the endpoints of a slice by their pods' UIDs


class Draft(NamedTuple):
    """A slice to write, and the endpoints that it is to have."""

    slice: EndpointSlice
    members: Members


class Plan(NamedTuple):
    """What to write: new slices without a name, changed ones, and those to delete."""

    create: list[Draft]
    update: list[Draft]
    delete: list[EndpointSlice]


class Present(NamedTuple):
    """The slices that there are, by name, their members, and which members changed since the last sync."""

    slices: Mapping[str, EndpointSlice]
    members: Mapping[str, Members]
    touched: Mapping[str, Iterable[str]]


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
        self.missing: Members = {}
        self.wanted = False
        self.changed: dict[str, Members] = {}
        self.emptied: dict[str, None] = {}

    def revise(self, present: Present, complete: bool) -> None:
        """Keep, change or drop the endpoints of the existing slices."""
        self.wanted = bool(self.missing)
        for name, slice_ in self.slices.items():
            before = present.members[name]
            uids = list(before) if complete else present.touched.get(name, ())
            after = self._revised(before, uids)
            self.wanted = self.wanted or bool(after)
            if slice_.endpoints and not after:
                self.emptied[name] = None
            elif after is not before and (not complete or tuple(after.values()) != slice_.endpoints):
                self.changed[name] = after

    def _revised(self, before: Members, uids: Iterable[str]) -> Members:
        """The members of a slice after some of them changed, or went."""
        if not uids:
            return before
        after = dict(before)
        for uid in uids:
            wanted = self.missing.pop(uid, None)
            if wanted is not None:
                after[uid] = wanted
            else:
                del after[uid]
        return after

    def fill(self, present: Present) -> list[Members]:
        """Place what is missing; returns the members of the new slices that it takes."""
        fullest_first = sorted(self.changed.values(), key=len, reverse=True)
        for members in fullest_first:
            self._pour(members)
        created: list[Members] = []
        while self.missing:
            name = self._slice_to_fill()
            members = {} if name is None else dict(present.members[name])
            self._pour(members)
            if name is None:
                created.append(members)
            else:
                self.changed[name] = members
        return created

    def _pour(self, members: Members) -> None:
        room = max(MAX_ENDPOINTS_PER_SLICE - len(members), 0)
        for uid in list(islice(self.missing, room)):
            members[uid] = self.missing.pop(uid)

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


def reconcile(service: Service, address_type: str, present: Present, desired: Desired) -> Plan:
    """What to write for the slices of one address type."""
    groups = _groups(service, present.slices, desired)
    plan = Plan([], [], [s for s in present.slices.values() if not owned_by(s, service)])
    labels = slice_labels(service) if desired.complete else None
    for group in groups.values():
        group.revise(present, desired.complete)
        if not group.wanted:
            plan.delete.extend(group.slices.values())
            continue
        for members in group.fill(present):
            plan.create.append(Draft(new_slice(service, address_type, group.ports), members))
        for name, slice_ in group.slices.items():
            if name in group.emptied:
                plan.delete.append(slice_)
            elif name in group.changed:
                plan.update.append(Draft(_labelled(slice_, labels), group.changed[name]))
            elif labels is not None and slice_.metadata.labels != labels:
                plan.update.append(Draft(_labelled(slice_, labels), present.members[name]))
    if len(plan.delete) == len(present.slices) and not plan.create:
        _keep_placeholder(plan, new_slice(service, address_type, ()))
    _reuse_deleted(plan, service)
    return plan


def _groups(service: Service, slices: Mapping[str, EndpointSlice], desired: Desired) -> dict[Ports, _Group]:
    groups: dict[Ports, _Group] = {}
    for name, slice_ in slices.items():
        if owned_by(slice_, service):
            _group(groups, slice_.ports).slices[name] = slice_
    for uid, wanted in desired.pods.items():
        if wanted is not None:
            _group(groups, wanted.ports).missing[uid] = wanted.endpoint
    return groups


def _group(groups: dict[Ports, _Group], ports: Ports) -> _Group:
    found = groups.get(ports)
    if found is None:
        found = groups[ports] = _Group(ports)
    return found


def _labelled(slice_: EndpointSlice, labels: dict[str, str] | None) -> EndpointSlice:
    if labels is None or slice_.metadata.labels == labels:
        return slice_
    return replace(slice_, metadata=replace(slice_.metadata, labels=labels))


def _keep_placeholder(plan: Plan, placeholder: EndpointSlice) -> None:
    """A service without endpoints has one slice, without ports."""
    if len(plan.delete) == 1:
        (only,) = plan.delete
        same_meta = only.metadata.labels == placeholder.metadata.labels
        same_owners = only.metadata.owner_references == placeholder.metadata.owner_references
        if not only.endpoints and not only.ports and same_meta and same_owners:
            plan.delete.clear()
            return
    plan.create.append(Draft(placeholder, {}))


def _reuse_deleted(plan: Plan, service: Service) -> None:
    """Rather than delete a slice and create one, update it."""
    for old in list(plan.delete):
        if not plan.create:
            return
        if owned_by(old, service):
            plan.delete.remove(old)
            new, members = plan.create.pop()
            meta = replace(old.metadata, labels=new.metadata.labels)
            plan.update.append(Draft(replace(old, metadata=meta, ports=new.ports), members))
