"""Watches everything that can own or be owned, and deletes, keeps or lets go what lost its owners.

References
----------
``pkg/controller/garbagecollector/garbagecollector.go attemptToDeleteItem, attemptToOrphan @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from msgspec.structs import replace

from k8snb.api.resources import BY_KIND, RESOURCES
from k8snb.api.schema import KubernetesObject
from k8snb.api.types.event import Event
from k8snb.api.types.meta import OwnerReference
from k8snb.api.types.node import Lease
from k8snb.controllers.garbagecollector.graph import Graph, Node
from k8snb.errors import NotFound
from k8snb.machinery.controller import Controller, Environment, key_of
from k8snb.machinery.deletion import DeleteOptions, FOREGROUND, ORPHAN

_IGNORED = (Event, Lease)


class GarbageCollector(Controller):
    """Deletes dependents in the background or before their owner, or orphans them, as the deletion asked."""

    name: ClassVar[str] = "garbage-collector-controller"

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self._graph = Graph()
        for resource in RESOURCES:
            if resource.cls not in _IGNORED:
                self.informers.of(resource.cls).add_handler(self._handler(resource.kind))

    # -- watching

    def _handler(self, kind: str) -> Callable[[KubernetesObject | None, KubernetesObject | None], None]:
        def handle(old: KubernetesObject | None, new: KubernetesObject | None) -> None:
            if old is None:
                assert new is not None
                self._on_added(Node(kind, key_of(new)), new)
            elif new is None:
                self._on_deleted(Node(kind, key_of(old)), old)
            elif (
                old.metadata.owner_references is not new.metadata.owner_references
                or old.metadata.deletion_timestamp != new.metadata.deletion_timestamp
                or old.metadata.finalizers != new.metadata.finalizers
            ):
                self._on_updated(Node(kind, key_of(new)), old, new)

        return handle

    def _on_added(self, node: Node, obj: KubernetesObject) -> None:
        self._graph.learn(node, obj)
        if any(self._graph.node_of(r.uid) is None for r in obj.metadata.owner_references):
            self._enqueue(node)
        if _is_held(obj):
            self._enqueue(node)

    def _on_updated(self, node: Node, old: KubernetesObject, new: KubernetesObject) -> None:
        if old.metadata.owner_references != new.metadata.owner_references:
            self._graph.forget_owners(node, old)
            self._graph.learn(node, new)
            self._enqueue(node)
            self._enqueue_waiting_owners(old)
        if _is_held(new):
            self._enqueue(node)

    def _on_deleted(self, node: Node, obj: KubernetesObject) -> None:
        self._graph.forget(node, obj)
        for dependent in self._graph.dependents(obj.metadata.uid):
            self._enqueue(dependent)
        self._enqueue_waiting_owners(obj)

    def _enqueue_waiting_owners(self, obj: KubernetesObject) -> None:
        """An owner that is deleted in the foreground may have waited for this one."""
        for reference in obj.metadata.owner_references:
            node = self._graph.node_of(reference.uid)
            owner = self._stored(node) if node is not None else None
            if node is not None and owner is not None and _waits_for_dependents(owner):
                self._enqueue(node)

    def _enqueue(self, node: Node) -> None:
        self.queue.add(f"{node.kind} {node.key}")

    # -- syncing

    def sync(self, key: str) -> None:
        """Decide about one object: is it held by its dependents, or did it lose its owners?"""
        node = Node(*key.split(" ", 1))
        obj = self._stored(node)
        if obj is None:
            return
        if obj.metadata.deletion_timestamp is not None:
            if ORPHAN in obj.metadata.finalizers:
                self._orphan_dependents(obj)
            elif FOREGROUND in obj.metadata.finalizers:
                self._delete_dependents(obj)
            return
        if obj.metadata.owner_references:
            self._delete_if_ownerless(obj)

    def _stored(self, node: Node) -> KubernetesObject | None:
        return self.server.store.tables[node.kind].get(node.key)

    def _orphan_dependents(self, owner: KubernetesObject) -> None:
        """Cut the dependents loose, then let the owner go."""
        for node in self._graph.dependents(owner.metadata.uid):
            dependent = self._stored(node)
            if dependent is not None:
                self._drop_references(dependent, [owner.metadata.uid])
        self._drop_finalizer(owner, ORPHAN)

    def _delete_dependents(self, owner: KubernetesObject) -> None:
        """Let the owner go when nothing blocks its deletion any more; until then see to its dependents."""
        if not self._graph.blocking(owner.metadata.uid):
            self._drop_finalizer(owner, FOREGROUND)
            return
        for node in self._graph.dependents(owner.metadata.uid):
            self._enqueue(node)

    def _delete_if_ownerless(self, obj: KubernetesObject) -> None:
        """Delete an object all of whose owners are gone, or wait for it to go."""
        solid, dangling, waiting = self._classify(obj.metadata.owner_references)
        if solid:
            if dangling or waiting:
                self._drop_references(obj, [*dangling, *waiting])
            return
        has_dependents = bool(self._graph.dependents(obj.metadata.uid))
        policy = "Foreground" if waiting and has_dependents else _policy(obj)
        try:
            self.server.delete_object(obj, DeleteOptions(propagation_policy=policy, uid=obj.metadata.uid))
        except NotFound:
            return

    def _classify(self, references: Sequence[OwnerReference]) -> tuple[list[str], list[str], list[str]]:
        """The UIDs of owners that are there, of those that are gone, and of those that wait for their dependents."""
        solid: list[str] = []
        dangling: list[str] = []
        waiting: list[str] = []
        for reference in references:
            owner = self._owner(reference)
            if owner is None:
                dangling.append(reference.uid)
            elif _waits_for_dependents(owner):
                waiting.append(reference.uid)
            else:
                solid.append(reference.uid)
        return solid, dangling, waiting

    def _owner(self, reference: OwnerReference) -> KubernetesObject | None:
        """The owner that a reference means, as the API server has it now."""
        node = self._graph.node_of(reference.uid)
        if node is not None and node.kind in BY_KIND:
            owner = self._stored(node)
            return owner if owner is not None and owner.metadata.uid == reference.uid else None
        table = self.server.store.tables.get(reference.kind, {})
        return next((o for o in table.values() if o.metadata.uid == reference.uid), None)

    def _drop_references(self, obj: KubernetesObject, uids: Sequence[str]) -> None:
        kept = tuple(r for r in obj.metadata.owner_references if r.uid not in uids)
        self.server.patch_object(replace(obj, metadata=replace(obj.metadata, owner_references=kept)))

    def _drop_finalizer(self, obj: KubernetesObject, finalizer: str) -> None:
        kept = tuple(f for f in obj.metadata.finalizers if f != finalizer)
        self.server.patch_object(replace(obj, metadata=replace(obj.metadata, finalizers=kept)))


def _waits_for_dependents(obj: KubernetesObject) -> bool:
    return obj.metadata.deletion_timestamp is not None and FOREGROUND in obj.metadata.finalizers


def _is_held(obj: KubernetesObject) -> bool:
    """The object is being deleted, and waits for the garbage collector."""
    finalizers = obj.metadata.finalizers
    return obj.metadata.deletion_timestamp is not None and (ORPHAN in finalizers or FOREGROUND in finalizers)


def _policy(obj: KubernetesObject) -> str:
    """How an object without owners goes: as its own finalizers ask."""
    if ORPHAN in obj.metadata.finalizers:
        return "Orphan"
    return "Foreground" if FOREGROUND in obj.metadata.finalizers else "Background"
