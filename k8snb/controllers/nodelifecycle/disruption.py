"""How the controller behaves when many nodes are silent at once: slower, or, when all are, not at all.

If no node can be heard, it is more likely that the control plane is cut off than that all nodes are broken.

References
----------
``pkg/controller/nodelifecycle/node_lifecycle_controller.go handleDisruption @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum

from k8snb.controllers.nodelifecycle.zones import compute_zone_state, eviction_rate, ZoneState, ZoneTainter


class Mode(Enum):
    """What a look at all zones came to."""

    AS_BEFORE = "nothing changed"
    CHANGED = "a zone has another state"
    ALL_SILENT = "no node is ready any more"
    SOME_BACK = "some node is ready again"


class Zones:
    """The zones' states and taint queues."""

    def __init__(self) -> None:
        self.states: dict[str, ZoneState] = {}
        self.tainters: dict[str, ZoneTainter] = {}

    def tainter(self, zone: str) -> ZoneTainter:
        """The taint queue of a zone."""
        if zone not in self.tainters:
            self.tainters[zone] = ZoneTainter()
        return self.tainters[zone]

    def judge(self, ready: Mapping[str, Sequence[bool]], now_ms: int) -> Mode:
        """Set each zone's state and rate by how many of its nodes are ready.

        Parameters
        ----------
        ready
            By zone, whether each node is ready.
        """
        states = {zone: compute_zone_state(nodes) for zone, nodes in ready.items()}
        for zone in states:
            self.tainter(zone)
        before = {zone: self.states.get(zone, ZoneState.INITIAL) for zone in states}
        all_silent = all(state is ZoneState.FULL_DISRUPTION for state in states.values())
        all_were_silent = all(state is ZoneState.FULL_DISRUPTION for state in before.values())
        self.states = states
        if all_silent:
            for zone in states:
                self.tainters[zone].set_rate(0, now_ms)
            return Mode.AS_BEFORE if all_were_silent else Mode.ALL_SILENT
        for zone, state in states.items():
            if state is not before[zone] or all_were_silent:
                self.tainters[zone].set_rate(eviction_rate(state, len(ready[zone])), now_ms)
        if all_were_silent:
            return Mode.SOME_BACK
        return Mode.AS_BEFORE if states == before else Mode.CHANGED
