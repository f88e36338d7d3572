"""Processes: generators that take simulated time, for what happens step by step.

A process yields what it waits for: a number of milliseconds, a `Signal`, or a `Timeout` (a signal, but no longer than
so many milliseconds). It goes on when that has come.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import NamedTuple, TypeVar

from k8snb.sim.loop import Loop, NODE

T = TypeVar("T")


class Signal:
    """Something that happens once; whoever waits for it, or comes later, goes on."""

    __slots__ = ("_waiters", "fired")

    def __init__(self) -> None:
        self.fired = False
        self._waiters: list[Callable[[], None]] = []

    def fire(self) -> None:
        """It happens now; a second time says nothing new."""
        if not self.fired:
            self.fired = True
            if self._waiters:
                waiters, self._waiters = self._waiters, []
                for waiter in waiters:
                    waiter()

    def when_fired(self, callback: Callable[[], None]) -> None:
        """Call back when it happens, or at once if it has."""
        if self.fired:
            callback()
        else:
            self._waiters.append(callback)


class Timeout(NamedTuple):
    """Wait for a signal, but no longer than so many milliseconds."""

    signal: Signal
    after_ms: int


Wait = int | Signal | Timeout
Steps = Generator[Wait, None, T]


class Process(Signal):
    """Runs a generator on a loop; fires when it is over.

    Parameters
    ----------
    enter
        Called before every piece of it runs, to say on whose behalf.
    done
        Called with its result when it is over.

    Examples
    --------
    >>> loop = Loop()
    >>> def steps():
    ...     yield 1500
    ...     print("at", loop.now_ms)
    >>> process = Process(loop, steps())
    >>> loop.run_until(2000)
    at 1500
    1
    """

    __slots__ = ("_done", "_enter", "_loop", "_steps", "_turn")

    def __init__(
        self,
        loop: Loop,
        steps: Steps[T],
        enter: Callable[[], None] | None = None,
        done: Callable[[T], None] | None = None,
    ) -> None:
        super().__init__()
        self._loop = loop
        self._steps = steps
        self._enter = enter
        self._done = done
        self._turn = 0  # which wait it is in: what comes for an earlier one is too late
        self._go_on(0)

    def cancel(self) -> None:
        """It goes no further, and is never over."""
        self._turn = -1

    def _go_on(self, turn: int) -> None:
        if turn != self._turn:
            return
        self._turn = turn = turn + 1
        if self._enter is not None:
            self._enter()
        try:
            wait = self._steps.send(None)
        except StopIteration as end:
            if self._done is not None:
                self._done(end.value)
            self.fire()
            return
        if isinstance(wait, int):
            loop = self._loop
            loop.schedule(loop.now_ms + max(wait, 0), NODE, self._go_on, (turn,))
            return
        signal = wait.signal if isinstance(wait, Timeout) else wait
        if isinstance(wait, Timeout) and not signal.fired:
            self._loop.call_after(wait.after_ms, self._go_on, turn, priority=NODE)
        signal.when_fired(lambda: self._later(turn))

    def _later(self, turn: int) -> None:
        """Go on as an event of its own, so that whoever fired the signal finishes first."""
        self._loop.call_after(0, self._go_on, turn, priority=NODE)


def all_of(processes: list[Process]) -> Steps[None]:
    """Wait until all of them are over."""
    yield from processes
