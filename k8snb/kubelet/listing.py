"""What a kubelet knows of its containers: what the runtime listed when it was last asked, about once a second.

References
----------
``pkg/kubelet/pleg/generic.go Relist, RequestRelist`` and ``pkg/kubelet/container/cache.go GetNewerThan @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable

from k8snb.kubelet.runtime import EXITED, PodView
from k8snb.kubelet.ticks import Ticks
from k8snb.sim.loop import NODE, Timer
from k8snb.sim.process import Signal, Steps


class Listing:
    """One pod as it was listed last.

    Parameters
    ----------
    ask
        Asks the runtime.
    changed
        Called when a listing shows containers that came or went.
    died
        Called with the name of a container that a listing shows to have exited.
    """

    def __init__(
        self, ticks: Ticks, ask: Callable[[], PodView], changed: Callable[[], None], died: Callable[[str], None]
    ) -> None:
        self.view = PodView()
        self._ticks = ticks
        self._ask = ask
        self._changed = changed
        self._died = died
        self._fresh = False  # listed since the last sync
        self._listed_ms = -1
        self._listed = Signal()  # fires with the next listing
        self._last_sync_ms = -1_000_000
        self._timer: Timer | None = None

    def expect_change(self) -> None:
        """Something started or exited: the next listing will show it."""
        if self._timer is None:
            self._list_at(self._ticks.relist_after(self._ticks.loop.now_ms))

    def request(self) -> None:
        """List the pod as soon as whatever goes on now is over."""
        self._list_at(self._ticks.loop.now_ms)

    def look(self) -> None:
        """Know what there is, without a listing that anybody hears of."""
        self._cancel()
        self.view = self._ask()

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _list_at(self, time_ms: int) -> None:
        self._cancel()
        self._timer = self._ticks.loop.call_at(time_ms, self.relist, priority=NODE)

    def relist(self) -> None:
        """List the pod now."""
        self._cancel()
        before, sandbox = {c.id: c.state for c in self.view.containers}, self.view.sandbox_ready
        self.view, self._fresh = self._ask(), True
        self._listed_ms = self._ticks.loop.now_ms
        listed, self._listed = self._listed, Signal()
        listed.fire()
        now = {c.id: c.state for c in self.view.containers}
        if self.view.sandbox_ready != sandbox or any(before.get(id_) != state for id_, state in now.items()):
            self._changed()
        for container in self.view.containers:
            if container.state == EXITED and before.get(container.id) != EXITED:
                self._died(container.name)

    def newer(self) -> Steps[None]:
        """Wait for a listing that is newer than the last sync."""
        if self._fresh:
            return
        due_ms = self._ticks.relist_after(self._last_sync_ms)
        if due_ms > self._ticks.loop.now_ms:
            if self._timer is None:
                self._list_at(due_ms)
            yield self._listed

    def next(self) -> Steps[None]:
        """Wait for the listing that is made now, unless there was a sync since, or comes next."""
        if not self._fresh or self._listed_ms != self._ticks.loop.now_ms:
            self.expect_change()
            yield self._listed

    def note_sync(self, now_ms: int) -> None:
        """A sync is over: the next goes by a newer listing."""
        self._last_sync_ms, self._fresh = now_ms, False
