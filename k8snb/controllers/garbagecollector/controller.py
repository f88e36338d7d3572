"""Watches all objects, and deletes those whose owners are all gone.

References
----------
``pkg/controller/garbagecollector/garbagecollector.go, graph_builder.go processGraphChanges @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import ClassVar

from msgspec.structs import replace

from k8snb.api.resources import RESOURCES
from k8snb.api.schema import KubernetesObject
from k8snb.api.types.event import Event
from k8snb.api.types.meta import ObjectMeta, OwnerReference
from k8snb.controllers.garbagecollector.graph import Identity, OwnerGraph
from k8snb.controllers.garbagecollector.references import classify_references, waits_for_dependents
from k8snb.errors import NotFound
from k8snb.machinery.controller import Controller, Environment
from k8snb.machinery.deletion import DeleteOptions, FOREGROUND, ORPHAN


class GarbageCollector(Controller):
    """Deletes dependents in the background or before their owner, or lets them go as orphans.

    Its queue holds UIDs.
    """

    name: ClassVar[str] = "garbage-collector-controller"

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.graph = OwnerGraph()
        for resource in RESOURCES:
            if resource.cls is not Event:
                informer = self.informers.of(resource.cls)
                for obj in informer.cache.values():
                    self._on_change(resource.kind, None, obj)
                informer.add_handler(partial(self._on_change, resource.kind))

    # -- watching

    def _on_change(self, kind: str, old: KubernetesObject | None, new: KubernetesObject | None) -> None:
        if new is None:
            assert old is not None
            self._on_deleted(old.metadata)
        elif old is None:
            meta = new.metadata
            self.graph.objects[meta.uid] = Identity(kind, meta.namespace, meta.name)
            self._name_owners(meta, meta.owner_references)
            self._on_transition(None, new)
        else:
            before, after = old.metadata, new.metadata
            if before.owner_references is not after.owner_references:
                self._on_references_changed(before, after)
            if after.deletion_timestamp is not None and before is not after:
                self._on_transition(before, new)

    def _on_deleted(self, meta: ObjectMeta) -> None:
        """The dependents of what is gone may go too, and owners that waited for it."""
        uid = meta.uid
        self.graph.objects.pop(uid, None)
        self.graph.unlink(uid, meta.owner_references)
        for dependent in self.graph.dependents(uid):
            self.queue.add(dependent)
        self._look_at_unblocked(r.uid for r in meta.owner_references)

    def _on_references_changed(self, before: ObjectMeta, after: ObjectMeta) -> None:
        """Objects were adopted, released or unblocked."""
        gone = [r for r in before.owner_references if r not in after.owner_references]
        come = [r for r in after.owner_references if r not in before.owner_references]
        if gone or come:
            self.graph.unlink(after.uid, gone)
            self._name_owners(after, come)
            self._look_at_unblocked(r.uid for r in gone if r.block_owner_deletion)

    def _name_owners(self, meta: ObjectMeta, references: Iterable[OwnerReference]) -> None:
        """Note an object's new owners, and look at it when one of them may not be what the reference says."""
        self.graph.link(meta.uid, references)
        for reference in references:
            owner = self.graph.objects.get(reference.uid)
            if owner is not None and owner.namespace and owner.namespace != meta.namespace:
                self._refuse_namespace(meta, reference)
            misnamed = owner is None or (owner.kind, owner.name) != (reference.kind, reference.name)
            if misnamed or owner is None or owner.namespace not in ("", meta.namespace) or self._waits(owner):
                self.queue.add(meta.uid)

    def _refuse_namespace(self, meta: ObjectMeta, reference: OwnerReference) -> None:
        identity = self.graph.objects[meta.uid]
        obj = self._find(identity)
        if obj is not None:
            owner = (
                f"[{reference.api_version}/{reference.kind}, namespace: {meta.namespace}, name: {reference.name}, "
                f"uid: {reference.uid}]"
            )
            message = f'ownerRef {owner} does not exist in namespace "{meta.namespace}"'
            self.recorder.event(obj, "Warning", "OwnerRefInvalidNamespace", message)

    def _on_transition(self, before: ObjectMeta | None, new: KubernetesObject) -> None:
        """An object begins to wait until its dependents are orphans, or gone."""
        after = new.metadata
        if after.deletion_timestamp is None:
            return
        for finalizer in (ORPHAN, FOREGROUND):
            waited = before is not None and before.deletion_timestamp is not None and finalizer in before.finalizers
            if finalizer in after.finalizers and not waited:
                if finalizer == FOREGROUND:
                    for dependent in self.graph.dependents(after.uid):
                        self.queue.add(dependent)
                self.queue.add(after.uid)
                return

    def _look_at_unblocked(self, owners: Iterable[str]) -> None:
        """Look at owners that may have waited for an object, once they need not wait for any other."""
        for uid in owners:
            identity = self.graph.objects.get(uid)
            if identity is not None and not self.graph.blocking(uid) and self._waits(identity):
                self.queue.add(uid)

    def _waits(self, identity: Identity) -> bool:
        obj = self._find(identity)
        return obj is not None and waits_for_dependents(obj)

    def _find(self, identity: Identity) -> KubernetesObject | None:
        return self.server.store.tables[identity.kind].get(identity.key)

    # -- syncing

    def sync(self, key: str) -> None:
        """Delete an object if its owners ask for it, or let it go if it waited for its dependents."""
        identity = self.graph.objects.get(key)
        obj = self._find(identity) if identity is not None else None
        if obj is None or obj.metadata.uid != key:
            return
        meta = obj.metadata
        if meta.deletion_timestamp is None:
            self._attempt_to_delete(obj)
        elif ORPHAN in meta.finalizers:
            self._orphan_dependents(obj)
        elif FOREGROUND in meta.finalizers and not self.graph.blocking(key):
            self._remove_finalizer(obj, FOREGROUND)

    def _attempt_to_delete(self, obj: KubernetesObject) -> None:
        """Delete an object that has owners, but none that stays."""
        meta = obj.metadata
        owners = classify_references(self.server.store, obj) if meta.owner_references else None
        if owners is None:
            return
        if owners.solid:
            if owners.dangling or owners.waiting:
                self._set_owners(obj, owners.solid)
            return
        dependents = list(self.graph.dependents(meta.uid))
        if owners.waiting and dependents:
            if any(self._waits(self.graph.objects[uid]) for uid in dependents):
                # Two that wait for each other would wait for ever.
                freed = [replace(r, block_owner_deletion=False) for r in meta.owner_references]
                obj = self._set_owners(obj, freed)
            policy = "Foreground"
        else:
            policy = {ORPHAN: "Orphan", FOREGROUND: "Foreground"}.get(_policy_finalizer(meta), "Background")
        self.server.delete_object(obj, DeleteOptions(propagation_policy=policy, uid=meta.uid))

    def _orphan_dependents(self, owner: KubernetesObject) -> None:
        """Take the owner off its dependents, then let it go."""
        uid = owner.metadata.uid
        for dependent in list(self.graph.dependents(uid)):
            obj = self._find(self.graph.objects[dependent])
            if obj is not None and obj.metadata.uid == dependent:
                try:
                    self._set_owners(obj, [r for r in obj.metadata.owner_references if r.uid != uid])
                except NotFound:
                    continue
        self._remove_finalizer(owner, ORPHAN)

    def _remove_finalizer(self, obj: KubernetesObject, finalizer: str) -> None:
        meta = obj.metadata
        finalizers = tuple(f for f in meta.finalizers if f != finalizer)
        self.server.patch_object(replace(obj, metadata=replace(meta, finalizers=finalizers)))

    def _set_owners(self, obj: KubernetesObject, references: Iterable[OwnerReference]) -> KubernetesObject:
        meta = replace(obj.metadata, owner_references=tuple(references))
        return self.server.patch_object(replace(obj, metadata=meta))


def _policy_finalizer(meta: ObjectMeta) -> str:
    """The finalizer by which an object, before it is deleted, says what is to become of its dependents."""
    return next((f for f in (ORPHAN, FOREGROUND) if f in meta.finalizers), "")
