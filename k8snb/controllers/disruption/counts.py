"""How many of a budget's pods there are, are healthy, and have to be.

References
----------
``pkg/controller/disruption/disruption.go getExpectedPodCount, countHealthyPods, buildDisruptedPodMap,
updatePdbStatus @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from k8snb.api.intstr import scaled_value
from k8snb.api.pods import is_ready
from k8snb.api.types.pod import Pod
from k8snb.api.types.policy import PodDisruptionBudget, PodDisruptionBudgetSpec, PodDisruptionBudgetStatus
from k8snb.machinery.budgets import with_disruption_allowed

DELETION_TIMEOUT_MS = 120_000  # an evicted pod that is not deleted by then was not evicted


class Expected(NamedTuple):
    """How many pods a budget expects, and how many of them have to be healthy."""

    pods: int
    healthy: int


def needs_scale(spec: PodDisruptionBudgetSpec) -> bool:
    """Whether the budget is a share of what the controllers of its pods ask for, not of the pods that there are."""
    return spec.max_unavailable is not None or isinstance(spec.min_available, str)


def expected_counts(spec: PodDisruptionBudgetSpec, total: int) -> Expected:
    """What a budget asks for.

    Parameters
    ----------
    total
        The replicas of all controllers of its pods where `needs_scale`; else the pods themselves.

    Examples
    --------
    >>> expected_counts(PodDisruptionBudgetSpec(max_unavailable="30%"), 5)
    Expected(pods=5, healthy=3)
    """
    if spec.max_unavailable is not None:
        return Expected(total, max(total - scaled_value(spec.max_unavailable, total, round_up=True), 0))
    if spec.min_available is not None:
        return Expected(total, scaled_value(spec.min_available, total, round_up=True))
    return Expected(0, 0)


class Disrupted(NamedTuple):
    """The evicted pods whose deletion is not seen yet, by name; those that were never deleted; when to look again."""

    pods: Mapping[str, int | None]
    overdue: list[Pod]
    recheck: int | None


def disrupted_pods(budget: PodDisruptionBudget, pods: Iterable[Pod], now: int) -> Disrupted:
    """Which pods that were evicted still count as about to go; `now` in milliseconds since the epoch."""
    noted = budget.status.disrupted_pods
    kept: dict[str, int | None] = {}
    overdue: list[Pod] = []
    recheck: int | None = None
    for pod in pods if noted else ():
        name = pod.metadata.name
        if pod.metadata.deletion_timestamp is not None or name not in noted:
            continue
        due = (noted[name] or 0) + DELETION_TIMEOUT_MS
        if due < now:
            overdue.append(pod)
            continue
        kept[name] = noted[name]
        recheck = due if recheck is None else min(recheck, due)
    return Disrupted(kept, overdue, recheck)


def count_healthy(pods: Iterable[Pod], disrupted: Disrupted) -> int:
    """How many pods are ready and stay."""
    return sum(
        pod.metadata.deletion_timestamp is None and pod.metadata.name not in disrupted.pods and is_ready(pod)
        for pod in pods
    )


def calculate_status(
    budget: PodDisruptionBudget, expected: Expected, healthy: int, disrupted: Disrupted, now: int
) -> PodDisruptionBudgetStatus:
    """The status that fits these counts; a budget without pods allows no disruption of the first that may come."""
    allowed = max(healthy - expected.healthy, 0) if expected.pods > 0 else 0
    status = replace(
        budget.status,
        current_healthy=healthy,
        desired_healthy=expected.healthy,
        expected_pods=expected.pods,
        disruptions_allowed=allowed,
        disrupted_pods=disrupted.pods,
        observed_generation=budget.metadata.generation,
    )
    return with_disruption_allowed(status, now)
