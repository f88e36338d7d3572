"""Makes room for a pod that fits nowhere, by evicting less important ones.

References
----------
``pkg/scheduler/framework/preemption/preemption.go Evaluator.Preempt, findCandidates, DryRunPreemption @ v1.36``
``pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go PodEligibleToPreemptOthers @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from k8snb.api.types.pod import Pod
from k8snb.api.types.policy import PodDisruptionBudget
from k8snb.scheduler.framework import Cycle, NodeFilter
from k8snb.scheduler.messages import fit_error, NodeStatuses, NOT_HELPFUL
from k8snb.scheduler.node_info import NodeInfo
from k8snb.scheduler.preemption.selection import Choose, pick_candidate
from k8snb.scheduler.preemption.victims import Candidate, Check, NO_VICTIMS, PLUGIN, select_victims
from k8snb.scheduler.signature import PodInfo
from k8snb.scheduler.status import Code, Status, unresolvable

PREEMPT_NEVER = "Never"
PREEMPTION_REASON = "PreemptionByScheduler"
DISRUPTION_TARGET = "DisruptionTarget"
MIN_CANDIDATES_PERCENT = 10
MIN_CANDIDATES = 100

_NEVER = "not eligible due to preemptionPolicy=Never."
_NOT_HELPFUL = unresolvable(PLUGIN, NOT_HELPFUL)


class Preemption(NamedTuple):
    """What came of an attempt to make room.

    ``nominated`` is the node that the pod may count on: empty when there is none, None when the pod keeps the one that
    it counted on before. ``message`` says why no room can be made.
    """

    nominated: str | None
    victims: tuple[PodInfo, ...] = ()
    message: str = ""


def preempt(
    cycle: Cycle, filters: Sequence[NodeFilter], statuses: NodeStatuses, check: Check, choose: Choose
) -> Preemption:
    """Find the node where the least important pods would have to go.

    Parameters
    ----------
    cycle
        The attempt that failed.
    filters
        What the plugins know of the pod.
    statuses
        Why each node was refused.
    check
        Runs the filters on a node.
    choose
        Decides between nodes that are equally good.
    """
    objection = _objection(cycle, statuses)
    if objection:
        return Preemption(None, message=f"preemption: {objection}")
    candidates, refusals = _dry_run(cycle, filters, statuses, check)
    if not candidates:
        all_nodes = len(cycle.snapshot.nodes)
        return Preemption("", message=f"preemption: {fit_error(all_nodes, refusals.numbers(all_nodes))}")
    best = pick_candidate(candidates, choose) if len(candidates) > 1 else candidates[0]
    return Preemption(best.node_name, best.victims)


def preempt_nobody(pod: Pod, all_nodes: int, refusals: Mapping[Status, int]) -> Preemption:
    """What comes of an attempt to make room when no less important pod is on any node.

    Parameters
    ----------
    pod
        The pod, which counts on no node.
    all_nodes
        The number of nodes.
    refusals
        How many nodes were refused in each way.
    """
    if pod.spec.preemption_policy == PREEMPT_NEVER:
        return Preemption(None, message=f"preemption: {_NEVER}")
    tried = sum(number for status, number in refusals.items() if status.code is Code.UNSCHEDULABLE)
    numbers = {NO_VICTIMS: tried, _NOT_HELPFUL: all_nodes - tried}
    found = {status: number for status, number in numbers.items() if number}
    return Preemption("", message=f"preemption: {fit_error(all_nodes, found)}")


def _objection(cycle: Cycle, statuses: NodeStatuses) -> str:
    """Why a pod may not preempt others, if it may not."""
    pod = cycle.pod.pod
    if pod.spec.preemption_policy == PREEMPT_NEVER:
        return _NEVER
    nominated = pod.status.nominated_node_name
    if not nominated or statuses.status_of(nominated).code is Code.UNSCHEDULABLE_AND_UNRESOLVABLE:
        return ""
    node = cycle.snapshot.get(nominated)
    priority = cycle.pod.signature.priority
    if node is not None and any(
        other.signature.priority < priority and _is_being_preempted(other.pod) for other in node.pods.values()
    ):
        return "not eligible due to a terminating pod on the nominated node."
    return ""


def _is_being_preempted(pod: Pod) -> bool:
    if pod.metadata.deletion_timestamp is None:
        return False
    for condition in pod.status.conditions:
        if condition.type == DISRUPTION_TARGET:
            return condition.status == "True" and condition.reason == PREEMPTION_REASON
    return False


def _dry_run(
    cycle: Cycle, filters: Sequence[NodeFilter], statuses: NodeStatuses, check: Check
) -> tuple[list[Candidate], NodeStatuses]:
    """Try preemption on the nodes where it can help, until there is choice enough."""
    nodes = [n for n in cycle.snapshot.nodes if statuses.status_of(n.name).code is Code.UNSCHEDULABLE]
    budgets = tuple(cycle.listers.of(PodDisruptionBudget).values())
    enough = max(len(nodes) * MIN_CANDIDATES_PERCENT // 100, MIN_CANDIDATES)
    harmless: list[Candidate] = []
    violating: list[Candidate] = []
    refusals = NodeStatuses(_NOT_HELPFUL)
    for node in nodes:
        found = _candidate(cycle.pod, node, filters, budgets, check)
        if isinstance(found, Status):
            refusals.by_node[node.name] = found
            continue
        (violating if found.violations else harmless).append(found)
        if harmless and len(harmless) + len(violating) >= enough:
            break
    return harmless + violating, refusals


def _candidate(
    pod: PodInfo,
    node: NodeInfo,
    filters: Sequence[NodeFilter],
    budgets: Sequence[PodDisruptionBudget],
    check: Check,
) -> Candidate | Status:
    found = select_victims(pod, node, filters, budgets, check)
    if isinstance(found, Candidate) and not found.victims:
        return unresolvable(PLUGIN, f'expected at least one victim pod on node "{node.name}"')
    return found
