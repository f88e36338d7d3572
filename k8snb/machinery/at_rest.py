"""Which objects a controller has nothing to do for, until something that it goes by changes.

Most syncs are brought about by changes that change nothing for them, first of all by the status that the sync before
them wrote. Such a sync would look at everything and find nothing to do; so what a controller went by is remembered.
"""

from __future__ import annotations

from typing import NamedTuple

from k8snb.api.schema import KubernetesObject


class _Seen(NamedTuple):
    """What a sync goes by. ``obj`` is the object itself; of ``others``, those that count versions are numbers."""

    obj: KubernetesObject
    others: tuple[object, ...]


class AtRest:
    """Remembers, by key, what a sync went by that had nothing to write but perhaps its object's status."""

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}

    def holds(self, key: str, obj: KubernetesObject, *others: object) -> bool:
        """Whether a sync of `obj`, which goes by nothing else but `others`, has nothing to do.

        Parameters
        ----------
        others
            Objects, which are the same only if they are identical, and numbers.
        """
        before = self._seen.get(key)
        return before is not None and _is_same(obj, before.obj) and _are_same(others, before.others)

    def note(self, key: str, obj: KubernetesObject, *others: object) -> None:
        """A sync is over that went by these, and found nothing to do.

        Parameters
        ----------
        obj
            As the sync has left it: with the status that it wrote.
        """
        self._seen[key] = _Seen(obj, others)

    def forget(self, key: str) -> None:
        """The object is gone."""
        self._seen.pop(key, None)


def _is_same(obj: KubernetesObject, before: KubernetesObject) -> bool:
    """Whether an object is the same but for its version; objects share what no write has changed."""
    if obj is before:
        return True
    mine, theirs = obj.metadata, before.metadata
    return (
        getattr(obj, "spec", None) is getattr(before, "spec", None)
        and getattr(obj, "status", None) is getattr(before, "status", None)
        and mine.uid == theirs.uid
        and mine.generation == theirs.generation
        and mine.annotations is theirs.annotations
        and mine.labels is theirs.labels
        and mine.owner_references is theirs.owner_references
        and mine.finalizers is theirs.finalizers
        and mine.deletion_timestamp == theirs.deletion_timestamp
    )


def _are_same(others: tuple[object, ...], before: tuple[object, ...]) -> bool:
    if len(others) != len(before):
        return False
    for mine, theirs in zip(others, before, strict=True):
        if mine is not theirs and not (isinstance(mine, int) and mine == theirs):
            return False
    return True
