"""How the controller behaves when many nodes are silent at once: slower, or, when all are, not at all.

If no node can be heard, it is more likely that the control plane is cut off than that all nodes are broken.

References
----------
``pkg/controller/nodelifecycle/node_lifecycle_controller.go handleDisruption,
addPodEvictorForNewZone @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum

from k8snb.api.types.node import Node
from k8snb.controllers.nodelifecycle.zones import compute_zone_state, eviction_rate, zone_of, ZoneState, ZoneTainter


class Mode(Enum):
    """What a look at all zones came to."""

    USUAL = "some node was ready, and some is"
    ALL_SILENT = "no node is ready any more"
    STILL_SILENT = "no node was ready, and none is"
    SOME_BACK = "some node is ready again"


class Zones:
    """The zones' states and taint queues."""

    def __init__(self) -> None:
        self.states: dict[str, ZoneState] = {}
        self.tainters: dict[str, ZoneTainter] = {}

    def enter(self, zone: str) -> None:
        """A node is in a zone: one in which no node was at the last look starts anew."""
        if zone not in self.states:
            self.states[zone] = ZoneState.INITIAL
            self.tainters[zone] = ZoneTainter()

    def is_waiting(self, node: Node) -> bool:
        """Whether a node waits for its taint in the zone in which it is."""
        tainter = self.tainters.get(zone_of(node))
        return tainter is not None and tainter.is_waiting(node.metadata.name)

    def judge(self, ready: Mapping[str, Sequence[bool]], now_ms: int) -> Mode:
        """Set each zone's state and rate by how many of its nodes are ready.

        Parameters
        ----------
        ready
            By zone that was entered, whether each node that counts is ready; zones without such a node count no more
            than nodes that do not.
        """
        states = {zone: compute_zone_state(nodes) for zone, nodes in ready.items() if nodes}
        before = {zone: self.states[zone] for zone in states}
        all_silent = all(state is ZoneState.FULL_DISRUPTION for state in states.values())
        all_were_silent = all(state is ZoneState.FULL_DISRUPTION for state in before.values())
        self.states = {zone: states.get(zone, ZoneState.INITIAL) for zone in ready}
        if all_silent:
            for zone in states:
                self.tainters[zone].set_rate(0, now_ms)
            return Mode.STILL_SILENT if all_were_silent else Mode.ALL_SILENT
        for zone, state in states.items():
            if state is not before[zone] or all_were_silent:
                self.tainters[zone].set_rate(eviction_rate(state, len(ready[zone])), now_ms)
        return Mode.SOME_BACK if all_were_silent else Mode.USUAL
