"""Which pods would have to leave a node to make room for a more important one.

References
----------
``pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go SelectVictimsOnNode,
filterPodsWithPDBViolation @ v1.36``
``pkg/scheduler/util/utils.go MoreImportantPod, GetEarliestPodStartTime @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from k8snb.api.go_sort import go_sort
from k8snb.api.types.policy import PodDisruptionBudget
from k8snb.scheduler.framework import NodeFilter
from k8snb.scheduler.labels import selector_of, selects
from k8snb.scheduler.node_info import NodeInfo
from k8snb.scheduler.signature import PodInfo
from k8snb.scheduler.status import Status, unresolvable

PLUGIN = "DefaultPreemption"
NO_VICTIMS = unresolvable(PLUGIN, "No preemption victims found for incoming pod")

Check = Callable[[Sequence[NodeFilter], NodeInfo], Status | None]


class Candidate(NamedTuple):
    """A node, the pods that would leave it (the most important first), and how many budgets that would break."""

    node_name: str
    victims: tuple[PodInfo, ...]
    violations: int


def select_victims(
    pod: PodInfo,
    node: NodeInfo,
    filters: Sequence[NodeFilter],
    budgets: Sequence[PodDisruptionBudget],
    check: Check,
) -> Candidate | Status:
    """The fewest, least important pods whose leaving lets `pod` in.

    Parameters
    ----------
    pod
        The pod that wants in.
    node, filters
        The node, and what the plugins know of the pod; both are copied.
    budgets
        The disruption budgets, which are broken last.
    check
        Runs the filters on a node.
    """
    trial = _Trial(node, filters, check)
    potential = [p for p in trial.node.pods.values() if p.signature.priority < pod.signature.priority]
    for victim in potential:
        trial.remove(victim)
    if not potential:
        return NO_VICTIMS
    refusal = trial.refusal()
    if refusal is not None:
        return refusal
    by_importance = sort_by_importance(potential)
    violating, others = _split_by_budgets(by_importance, budgets)
    victims = [victim for victim in violating if not trial.reprieve(victim)]
    violations = len(victims)
    victims += [victim for victim in others if not trial.reprieve(victim)]
    if violating and others:
        victims = sort_by_importance(victims)
    return Candidate(node.name, tuple(victims), violations)


class _Trial:
    """A copy of a node on which pods go and come."""

    def __init__(self, node: NodeInfo, filters: Sequence[NodeFilter], check: Check) -> None:
        self.node = node.clone()
        self.filters = [f.clone() for f in filters]
        self._check = check

    def refusal(self) -> Status | None:
        return self._check(self.filters, self.node)

    def remove(self, pod: PodInfo) -> None:
        self.node.remove(pod.key)
        for node_filter in self.filters:
            node_filter.remove_pod(pod, self.node)

    def add(self, pod: PodInfo) -> None:
        self.node.add(pod)
        for node_filter in self.filters:
            node_filter.add_pod(pod, self.node)

    def reprieve(self, pod: PodInfo) -> bool:
        """Let a pod stay after all, if there is still room then."""
        self.add(pod)
        if self.refusal() is None:
            return True
        self.remove(pod)
        return False


def sort_by_importance(pods: Sequence[PodInfo]) -> list[PodInfo]:
    """The most important pods first: by priority, then by how long they have been running.

    Notes
    -----
    Upstream takes "now" for the start of a pod that has not started, each time that it compares, so that the later of
    two such pods is put first.
    """
    return go_sort(pods, _more_important)


def _more_important(one: PodInfo, other: PodInfo) -> bool:
    if one.signature.priority != other.signature.priority:
        return one.signature.priority > other.signature.priority
    start, other_start = one.pod.status.start_time, other.pod.status.start_time
    return other_start is None or (start is not None and start < other_start)


def _split_by_budgets(
    pods: Sequence[PodInfo], budgets: Sequence[PodDisruptionBudget]
) -> tuple[list[PodInfo], list[PodInfo]]:
    """The pods whose eviction would break a budget, counting those before them as evicted, and the others."""
    allowed = [budget.status.disruptions_allowed for budget in budgets]
    violating: list[PodInfo] = []
    others: list[PodInfo] = []
    for info in pods:
        violates = False
        for index, budget in enumerate(budgets):
            if _protects(budget, info):
                allowed[index] -= 1
                violates = violates or allowed[index] < 0
        (violating if violates else others).append(info)
    return violating, others


def _protects(budget: PodDisruptionBudget, info: PodInfo) -> bool:
    meta = info.pod.metadata
    if not meta.labels or budget.metadata.namespace != meta.namespace:
        return False
    selector = selector_of(budget.spec.selector)
    if selector is None or selector.empty or not selects(selector, meta.labels):
        return False
    return meta.name not in budget.status.disrupted_pods
