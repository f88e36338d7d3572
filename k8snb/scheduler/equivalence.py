"""The same decisions as `k8snb.scheduler.core`, faster: nodes that are alike to a pod are judged together.

Pods of one template look alike to the scheduler: they share a `Signature`, or, as a stateful set's pods, its kin. For a
kin that comes up again and again a `Table` remembers how every node stands; a node is only looked at anew after it
changed. A decision then weighs groups of nodes that differ in nothing, of which there are few, instead of all nodes.
The results are exactly those of the plain evaluation.
"""

from __future__ import annotations

from typing import NamedTuple, TypeVar

from k8snb.scheduler.core import Core, Decision
from k8snb.scheduler.framework import Cycle
from k8snb.scheduler.messages import fit_error, NO_CLAIMS
from k8snb.scheduler.plugins.inter_pod_affinity import namespace_labels
from k8snb.scheduler.plugins.pod_topology_spread.constraints import (
    Constraint,
    hard_constraints,
    selects_itself,
    soft_constraints,
)
from k8snb.scheduler.preemption import preempt_nobody
from k8snb.scheduler.resources import Demand
from k8snb.scheduler.rooms import Rooms
from k8snb.scheduler.signature import Signature
from k8snb.scheduler.standing import Names
from k8snb.scheduler.status import Status
from k8snb.scheduler.table import Table
from k8snb.scheduler.weighing import best_nodes, fitting_groups

K = TypeVar("K")
T = TypeVar("T")

_KEPT_TABLES = 128
_KEPT_ENTRIES = 1024
_KEPT_ONCE_SEEN = 1024
_KEPT_REFUSALS = 1024


class _World(NamedTuple):
    """What a decision depends on besides the pod's signature. While it stays, so does a refusal."""

    snapshot: int
    listers: int
    nominations: int


class _Sort(NamedTuple):
    """The pods that one table serves: those of a kin, as long as they spread in the same way."""

    kin: Signature
    soft: tuple[Constraint, ...]
    hard: tuple[Constraint, ...]
    hard_itself: tuple[bool, ...]


class _Entry:
    """The table of a signature, and what it was made for."""

    __slots__ = ("affinity_generation", "listers_generation", "meant_by_others", "table")

    def __init__(self, table: Table, listers_generation: int) -> None:
        self.table = table
        self.listers_generation = listers_generation
        self.affinity_generation = -1
        self.meant_by_others = False


class FastCore:
    """Decides like its `Core`, from tables where that is possible.

    Parameters
    ----------
    core
        The plain evaluation.

    Notes
    -----
    A pod is judged by the plain evaluation when it has affinity to other pods, host ports, claims or a nominated node,
    when another pod has affinity to it, when a nominated pod must be reckoned with, and when less important pods could
    make room for it.
    """

    def __init__(self, core: Core) -> None:
        self.core = core
        self._entries: dict[Signature, _Entry] = {}
        self._tables: dict[_Sort, Table] = {}
        self._rooms: dict[Demand, Rooms] = {}
        self._seen_once: dict[Signature, None] = {}
        self._refusals: dict[Signature, tuple[_World, Decision]] = {}

    def schedule(self, cycle: Cycle) -> Decision:
        """Decide about one pod."""
        pod, signature = cycle.pod.pod, cycle.pod.signature
        if pod.status.nominated_node_name or pod.spec.node_name:
            return self.core.schedule(cycle)
        refused = self._refusals.get(signature)
        if refused is not None and refused[0] == self._world(cycle):
            return refused[1]
        entry = self._entry(cycle)
        decision = self._decide(entry.table, cycle) if entry is not None else None
        if decision is None:
            decision = self.core.schedule(cycle)
        if not decision.node and not decision.victims and not signature.has_ephemeral_volumes:
            self._refusals[signature] = (self._world(cycle), decision)
            _shorten(self._refusals, _KEPT_REFUSALS)
        return decision

    def _world(self, cycle: Cycle) -> _World:
        return _World(cycle.snapshot.generation, cycle.listers.generation, self.core.nominator.generation)

    def _entry(self, cycle: Cycle) -> _Entry | None:
        """The table for a pod, if it can be judged by one."""
        signature = cycle.pod.signature
        if not signature.simple or len(self.core.nominator) or not cycle.snapshot.nodes:
            return None
        entry = self._entries.get(signature)
        if entry is None or entry.listers_generation != cycle.listers.generation:
            entry = self._renewed(signature, entry, cycle)
        if entry is None or (entry.table.spreads_by_host and not cycle.snapshot.hostnames_are_unique):
            return None
        if entry.affinity_generation != cycle.snapshot.affinity_generation:
            entry.affinity_generation = cycle.snapshot.affinity_generation
            entry.meant_by_others = bool(cycle.snapshot.affinity) and _is_meant_by_others(cycle)
        return None if entry.meant_by_others else entry

    def _renewed(self, signature: Signature, entry: _Entry | None, cycle: Cycle) -> _Entry | None:
        """A table from the second pod of a kin on, or the first if something owns it, for then others will follow.

        It is the old one, if its pods still spread in the same way.
        """
        kin = signature.kin
        if entry is None and signature.owner is None and kin not in self._seen_once:
            self._seen_once[kin] = None
            _shorten(self._seen_once, _KEPT_ONCE_SEEN)
            return None
        soft = soft_constraints(signature, cycle.listers)
        if entry is not None and entry.table.soft == soft:
            entry.listers_generation = cycle.listers.generation
            entry.affinity_generation = -1
            return entry
        entry = self._entries[signature] = _Entry(self._table(cycle, soft), cycle.listers.generation)
        _shorten(self._entries, _KEPT_ENTRIES)
        return entry

    def _table(self, cycle: Cycle, soft: tuple[Constraint, ...]) -> Table:
        """The table for the pods of a sort; for a new one, that which has been known longest is forgotten."""
        signature, snapshot = cycle.pod.signature, cycle.snapshot
        hard = hard_constraints(signature)
        sort = _Sort(signature.kin, soft, hard, selects_itself(signature, hard))
        table = self._tables.get(sort)
        if table is None:
            table = self._tables[sort] = Table(cycle, soft, self._rooms_for(signature.demand))
            if len(self._tables) > _KEPT_TABLES:
                oldest = self._tables.pop(next(iter(self._tables)))
                oldest.close(snapshot)
                for known in [known for known, entry in self._entries.items() if entry.table is oldest]:
                    del self._entries[known]
        return table

    def _rooms_for(self, demand: Demand) -> Rooms:
        """Tables of one demand share what is known of the room for it."""
        rooms = self._rooms.get(demand)
        if rooms is None:
            rooms = self._rooms[demand] = Rooms(demand)
            _shorten(self._rooms, _KEPT_TABLES)
        return rooms

    def _decide(self, table: Table, cycle: Cycle) -> Decision | None:
        """The decision from a table; None when somebody could have to make room."""
        snapshot = cycle.snapshot
        table.refresh(snapshot)
        groups, refusals = fitting_groups(table)
        if not groups:
            return _refusal(cycle, refusals)
        if len(groups) == 1 and groups[0].size == 1:
            (bucket,) = groups[0].buckets.values()
            name = snapshot.by_index[bucket[0]].name
            return Decision(name, (name,))
        best = Names(best_nodes(table, groups, len(snapshot.nodes)), snapshot.by_index)
        return Decision(self.core.choose(best), best)


def _shorten(remembered: dict[K, T], number: int) -> None:
    """Forget what has been known longest."""
    if len(remembered) > number:
        del remembered[next(iter(remembered))]


def _refusal(cycle: Cycle, refusals: dict[Status, int]) -> Decision | None:
    pod, snapshot = cycle.pod, cycle.snapshot
    if snapshot.priorities and min(snapshot.priorities) < pod.signature.priority:
        return None
    all_nodes = len(snapshot.nodes)
    made = preempt_nobody(pod.pod, all_nodes, refusals)
    return Decision(
        message=fit_error(all_nodes, refusals, post_filter=f"{NO_CLAIMS}, {made.message}"),
        nominated=made.nominated,
        rejectors=tuple(dict.fromkeys(status.plugin for status in refusals)),
    )


def _is_meant_by_others(cycle: Cycle) -> bool:
    """Whether a pod on some node draws pods of the signature near, or keeps them away."""
    signature = cycle.pod.signature
    labels = namespace_labels(signature.namespace, cycle.listers)
    return any(
        term.matches(signature.namespace, signature.labels, labels)
        for other in cycle.snapshot.affinity
        for term in (
            *other.affinity,
            *other.anti_affinity,
            *other.preferred_affinity,
            *other.preferred_anti_affinity,
        )
    )
