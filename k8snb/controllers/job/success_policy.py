"""Whether enough indexes succeeded for a job's success policy.

References
----------
``pkg/controller/job/success_policy.go matchSuccessPolicy @ v1.36``
"""

from __future__ import annotations

from k8snb.api.types.batch import Job, SuccessPolicyRule
from k8snb.controllers.job.intervals import Intervals


def matched_rule(job: Job, succeeded: Intervals) -> str | None:
    """Says which rule is met; None when none is."""
    policy, completions = job.spec.success_policy, job.spec.completions or 0
    if policy is None or not succeeded:
        return None
    for index, rule in enumerate(policy.rules):
        if _is_met(rule, completions, succeeded):
            return f"Matched rules at index {index}"
    return None


def _is_met(rule: SuccessPolicyRule, completions: int, succeeded: Intervals) -> bool:
    count = rule.succeeded_count
    if rule.succeeded_indexes is None:
        return count is not None and succeeded.total() >= count
    required = Intervals.parse(rule.succeeded_indexes, completions)
    if not required:
        return False
    done = required.common(succeeded)
    return done == required.total() or (count is not None and done >= count)
