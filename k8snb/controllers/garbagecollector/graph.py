"""Who depends on whom: every object by its UID, and its dependents.

A change of an object costs as much as it has owners, however many objects there are.

References
----------
``pkg/controller/garbagecollector/graph_builder.go, graph.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from k8snb.api.types.meta import OwnerReference


class Identity(NamedTuple):
    """Where an object is stored."""

    kind: str
    namespace: str
    name: str

    @property
    def key(self) -> str:
        """The store's key."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


class OwnerGraph:
    """The objects that were seen, and which of them depend on which."""

    def __init__(self) -> None:
        self.objects: dict[str, Identity] = {}
        self._dependents: dict[str, dict[str, None]] = {}
        self._blocking: dict[str, dict[str, None]] = {}

    def dependents(self, uid: str) -> Iterable[str]:
        """The UIDs of the objects that name an owner."""
        return self._dependents.get(uid, ())

    def blocking(self, uid: str) -> Iterable[str]:
        """The UIDs of those dependents that an owner which is deleted in the foreground must wait for."""
        return self._blocking.get(uid, ())

    def link(self, uid: str, references: Iterable[OwnerReference]) -> None:
        """An object names these owners."""
        for reference in references:
            self._dependents.setdefault(reference.uid, {})[uid] = None
            if reference.block_owner_deletion:
                self._blocking.setdefault(reference.uid, {})[uid] = None

    def unlink(self, uid: str, references: Iterable[OwnerReference]) -> None:
        """An object does not name these owners any more."""
        for reference in references:
            for edges in (self._dependents, self._blocking):
                found = edges.get(reference.uid)
                if found is not None:
                    found.pop(uid, None)
                    if not found:
                        del edges[reference.uid]
