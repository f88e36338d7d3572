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

    def behind_ms(self, key: str, now_ms: int) -> int:
        """How long a key has to wait; 0: the caches show all."""
        return max(0, self._from_ms.get(key, 0) - now_ms)

    def forget(self, key: str) -> None:
        """The object is gone."""
        self._from_ms.pop(key, None)
