"""The log: every input and every write, in order, each with what led to it.

The log is the one record of a run: the past, timelines, tables, "why?" and the digest all come from it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import msgspec

from k8snb.api.encode import to_dict
from k8snb.api.schema import KubernetesObject


class Input(msgspec.Struct, frozen=True, gc=False):
    """Something that a user, or a fault, did to the cluster.

    ``text`` is how a person would say it (a kubectl line, a fault). ``seq`` is its place in the log.
    """

    seq: int
    time_ms: int
    text: str
    kind: str = "kubectl"


class Change(msgspec.Struct, frozen=True, gc=False):
    """One write to the store.

    ``resource`` is the kind, ``key`` is ``namespace/name``. ``old`` is None for a creation, ``new`` for a removal.
    ``cause`` is the ``seq`` of the entry that led to this write (-1: the cluster's own start), ``actor`` the component
    that wrote.
    """

    seq: int
    time_ms: int
    resource: str
    key: str
    old: KubernetesObject | None
    new: KubernetesObject | None
    cause: int
    actor: str

    @property
    def verb(self) -> str:
        """``create``, ``update`` or ``delete``."""
        if self.old is None:
            return "create"
        return "delete" if self.new is None else "update"


Entry = Input | Change
NO_CAUSE = -1


class Log:
    """All entries of a run; ``entries[seq]`` is the entry of that sequence number."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def __len__(self) -> int:
        return len(self.entries)

    def changes(self, start: int = 0) -> Iterator[Change]:
        """The changes from a sequence number on."""
        return (e for e in self.entries[start:] if isinstance(e, Change))

    def inputs(self, start: int = 0) -> Iterator[Input]:
        """The inputs from a sequence number on."""
        return (e for e in self.entries[start:] if isinstance(e, Input))

    def causes(self, seq: int) -> Iterator[Entry]:
        """The chain of causes of an entry, from the entry itself back to the input (or start) that began it."""
        while seq != NO_CAUSE:
            entry = self.entries[seq]
            yield entry
            seq = entry.cause if isinstance(entry, Change) else NO_CAUSE

    def digest(self) -> str:
        """A fingerprint of the whole run: equal for equal inputs and seeds, in every process."""
        sha = hashlib.sha256()
        for entry in self.entries:
            sha.update(json.dumps(_plain(entry), sort_keys=True, separators=(",", ":")).encode())
        return sha.hexdigest()


def _plain(entry: Entry) -> list[Any]:
    if isinstance(entry, Input):
        return [entry.seq, entry.time_ms, entry.kind, entry.text]
    new = None if entry.new is None else to_dict(entry.new)
    return [entry.seq, entry.time_ms, entry.resource, entry.key, new, entry.cause, entry.actor]
