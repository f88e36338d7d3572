"""One look at one DaemonSet: the nodes, its pods on them, and which of these are of the present revision.

Nodes that stand alike are counted together: however many nodes there are, a look finds a dozen groups of them.

References
----------
``pkg/controller/daemon/daemon_controller.go getNodesToDaemonPods, podByCreationTimestampAndPhase``,
``pkg/controller/daemon/update.go findUpdatedPodsOnNode`` and
``pkg/controller/daemon/util/daemonset_util.go IsPodUpdated @ v1.36``
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from k8snb.api.pods import is_available, is_ready, is_terminal
from k8snb.api.types.apps import DaemonSet
from k8snb.api.types.pod import Pod
from k8snb.controllers.daemonset.placement import (
    GENERATION_LABEL,
    HASH_LABEL,
    target_node,
    Verdict,
)


class PodsOfNode(NamedTuple):
    """The one pod of the present revision and the one older pod of a node, where there is one."""

    new: Pod | None
    old: Pod | None


class NodeState(NamedTuple):
    """How a node stands towards a DaemonSet.

    ``known`` says that there is such a node, ``should_run`` that it gets a daemon, ``occupied`` that it has one.
    ``ready``, ``available`` and ``updated`` describe its oldest daemon. ``new`` and ``old`` say whether its daemon of
    the present revision, and its older one, is available, None where there is none; of those that are being deleted
    neither counts, and a node with several of a kind is ``crowded``. ``vacated`` says that all its daemons are being
    deleted, ``managed`` that otherwise one is missing, too much, in the wrong place or at its end.
    """

    known: bool
    should_run: bool
    occupied: bool
    ready: bool
    available: bool
    updated: bool
    vacated: bool
    managed: bool
    crowded: bool
    new: bool | None
    old: bool | None

    @property
    def only_old(self) -> bool:
        """There is an older daemon, and none of the present revision."""
        return self.old is not None and self.new is None


Groups = Mapping[NodeState, Mapping[str, None]]
_UNKNOWN = Verdict(False, False)


class Daemons(NamedTuple):
    """A DaemonSet as a sync finds it.

    ``nodes`` has a verdict for every node there is, ``pods`` the pods by the node that they are on or meant for;
    ``hash`` is the label of the present revision, ``generation`` the older form of it; ``now`` the present in
    milliseconds since the epoch. ``groups`` has the nodes by their state, ``order`` their numbers; see `grouped`.
    """

    daemon_set: DaemonSet
    nodes: Mapping[str, Verdict]
    pods: Mapping[str, Sequence[Pod]]
    hash: str
    generation: str | None
    now: int
    groups: Groups = {}
    order: Mapping[str, int] = {}

    def grouped(self) -> Daemons:
        """The same look with all its nodes in groups."""
        groups: dict[NodeState, dict[str, None]] = {}
        nodes = dict.fromkeys((*self.nodes, *self.pods))
        for node in nodes:
            groups.setdefault(self.state_of(node), {})[node] = None
        return self._replace(groups=groups, order={node: number for number, node in enumerate(nodes)})

    def count(self, holds: Callable[[NodeState], bool]) -> int:
        """How many nodes are in such a state."""
        return sum([len(nodes) for state, nodes in self.groups.items() if holds(state)])

    def nodes_where(self, holds: Callable[[NodeState], bool], most: int | None = None) -> list[str]:
        """The nodes in such a state, in the order in which they became known; the first so many of them."""
        found = [node for state, nodes in self.groups.items() if holds(state) for node in nodes]
        if most is not None and most < len(found):
            return heapq.nsmallest(most, found, key=self.order.__getitem__)
        return sorted(found, key=self.order.__getitem__)

    def is_available(self, pod: Pod) -> bool:
        """Whether a pod has been ready for long enough."""
        return is_available(pod, self.daemon_set.spec.min_ready_seconds, self.now)

    def is_updated(self, pod: Pod) -> bool:
        """Whether a pod is of the present revision, by its hash or by the older way of a generation."""
        labels = pod.metadata.labels
        if self.hash and labels.get(HASH_LABEL) == self.hash:
            return True
        return self.generation is not None and labels.get(GENERATION_LABEL) == self.generation

    def updated_pods_on(self, node: str) -> PodsOfNode | None:
        """The new and the old pod of a node that are not being deleted; None when there are several of a kind."""
        new: Pod | None = None
        old: Pod | None = None
        for pod in self.pods.get(node, ()):
            if pod.metadata.deletion_timestamp is not None:
                continue
            if self.is_updated(pod):
                if new is not None:
                    return None
                new = pod
            else:
                if old is not None:
                    return None
                old = pod
        return PodsOfNode(new, old)

    def state_of(self, node: str) -> NodeState:
        """How a node stands."""
        pods, known = self.pods.get(node), node in self.nodes
        verdict = self.nodes.get(node, _UNKNOWN)
        if pods is None:
            return _EMPTY._replace(known=known, should_run=verdict.should_run, managed=verdict.should_run)
        if len(pods) == 1:
            return self._state_of_one(pods[0], known, verdict)
        oldest = oldest_first(pods)[0]
        updated = self.updated_pods_on(node)
        new, old = (None, None) if updated is None else updated
        ready = is_ready(oldest)
        vacated = all(pod.metadata.deletion_timestamp is not None for pod in pods)
        return NodeState(
            known=known,
            should_run=verdict.should_run,
            occupied=True,
            ready=ready,
            available=ready and self.is_available(oldest),
            updated=self.is_updated(oldest),
            vacated=vacated,
            managed=not vacated,
            crowded=updated is None,
            new=None if new is None else self.is_available(new),
            old=None if old is None else self.is_available(old),
        )

    def _state_of_one(self, pod: Pod, known: bool, verdict: Verdict) -> NodeState:
        """How a node stands that has one daemon, as nearly all have."""
        available = self.is_available(pod)
        vacated = pod.metadata.deletion_timestamp is not None
        managed = not vacated and (not verdict.should_continue or is_terminal(pod))
        ready = available or is_ready(pod)
        return _of_one(known, verdict.should_run, ready, available, self.is_updated(pod), vacated, managed)


@lru_cache(128)
def _of_one(
    known: bool, should_run: bool, ready: bool, available: bool, updated: bool, vacated: bool, managed: bool
) -> NodeState:
    return NodeState(
        known=known,
        should_run=should_run,
        occupied=True,
        ready=ready,
        available=available,
        updated=updated,
        vacated=vacated,
        managed=managed,
        crowded=False,
        new=available if updated and not vacated else None,
        old=None if updated or vacated else available,
    )


_EMPTY = NodeState(False, False, False, False, False, False, False, False, False, None, None)


def node_of(pod: Pod) -> str | None:
    """The node whose daemon a pod is; None for one that has ended and waits for its removal only."""
    if pod.metadata.deletion_timestamp is not None and is_terminal(pod):
        return None
    return pod.spec.node_name or target_node(pod)


def by_node(pods: Iterable[Pod]) -> dict[str, list[Pod]]:
    """Daemons by node."""
    result: dict[str, list[Pod]] = {}
    for pod in pods:
        node = node_of(pod)
        if node is not None:
            result.setdefault(node, []).append(pod)
    return result


def oldest_first(pods: Iterable[Pod]) -> list[Pod]:
    """Scheduled pods before the others, and older before younger ones."""
    return sorted(pods, key=lambda p: (not p.spec.node_name, p.metadata.creation_timestamp or 0, p.metadata.name))
