"""Changing immutable objects so that whatever does not change stays the same object."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from msgspec.structs import replace

from k8snb.api.schema import Struct

S = TypeVar("S", bound=Struct)
V = TypeVar("V")


def revised(obj: S, **changes: Any) -> S:
    """The object with these fields changed, or itself where they are what they were.

    Examples
    --------
    >>> from k8snb.api.types.meta import ObjectMeta
    >>> meta = ObjectMeta(name="web")
    >>> revised(meta, name="web") is meta
    True
    """
    changes = {name: value for name, value in changes.items() if getattr(obj, name) is not value}
    return replace(obj, **changes) if changes else obj


def each(items: tuple[V, ...], change: Callable[[V], V]) -> tuple[V, ...]:
    """The items, each one changed; the same tuple where none is."""
    results = tuple(map(change, items))
    return items if all(new is old for new, old in zip(results, items, strict=True)) else results


def given(item: V | None, change: Callable[[V], V]) -> V | None:
    """An optional item changed, where it is given."""
    return None if item is None else change(item)
