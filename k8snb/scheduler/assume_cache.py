"""Objects as they will be once the API server has been told: decisions count on that before it is so.

References
----------
``pkg/scheduler/framework/plugins/volumebinding/passive_assume_cache.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar

from k8snb.api.schema import KubernetesObject

T = TypeVar("T", bound=KubernetesObject)


class AssumeCache(Generic[T]):
    """The objects of one kind, with what is assumed of some in place of what was heard of them.

    An assumption holds until a newer version of the object is heard of.

    Parameters
    ----------
    heard_of
        The objects by key.
    key_of
        Gives the key of an object.
    """

    def __init__(self, heard_of: Mapping[str, T], key_of: Callable[[T], str]) -> None:
        self._heard_of = heard_of
        self._key_of = key_of
        self._assumed: dict[str, T] = {}

    def get(self, key: str) -> T | None:
        """The object of a key, as assumed."""
        heard_of, assumed = self._heard_of.get(key), self._assumed.get(key)
        if assumed is None:
            return heard_of
        if heard_of is not None and _version(heard_of) == _version(assumed):
            return assumed
        del self._assumed[key]
        return heard_of

    def values(self) -> Iterable[T]:
        """All objects, as assumed."""
        if not self._assumed:
            return self._heard_of.values()
        return [self.get(key) or heard_of for key, heard_of in self._heard_of.items()]

    def assume(self, obj: T) -> None:
        """Count on a change of the version that was heard of."""
        self._assumed[self._key_of(obj)] = obj

    def restore(self, obj: T) -> None:
        """Take an assumption back, if it still holds."""
        assumed = self._assumed.get(self._key_of(obj))
        if assumed is not None and _version(assumed) == _version(obj):
            del self._assumed[self._key_of(obj)]


def _version(obj: KubernetesObject) -> str:
    return obj.metadata.resource_version
