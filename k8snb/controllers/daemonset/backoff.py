"""How long a failed daemon stays before it is replaced: a delay that doubles with each failure on a node.

References
----------
``staging/src/k8s.io/client-go/util/flowcontrol/backoff.go @ v1.36``
"""

from __future__ import annotations

INITIAL_MS = 1_000
MAX_MS = 15 * 60 * 1_000


class FailedPodsBackoff:
    """The delays by a key that names a DaemonSet's generation and a node."""

    def __init__(self) -> None:
        self._entries: dict[str, tuple[int, int]] = {}  # delay, and when it began

    def is_waiting(self, key: str, now_ms: int) -> bool:
        """The last replacement is not long enough ago."""
        delay, since = self._entries.get(key, (0, 0))
        return now_ms - since < delay

    def delay_ms(self, key: str) -> int:
        """The present delay."""
        return self._entries.get(key, (0, 0))[0]

    def next(self, key: str, now_ms: int) -> None:
        """A pod is replaced: the next one on this node has to wait for longer, unless that was long ago."""
        self._forget_old(now_ms)
        delay, _ = self._entries.get(key, (INITIAL_MS // 2, 0))
        self._entries[key] = (min(delay * 2, MAX_MS), now_ms)

    def _forget_old(self, now_ms: int) -> None:
        old = [key for key, (_, since) in self._entries.items() if now_ms - since > 2 * MAX_MS]
        for key in old:
            del self._entries[key]
