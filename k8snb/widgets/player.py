"""The player: time's controls."""

from __future__ import annotations

from typing import Any

import traitlets

from k8snb.cluster import Cluster
from k8snb.picture.axis import clock, horizon_ms
from k8snb.widgets.assets import module, styles
from k8snb.widgets.part import Part
from k8snb.widgets.playback import Playback
from k8snb.widgets.session import Session

SPEEDS = (1, 2, 5, 10, 20, 60)


class Player(Part):
    """Plays, pauses and steps through simulated time, goes into the past, branches there and comes back.

    Parameters
    ----------
    source
        The cluster to play, or the session of other parts.
    speed
        Simulated seconds that pass in a second.
    """

    _esm = module("dom", "player")
    _css = styles("player")

    speeds = traitlets.List(list(SPEEDS)).tag(sync=True)
    speed = traitlets.Float(5).tag(sync=True)
    playing = traitlets.Bool().tag(sync=True)
    now_ms = traitlets.Int().tag(sync=True)
    past_ms = traitlets.Int(None, allow_none=True).tag(sync=True)
    horizon_ms = traitlets.Int().tag(sync=True)
    status = traitlets.Unicode().tag(sync=True)
    branches = traitlets.Int().tag(sync=True)
    next_run = traitlets.Unicode().tag(sync=True)
    marks: traitlets.List[Any] = traitlets.List().tag(sync=True)

    def __init__(self, source: Cluster | Session, speed: float = 5) -> None:
        self.playback = Playback(Session.of(source), self._show_playing)
        super().__init__(source, speed=speed)
        self.update()

    def update(self) -> None:
        """Show the session's moment."""
        session = self.session
        run = session.next_run if not session.in_past else None
        marks = [[m.time_ms, m.kind, m.label] for m in session.chronicle.marks if m.kind != "warning"]
        with self.hold_sync():
            self.now_ms = session.now_ms
            self.past_ms = session.past_ms
            self.horizon_ms = horizon_ms(session.now_ms)
            self.status = session.status
            self.branches = len(session.trunk)
            self.next_run = f"next run at {clock(run.time_ms)}" if run is not None else ""
            self.marks = marks

    def _show_playing(self) -> None:
        self.playing = self.playback.playing

    @traitlets.validate("speed")
    def _valid_speed(self, proposal: Any) -> float:
        if not 0 < proposal["value"] <= 1000:
            raise traitlets.TraitError("the speed is more than 0 and at most 1000 simulated seconds a second")
        return float(proposal["value"])

    @traitlets.observe("speed")
    def _set_speed(self, change: Any) -> None:
        self.playback.speed = change["new"]

    def handle(self, message: dict[str, Any]) -> None:
        """Do what a button asks for."""
        what, session = message.get("do"), self.session
        moment = message.get("ms")
        if what == "seek" and isinstance(moment, int | float):
            session.look(round(moment))
        elif isinstance(what, str) and what in _ACTIONS:
            _ACTIONS[what](self)

    def play(self) -> None:
        """Let time pass in the background; where something is still to come, until nothing is."""
        self.playback.play()

    def pause(self) -> None:
        """Let time stand still."""
        self.playback.pause()

    def step(self) -> None:
        """Run one event."""
        self.pause()
        self.session.step()

    def next_change(self) -> None:
        """Go to the next moment at which something changes."""
        self.pause()
        self.session.next_change()

    def to_next_run(self) -> None:
        """Go to the next run of a cron job."""
        self.pause()
        self.session.to_next_run()

    def previous_change(self) -> None:
        """Go back to the last moment at which something changed."""
        self.pause()
        self.session.previous_change()

    def to_start(self) -> None:
        """Show the cluster's first moment."""
        self.pause()
        self.session.seek(0)

    def back_to_now(self) -> None:
        """Show the present."""
        self.pause()
        self.session.seek(None)

    def branch(self) -> None:
        """Go on from the moment shown, in a cluster of its own."""
        self.pause()
        self.session.branch()

    def leave_branch(self) -> None:
        """Go back to the cluster that the branch was taken from."""
        self.pause()
        self.session.leave_branch()

    def close(self) -> None:
        """Stop playing and take the player off the page."""
        if "playback" in vars(self):  # else the making failed halfway
            self.playback.close()
        super().close()


_ACTIONS = {
    "play": Player.play,
    "pause": Player.pause,
    "step": Player.step,
    "next": Player.next_change,
    "previous": Player.previous_change,
    "run": Player.to_next_run,
    "start": Player.to_start,
    "now": Player.back_to_now,
    "branch": Player.branch,
    "leave": Player.leave_branch,
}
