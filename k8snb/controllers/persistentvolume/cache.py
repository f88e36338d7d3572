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
from k8snb.machinery.controller import key_of

T = TypeVar("T", bound=KubernetesObject)


class ObjectCache(Generic[T]):
    """Objects of one kind by key; at first those that are there already."""

    def __init__(self, objects: Iterable[T] = ()) -> None:
        self._objects = {key_of(obj): obj for obj in objects}

    def get(self, key: str) -> T | None:
        """The newest known version of an object."""
        return self._objects.get(key)

    def values(self) -> Iterable[T]:
        """All objects."""
        return self._objects.values()

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
