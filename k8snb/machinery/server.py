"""The API server: requests of users, checked in every way, and writes of components, on one store.

References
----------
``staging/src/k8s.io/apiserver/pkg/endpoints/handlers`` and ``pkg/registry/generic/registry/store.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from sys import intern
from typing import Any, cast, Protocol, TypeVar

from msgspec.structs import replace

from k8snb.api.defaults import with_defaults
from k8snb.api.patch import patch_object
from k8snb.api.registry import (
    canonicalize,
    prepare_create,
    prepare_update,
    validate_create,
    validate_update,
    warnings_on_create,
    warnings_on_update,
)
from k8snb.api.resources import BY_CLASS, Resource
from k8snb.api.scales import scale_of
from k8snb.api.schema import KubernetesObject
from k8snb.api.types.config import Namespace
from k8snb.api.types.event import Event
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.pod import Pod, PodSpec
from k8snb.api.types.pod_status import PodStatus
from k8snb.errors import AlreadyExists
from k8snb.machinery import eviction, requests
from k8snb.machinery.admission import Admission
from k8snb.machinery.admission.lifecycle import check_create as check_namespace
from k8snb.machinery.admission.pods import with_topology_labels
from k8snb.machinery.bound_pods import BoundPods
from k8snb.machinery.deletion import DeleteOptions, is_released, marked_for_deletion
from k8snb.machinery.endpoints import unstored
from k8snb.machinery.identity import event_identity, generated_name, uid_of
from k8snb.machinery.log import Change
from k8snb.machinery.prepared_pods import PreparedPods
from k8snb.machinery.scaling import patched_scale
from k8snb.machinery.store import Store
from k8snb.sim.loop import Loop
from k8snb.sim.streams import Streams

T = TypeVar("T", bound=KubernetesObject)
Texts = list[str]

EPOCH_MS = 1_767_225_600_000  # a cluster starts at 2026-01-01T00:00:00Z


class Reader(Protocol):
    """What can be asked about a cluster, now or at a past moment."""

    @property
    def now_ms(self) -> int:
        """Simulated milliseconds since the cluster's start."""

    def get(self, resource: Resource, namespace: str, name: str) -> KubernetesObject:
        """One object.

        Raises
        ------
        NotFound
            When there is none of that name.
        """

    def list(self, resource: Resource, namespace: str | None = None) -> list[KubernetesObject]:
        """All objects of a kind, of one namespace or of all (None), by key."""


def key_for(resource: Resource, namespace: str, name: str) -> str:
    """The store's key: ``namespace/name``, or ``name`` for what belongs to no namespace."""
    return intern(f"{namespace}/{name}") if resource.namespaced else name


def _pod_key(meta: ObjectMeta) -> str:
    """`key_for` a pod; all its versions share one."""
    return intern(f"{meta.namespace}/{meta.name}")


class ApiServer:
    """The one door to the store.

    Strict requests (`create`, `replace`, `patch`, `delete`) take JSON values as a client sends them. Typed writes
    (`create_object`, `update_object`, `update_status`, `delete_object`) are for components: their objects come from
    objects that were validated when they were stored.
    """

    def __init__(self, loop: Loop, streams: Streams) -> None:
        self.loop = loop
        self.store = Store(loop)
        self.admission = Admission(self)
        self._pods = cast(dict[str, Pod], self.store.tables["Pod"])
        self._namespaces = cast(dict[str, Namespace], self.store.tables["Namespace"])
        self._uids = streams.stream("uids")
        self._names = streams.stream("names")
        self._events = 0
        self._second = self._next_second = 0
        self._bound_pods = BoundPods()
        self.warnings: Texts = []  # beside the answer to the latest strict request
        self.views: dict[str, Callable[[KubernetesObject], KubernetesObject]] = {}  # what readers see of a kind
        self._prepared_pods = PreparedPods()
        for kind in ("PriorityClass", "LimitRange"):  # admission depends on them
            self.store.watch(kind, lambda _change: self._prepared_pods.clear())

    # -- time

    @property
    def now_ms(self) -> int:
        """Simulated milliseconds since the cluster's start."""
        return self.loop.now_ms

    @property
    def time(self) -> int:
        """The present as objects record it: milliseconds since the Unix epoch, in whole seconds."""
        now = EPOCH_MS + self.loop.now_ms
        if now >= self._next_second:  # all that is recorded in one second shares one number
            self._second = now // 1000 * 1000
            self._next_second = self._second + 1000
        return self._second

    # -- reading

    def get(self, resource: Resource, namespace: str, name: str) -> KubernetesObject:
        """One object; raises NotFound."""
        found = self._table(resource).get(key_for(resource, namespace, name))
        if found is None:
            raise requests.not_found(resource, name)
        view = self.views.get(resource.kind)
        return found if view is None else view(found)

    def list(self, resource: Resource, namespace: str | None = None) -> list[KubernetesObject]:
        """All objects of a kind, of one namespace or of all (None), by key."""
        table = self._table(resource)
        prefix = f"{namespace}/" if namespace is not None and resource.namespaced else ""
        found = [table[key] for key in sorted(table) if key.startswith(prefix)]
        view = self.views.get(resource.kind)
        return found if view is None else list(map(view, found))

    def pods_on(self, node: str) -> Sequence[Pod]:
        """The pods on a node, by key."""
        pods = cast(dict[str, Pod], self.store.tables["Pod"])
        return [pods[key] for key in sorted([key for key, pod in pods.items() if pod.spec.node_name == node])]

    def _table(self, resource: Resource) -> dict[str, KubernetesObject]:
        table = self.store.tables.get(resource.kind)
        return unstored(resource, self.list) if table is None else table

    def find(self, cls: type[T], namespace: str, name: str) -> T | None:
        """The stored object of a kind and name, or None."""
        return cast(T | None, self.store.tables[cls.__name__].get(key_for(BY_CLASS[cls], namespace, name)))

    @property
    def position(self) -> int:
        """Where a watch begins that tells of everything from now on."""
        return len(self.store.log)

    def changes(self, kind: str, start: int) -> Sequence[Change]:
        """The changes of a kind from a position on."""
        return [change for change in self.store.log.changes(start) if change.resource == kind]

    # -- strict requests

    def create(
        self,
        resource: Resource,
        namespace: str,
        body: Mapping[str, Any],
        *,
        dry_run: bool = False,
        field_validation: str = "Strict",
    ) -> KubernetesObject:
        """POST: decode, default, admit, validate and store an object.

        `field_validation` says what becomes of unknown fields: ``Strict``, ``Warn`` or ``Ignore``.
        """
        unknown = self._expect_fields(field_validation)
        streams = [(stream, stream.getstate()) for stream in (self._uids, self._names)]
        stored = False
        try:
            obj = self._new(resource, namespace, requests.decode(resource, body, unknown), dry_run)
            if dry_run:
                self._check_free(resource, self._key(resource, obj), obj.metadata.name)
                return obj
            obj = self._insert(resource, obj)
            stored = True
            return obj
        finally:
            if not stored:  # what is not stored leaves no trace, not even in later names
                for stream, state in streams:
                    stream.setstate(state)

    def _expect_fields(self, field_validation: str) -> Texts | None:
        """Start an answer. Where the complaints about unknown fields go; None: the request is refused for them."""
        self.warnings = []
        return {"Warn": self.warnings, "Ignore": []}.get(field_validation)

    def _warn(self, warnings: Texts) -> None:
        self.warnings += [text for text in dict.fromkeys(warnings) if text not in self.warnings]

    def _new(self, resource: Resource, namespace: str, obj: KubernetesObject, dry_run: bool) -> KubernetesObject:
        sent = requests.for_create(obj, resource, namespace)
        obj = self._named(self.admission.create(with_defaults(sent)))
        obj = prepare_create(self.admission.allocate(obj, dry_run=dry_run))
        requests.refuse_invalid(resource, obj.metadata.name, validate_create(obj))
        self._warn(warnings_on_create(obj))
        self.admission.check_create(obj)
        if not dry_run:  # the storage looks at the version, and a dry run ends before it
            requests.refuse_version(sent)
        return canonicalize(obj)

    def replace(
        self,
        resource: Resource,
        namespace: str,
        name: str,
        body: Mapping[str, Any],
        *,
        dry_run: bool = False,
        field_validation: str = "Strict",
    ) -> KubernetesObject:
        """PUT: decode, default, admit, validate and store the next version of an object; see `create`."""
        unknown = self._expect_fields(field_validation)
        new = requests.for_update(requests.decode(resource, body, unknown), resource, namespace, name)
        old = self.get(resource, namespace, name)
        requests.check_uid(resource, new, old, dry_run)
        return self._update(resource, old, new, "", dry_run)

    def patch(
        self,
        resource: Resource,
        namespace: str,
        name: str,
        patch_type: str,
        patch: Any,
        *,
        subresource: str = "",
        dry_run: bool = False,
        field_validation: str = "Strict",
    ) -> KubernetesObject:
        """PATCH: `patch_type` is ``strategic``, ``merge`` or ``json``; see `create`. A ``scale`` is returned."""
        unknown = self._expect_fields(field_validation)
        old = self.get(resource, namespace, name)
        if subresource == "scale":
            new = patched_scale(old, patch_type, patch, unknown)
            stored = self._update(resource, old, new, "", dry_run)
            # Who manages the number is written anew each time, so that there is a new version in any case.
            return scale_of(self._put(resource, old) if stored is old and not dry_run else stored)
        new = requests.for_update(patch_object(old, patch_type, patch, unknown), resource, namespace, name)
        return self._update(resource, old, new, subresource, dry_run)

    def delete(
        self,
        resource: Resource,
        namespace: str,
        name: str,
        *,
        grace_period_seconds: int | None = None,
        propagation_policy: str | None = None,
        dry_run: bool = False,
    ) -> KubernetesObject:
        """DELETE: `propagation_policy` is ``Background``, ``Foreground`` or ``Orphan``."""
        obj = self.get(resource, namespace, name)
        if dry_run:
            self.admission.delete(obj)
        else:
            self.delete_object(obj, DeleteOptions(grace_period_seconds, propagation_policy))
        return obj

    def evict(
        self, namespace: str, name: str, *, grace_period_seconds: int | None = None, dry_run: bool = False
    ) -> None:
        """POST to a pod's ``eviction``: delete it, unless its disruption budget forbids that; see `eviction.evict`."""
        resource = BY_CLASS[Pod]
        pod = self._pods.get(key_for(resource, namespace, name))
        if pod is None:
            raise requests.not_found(resource, name)
        eviction.evict(self, pod, DeleteOptions(grace_period_seconds), dry_run)

    def _update(
        self, resource: Resource, old: KubernetesObject, new: KubernetesObject, subresource: str, dry_run: bool
    ) -> KubernetesObject:
        new = self.admission.update(with_defaults(new), old)
        requests.check_resource_version(resource, new, old)
        new = prepare_update(self.admission.allocate(new, old, dry_run), old, subresource)
        requests.refuse_invalid(resource, old.metadata.name, validate_update(new, old, subresource))
        if not subresource:
            self._warn(warnings_on_update(new, old))
        self.admission.check_update(new, old)
        new = canonicalize(new)
        return new if dry_run else self._commit(resource, old, requests.for_storage(new))

    # -- typed writes of components

    def create_object(self, obj: T) -> T:
        """Store a new object of a component; raises Forbidden where admission refuses it."""
        if isinstance(obj, Pod):
            return cast(T, self._create_pod(obj))
        obj = prepare_create(self._named(self.admission.create(obj)))
        self.admission.check_create(obj)
        return self._insert(BY_CLASS[type(obj)], canonicalize(obj))

    def _create_pod(self, pod: Pod) -> Pod:
        """Store a new pod; what defaults and admission make of its spec is the same for all pods of a template."""
        prepared = self._prepared_pods.find(pod)
        if prepared is None:
            prepared = self._prepared_pods.remember(pod, prepare_create(self.admission.create(with_defaults(pod))))
        else:
            check_namespace(self.store, pod)
        meta = self._identity(prepared.annotated(pod), 1, self.store.next_version())
        named = Pod(metadata=meta, spec=prepared.spec, status=prepared.status)
        self.admission.check_create(named)
        key = _pod_key(meta)
        self._check_free(BY_CLASS[Pod], key, meta.name)
        self.store.write("Pod", key, named)
        return named

    def update_object(self, obj: T) -> T:
        """Store the next version of an object: spec and metadata; a changed spec is a new generation.

        Raises
        ------
        Conflict
            When `obj` does not descend from the stored version.
        NotFound
            When it is gone.
        """
        resource = BY_CLASS[type(obj)]
        old = self._current(resource, obj)
        if getattr(obj, "spec", None) != getattr(old, "spec", None) and obj.metadata.generation:
            obj = replace(obj, metadata=replace(obj.metadata, generation=old.metadata.generation + 1))
        return self._commit(resource, old, obj)

    def update_status(self, obj: T, validate: bool = False) -> T:
        """Store the status of an object and its annotations, nothing else of it; raises as `update_object`.

        With `validate`, a status that breaks the rules of its kind is refused, for components that count on that.
        """
        resource = BY_CLASS[type(obj)]
        old = self._current(resource, obj)
        meta, annotations, status = old.metadata, obj.metadata.annotations, obj.status  # type: ignore[attr-defined]
        if annotations == meta.annotations:
            if status == old.status:  # type: ignore[attr-defined]
                return cast(T, old)
            annotations = meta.annotations
        meta = replace(meta, annotations=annotations, resource_version=self.store.next_version())
        new = cast(T, replace(old, metadata=meta, status=status))
        if validate:
            requests.refuse_invalid(resource, meta.name, validate_update(new, old, "status"))
        self.store.write(resource.kind, self._key(resource, new), new)
        return new

    def patch_object(self, obj: T) -> T:
        """Store a version of an object whatever the stored version is, as a patch of single fields would."""
        return self._commit(BY_CLASS[type(obj)], self._stored(BY_CLASS[type(obj)], obj), obj)

    def set_pod_status(self, pod: Pod, status: PodStatus) -> Pod:
        """Store what a kubelet reports of a pod, whatever else changed meanwhile; nothing, if the pod is gone."""
        key = _pod_key(pod.metadata)
        stored = self._pods.get(key)
        if stored is None or stored.metadata.uid != pod.metadata.uid:
            return pod
        return self._write_pod(key, stored.metadata, stored.spec, status)

    def _write_pod(self, key: str, meta: ObjectMeta, spec: PodSpec, status: PodStatus) -> Pod:
        new = Pod(metadata=replace(meta, resource_version=self.store.next_version()), spec=spec, status=status)
        self.store.write("Pod", key, new)
        return new

    def bind(self, pod: Pod, node_name: str) -> Pod:
        """Assign a pod to a node."""
        key = _pod_key(pod.metadata)
        stored = self._pods.get(key)
        if stored is None or stored.metadata.uid != pod.metadata.uid:
            raise requests.not_found(BY_CLASS[Pod], pod.metadata.name)
        if stored.metadata.deletion_timestamp is not None:
            raise requests.binding_conflict(stored, "is being deleted, cannot be assigned to a host")
        if stored.spec.node_name:
            raise requests.binding_conflict(stored, f'is already assigned to node "{stored.spec.node_name}"')
        meta = with_topology_labels(stored.metadata, self.store.tables["Node"].get(node_name))
        spec = self._bound_pods.spec(stored.spec, node_name)
        return self._write_pod(key, meta, spec, self._bound_pods.status(stored.status, self.time))

    def delete_object(self, obj: KubernetesObject, options: DeleteOptions = DeleteOptions()) -> None:  # noqa: B008
        """Delete an object as a request with these options does.

        Raises
        ------
        NotFound
            When it is gone already.
        Conflict
            When a precondition does not hold.
        """
        resource = BY_CLASS[type(obj)]
        old = self._stored(resource, obj)
        requests.check_preconditions(resource, old, options)
        self.admission.delete(old)
        marked = marked_for_deletion(old, options, self.time)
        if marked is None:
            self.store.remove(resource.kind, self._key(resource, old))
        elif marked is not old:
            self._put(resource, marked)

    def create_event(self, event: Event) -> Event:
        """Store an event that carries the store's next version; nobody validates it.

        A namespace that is going away takes none.
        """
        meta = event.metadata
        if not self._is_terminating(meta.namespace):
            self.store.write("Event", f"{meta.namespace}/{meta.name}", event)
        return event

    def update_event(self, event: Event) -> Event:
        """Store the next count of an event, whatever became of the first."""
        meta = event.metadata
        if self._is_terminating(meta.namespace):
            return event
        return self.store.put("Event", f"{meta.namespace}/{meta.name}", event)

    def _is_terminating(self, namespace: str) -> bool:
        found = self._namespaces.get(namespace)
        return found is not None and found.status.phase == "Terminating"

    def event_identity(self, name: str) -> tuple[str, str]:
        """Name and UID of an event about an object: the name ends with the time in nanoseconds."""
        self._events += 1
        return event_identity(name, EPOCH_MS + self.loop.now_ms, self._events)

    # -- storing

    def _key(self, resource: Resource, obj: KubernetesObject) -> str:
        return key_for(resource, obj.metadata.namespace, obj.metadata.name)

    def _stored(self, resource: Resource, obj: KubernetesObject) -> KubernetesObject:
        found = self.store.tables[resource.kind].get(self._key(resource, obj))
        if found is None or (obj.metadata.uid and obj.metadata.uid != found.metadata.uid):
            raise requests.not_found(resource, obj.metadata.name)
        return found

    def _current(self, resource: Resource, obj: KubernetesObject) -> KubernetesObject:
        old = self._stored(resource, obj)
        requests.check_resource_version(resource, obj, old)
        return old

    def _named(self, obj: T) -> T:
        """A new object with its identity."""
        return replace(obj, metadata=self._identity(obj, obj.metadata.generation, ""))

    def _identity(self, obj: KubernetesObject, generation: int, version: str) -> ObjectMeta:
        """The metadata of a new object: generated name, UID, time of creation."""
        meta = obj.metadata
        return replace(
            meta,
            name=meta.name or (self._generated_name(obj) if meta.generate_name else ""),
            uid=uid_of(self._uids.getrandbits(128)),
            creation_timestamp=self.time,
            generation=generation,
            resource_version=version,
        )

    def _generated_name(self, obj: KubernetesObject) -> str:
        resource, meta = BY_CLASS[type(obj)], obj.metadata
        table = self.store.tables[resource.kind]
        while True:
            name = generated_name(meta.generate_name, self._names)
            if key_for(resource, meta.namespace, name) not in table:
                return name

    def _insert(self, resource: Resource, obj: T) -> T:
        key = self._key(resource, obj)
        self._check_free(resource, key, obj.metadata.name)
        return self.store.put(resource.kind, key, obj)

    def _check_free(self, resource: Resource, key: str, name: str) -> None:
        if key in self.store.tables[resource.kind]:
            raise AlreadyExists(f'{resource.qualified} "{name}" already exists', details={"name": name})

    def _commit(self, resource: Resource, old: KubernetesObject, new: T) -> T:
        """Store the next version, if it says anything new; a deleted object whose last finalizer went is removed."""
        meta = new.metadata
        if meta.resource_version != old.metadata.resource_version:
            new = replace(new, metadata=replace(meta, resource_version=old.metadata.resource_version))
        if new == old:
            return old
        if is_released(new):
            self._put(resource, new)
            self.store.remove(resource.kind, self._key(resource, new))
            return new
        return self._put(resource, new)

    def _put(self, resource: Resource, obj: T) -> T:
        return self.store.put(resource.kind, self._key(resource, obj), obj)
