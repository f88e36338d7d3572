"""Which node to preempt on: where it hurts least.

References
----------
``pkg/scheduler/framework/preemption/preemption.go pickOneNodeForPreemption @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from k8snb.scheduler.preemption.victims import Candidate

Choose = Callable[[Sequence[str]], str]

_ABOVE_ANY_PRIORITY = 2**31
_NOT_STARTED = 2**63  # later than any start


def pick_candidate(candidates: Sequence[Candidate], choose: Choose) -> Candidate:
    """The candidate with the least harm; `choose` decides between nodes that are alike in every respect.

    In this order: the fewest broken budgets, the least important first victim, the smallest sum of priorities, the
    fewest victims, and the latest start of the most important ones.
    """
    remaining = list(candidates)
    for harm in (_violations, _highest_priority, _sum_of_priorities, _victims, _running_time):
        least = min(map(harm, remaining))
        remaining = [candidate for candidate in remaining if harm(candidate) == least]
        if len(remaining) == 1:
            return remaining[0]
    name = choose([candidate.node_name for candidate in remaining])
    return next(candidate for candidate in remaining if candidate.node_name == name)


def _violations(candidate: Candidate) -> int:
    return candidate.violations


def _highest_priority(candidate: Candidate) -> int:
    return candidate.victims[0].signature.priority


def _sum_of_priorities(candidate: Candidate) -> int:
    """Every pod counts, also one whose priority is negative."""
    return sum(victim.signature.priority + _ABOVE_ANY_PRIORITY for victim in candidate.victims)


def _victims(candidate: Candidate) -> int:
    return len(candidate.victims)


def _running_time(candidate: Candidate) -> int:
    """The earlier the first of the most important victims started, the greater the harm."""
    highest = max(victim.signature.priority for victim in candidate.victims)
    starts = (v.pod.status.start_time for v in candidate.victims if v.signature.priority == highest)
    return -min(_NOT_STARTED if start is None else start for start in starts)
