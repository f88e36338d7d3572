"""The decision about one pod, node by node: filter, score, choose, and preempt if nothing fits.

This is the plain evaluation: it asks every plugin about every node. `k8snb.scheduler.equivalence` comes to the same
decisions faster for pods that look alike.

References
----------
``pkg/scheduler/schedule_one.go schedulePod, findNodesThatFitPod, prioritizeNodes @ v1.36``
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from k8snb.scheduler.framework import (
    Cycle,
    NodeFilter,
    NodeScores,
    Plugin,
    Prepared,
    run_filters,
    run_pre_filters,
    run_scores,
)
from k8snb.scheduler.messages import fit_error, NO_CLAIMS, NO_NODES, NO_REASON, NodeStatuses, NOT_ASKED
from k8snb.scheduler.node_info import NodeInfo
from k8snb.scheduler.nominator import Nominator
from k8snb.scheduler.preemption import preempt, Preemption
from k8snb.scheduler.preemption.selection import Choose
from k8snb.scheduler.signature import PodInfo
from k8snb.scheduler.status import Status, unresolvable


class Decision(NamedTuple):
    """Where a pod goes, or why it has to wait.

    Parameters
    ----------
    node
        The chosen node; empty when no node fits.
    best
        All nodes with the best score, of which `node` is one.
    scores
        The scores of the nodes that fit; empty when only one does, for then it needs none.
    message
        Why no node fits, in kube-scheduler's words.
    nominated
        The node that the pod may count on: empty for none, None when that does not change.
    victims
        The pods that have to make room on the nominated node.
    rejectors
        The plugins that refused, by name; none when the decision was not theirs.
    """

    node: str = ""
    best: Sequence[str] = ()
    scores: Mapping[str, NodeScores] = {}
    message: str = ""
    nominated: str | None = None
    victims: tuple[PodInfo, ...] = ()
    rejectors: tuple[str, ...] = ()


class Core(NamedTuple):
    """What decisions are made with: the plugins, the nominations, and the choice between equals.

    ``choose`` is given the names of equally good nodes, in the order in which the nodes became known.
    """

    plugins: Sequence[Plugin]
    nominator: Nominator
    choose: Choose

    def schedule(self, cycle: Cycle) -> Decision:
        """Decide about one pod."""
        snapshot = cycle.snapshot
        if not snapshot.nodes:
            return Decision(message=NO_NODES, nominated="")
        prepared = run_pre_filters(cycle, self.plugins)
        if prepared.rejection is not None:
            return self._refused(cycle, prepared, NodeStatuses(prepared.rejection))
        nominated = snapshot.get(cycle.pod.pod.status.nominated_node_name)
        if nominated is not None and self.check(cycle, prepared.filters, nominated) is None:
            return Decision(nominated.name, (nominated.name,))
        fitting, statuses = self._filter(cycle, prepared)
        if not fitting:
            return self._refused(cycle, prepared, statuses)
        return self._choose(cycle, fitting)

    def check(self, cycle: Cycle, filters: Sequence[NodeFilter], node: NodeInfo) -> Status | None:
        """Run the filters on a node, as if the pods that count on it were there already, and as if they were not.

        References
        ----------
        ``pkg/scheduler/framework/runtime/framework.go RunFilterPluginsWithNominatedPods @ v1.36``
        """
        if len(self.nominator):
            pod = cycle.pod
            pods = [
                other
                for other in self.nominator.on(node.name)
                if other.signature.priority >= pod.signature.priority and other.key != pod.key
            ]
            status = _check_with(pods, filters, node) if pods else None
            if status is not None:
                return status
        return run_filters(filters, node)

    def _filter(self, cycle: Cycle, prepared: Prepared) -> tuple[list[NodeInfo], NodeStatuses]:
        names = prepared.node_names
        nodes = cycle.snapshot.nodes if names is None else _named(cycle, names)
        plugins = " ".join(sorted(prepared.naming_plugins))
        absent = NO_REASON if names is None else unresolvable("", f"node(s) didn't satisfy plugin(s) [{plugins}]")
        statuses = NodeStatuses(absent)
        fitting: list[NodeInfo] = []
        for node in nodes:
            status = self.check(cycle, prepared.filters, node)
            if status is None:
                fitting.append(node)
            else:
                statuses.by_node[node.name] = status
        return fitting, statuses

    def _choose(self, cycle: Cycle, fitting: Sequence[NodeInfo]) -> Decision:
        if len(fitting) == 1:
            return Decision(fitting[0].name, (fitting[0].name,))
        scores = run_scores(cycle, self.plugins, fitting)
        greatest = max(row.total for row in scores.values())
        best = tuple(name for name, row in scores.items() if row.total == greatest)
        return Decision(self.choose(best), best, scores)

    def _refused(self, cycle: Cycle, prepared: Prepared, statuses: NodeStatuses) -> Decision:
        """Try to make room, and say what came of it."""
        all_nodes = len(cycle.snapshot.nodes)
        numbers = statuses.numbers(all_nodes)
        said = prepared.rejection.message if prepared.rejection is not None else ""
        if prepared.completed:
            made = preempt(cycle, prepared.filters, statuses, lambda f, n: self.check(cycle, f, n), self.choose)
        else:
            made = Preemption(None, message=NOT_ASKED)
        post_filter = made.message if not prepared.completed else ", ".join((NO_CLAIMS, made.message))
        if made.victims:
            post_filter = ""
        plugins = dict.fromkeys((*prepared.naming_plugins, *(status.plugin for status in numbers if status.plugin)))
        return Decision(
            message=fit_error(all_nodes, numbers, pre_filter=said, post_filter=post_filter),
            nominated=made.nominated,
            victims=made.victims,
            rejectors=tuple(plugins),
        )


def _named(cycle: Cycle, names: Collection[str]) -> list[NodeInfo]:
    """The nodes of these names, in the order in which they became known."""
    found = (cycle.snapshot.get(name) for name in names)
    return sorted((node for node in found if node is not None), key=lambda node: node.index)


def _check_with(pods: Sequence[PodInfo], filters: Sequence[NodeFilter], node: NodeInfo) -> Status | None:
    """Run the filters on a copy of a node that has some pods more."""
    trial = node.clone()
    cloned = [node_filter.clone() for node_filter in filters]
    for pod in pods:
        trial.add(pod)
        for node_filter in cloned:
            node_filter.add_pod(pod, trial)
    return run_filters(cloned, trial)
