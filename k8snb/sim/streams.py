"""Named, seeded random streams: one a component, so that a new consumer never shifts another's draws."""

from __future__ import annotations

import hashlib
import random


class Streams:
    """Random streams that depend on nothing but a seed and their names.

    Examples
    --------
    >>> Streams(7).stream("kubelet").random() == Streams(7).stream("kubelet").random()
    True
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._streams: dict[str, random.Random] = {}

    def stream(self, name: str) -> random.Random:
        """The stream of that name; the same object at every call."""
        if name not in self._streams:
            digest = hashlib.sha256(f"{self.seed}/{name}".encode()).digest()
            self._streams[name] = random.Random(int.from_bytes(digest[:8], "big"))
        return self._streams[name]
