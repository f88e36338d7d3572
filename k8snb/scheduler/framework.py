"""How plugins take part in a decision: what they prepare for a pod, how they filter nodes, how they score them.

A plugin's `Plugin.pre_filter` looks at the pod and returns a `NodeFilter`, or None when it has nothing to say; its
`Plugin.pre_score` likewise returns a `Scorer`. These small objects hold what upstream keeps in the cycle state.

References
----------
``pkg/scheduler/framework/runtime/framework.go RunPreFilterPlugins, RunFilterPlugins, RunScorePlugins @ v1.36``
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from k8snb.scheduler.listers import Listers
from k8snb.scheduler.node_info import NodeInfo
from k8snb.scheduler.signature import PodInfo
from k8snb.scheduler.snapshot import Snapshot
from k8snb.scheduler.status import Code, Status, unresolvable

MAX_NODE_SCORE = 100


class Cycle(NamedTuple):
    """One attempt to place one pod."""

    pod: PodInfo
    snapshot: Snapshot
    listers: Listers


class NodeFilter:
    """A plugin's view of one pod: which nodes it refuses.

    ``node_names``, when given, are the only nodes worth looking at.
    """

    node_names: frozenset[str] | None = None

    def check(self, node: NodeInfo) -> Status | None:
        """The refusal of a node, or None."""
        raise NotImplementedError

    def add_pod(self, added: PodInfo, node: NodeInfo) -> None:
        """Take into account a pod that is put onto a node for trial."""

    def remove_pod(self, removed: PodInfo, node: NodeInfo) -> None:
        """Take into account a pod that is taken from a node for trial."""

    def clone(self) -> NodeFilter:
        """A copy that trials may change; the filter itself when no trial changes it."""
        return self


class Scorer:
    """A plugin's view of one pod: how much it likes each node."""

    def score(self, node: NodeInfo) -> int:
        """The raw score of one node."""
        raise NotImplementedError

    def normalize(self, scores: list[int], nodes: Sequence[NodeInfo]) -> list[int]:
        """The raw scores of all nodes, brought to between 0 and `MAX_NODE_SCORE`."""
        del nodes
        return scores


class Plugin:
    """One concern of scheduling. Plugins hold no state between pods."""

    name: ClassVar[str] = ""
    weight: ClassVar[int] = 0

    def pre_filter(self, cycle: Cycle) -> NodeFilter | Status | None:
        """The filter for a pod; a `Status` when no node at all will do; None when there is nothing to check."""
        del cycle
        return None

    def pre_score(self, cycle: Cycle, nodes: Sequence[NodeInfo]) -> Scorer | None:
        """The scorer for a pod and the nodes that fit; None when the plugin does not score this pod."""
        del cycle, nodes
        return None


class Prepared(NamedTuple):
    """What came of all plugins' `Plugin.pre_filter`.

    ``rejection`` is set when no node will do. ``node_names`` are the only nodes worth a look, if plugins named such.
    ``completed`` says that all plugins were asked.
    """

    filters: tuple[NodeFilter, ...] = ()
    node_names: frozenset[str] | None = None
    naming_plugins: tuple[str, ...] = ()
    rejection: Status | None = None
    completed: bool = True


class NodeScores(NamedTuple):
    """The weighted scores of one node."""

    total: int
    by_plugin: dict[str, int]


def run_pre_filters(cycle: Cycle, plugins: Sequence[Plugin]) -> Prepared:
    """Ask every plugin for its filter; a final refusal ends the round at once."""
    filters: list[NodeFilter] = []
    names: frozenset[str] | None = None
    naming: list[str] = []
    rejection: Status | None = None
    for plugin in plugins:
        found = plugin.pre_filter(cycle)
        if found is None:
            continue
        if isinstance(found, Status):
            if found.code is Code.UNSCHEDULABLE_AND_UNRESOLVABLE:
                return Prepared(rejection=found, completed=False)
            rejection = found
            continue
        filters.append(found)
        if found.node_names is not None:
            naming.append(plugin.name)
            names = found.node_names if names is None else names & found.node_names
            if not names:
                return Prepared(rejection=_no_common_node(naming), completed=False)
    return Prepared(tuple(filters), names, tuple(naming), rejection)


def _no_common_node(plugins: Sequence[str]) -> Status:
    if len(plugins) == 1:
        return unresolvable(plugins[0], f"node(s) didn't satisfy plugin {plugins[0]}")
    return unresolvable("", f"node(s) didn't satisfy plugin(s) [{' '.join(sorted(plugins))}] simultaneously")


def run_filters(filters: Sequence[NodeFilter], node: NodeInfo) -> Status | None:
    """The first refusal of a node, or None when it fits."""
    for node_filter in filters:
        status = node_filter.check(node)
        if status is not None:
            return status
    return None


def run_scores(cycle: Cycle, plugins: Sequence[Plugin], nodes: Sequence[NodeInfo]) -> dict[str, NodeScores]:
    """The weighted scores of the nodes that fit, by name.

    Parameters
    ----------
    cycle
        The attempt.
    plugins
        All plugins; those with a weight score.
    nodes
        The nodes that fit.
    """
    by_node: list[dict[str, int]] = [{} for _ in nodes]
    for plugin in plugins:
        scorer = plugin.pre_score(cycle, nodes) if plugin.weight else None
        if scorer is None:
            continue
        scores = scorer.normalize([scorer.score(node) for node in nodes], nodes)
        for row, score in zip(by_node, scores, strict=True):
            assert 0 <= score <= MAX_NODE_SCORE, f"{plugin.name} gave the score {score}"
            row[plugin.name] = score * plugin.weight
    return {node.name: NodeScores(sum(row.values()), row) for node, row in zip(nodes, by_node, strict=True)}


def default_normalize(scores: list[int], *, reverse: bool) -> list[int]:
    """Scores from 0 to the greatest of them, brought to 0 … 100; `reverse`: the least is the best.

    References
    ----------
    ``pkg/scheduler/framework/plugins/helper/normalize_score.go DefaultNormalizeScore @ v1.36``
    """
    greatest = max(scores, default=0)
    if greatest == 0:
        return [MAX_NODE_SCORE] * len(scores) if reverse else scores
    scaled = [MAX_NODE_SCORE * score // greatest for score in scores]
    return [MAX_NODE_SCORE - score for score in scaled] if reverse else scaled
