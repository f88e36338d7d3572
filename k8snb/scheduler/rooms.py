"""How pods of one demand would fit on each node as far as resources are concerned, kept up to date node by node."""

from __future__ import annotations

from typing import NamedTuple

from k8snb.scheduler.change_log import ChangeLog
from k8snb.scheduler.node_info import NodeInfo
from k8snb.scheduler.plugins.node_resources_balanced_allocation import balanced_allocation
from k8snb.scheduler.plugins.node_resources_fit import insufficient, least_allocated
from k8snb.scheduler.resources import Demand
from k8snb.scheduler.snapshot import Snapshot
from k8snb.scheduler.status import Status


class Room(NamedTuple):
    """What a node lacks for a pod, or its score for resources."""

    refusal: Status | None
    score: int


class Rooms:
    """The room on every known node; ``changes`` says where it became another one."""

    def __init__(self, demand: Demand) -> None:
        self.changes: ChangeLog[NodeInfo] = ChangeLog()
        self._demand = demand
        self._balances = bool(demand.requests.milli_cpu or demand.requests.memory)
        self._rooms: dict[NodeInfo, Room] = {}
        self._seen = 0

    def on(self, info: NodeInfo) -> Room:
        """The room on a node, as it was at the last `refresh`."""
        return self._rooms[info]

    def refresh(self, snapshot: Snapshot) -> None:
        """Look at the nodes that changed since the last time."""
        loads = snapshot.loads
        if self._seen == loads.generation:
            return
        for info in loads.since(self._seen):
            if info.node is None:
                self._rooms.pop(info, None)
                continue
            room = self._measure(info)
            if room != self._rooms.get(info):
                self._rooms[info] = room
                self.changes.note(info)
        self._seen = loads.generation

    def _measure(self, info: NodeInfo) -> Room:
        refusal = insufficient(self._demand.requests, info)
        if refusal is not None:
            return Room(refusal, 0)
        score = least_allocated(self._demand, info)
        if self._balances:
            score += balanced_allocation(self._demand.requests, info)
        return Room(None, score)
