"""Informers: a component's cached view of the store, a little behind it, with indexes and event handlers.

References
----------
``staging/src/k8s.io/client-go/tools/cache/shared_informer.go, thread_safe_store.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar

from k8snb.api.schema import KubernetesObject
from k8snb.machinery.log import Change
from k8snb.machinery.store import Store
from k8snb.sim.loop import DELIVERY

T = TypeVar("T", bound=KubernetesObject)
IndexFunction = Callable[[T], Iterable[str]]
Handler = Callable[[T | None, T | None], None]

WATCH_LATENCY_MS = 1  # from a write to the event in everybody's cache


class Informer(Generic[T]):
    """The cached objects of one kind, shared by all components.

    Handlers are called as ``handler(old, new)``: ``old`` is None for an added, ``new`` is None for a deleted object.
    While ``generation`` stays the same, so does the cache.
    """

    def __init__(self, store: Store, kind: str) -> None:
        self.kind = kind
        self.cache: dict[str, T] = {}
        self.generation = 0
        self._store = store
        self._indexes: list[tuple[IndexFunction[T], dict[str, dict[str, T]]]] = []
        self._by_name: dict[str, dict[str, dict[str, T]]] = {}
        self._not_asked_for: dict[str, IndexFunction[T]] = {}
        self._handlers: list[Handler[T]] = []
        self._pending: list[Change] = []
        self.cache.update(store.tables[kind])  # type: ignore[arg-type]
        store.watch(kind, self._on_change)

    def add_handler(self, handler: Handler[T]) -> None:
        """Call `handler(old, new)` for every later event."""
        self._handlers.append(handler)

    def add_index(self, name: str, function: IndexFunction[T]) -> None:
        """Keep the objects by the values that `function` gives, from the first time that they are read so."""
        if name not in self._by_name:
            self._not_asked_for[name] = function

    def _index(self, name: str) -> dict[str, dict[str, T]]:
        index = self._by_name.get(name)
        if index is None:
            index, function = self._by_name.setdefault(name, {}), self._not_asked_for.pop(name)
            self._indexes.append((function, index))
            for key, obj in self.cache.items():
                _insert(index, function(obj), key, obj)
        return index

    def get(self, key: str) -> T | None:
        """The cached object of a key."""
        return self.cache.get(key)

    def by_index(self, name: str, value: str) -> Mapping[str, T]:
        """The cached objects, by key, for which the index function gave `value`."""
        bucket = self._index(name).get(value)
        return {} if bucket is None else bucket

    def has_indexed(self, name: str) -> bool:
        """Whether the index function gave a value for any object."""
        return bool(self._index(name))

    def _on_change(self, change: Change) -> None:
        pending = self._pending
        if not pending:
            loop = self._store.loop
            loop.schedule(loop.now_ms + WATCH_LATENCY_MS, DELIVERY, self._deliver)
        elif change.new is None and pending[-1].key == change.key and pending[-1].old is not None:
            pending[-1] = change  # the last words of an object that is gone when they are heard
            return
        pending.append(change)

    def _deliver(self) -> None:
        pending, self._pending = self._pending, []
        store, cache, handlers = self._store, self.cache, self._handlers
        before = store.cause
        self.generation += 1
        for change in pending:
            key = change.key
            old: T | None = cache.get(key)
            new: T | None = change.new  # type: ignore[assignment]
            if new is None:
                cache.pop(key, None)
            else:
                cache[key] = new
            for function, index in self._indexes:
                _reindex(function, index, key, old, new)
            store.cause = change.seq
            for handler in handlers:
                handler(old, new)
        store.cause = before


def _insert(index: dict[str, dict[str, T]], values: Iterable[str], key: str, obj: T) -> None:
    for value in values:
        index.setdefault(value, {})[key] = obj


def _reindex(
    function: IndexFunction[T], index: dict[str, dict[str, T]], key: str, old: T | None, new: T | None
) -> None:
    before = function(old) if old is not None else ()
    after = function(new) if new is not None else ()
    if not before and not after:
        return
    for value in before:
        if value not in after:
            bucket = index[value]
            del bucket[key]
            if not bucket:
                del index[value]
    if new is not None:
        _insert(index, after, key, new)


class Informers:
    """The informers that the components of one cluster share, by kind."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._informers: dict[str, Informer[KubernetesObject]] = {}

    def of(self, cls: type[T]) -> Informer[T]:
        """The informer of a kind."""
        kind = cls.__name__
        if kind not in self._informers:
            self._informers[kind] = Informer(self._store, kind)
        return self._informers[kind]  # type: ignore[return-value]
