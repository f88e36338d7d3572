"""Where times lie on a timeline in SVG, and how the states of pods and containers are painted there."""

from __future__ import annotations

from typing import NamedTuple

from k8snb.picture.palette import FAULT, Hue, HUES, NO_REVISION
from k8snb.picture.pod_state import FAILING, READY, RUNNING, STARTING, TERMINATING

LEFT, RIGHT = 150, 90


class Frame(NamedTuple):
    """Where times lie on the page."""

    end_ms: int
    width: float

    def x(self, time_ms: float) -> float:
        """The place of a time."""
        return LEFT + (self.width - LEFT - RIGHT) * time_ms / self.end_ms

    @property
    def right(self) -> float:
        """Where the times end."""
        return self.width - RIGHT


def hue_named(name: str) -> Hue:
    """The hue of a lane's class, ``r0``."""
    return HUES[int(name[1:])] if name[1:].isdecimal() else NO_REVISION


def look(state: str, hue: Hue) -> str:
    """How a segment of a state is painted."""
    return {
        READY: f'fill="{hue.fill}" stroke="{hue.line}"',
        RUNNING: f'fill="{hue.fill}" fill-opacity=".3" stroke="{hue.line}"',
        STARTING: f'fill="none" stroke="{hue.line}" stroke-dasharray="3 2"',
        TERMINATING: f'fill="{hue.fill}" fill-opacity=".12" stroke="{hue.line}" stroke-opacity=".6"',
        FAILING: f'fill="none" stroke="{FAULT}" stroke-width="1.5"',
    }.get(state, f'fill="none" stroke="{hue.line}"')
