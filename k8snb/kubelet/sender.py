"""Sends the statuses of all pods to the API server, in batches.

References
----------
``pkg/kubelet/status/status_manager.go syncBatch @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable

from k8snb.sim.loop import Loop, NODE

SEND_MS = 50  # what is new by then is sent together, so often


class Sender:
    """Calls back whoever has a status to send, at the next multiple of ``SEND_MS``."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._waiting: list[Callable[[], None]] = []

    def soon(self, send: Callable[[], None]) -> None:
        """Call `send` with the next batch."""
        if not self._waiting:
            due_ms = self._loop.now_ms // SEND_MS * SEND_MS + SEND_MS
            self._loop.call_at(due_ms, self._send_batch, priority=NODE)
        self._waiting.append(send)

    def _send_batch(self) -> None:
        batch, self._waiting = self._waiting, []
        for send in batch:
            send()
