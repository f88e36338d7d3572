"""When a kubelet looks: for work that is due, and at its containers."""

from __future__ import annotations

from typing import Protocol

from k8snb.sim.loop import Loop


class Ticks(Protocol):
    """The clock of one kubelet."""

    loop: Loop

    def sync_after(self, time_ms: int) -> int:
        """When it looks for work that is due, for the first time later than a time."""

    def relist_after(self, time_ms: int) -> int:
        """When it lists its containers, for the first time later than a time."""
