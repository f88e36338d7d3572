"""Playing: simulated time that passes in the background, on the kernel's main loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from k8snb.widgets.session import Session

TICK_SECONDS = 0.1
REACTION_SECONDS = 0.02


class Playback:
    """Lets a session's time pass by ticks, until it is paused or nothing is to come.

    Widget callbacks may run in other threads, each with a loop of its own; the ticks run on the loop that was running
    when the playback was made. Where none was running (a plain script), playing does nothing.
    """

    def __init__(self, session: Session, changed: Callable[[], None]) -> None:
        self.session = session
        self.speed = 1.0
        self.playing = False
        self._changed = changed
        self._until_settled = False
        self._timer: asyncio.TimerHandle | None = None
        session.pauses.append(self.pause)
        try:
            self._loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None

    def play(self) -> None:
        """Begin to play; where something is still to come, until nothing is."""
        if self.playing or self._loop is None:
            return
        self.playing = True
        self._until_settled = not self.session.settled
        self._changed()
        self._loop.call_soon_threadsafe(self._schedule)

    def react(self) -> None:
        """Let the control plane react at once to what a person did, then play on where anything is to come of it."""
        if self._loop is not None:
            self.session.run(REACTION_SECONDS)
            if not self.session.settled:
                self.play()

    def pause(self) -> None:
        """Stop playing."""
        if self.playing:
            self.playing = False
            self._changed()

    def close(self) -> None:
        """Stop for good."""
        self.playing = False
        if self.pause in self.session.pauses:
            self.session.pauses.remove(self.pause)
        if self._timer is not None:
            self._timer.cancel()

    def _schedule(self) -> None:
        if self.playing and self._loop is not None:
            self._timer = self._loop.call_later(TICK_SECONDS, self._tick)

    def _tick(self) -> None:
        """One tick; whatever goes wrong stops the playing and is told by the loop."""
        if not self.playing:
            return
        done = False
        try:
            self.advance()
            done = True
        finally:
            if not done:
                self.pause()
        self._schedule()

    def advance(self) -> None:
        """Let one tick's time pass: along the past up to the present, then in the cluster itself."""
        session, seconds = self.session, TICK_SECONDS * self.speed
        with session.lock:
            if session.in_past:
                session.seek(session.moment_ms + round(seconds * 1000))
                if not session.in_past and session.settled:
                    self.pause()
                return
            session.run(seconds)
            if session.settled and self._until_settled:
                self.pause()
                session.tell(session.settled_words)
