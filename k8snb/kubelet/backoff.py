"""Delays that double with each failure up to a limit.

References
----------
``staging/src/k8s.io/client-go/util/flowcontrol/backoff.go @ v1.36``
"""

from __future__ import annotations

BASE_MS = 10_000
MAX_MS = 300_000
EXPIRES_MS = 600_000  # whoever had no failure for so long begins anew


class Backoff:
    """How long to wait before something is tried again, by key.

    Examples
    --------
    >>> backoff = Backoff()
    >>> backoff.next("c", event_ms=0, now_ms=0)
    >>> backoff.next("c", event_ms=9_000, now_ms=9_000)
    >>> backoff.get("c"), backoff.in_back_off_since("c", event_ms=9_000, now_ms=28_000)
    (20000, True)
    """

    def __init__(self, base_ms: int = BASE_MS, max_ms: int = MAX_MS, expires_ms: int = EXPIRES_MS) -> None:
        self._base_ms = base_ms
        self._max_ms = max_ms
        self._expires_ms = expires_ms
        self._entries: dict[str, tuple[int, int]] = {}  # the delay, and when it was last raised

    def get(self, key: str) -> int:
        """The delay of a key, in milliseconds."""
        return self._entries.get(key, (0, 0))[0]

    def next(self, key: str, event_ms: int, now_ms: int) -> None:
        """It failed again: the delay doubles, or begins anew when the last failure is long past."""
        delay_ms, updated_ms = self._entries.get(key, (0, 0))
        if not delay_ms or self._expired(event_ms, updated_ms):
            self._entries[key] = (self._base_ms, now_ms)
        else:
            self._entries[key] = (min(delay_ms * 2, self._max_ms), now_ms)

    def in_back_off_since(self, key: str, event_ms: int, now_ms: int) -> bool:
        """Less than the delay has passed since an event."""
        delay_ms, updated_ms = self._entries.get(key, (0, 0))
        return bool(delay_ms) and not self._expired(event_ms, updated_ms) and now_ms - event_ms < delay_ms

    def in_back_off_since_update(self, key: str, event_ms: int) -> bool:
        """Less than the delay has passed, at an event, since the delay was raised."""
        delay_ms, updated_ms = self._entries.get(key, (0, 0))
        return bool(delay_ms) and not self._expired(event_ms, updated_ms) and event_ms - updated_ms < delay_ms

    def forget(self, prefix: str) -> None:
        """Forget the keys that begin like this: their pod is gone."""
        for key in [k for k in self._entries if k.startswith(prefix)]:
            del self._entries[key]

    def _expired(self, event_ms: int, updated_ms: int) -> bool:
        return event_ms - updated_ms > self._expires_ms
