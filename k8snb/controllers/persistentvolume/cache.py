"""What the controller knows of claims or volumes: what it was told of, or wrote itself, whichever is newer.

The informer's news of the controller's own writes come a little later; until then it would decide on what it has just
changed.

References
----------
``pkg/controller/volume/persistentvolume/pv_controller_base.go storeObjectUpdate, syncClaimByKey, syncVolumeByKey
@ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

from k8snb.api.schema import KubernetesObject
from k8snb.api.types.persistent_volume import PersistentVolume
from k8snb.machinery.controller import key_of

T = TypeVar("T", bound=KubernetesObject)


class ObjectCache(Generic[T]):
    """Objects of one kind by key; at first those that are there already."""

    def __init__(self, objects: Iterable[T] = ()) -> None:
        self._objects = {key_of(obj): obj for obj in objects}

    def get(self, key: str) -> T | None:
        """The newest known version of an object."""
        return self._objects.get(key)

    def store(self, obj: T) -> bool:
        """Take over a version, unless a newer one is known; tells whether it did."""
        key = key_of(obj)
        known = self._objects.get(key)
        if known is not None and int(known.metadata.resource_version) > int(obj.metadata.resource_version):
            return False
        self._objects[key] = obj
        return True

    def forget(self, key: str) -> T | None:
        """Drop an object that is gone; gives what was known of it."""
        return self._objects.pop(key, None)


class VolumeCache(ObjectCache[PersistentVolume]):
    """Volumes, also by the claims that they name, so that a claim need not look at all of them."""

    def __init__(self, volumes: Iterable[PersistentVolume] = ()) -> None:
        super().__init__()
        self._by_claim: dict[str, dict[str, PersistentVolume]] = {}
        for volume in volumes:
            self.store(volume)

    def store(self, obj: PersistentVolume) -> bool:
        """Take over a version, unless a newer one is known; tells whether it did."""
        name = obj.metadata.name
        known = self.get(name)
        if not super().store(obj):
            return False
        claim = _claim_key(obj)
        if known is not None and _claim_key(known) != claim:
            self._drop(known)
        self._by_claim.setdefault(claim, {})[name] = obj
        return True

    def forget(self, key: str) -> PersistentVolume | None:
        """Drop a volume that is gone; gives what was known of it."""
        gone = super().forget(key)
        if gone is not None:
            self._drop(gone)
        return gone

    def _drop(self, volume: PersistentVolume) -> None:
        claim = _claim_key(volume)
        named = self._by_claim[claim]
        del named[volume.metadata.name]
        if not named:
            del self._by_claim[claim]

    def offered_to(self, claim_key: str) -> list[PersistentVolume]:
        """The volumes that name a claim, and those that name none."""
        return [*self._by_claim.get(claim_key, {}).values(), *self._by_claim.get("", {}).values()]


def _claim_key(volume: PersistentVolume) -> str:
    """The key of the claim that a volume names; empty when it names none."""
    reference = volume.spec.claim_ref
    return f"{reference.namespace}/{reference.name}" if reference is not None else ""
