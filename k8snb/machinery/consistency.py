"""Whether a controller has seen its own writes: it does not act on what it knows to be outdated.

References
----------
``pkg/controller/util/consistency/consistency.go EnsureReady @ v1.36``
"""

from __future__ import annotations

from typing import ClassVar

from k8snb.errors import ApiError
from k8snb.machinery.informer import WATCH_LATENCY_MS


class ConsistencyError(ApiError):
    """The cache is older than what the controller wrote last."""

    reason: ClassVar[str] = "ConsistencyError"


class Deferred(Exception):
    """A sync goes on later, when the caches show what it wrote: it has neither succeeded nor failed yet.

    A real sync takes that time, and its work queue learns at its end how it went. Failures before it still count.
    """

    def __init__(self, delay_ms: int) -> None:
        super().__init__(delay_ms)
        self.delay_ms = delay_ms


class ConsistencyStore:
    """Remembers by key when a controller's last write will be in its cache.

    Notes
    -----
    A sync takes no simulated time, but a real one does: the events of the pods that it creates or deletes first come
    while it still writes, and bring its key back before the event of the status that it writes last. `wrote_at` is
    for such a last write. The sync that then comes too early fails, and the short delay after a failure takes the
    place of any later moment that the key was waiting for: the queue keeps one moment a key.
    """

    def __init__(self) -> None:
        self._seen_after_ms: dict[str, int] = {}

    def wrote_at(self, key: str, now_ms: int) -> None:
        """The object of a key was written now, after other writes that bring the key back."""
        self._seen_after_ms[key] = now_ms + WATCH_LATENCY_MS

    def ensure_ready(self, key: str, now_ms: int) -> None:
        """Raise ConsistencyError while the last write of a key is still to be seen."""
        seen_after_ms = self._seen_after_ms.pop(key, None)
        if seen_after_ms is not None and now_ms <= seen_after_ms:
            raise ConsistencyError(f"the last write of {key} has not been seen yet")


class CaughtUp:
    """Remembers by key when the caches show what a controller wrote; what comes before waits, and does not fail.

    `ConsistencyStore` is for controllers whose syncs fail then, as upstream's do: the next delay is longer for it.
    """

    def __init__(self) -> None:
        self._from_ms: dict[str, int] = {}

    def wrote_at(self, key: str, now_ms: int) -> None:
        """Something was written for a key now."""
        self._from_ms[key] = now_ms + WATCH_LATENCY_MS

    def ensure_ready(self, key: str, now_ms: int) -> None:
        """Raise Deferred while the caches do not show all that was written for a key."""
        behind_ms = self._from_ms.get(key, 0) - now_ms
        if behind_ms > 0:
            raise Deferred(behind_ms)

    def forget(self, key: str) -> None:
        """The object is gone."""
        self._from_ms.pop(key, None)
