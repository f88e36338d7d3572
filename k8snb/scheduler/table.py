"""What is known of all nodes with regard to the pods of one signature, kept up to date node by node."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from k8snb.scheduler.domains import Domains
from k8snb.scheduler.framework import Cycle, NodeFilter, run_filters, run_pre_filters
from k8snb.scheduler.node_info import Look, NodeInfo
from k8snb.scheduler.plugins.image_locality import container_count, image_names, images_present
from k8snb.scheduler.plugins.node_affinity import AffinityScorer, NodeAffinity, preferred_terms
from k8snb.scheduler.plugins.node_unschedulable import NodeUnschedulable
from k8snb.scheduler.plugins.pod_topology_spread.constraints import (
    Constraint,
    hard_constraints,
    has_all_labels,
    selects_itself,
)
from k8snb.scheduler.plugins.taint_toleration import TaintScorer, TaintToleration
from k8snb.scheduler.rooms import Rooms
from k8snb.scheduler.signature import Signature
from k8snb.scheduler.snapshot import Snapshot
from k8snb.scheduler.standing import Group, HardRow, Kind, SoftRow, Standing, Traits
from k8snb.scheduler.status import Status

_OF_NODES_ALONE = (NodeUnschedulable(), TaintToleration(), NodeAffinity())


class Table:
    """The standing of every node towards one signature.

    Parameters
    ----------
    cycle
        An attempt to place a pod of the signature.
    soft
        The soft spread constraints that its pods have at present.
    rooms
        How pods of its demand fit on the nodes.

    Notes
    -----
    ``groups`` are the nodes that fit as far as they themselves are concerned; ``refusals`` counts the others.
    Of a constraint by host, the pods of a node are those of its group: ``positions`` says which number it is.
    """

    def __init__(self, cycle: Cycle, soft: tuple[Constraint, ...], rooms: Rooms) -> None:
        signature = cycle.pod.signature
        self.signature: Signature = signature
        self.hard = hard_constraints(signature)
        self.soft = soft
        self.own_soft = bool(signature.spec.topology_spread_constraints)
        self.containers = container_count(signature)
        self.groups: dict[Group, None] = {}
        self.refusals: dict[Status, int] = {}
        self.hard_itself = selects_itself(signature, self.hard)
        self.hard_domains = [Domains() for _ in self.hard]
        self.soft_pods: list[dict[str, int]] = [{} for _ in soft]
        self.has_taints = False
        self.has_images = False
        self.preferred = preferred_terms(signature)
        self._rooms = rooms
        self._filters: Sequence[NodeFilter] = run_pre_filters(cycle, _OF_NODES_ALONE).filters
        self._taint_scorer = TaintScorer(signature.tolerations)
        self._affinity_scorer = AffinityScorer(self.preferred)
        self._images = image_names(signature)
        self._standings: dict[NodeInfo, Standing] = {}
        self._kinds: dict[Traits, Kind] = {}
        self._kinds_by_look: dict[Look, Kind] = {}
        self._is_blind = not (signature.spec.node_selector or signature.required_node_terms or self.preferred)
        self._generation = self._nodes_seen = self._rooms_seen = 0
        self._count_pods(cycle.snapshot)

    def _count_pods(self, snapshot: Snapshot) -> None:
        """One count a selector, those of constraints by host first."""
        constraints = (*self.hard, *self.soft)
        by_host = [c.selector for c in constraints if c.is_by_host]
        selectors = list(dict.fromkeys((*by_host, *(c.selector for c in constraints))))
        nodes, namespace = snapshot.by_name.values(), self.signature.namespace
        self._counts = [snapshot.pod_counts.use(selector, namespace, nodes) for selector in selectors]
        self._counts_seen = [count.changes.generation for count in self._counts]
        self._shared_pods: dict[tuple[int, ...], tuple[int, ...]] = {}
        self.hard_positions = [selectors.index(c.selector) for c in self.hard]
        self.soft_positions = [selectors.index(c.selector) for c in self.soft]
        self._counted_by_host = len(dict.fromkeys(by_host))

    def close(self, snapshot: Snapshot) -> None:
        """Nobody asks this table any more."""
        for count in self._counts:
            snapshot.pod_counts.give_back(count)

    @property
    def spreads_by_host(self) -> bool:
        """Whether a constraint takes every node for a topology of its own."""
        return self._counted_by_host > 0

    def refresh(self, snapshot: Snapshot) -> None:
        """Look at the nodes of which something changed that matters, since the last time."""
        if self._generation == snapshot.generation:
            return
        self._generation = snapshot.generation
        rooms, nodes = self._rooms, snapshot.node_changes
        rooms.refresh(snapshot)
        if self._nodes_seen != nodes.generation:
            for info in nodes.since(self._nodes_seen):
                self._renew(info)
            self._nodes_seen = nodes.generation
        for at, count in enumerate(self._counts):
            if self._counts_seen[at] != count.changes.generation:
                for info in count.changes.since(self._counts_seen[at]):
                    self._recount(info)
                self._counts_seen[at] = count.changes.generation
        if self._rooms_seen != rooms.changes.generation:
            for info in rooms.changes.since(self._rooms_seen):
                self._move(info)
            self._rooms_seen = rooms.changes.generation

    def _renew(self, info: NodeInfo) -> None:
        """A node is new, another than it was, or gone."""
        before = self._standings.pop(info, None)
        if before is not None:
            self._leave(before)
            self._leave_domains(before)
        if info.node is not None:
            standing = self._standings[info] = Standing(self._kind_of(info), info, self._pods_on(info))
            self._join_domains(standing)
            self._enter(standing)

    def _recount(self, info: NodeInfo) -> None:
        """Pods that count came to a node, or went."""
        standing = self._standings.get(info)
        if standing is None:
            return
        pods = self._pods_on(info)
        if pods != standing.pods:
            self._change_domains(standing, pods)
            self._leave(standing)
            standing.pods = pods
            self._enter(standing)

    def _move(self, info: NodeInfo) -> None:
        """There is more or less room on a node than there was."""
        standing = self._standings.get(info)
        if standing is None:
            return
        room, group = self._rooms.on(info), standing.group
        if group is None or room.refusal is not None:
            self._leave(standing)
            self._enter(standing)
        elif room.score != standing.score:
            group.remove(info.index, standing.score)
            group.add(info.index, room.score)
            standing.score = room.score

    def _pods_on(self, info: NodeInfo) -> tuple[int, ...]:
        """The pods on a node by selector."""
        pods = tuple([count.on(info) for count in self._counts])
        return self._shared_pods.setdefault(pods, pods)

    def _leave(self, standing: Standing) -> None:
        group = standing.group
        if group is not None:
            group.remove(standing.info.index, standing.score)
            if not group.size:
                del self.groups[group]
                del standing.kind.groups[group.pods]
        elif standing.refusal is not None:
            number = self.refusals[standing.refusal] - 1
            if number:
                self.refusals[standing.refusal] = number
            else:
                del self.refusals[standing.refusal]

    def _enter(self, standing: Standing) -> None:
        room = self._rooms.on(standing.info)
        refusal = standing.kind.traits.refusal or room.refusal
        standing.refusal = refusal
        if refusal is not None:
            standing.group = None
            self.refusals[refusal] = self.refusals.get(refusal, 0) + 1
            return
        groups = standing.kind.groups
        pods = standing.pods[: self._counted_by_host]
        group = groups.get(pods)
        if group is None:
            group = groups[pods] = Group(standing.kind.traits, pods)
            self.groups[group] = None
        group.add(standing.info.index, room.score)
        standing.group = group
        standing.score = room.score

    def _join_domains(self, standing: Standing) -> None:
        for domains, value, position in standing.kind.hard_rows:
            domains.join(standing.info.name if value is None else value, standing.pods[position])
        for pods, value, position in standing.kind.soft_rows:
            pods[value] = pods.get(value, 0) + standing.pods[position]

    def _leave_domains(self, standing: Standing) -> None:
        for domains, value, position in standing.kind.hard_rows:
            domains.leave(standing.info.name if value is None else value, standing.pods[position])
        for pods, value, position in standing.kind.soft_rows:
            pods[value] -= standing.pods[position]

    def _change_domains(self, standing: Standing, now: tuple[int, ...]) -> None:
        before = standing.pods
        for domains, value, position in standing.kind.hard_rows:
            domains.change(standing.info.name if value is None else value, now[position] - before[position])
        for pods, value, position in standing.kind.soft_rows:
            pods[value] += now[position] - before[position]

    def _hard_rows(self, traits: Traits) -> Iterator[HardRow]:
        rows = zip(self.hard, self.hard_domains, traits.hard, traits.hard_counts, self.hard_positions, strict=True)
        for constraint, domains, value, counts, position in rows:
            if counts and value is not None:
                yield domains, None if constraint.is_by_host else value, position

    def _soft_rows(self, traits: Traits) -> Iterator[SoftRow]:
        """Constraints by host look at the node itself."""
        rows = zip(self.soft, self.soft_pods, traits.soft, traits.soft_counts, self.soft_positions, strict=True)
        for constraint, pods, value, counts, position in rows:
            if counts and value is not None and not constraint.is_by_host:
                yield pods, value, position

    def _kind_of(self, info: NodeInfo) -> Kind:
        """The kind of a node; where pods are blind to names, it shows in the node's look."""
        kind = self._kinds_by_look.get(info.look)
        if kind is None:
            traits = self._traits_of(info)
            kind = self._kinds.get(traits)
            if kind is None:
                kind = self._kinds[traits] = Kind(traits, self._hard_rows(traits), self._soft_rows(traits))
                self.has_taints = self.has_taints or traits.taints > 0
                self.has_images = self.has_images or bool(traits.images)
            if self._is_blind:
                self._kinds_by_look[info.look] = kind
        return kind

    def _traits_of(self, info: NodeInfo) -> Traits:
        node, labels, signature = info.known_node, info.labels, self.signature
        has_hard_labels = has_all_labels(labels, self.hard)
        unlabelled = self.own_soft and not has_all_labels(labels, self.soft)
        return Traits(
            refusal=run_filters(self._filters, info),
            taints=self._taint_scorer.score(info),
            affinity=self._affinity_scorer.score(info),
            images=images_present(self._images, info),
            hard=tuple(_topology(c, labels) for c in self.hard),
            hard_counts=tuple(has_hard_labels and c.includes(node, signature) for c in self.hard),
            soft=tuple(_topology(c, labels) for c in self.soft),
            soft_counts=tuple(not unlabelled and c.includes(node, signature) for c in self.soft),
            unlabelled=unlabelled,
        )


def _topology(constraint: Constraint, labels: Mapping[str, str]) -> str | None:
    """The topology that labels put a node into. By host it is the node itself, for which its label need not be kept."""
    value = labels.get(constraint.topology_key)
    return "" if value is not None and constraint.is_by_host else value
