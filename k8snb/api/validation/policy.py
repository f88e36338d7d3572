"""Rules for pod disruption budgets.

References
----------
``pkg/apis/policy/validation/validation.go ValidatePodDisruptionBudget @ v1.36``
"""

from __future__ import annotations

from k8snb.api.field_errors import FieldError, invalid, not_supported, typed
from k8snb.api.types.policy import PodDisruptionBudget
from k8snb.api.validation.internal_form import internal_value
from k8snb.api.validation.rolling import validate_at_most_all, validate_counts, validate_int_or_percent
from k8snb.api.validation.selectors import (
    has_invalid_label_value,
    LabelSelectorOptions,
    STRICT,
    validate_label_selector,
)

EVICTION_POLICIES = ("AlwaysAllow", "IfHealthyBudget")
_COUNTS = (
    ("disruptions_allowed", "disruptionsAllowed"),
    ("current_healthy", "currentHealthy"),
    ("desired_healthy", "desiredHealthy"),
    ("expected_pods", "expectedPods"),
)


def validate_budget(budget: PodDisruptionBudget, options: LabelSelectorOptions = STRICT) -> list[FieldError]:
    """The faults of a pod disruption budget apart from its metadata."""
    spec, errors = budget.spec, []
    if spec.min_available is not None and spec.max_unavailable is not None:
        detail = "minAvailable and maxUnavailable cannot be both set"
        errors.append(invalid("spec", internal_value(spec), detail))
    for name, value in (("minAvailable", spec.min_available), ("maxUnavailable", spec.max_unavailable)):
        if value is not None:
            errors += validate_int_or_percent(value, f"spec.{name}")
            errors += validate_at_most_all(value, f"spec.{name}")
    errors += validate_label_selector(spec.selector, options, "spec.selector")
    policy = spec.unhealthy_pod_eviction_policy
    if policy is not None and policy not in EVICTION_POLICIES:
        errors.append(not_supported("spec.unhealthyPodEvictionPolicy", typed(policy), EVICTION_POLICIES))
    return errors


def validate_budget_update(new: PodDisruptionBudget, old: PodDisruptionBudget) -> list[FieldError]:
    """The faults of a budget's next version."""
    lenient = LabelSelectorOptions(allow_invalid_label_value=has_invalid_label_value(old.spec.selector))
    return validate_budget(new, lenient)


def validate_budget_status(budget: PodDisruptionBudget) -> list[FieldError]:
    """The faults of a budget's status."""
    return validate_counts(budget.status, _COUNTS)
