"""Zones of nodes: how bad it is in each, and how fast its silent nodes may be tainted.

References
----------
``pkg/controller/nodelifecycle/node_lifecycle_controller.go ComputeZoneState, setLimiterInZone``,
``scheduler/rate_limited_queue.go`` and ``staging/src/k8s.io/component-helpers/node/topology/helpers.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum

from k8snb.api.types.node import Node
from k8snb.controllers.nodelifecycle.conditions import ready_status

EXCLUDED = "node.kubernetes.io/exclude-disruption"
EVICTION_RATE = 0.1  # nodes a second
SECONDARY_EVICTION_RATE = 0.01
LARGE_CLUSTER_THRESHOLD = 50
UNHEALTHY_ZONE_THRESHOLD = 0.55


class ZoneState(Enum):
    """How many of a zone's nodes are ready."""

    INITIAL = "Initial"
    NORMAL = "Normal"
    PARTIAL_DISRUPTION = "PartialDisruption"
    FULL_DISRUPTION = "FullDisruption"


def zone_of(node: Node) -> str:
    """The zone that a node is in, with its region; empty where it says neither."""
    labels = node.metadata.labels
    zone, region = (
        labels.get(f"failure-domain.beta.kubernetes.io/{name}", labels.get(f"topology.kubernetes.io/{name}", ""))
        for name in ("zone", "region")
    )
    return f"{region}:{zone}" if region or zone else ""


def standing(node: Node) -> tuple[str, str | None, bool]:
    """What the states of zones depend on: where a node is, its Ready status, and whether it counts at all."""
    return zone_of(node), ready_status(node), is_excluded(node)


def is_excluded(node: Node) -> bool:
    """Whether a node's silence says nothing about its zone."""
    return EXCLUDED in node.metadata.labels


def compute_zone_state(ready: Sequence[bool]) -> ZoneState:
    """The state of a zone, from whether each of its nodes is ready."""
    unhealthy = len(ready) - sum(ready)
    if unhealthy and unhealthy == len(ready):
        return ZoneState.FULL_DISRUPTION
    if unhealthy > 2 and unhealthy / len(ready) >= UNHEALTHY_ZONE_THRESHOLD:
        return ZoneState.PARTIAL_DISRUPTION
    return ZoneState.NORMAL


def eviction_rate(state: ZoneState, zone_size: int) -> float:
    """How many nodes of a zone may be tainted in a second."""
    if state is ZoneState.PARTIAL_DISRUPTION:
        return SECONDARY_EVICTION_RATE if zone_size > LARGE_CLUSTER_THRESHOLD else 0
    return EVICTION_RATE


class ZoneTainter:
    """The nodes of a zone that wait to be tainted, and the rate at which they may be.

    A node that had its turn is not let in again until it was removed.
    """

    def __init__(self) -> None:
        self.rate = EVICTION_RATE
        self._next_ms = 0
        self._waiting: dict[str, None] = {}
        self._known: dict[str, None] = {}

    def set_rate(self, rate: float, now_ms: int) -> None:
        """Another rate: a node that could be tainted now can still be."""
        if rate == self.rate:
            return
        could = self.rate > 0 and now_ms >= self._next_ms
        self.rate = rate
        if rate > 0:
            self._next_ms = now_ms if could else now_ms + self._interval_ms()

    def add(self, name: str) -> None:
        """Let a node wait for its taint, if it is not known yet."""
        if name not in self._known:
            self._known[name] = self._waiting[name] = None

    def add_again(self, name: str) -> None:
        """Let a node wait for a taint that it lacks, even if it had its turn; who waits already keeps its place."""
        self._known[name] = None
        self._waiting.setdefault(name)

    def remove(self, name: str) -> None:
        """A node needs no taint any more."""
        self._known.pop(name, None)
        self._waiting.pop(name, None)

    def is_waiting(self, name: str) -> bool:
        """Whether a node waits for its taint."""
        return name in self._waiting

    def due_ms(self) -> int | None:
        """When the next node may be tainted; None when none waits, or none may be."""
        return self._next_ms if self._waiting and self.rate > 0 else None

    def taint(self, act: Callable[[str], None], now_ms: int) -> None:
        """Let `act` taint the nodes that may be tainted now."""
        while self._waiting and self.rate > 0 and now_ms >= self._next_ms:
            self._next_ms = now_ms + self._interval_ms()
            name = next(iter(self._waiting))
            del self._waiting[name]
            act(name)

    def _interval_ms(self) -> int:
        return round(1000 / self.rate)
