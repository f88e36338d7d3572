"""The event loop: simulated milliseconds, and a total order of everything that happens.

Events run in the order of their time and priority, and then as they were scheduled. Nothing in it sleeps and nothing
reads a wall clock.
"""

from __future__ import annotations

import gc
import heapq
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from msgspec import Struct

from k8snb.errors import SimulationError

# Within one millisecond, watches are delivered before controllers look, and the user comes last.
DELIVERY, NODE, CONTROL, USER = range(4)
PRIORITIES = 4

COLLECT_AFTER = (3_000_000, 20, 100)  # new containers; collections of the youngest; of the middle generation
STEPS_WITHOUT_TIME = 2_000_000  # that many events in one millisecond are a livelock


@contextmanager
def rare_collections() -> Iterator[None]:
    """Let Python look for reference cycles less often: a run makes millions of objects, and hardly any cycle.

    Where they are rare already, or off, nothing changes: so of two runs in two threads, the first to begin puts back
    what was.
    """
    before = gc.get_threshold()
    if before[0] == 0 or before[0] >= COLLECT_AFTER[0]:
        yield
        return
    gc.set_threshold(*map(max, before, COLLECT_AFTER))
    try:
        yield
    finally:
        gc.set_threshold(*before)


class Timer(Struct, eq=False):
    """A scheduled call. `cancel` takes it back.

    ``background`` timers repeat for ever (heartbeats, pulls of an image that does not exist): a loop with nothing
    else is at rest. An ``active`` timer is still to come.
    """

    loop: Loop
    time_ms: int
    callback: Callable[..., None]
    args: tuple[Any, ...]
    background: bool
    active: bool = True

    def cancel(self) -> None:
        """Take the call back; a second time, or after it ran, does nothing."""
        if self.active:
            self.active = False
            self.loop.forget(self)

    @property
    def name(self) -> str:
        """What the timer calls, for people."""
        called = getattr(self.callback, "__qualname__", "call")
        return f"{called}({', '.join(a for a in self.args if isinstance(a, str))})"


class Loop:
    """A clock and the events to come.

    Many events fall together: so it sorts the turns in which they run, each a millisecond and a priority, and a turn's
    events wait in a row.

    Examples
    --------
    >>> loop = Loop()
    >>> timer = loop.call_at(1500, print, "hello")
    >>> loop.run_until(2000), loop.now_ms
    hello
    (1, 2000)
    """

    def __init__(self) -> None:
        self.now_ms = 0
        self.steps = 0
        self._turns: list[int] = []  # a heap of milliseconds times PRIORITIES plus a priority
        self._timers: dict[int, deque[Timer]] = {}  # by turn, never an empty row
        self._foreground = 0
        self._stuck_since = 0
        self._recent: Counter[str] = Counter()

    def call_at(
        self, time_ms: int, callback: Callable[..., None], *args: Any, priority: int = NODE, background: bool = False
    ) -> Timer:
        """Call `callback(*args)` at a time in milliseconds (now, if that is past)."""
        return self.schedule(max(time_ms, self.now_ms), priority, callback, args, background)

    def call_after(
        self, delay_ms: int, callback: Callable[..., None], *args: Any, priority: int = NODE, background: bool = False
    ) -> Timer:
        """Call `callback(*args)` after so many milliseconds."""
        return self.schedule(self.now_ms + max(delay_ms, 0), priority, callback, args, background)

    def schedule(
        self,
        time_ms: int,
        priority: int,
        callback: Callable[..., None],
        args: tuple[Any, ...] = (),
        background: bool = False,
    ) -> Timer:
        """Call `callback(*args)` at a time that is not past: what the others come to."""
        timer = Timer(self, time_ms, callback, args, background)
        self._foreground += not background
        turn = time_ms * PRIORITIES + priority
        row = self._timers.get(turn)
        if row is None:
            self._timers[turn] = deque((timer,))
            heapq.heappush(self._turns, turn)
        else:
            row.append(timer)
        return timer

    def forget(self, timer: Timer) -> None:
        """A timer was cancelled: it no longer counts as something to come."""
        self._foreground -= not timer.background

    @property
    def idle(self) -> bool:
        """Nothing but background timers is to come."""
        return self._foreground == 0

    def next_time(self, foreground: bool = False) -> int | None:
        """When the next event is due (with `foreground`, the next that is no background timer)."""
        if foreground:
            turns = (turn for turn, row in self._timers.items() if any(t.active and not t.background for t in row))
            turn = min(turns, default=None)
            return None if turn is None else turn // PRIORITIES
        while self._turns and not self._timers[self._turns[0]][0].active:
            self._pop()
        return self._turns[0] // PRIORITIES if self._turns else None

    def pending(self) -> list[Timer]:
        """What is to come, in order, without background timers."""
        return [t for turn in sorted(self._turns) for t in self._timers[turn] if t.active and not t.background]

    def _pop(self) -> Timer:
        """The next timer, cancelled or not, which is no more to come."""
        turn = self._turns[0]
        row = self._timers[turn]
        timer = row.popleft()
        if not row:
            heapq.heappop(self._turns)
            del self._timers[turn]
        return timer

    def step(self) -> Timer | None:
        """Run the next event; returns it, or None when nothing is to come."""
        while self._turns:
            timer = self._pop()
            if not timer.active:
                continue
            time_ms = timer.time_ms
            if time_ms > self.now_ms:
                self.now_ms, self._stuck_since = time_ms, self.steps
            self.steps += 1
            self._foreground -= not timer.background
            if self.steps - self._stuck_since > STEPS_WITHOUT_TIME:
                self._report_livelock(timer)
            timer.active = False
            timer.callback(*timer.args)
            return timer
        return None

    def run_until(self, time_ms: int, max_steps: int | None = None) -> int:
        """Run every event up to and including a time, then set the clock to it.

        Returns
        -------
        int
            How many events ran.

        Raises
        ------
        SimulationError
            When more than `max_steps` events would be needed.
        """
        first = self.steps
        while (due := self.next_time()) is not None and due <= time_ms:
            if max_steps is not None and self.steps - first >= max_steps:
                raise SimulationError(f"more than {max_steps} steps before {time_ms / 1000:g} s")
            self.step()
        self.now_ms = max(self.now_ms, time_ms)
        return self.steps - first

    def run_until_idle(self, deadline_ms: int) -> bool:
        """Run every event until only background timers are to come; False if that takes longer than to a time."""
        while self._foreground:
            timer = self._timers[self._turns[0]][0]
            # Only what is first and not cancelled is due next for sure.
            if (timer.time_ms > deadline_ms or not timer.active) and cast(int, self.next_time()) > deadline_ms:
                return False
            self.step()
        return True

    def set_time(self, time_ms: int) -> None:
        """Move the clock on to a time before which no event is due."""
        self.now_ms = max(self.now_ms, time_ms)

    def _report_livelock(self, timer: Timer) -> None:
        """Give the system a little more rope, then name what comes up most."""
        self._recent[timer.name] += 1
        if self._recent.total() > 1000:
            hottest, count = self._recent.most_common(1)[0]
            raise SimulationError(
                f"no end of work at {self.now_ms / 1000:g} s: {hottest} is {count} of the last 1000 events"
            )
