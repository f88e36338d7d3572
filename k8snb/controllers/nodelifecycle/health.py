"""When each node was last heard of, as looks every few seconds tell it, and so when it is silent for too long.

A kubelet that renews its lease is heard of at every look, and nothing is noted. From one that is silent, only its last
renewal counts, and a report on its Ready condition that somebody makes in its name.

References
----------
``pkg/controller/nodelifecycle/node_lifecycle_controller.go tryUpdateNodeHealth @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable

from k8snb.api.types.node import Lease, Node, NodeCondition
from k8snb.controllers.nodelifecycle.conditions import ready_condition
from k8snb.machinery.heartbeats import Heartbeats, LEASES_NAMESPACE
from k8snb.machinery.server import ApiServer, EPOCH_MS

MONITOR_PERIOD_MS, MONITOR_PHASE_MS = 5_000, 2_500
MONITOR_GRACE_MS = 50_000
STARTUP_GRACE_MS = 60_000


def next_look_ms(time_ms: int) -> int:
    """The first look at a time or later."""
    return -((MONITOR_PHASE_MS - time_ms) // MONITOR_PERIOD_MS) * MONITOR_PERIOD_MS + MONITOR_PHASE_MS


class NodeHealth:
    """The signs of life of all nodes."""

    def __init__(self, server: ApiServer, heartbeats: Heartbeats) -> None:
        self._server = server
        self._heartbeats = heartbeats
        self._probed_ms: dict[str, int] = {}  # signs of life other than a lease
        self._seen: dict[str, NodeCondition] = {}  # the Ready conditions of silent nodes at the last look

    def forget(self, name: str) -> None:
        """A node is gone."""
        self._probed_ms.pop(name, None)
        self._seen.pop(name, None)

    def probe_all(self, names: Iterable[str]) -> None:
        """Nobody could be heard until now: all nodes get their whole grace anew."""
        self._probed_ms = dict.fromkeys(names, self._server.now_ms)

    def look(self, node: Node) -> None:
        """Take note of what a silent node's Ready condition says of its last report."""
        name, ready = node.metadata.name, ready_condition(self._heartbeats.reported(node))
        if ready is None or self._heartbeats.last_renewal_ms(name) is None:
            self._seen.pop(name, None)
            return
        seen = self._seen.get(name)
        self._seen[name] = ready
        if seen is not None and seen.last_heartbeat_time != ready.last_heartbeat_time:
            self._probed_ms[name] = self._server.now_ms

    def overdue_at_ms(self, node: Node) -> int | None:
        """When the node's grace ends, unless it is heard of before; None for a node that is heard of."""
        name, reported = node.metadata.name, ready_condition(node) is not None
        signs = [self._probed_ms.get(name, 0)]
        if not reported:
            signs.append((node.metadata.creation_timestamp or EPOCH_MS) - EPOCH_MS)
        if reported or self._server.find(Lease, LEASES_NAMESPACE, name) is not None:
            renewed = self._heartbeats.last_renewal_ms(name)
            if renewed is None:
                return None
            signs.append(next_look_ms(renewed))
        return max(signs) + (MONITOR_GRACE_MS if reported else STARTUP_GRACE_MS)

    def is_overdue(self, node: Node) -> bool:
        """Whether the node's grace is over."""
        overdue_at = self.overdue_at_ms(node)
        return overdue_at is not None and self._server.now_ms >= overdue_at

    def reported(self, node: Node) -> Node:
        """The node with the times of its kubelet's last report."""
        return self._heartbeats.reported(node)
