"""When a probe worker looks: at ticks, a period apart, which a look out of turn begins anew.

References
----------
``pkg/kubelet/prober/worker.go run @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable

from k8snb.sim.loop import Loop, NODE, Timer


class ProbeTimer:
    """The ticks of one worker, of which only those are timed that can say something new.

    Parameters
    ----------
    tick
        Called when a timed tick has come.

    Examples
    --------
    >>> loop = Loop()
    >>> timer = ProbeTimer(loop, 2_000, lambda: print("at", loop.now_ms))
    >>> timer.set(timer.after(4_500), background=False)
    >>> loop.run_until(7_000)
    at 6000
    1
    """

    def __init__(self, loop: Loop, period_ms: int, tick: Callable[[], None]) -> None:
        self.period_ms = period_ms
        self._loop = loop
        self._tick = tick
        self._base_ms = loop.now_ms  # ticks are so many periods after it
        self._timer: Timer | None = None

    def set(self, time_ms: int, background: bool) -> None:
        """Look at a time, and not before."""
        self.cancel()
        self._timer = self._loop.call_at(time_ms, self._tick, priority=NODE, background=background)

    def set_next(self, background: bool) -> None:
        """Look at the next tick."""
        self.set(self.after(self._loop.now_ms), background)

    def tick_again(self) -> None:
        """Look once more after another period; called at a tick."""
        self._timer = self._loop.call_after(self.period_ms, self._tick, priority=NODE, background=True)

    def begin_anew(self, background: bool) -> None:
        """Look now, and then in periods from now on."""
        self._base_ms = self._loop.now_ms
        self.set(self._base_ms, background)

    def hasten(self) -> None:
        """Look at the next tick, if nothing or a later tick is timed."""
        tick_ms, due_ms = self.after(self._loop.now_ms), self.due_ms
        if due_ms is None or due_ms > tick_ms:
            self.set(tick_ms, background=False)

    def after(self, time_ms: int) -> int:
        """The first tick later than a time."""
        return self._base_ms + ((time_ms - self._base_ms) // self.period_ms + 1) * self.period_ms

    @property
    def due_ms(self) -> int | None:
        """The tick that is timed and has not come yet."""
        return None if self._timer is None or not self._timer.active else self._timer.time_ms

    def cancel(self) -> None:
        """Time no tick."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
