"""When a pod is synced again although nothing was heard of it: soon after an error, later to be sure.

References
----------
``pkg/kubelet/pod_workers.go completeWork @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from k8snb.kubelet.images import StartError
from k8snb.kubelet.probe_worker import ProbeWorker
from k8snb.kubelet.ticks import Ticks
from k8snb.sim.loop import NODE, Timer

BACK_OFF_MS = 10_000
RESYNC_MS = 60_000
MEAN_JITTER = 1.25  # delays are stretched by up to a half; here always by the mean


class Requeue:
    """The timers of one pod.

    Parameters
    ----------
    wake
        Lets the pod be synced.
    unready
        The readiness probes that fail. While nothing else changes, the regular resync only asks these out of turn.
    """

    def __init__(self, ticks: Ticks, wake: Callable[[], None], unready: Callable[[], list[ProbeWorker]]) -> None:
        self._ticks = ticks
        self._wake = wake
        self._unready = unready
        self._timer: Timer | None = None
        self._next_listing: Timer | None = None
        self._shown: dict[tuple[str, str], None] = {}

    def note_shown(self, reasons: Mapping[str, StartError]) -> None:
        """The pod's status says why its containers wait."""
        for name, error in reasons.items():
            self._shown[name, error.reason] = None

    def after_errors(self, errors: Sequence[StartError], reasons: Mapping[str, StartError]) -> None:
        """Sync again when the first back-off is over, or after a while.

        A pull that goes on failing keeps no cluster from being at rest, once its status has said so.
        """
        now_ms = self._ticks.loop.now_ms
        until = [error.until_ms for error in errors if error.until_ms is not None]
        delay_ms = min(max(min(until) - now_ms, 0), RESYNC_MS) if until else BACK_OFF_MS
        new = any((name, error.reason) not in self._shown for name, error in reasons.items())
        self._set(delay_ms, self._wake, background=not until and not new)

    def regularly(self) -> None:
        """Look again now and then, while there is something to ask for."""
        self.cancel()
        if self._unready():
            self._set(RESYNC_MS, self._resync, background=True)

    def _resync(self) -> None:
        self._timer = None
        for worker in self._unready():
            worker.trigger()
        self.regularly()

    def _set(self, delay_ms: int, act: Callable[[], None], background: bool) -> None:
        self.cancel()
        due_ms = self._ticks.sync_after(self._ticks.loop.now_ms + round(delay_ms * MEAN_JITTER))
        self._timer = self._ticks.loop.call_at(due_ms, act, priority=NODE, background=background)

    def with_next_listing(self, sync: Callable[[], None]) -> None:
        """Sync again as soon as there is a newer listing."""
        due_ms = self._ticks.relist_after(self._ticks.loop.now_ms)
        self._cancel(self._next_listing)
        self._next_listing = self._ticks.loop.call_at(due_ms, sync, priority=NODE, background=True)

    def cancel(self) -> None:
        """Take back the next sync, but for the next listing's."""
        self._cancel(self._timer)
        self._timer = None

    def stop(self) -> None:
        """Nothing will be synced any more."""
        self.cancel()
        self._cancel(self._next_listing)

    @staticmethod
    def _cancel(timer: Timer | None) -> None:
        if timer is not None:
            timer.cancel()
