"""Disruption budgets: which of them guard a pod, and the condition that says whether they allow a disruption.

References
----------
``staging/src/k8s.io/component-helpers/apps/poddisruptionbudget/helpers.go`` and
``staging/src/k8s.io/apimachinery/pkg/api/meta/conditions.go SetStatusCondition @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from k8snb.api.selectors import matches
from k8snb.api.types.meta import Condition
from k8snb.api.types.pod import Pod
from k8snb.api.types.policy import PodDisruptionBudget, PodDisruptionBudgetStatus

DISRUPTION_ALLOWED = "DisruptionAllowed"

# Reasons of DisruptionAllowed
SUFFICIENT_PODS, INSUFFICIENT_PODS, SYNC_FAILED = "SufficientPods", "InsufficientPods", "SyncFailed"


def guards(budget: PodDisruptionBudget, pod: Pod) -> bool:
    """Whether a budget is of a pod's namespace, and selects it."""
    meta = pod.metadata
    return budget.metadata.namespace == meta.namespace and matches(budget.spec.selector, meta.labels)


def budgets_for(pod: Pod, budgets: Iterable[PodDisruptionBudget]) -> list[PodDisruptionBudget]:
    """The budgets of a pod's namespace that select it."""
    return [budget for budget in budgets if guards(budget, pod)]


def disruption_allowed(status: PodDisruptionBudgetStatus) -> Condition | None:
    """The condition, where there is one."""
    return next((c for c in status.conditions if c.type == DISRUPTION_ALLOWED), None)


def with_disruption_allowed(status: PodDisruptionBudgetStatus, now: int) -> PodDisruptionBudgetStatus:
    """The status with the condition that its number of allowed disruptions asks for.

    Parameters
    ----------
    now
        The present as conditions record it, in milliseconds since the epoch.
    """
    verdict = ("True", SUFFICIENT_PODS) if status.disruptions_allowed > 0 else ("False", INSUFFICIENT_PODS)
    return with_condition(status, *verdict, "", now)


def with_condition(
    status: PodDisruptionBudgetStatus, verdict: str, reason: str, message: str, now: int
) -> PodDisruptionBudgetStatus:
    """The status with this condition in its place; its time changes with its verdict only."""
    old = disruption_allowed(status)
    condition = Condition(
        type=DISRUPTION_ALLOWED,
        status=verdict,
        observed_generation=status.observed_generation,
        last_transition_time=old.last_transition_time if old is not None and old.status == verdict else now,
        reason=reason,
        message=message,
    )
    if old is None:
        return replace(status, conditions=(*status.conditions, condition))
    return replace(status, conditions=tuple(condition if c is old else c for c in status.conditions))


def condition_is_current(budget: PodDisruptionBudget) -> bool:
    """Whether the condition says what the status does."""
    condition, status = disruption_allowed(budget.status), budget.status
    if condition is None or status.observed_generation != budget.metadata.generation:
        return False
    wanted = ("True", SUFFICIENT_PODS) if status.disruptions_allowed > 0 else ("False", INSUFFICIENT_PODS)
    return (condition.status, condition.reason) == wanted
