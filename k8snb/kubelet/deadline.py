"""How long a pod may be active: when that is over, it is synced, and ends.

References
----------
``pkg/kubelet/active_deadline.go ShouldSync @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable

from k8snb.kubelet.ticks import Ticks
from k8snb.sim.loop import NODE, Timer


class ActiveDeadline:
    """The deadline of one pod.

    Parameters
    ----------
    wake
        Lets the pod be synced.
    """

    def __init__(self, ticks: Ticks, wake: Callable[[], None]) -> None:
        self._ticks = ticks
        self._wake = wake
        self._timer: Timer | None = None

    def watch(self, deadline_ms: int | None) -> None:
        """Sync when the pod has been active for as long as it may be; None: for ever."""
        if deadline_ms is not None and self._timer is None:
            due_ms = self._ticks.sync_after(deadline_ms - 1)
            self._timer = self._ticks.loop.call_at(due_ms, self._wake, priority=NODE)

    def stop(self) -> None:
        """The pod is being stopped anyway."""
        if self._timer is not None:
            self._timer.cancel()
