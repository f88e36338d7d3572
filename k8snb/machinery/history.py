"""The past: the objects as they were at any moment of the log."""

from __future__ import annotations

from bisect import bisect_right

from k8snb.api.resources import Resource, SERVED
from k8snb.api.schema import KubernetesObject
from k8snb.machinery.endpoints import unstored
from k8snb.machinery.log import Change, Log
from k8snb.machinery.requests import not_found
from k8snb.machinery.server import key_for


class _Versions:
    """The versions of one key: from which entry of the log on each of them held."""

    __slots__ = ("objects", "seqs")

    def __init__(self) -> None:
        self.seqs: list[int] = []
        self.objects: list[KubernetesObject | None] = []

    def at(self, seq: int) -> KubernetesObject | None:
        index = bisect_right(self.seqs, seq) - 1
        return self.objects[index] if index >= 0 else None


class History:
    """An index of the log by key. It reads the log only when it is asked, so that running costs nothing."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self._read = 0
        self._times: list[int] = []
        self._versions: dict[str, dict[str, _Versions]] = {}

    def view(self, time_ms: int) -> View:
        """The cluster as it was after everything that happened up to a moment."""
        self._catch_up()
        return View(self, time_ms, bisect_right(self._times, time_ms) - 1)

    def of_kind(self, kind: str) -> dict[str, _Versions]:
        """All versions of all objects of a kind, by key."""
        return self._versions.get(kind, {})

    def _catch_up(self) -> None:
        for entry in self.log.entries[self._read :]:
            self._times.append(entry.time_ms)
            if isinstance(entry, Change):
                versions = self._versions.setdefault(entry.resource, {}).setdefault(entry.key, _Versions())
                versions.seqs.append(entry.seq)
                versions.objects.append(entry.new)
        self._read = len(self.log.entries)


class View:
    """The cluster at one moment of its past; it answers whatever reads, and cannot be changed."""

    def __init__(self, history: History, time_ms: int, seq: int) -> None:
        self._history = history
        self.now_ms = time_ms
        self.seq = seq

    def get(self, resource: Resource, namespace: str, name: str) -> KubernetesObject:
        """One object as it was; raises NotFound."""
        if resource in SERVED:
            found = unstored(resource, self.list).get(key_for(resource, namespace, name))
        else:
            versions = self._history.of_kind(resource.kind).get(key_for(resource, namespace, name))
            found = versions.at(self.seq) if versions else None
        if found is None:
            raise not_found(resource, name)
        return found

    def list(self, resource: Resource, namespace: str | None = None) -> list[KubernetesObject]:
        """All objects of a kind as they were, by key."""
        prefix = f"{namespace}/" if namespace is not None and resource.namespaced else ""
        if resource in SERVED:
            made = unstored(resource, self.list)
            return [made[key] for key in sorted(made) if key.startswith(prefix)]
        table = self._history.of_kind(resource.kind)
        found = (table[key].at(self.seq) for key in sorted(table) if key.startswith(prefix))
        return [obj for obj in found if obj is not None]
