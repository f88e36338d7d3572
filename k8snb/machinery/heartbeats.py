"""The heartbeats of nodes: when each kubelet last renewed its lease.

Kubelets renew every few seconds, for ever. Rather than fill the log with that, only when one stops and resumes is
noted; what it wrote last follows from it. The Lease objects stay as they were when their nodes registered.
"""

from __future__ import annotations

from collections.abc import Callable

from k8snb.sim.loop import Loop

RENEW_INTERVAL_MS = 3_000

Watcher = Callable[[str], None]


class Heartbeats:
    """Which nodes' kubelets are silent, and since when."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._silent_since: dict[str, int] = {}
        self._watchers: list[Watcher] = []

    def watch(self, watcher: Watcher) -> None:
        """Call `watcher` with a node's name whenever its kubelet falls silent or speaks again."""
        self._watchers.append(watcher)

    def stop(self, node: str) -> None:
        """A node's kubelet renews its lease no more."""
        self._silent_since.setdefault(node, self._loop.now_ms)
        self._tell(node)

    def resume(self, node: str) -> None:
        """A node's kubelet renews its lease again."""
        if self._silent_since.pop(node, None) is not None:
            self._tell(node)

    def last_renewal_ms(self, node: str) -> int | None:
        """When a silent kubelet renewed its lease for the last time; None for one that keeps renewing it."""
        since = self._silent_since.get(node)
        return None if since is None else since // RENEW_INTERVAL_MS * RENEW_INTERVAL_MS

    def _tell(self, node: str) -> None:
        for watcher in self._watchers:
            watcher(node)
