"""Watches services, pods, nodes and slices, and keeps each service's slices in step with its pods.

References
----------
``pkg/controller/endpointslice/endpointslice_controller.go`` and
``staging/src/k8s.io/endpointslice/util/controller_utils.go GetPodUpdateProjectionKey @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from msgspec.structs import replace

from k8snb.api.pods import is_ready
from k8snb.api.services import TRIGGER_TIME
from k8snb.api.timestamps import format_time
from k8snb.api.topology import ZONE
from k8snb.api.types.node import Node
from k8snb.api.types.pod import Pod
from k8snb.api.types.service import EndpointSlice, Service
from k8snb.controllers.endpointslice.endpoints import (
    address_types,
    belongs_in_endpoints,
    endpoint_of,
    selects,
    Wanted,
)
from k8snb.controllers.endpointslice.reconcile import Desired, Draft, MAX_ENDPOINTS_PER_SLICE, Plan, reconcile
from k8snb.controllers.endpointslice.slices import is_managed, service_key
from k8snb.controllers.endpointslice.tracker import ServiceState
from k8snb.errors import ApiError
from k8snb.machinery.controller import Controller, Environment, key_of
from k8snb.machinery.log import Change

SLICE_CHANGE_DELAY_MS = 1_000  # from a change of a slice by somebody else to its repair
RETRY_BASE_MS, RETRY_MAX_MS, MAX_RETRIES = 1_000, 1_000_000, 15
_REMEMBERED = 10_000
_SELECTOR = "selector"
_SLICES_OF = "service"


class EndpointSliceController(Controller):
    """Keeps the EndpointSlices of services with a selector.

    A sync looks at the pods that changed since the last one only; a change of the service, or of its slices by
    somebody else, makes it look at all of them. Hints by ``service.kubernetes.io/topology-mode`` are not built.
    """

    name: ClassVar[str] = "endpoint-slice-controller"

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.services = self.informers.of(Service)
        self.pods = self.informers.of(Pod)
        self.nodes = self.informers.of(Node)
        self.slices = self.informers.of(EndpointSlice)
        self._states: dict[str, ServiceState] = {}
        self._selecting: dict[tuple[str, int], tuple[Mapping[str, str], tuple[str, ...]]] = {}
        self.services.add_index(_SELECTOR, _by_first_pair)
        self.slices.add_index(_SLICES_OF, _by_service)
        self._selects = self.services.has_indexed(_SELECTOR)  # whether any service selects pods
        self.services.add_handler(self._on_service)
        self.pods.add_handler(self._on_pod)
        self.nodes.add_handler(self._on_node)
        self.slices.add_handler(self._on_slice)

    # -- watching

    def _on_service(self, old: Service | None, new: Service | None) -> None:
        service = new or old
        assert service is not None
        self._selects = self.services.has_indexed(_SELECTOR)
        self._selecting.clear()
        self.enqueue(service)

    def _on_pod(self, old: Pod | None, new: Pod | None) -> None:
        """Note the pod with the services that select it, and look at these if the change shows in endpoints."""
        if not self._selects or not (_in_endpoints(old) or _in_endpoints(new)):
            return
        relabelled = old is not None and new is not None and _labels_changed(old, new)
        shows = old is None or new is None or _endpoints_changed(old, new)
        if not shows and not relabelled and _in_endpoints(new):
            return
        pod = new or self._last_words(old)
        meta = pod.metadata
        after = before = self._services_of(meta.namespace, meta.labels)
        if relabelled and old is not None:
            before = self._services_of(meta.namespace, old.metadata.labels)
        for key in dict.fromkeys((*after, *before)):
            self._state(key).changed[meta.uid] = pod
            if shows or (key in after) != (key in before):
                self.queue.add(key)

    def _last_words(self, removed: Pod | None) -> Pod:
        """The last version of a removed pod, which may have come too late to be heard of by itself."""
        store = self.server.store
        removal = store.log.entries[store.cause]
        last = removal.old if isinstance(removal, Change) else None
        assert removed is not None
        return last if isinstance(last, Pod) and last.metadata.uid == removed.metadata.uid else removed

    def _services_of(self, namespace: str, labels: Mapping[str, str]) -> tuple[str, ...]:
        """The keys of the services that select these labels; found once for all pods that share a labels object."""
        known = self._selecting.get((namespace, id(labels)))
        if known is not None and known[0] is labels:
            return known[1]
        candidates = (self.services.by_index(_SELECTOR, f"{namespace}/{k}={v}") for k, v in labels.items())
        keys = tuple(key for found in candidates for key, service in found.items() if selects(service, labels))
        if len(self._selecting) >= _REMEMBERED:
            self._selecting.clear()
        self._selecting[namespace, id(labels)] = labels, keys
        return keys

    def _on_node(self, old: Node | None, new: Node | None) -> None:
        """A node that comes, goes or moves to another zone shows in the next sync of every service."""
        if old is None or new is None or old.metadata.labels.get(ZONE) != new.metadata.labels.get(ZONE):
            for state in self._states.values():
                state.complete = True

    def _on_slice(self, old: EndpointSlice | None, new: EndpointSlice | None) -> None:
        """Repair what somebody else did to a slice."""
        keys: dict[str, None] = {}
        if old is not None and new is not None and service_key(old) != service_key(new):
            keys = dict.fromkeys(k for k in (service_key(new), service_key(old)) if k is not None)
        else:
            slice_ = new or old
            assert slice_ is not None
            key = service_key(slice_)
            if key is not None and (is_managed(slice_) or (old is not None and is_managed(old))):
                state = self._states.get(key)
                expected = state is not None and (state.is_own_write(slice_) if new else not state.knows(slice_))
                keys = {} if expected else {key: None}
        for key in keys:
            self._state(key).stale = True
            self.queue.add_after(key, SLICE_CHANGE_DELAY_MS)

    def _state(self, key: str) -> ServiceState:
        state = self._states.get(key)
        if state is None:
            state = self._states[key] = ServiceState()
        return state

    # -- syncing

    def sync(self, key: str) -> None:
        """Bring the slices of one service in step with its pods."""
        service = self.services.get(key)
        if service is None or not service.spec.selector or service.spec.type == "ExternalName":
            self._states.pop(key, None)
            return
        state = self._state(key)
        if state.next_sync_ms > self.now_ms:
            self.queue.add_after(key, state.next_sync_ms - self.now_ms)
            return
        state.follow(service)
        if state.stale:
            known = self.slices.by_index(_SLICES_OF, key).values()
            state.load(s for s in known if s.metadata.deletion_timestamp is None)
        try:
            missing = self._reconcile(service, state)
        except ApiError as error:
            state.stale = True
            if not error.details.get("namespaceTerminating"):
                self._try_again(key, service, state, error.message)
        else:
            if missing:
                self._try_again(key, service, state, missing)
            else:
                state.retries = 0

    def _reconcile(self, service: Service, state: ServiceState) -> str:
        """Write what the changed pods ask for; returns what kept a pod out."""
        complete, changed = state.complete, self._changed_pods(service, state)
        now = state.trigger_time(service, [pod or state.changed[uid] for uid, pod in changed.items()])
        state.complete, state.changed = False, {}
        fault, written = "", 0
        supported = address_types(service)
        for address_type in dict.fromkeys((*supported, *state.slices)):
            if address_type in supported:
                wanted, fault = self._wanted(service, state, changed, address_type)
                present = state.present(address_type, wanted)
                plan = reconcile(service, address_type, present, Desired(wanted, complete))
            else:
                plan = Plan([], [], list(state.slices[address_type].values()))
            written += self._write(service, state, plan, now)
        state.forget_pods(changed)
        endpoints = sum(len(s.endpoints) for of_type in state.slices.values() for s in of_type.values())
        if written:
            # A controller that computes and writes ten thousand endpoints is not done within a millisecond: what
            # happens meanwhile waits for its next turn, together.
            state.next_sync_ms = self.now_ms + endpoints // MAX_ENDPOINTS_PER_SLICE
        return fault

    def _changed_pods(self, service: Service, state: ServiceState) -> dict[str, Pod | None]:
        """The pods to look at, by UID; None for those that the service does not select (any more)."""
        changed: dict[str, Pod | None] = {}
        for uid, seen in state.changed.items():
            pod = self.pods.get(key_of(seen))
            is_it = pod is not None and pod.metadata.uid == uid and selects(service, pod.metadata.labels)
            changed[uid] = pod if is_it else None
        if state.complete:
            namespace = service.metadata.namespace
            for key in sorted(self.pods.cache):
                pod = self.pods.cache[key]
                if pod.metadata.namespace == namespace and selects(service, pod.metadata.labels):
                    changed[pod.metadata.uid] = pod
        return changed

    def _wanted(
        self, service: Service, state: ServiceState, changed: Mapping[str, Pod | None], address_type: str
    ) -> tuple[dict[str, Wanted | None], str]:
        """How each changed pod is to appear, and what kept one out."""
        wanted: dict[str, Wanted | None] = {}
        fault = ""
        for uid, pod in changed.items():
            wanted[uid] = None
            if pod is None or not belongs_in_endpoints(pod):
                continue
            node = self.nodes.get(pod.spec.node_name)
            if node is None and not service.spec.publish_not_ready_addresses:
                meta = pod.metadata
                whose = f"{meta.namespace}/{service.metadata.name}"
                fault = f"skipping Pod {meta.name} for Service {whose}: Node {pod.spec.node_name} Not Found"
                continue
            endpoint = endpoint_of(pod, node, service, address_type)
            if endpoint is not None:
                wanted[uid] = Wanted(state.ports.of(pod), endpoint)
        return wanted, fault

    def _write(self, service: Service, state: ServiceState, plan: Plan, trigger_time: int | None) -> int:
        """Write the slices of a plan; returns how many that are."""
        if service.metadata.deletion_timestamp is None:
            for draft in plan.create:
                state.put(self.server.create_object(_finished(draft, trigger_time)), draft.members)
        for draft in plan.update:
            state.put(self.server.update_object(_finished(draft, trigger_time)), draft.members)
        for slice_ in plan.delete:
            self.server.delete_object(slice_)
            state.remove(slice_)
        return len(plan.create) + len(plan.update) + len(plan.delete)

    def _try_again(self, key: str, service: Service, state: ServiceState, fault: str) -> None:
        """Say what went wrong, and look at the whole service again later and later."""
        meta = service.metadata
        message = f"Error updating Endpoint Slices for Service {meta.namespace}/{meta.name}: {fault}"
        self.recorder.event(service, "Warning", "FailedToUpdateEndpointSlices", message)
        state.complete = True
        if state.retries < MAX_RETRIES:
            self.queue.add_after(key, min(RETRY_BASE_MS * 2**state.retries, RETRY_MAX_MS))
            state.retries += 1


def _by_first_pair(service: Service) -> tuple[str, ...]:
    """One pair of the selector, by which services that may select a pod are found."""
    if not service.spec.selector:
        return ()
    key, value = min(service.spec.selector.items())
    return (f"{service.metadata.namespace}/{key}={value}",)


def _by_service(slice_: EndpointSlice) -> tuple[str, ...]:
    key = service_key(slice_)
    return (key,) if key is not None and is_managed(slice_) else ()


def _in_endpoints(pod: Pod | None) -> bool:
    return pod is not None and belongs_in_endpoints(pod)


def _endpoints_changed(old: Pod, new: Pod) -> bool:
    """The change shows in endpoints. Whatever happens to a terminating pod counts."""
    if new.metadata.deletion_timestamp is not None or old.metadata.deletion_timestamp is not None:
        return True
    before, after = old.status, new.status
    return (before.conditions is not after.conditions and is_ready(old) != is_ready(new)) or (
        before.pod_ips is not after.pod_ips and before.pod_ips != after.pod_ips
    )


def _labels_changed(old: Pod, new: Pod) -> bool:
    """The change may show in which services select the pod, or in what it is called there."""
    before, after = old.metadata.labels, new.metadata.labels
    if before is not after and before != after:
        return True
    one, other = old.spec, new.spec
    return one is not other and (one.hostname != other.hostname or one.subdomain != other.subdomain)


def _finished(draft: Draft, trigger_time: int | None) -> EndpointSlice:
    """The next generation of a slice, with the moment of the change that led to it."""
    meta = draft.slice.metadata
    annotations = {key: value for key, value in meta.annotations.items() if key != TRIGGER_TIME}
    if trigger_time is not None:
        annotations[TRIGGER_TIME] = format_time(trigger_time)
    generation = meta.generation + 1 if meta.generation else 0
    meta = replace(meta, annotations=annotations, generation=generation)
    return replace(draft.slice, metadata=meta, endpoints=tuple(draft.members.values()))
