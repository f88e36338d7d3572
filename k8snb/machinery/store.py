"""The store behind the API server: current objects by kind and key, one revision counter, and its watchers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from msgspec.structs import replace

from k8snb.api.resources import RESOURCES
from k8snb.api.schema import KubernetesObject
from k8snb.machinery.log import Change, Input, Log, NO_CAUSE
from k8snb.sim.loop import Loop

T = TypeVar("T", bound=KubernetesObject)
Watcher = Callable[[Change], None]


class Store:
    """Current objects, and the log of how they came about.

    A write makes a new object with the next resource version; nothing stored is ever changed in place.
    ``cause`` and ``actor`` say on whose behalf the running code writes; `on_behalf_of` sets them.
    """

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.log = Log()
        self.revision = 0
        self.cause = NO_CAUSE
        self.actor = "cluster"
        self.tables: dict[str, dict[str, KubernetesObject]] = {r.kind: {} for r in RESOURCES}
        self._watchers: dict[str, list[Watcher]] = {r.kind: [] for r in RESOURCES}

    def watch(self, kind: str, watcher: Watcher) -> None:
        """Call `watcher` with every later change of a kind, at the moment of the write."""
        self._watchers[kind].append(watcher)

    @contextmanager
    def on_behalf_of(self, actor: str, cause: int) -> Iterator[None]:
        """Writes in this block are those of `actor`, led to by the log entry `cause`."""
        before = self.actor, self.cause
        self.actor, self.cause = actor, cause
        try:
            yield
        finally:
            self.actor, self.cause = before

    def record_input(self, text: str, kind: str = "kubectl") -> Input:
        """Put a user's action on the log; what follows from it names it as its cause."""
        entry = Input(len(self.log.entries), self.loop.now_ms, text, kind)
        self.log.entries.append(entry)
        return entry

    def put(self, kind: str, key: str, obj: T) -> T:
        """Store an object as the next version of its key, or as its first."""
        new = replace(obj, metadata=replace(obj.metadata, resource_version=self.next_version()))
        self.write(kind, key, new)
        return new

    def next_version(self) -> str:
        """The resource version that the object of the next `write` carries."""
        return str(self.revision + 1)

    def write(self, kind: str, key: str, new: KubernetesObject) -> None:
        """Store an object that carries `next_version` already."""
        self.revision += 1
        table = self.tables[kind]
        old = table.get(key)
        table[key] = new
        self._record(kind, key, old, new)

    def remove(self, kind: str, key: str) -> KubernetesObject:
        """Take an object out of the store."""
        self.revision += 1
        old = self.tables[kind].pop(key)
        self._record(kind, key, old, None)
        return old

    def _record(self, kind: str, key: str, old: KubernetesObject | None, new: KubernetesObject | None) -> None:
        entries = self.log.entries
        change = Change(len(entries), self.loop.now_ms, kind, key, old, new, self.cause, self.actor)
        entries.append(change)
        for watcher in self._watchers[kind]:
            watcher(change)
