"""Rules for what a job does about failed pods, and when it counts as done.

References
----------
``pkg/apis/batch/validation/validation.go validatePodFailurePolicy, validateSuccessPolicy @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable

from k8snb.api.field_errors import (
    duplicate,
    FieldError,
    go_quote,
    invalid,
    not_supported,
    required,
    Shown,
    too_long,
    too_many,
    typed,
)
from k8snb.api.types.batch import (
    JobSpec,
    PodFailurePolicyOnExitCodesRequirement,
    PodFailurePolicyOnPodConditionsPattern,
    PodFailurePolicyRule,
    SuccessPolicyRule,
)
from k8snb.api.validation.formats import is_qualified_name, size
from k8snb.api.validation.job_indexes import count_indexes, IndexesError
from k8snb.api.validation.metadata import validate_nonnegative

ACTIONS = ("Count", "FailIndex", "FailJob", "Ignore")
OPERATORS = ("In", "NotIn")
STATUSES = ("False", "True", "Unknown")
MOST_RULES = 20
MOST_EXIT_CODES = 255
MOST_PATTERNS = 20
LONGEST_INDEXES_BYTES = 64 * 1024


def invalid_whole(path: str, detail: str) -> FieldError:
    """A fault of something whose value is not shown."""
    return FieldError("FieldValueInvalid", path, Shown(detail), "")


def _choices(values: Iterable[str]) -> str:
    return f"valid values: [{' '.join(map(go_quote, values))}]"


def validate_pod_failure_policy(spec: JobSpec, path: str) -> list[FieldError]:
    """The faults of a job's pod failure policy."""
    rules = spec.pod_failure_policy.rules if spec.pod_failure_policy else ()
    errors = [too_many(f"{path}.rules", len(rules), MOST_RULES)] if len(rules) > MOST_RULES else []
    for index, rule in enumerate(rules):
        errors += _failure_rule(spec, rule, f"{path}.rules[{index}]")
    return errors


def _failure_rule(spec: JobSpec, rule: PodFailurePolicyRule, path: str) -> list[FieldError]:
    errors = []
    if not rule.action:
        errors.append(required(f"{path}.action", _choices(ACTIONS)))
    elif rule.action not in ACTIONS:
        errors.append(not_supported(f"{path}.action", typed(rule.action), ACTIONS))
    elif rule.action == "FailIndex" and spec.backoff_limit_per_index is None:
        detail = "requires the backoffLimitPerIndex to be set"
        errors.append(invalid(f"{path}.action", typed(rule.action), detail))
    if rule.on_exit_codes is not None:
        pod = spec.template.spec
        names = [c.name for c in (*pod.containers, *pod.init_containers)]
        errors += _exit_codes(rule.on_exit_codes, names, f"{path}.onExitCodes")
    errors += _pod_conditions(rule.on_pod_conditions, f"{path}.onPodConditions")
    if rule.on_exit_codes is not None and rule.on_pod_conditions:
        errors.append(invalid_whole(path, "specifying both OnExitCodes and OnPodConditions is not supported"))
    if rule.on_exit_codes is None and not rule.on_pod_conditions:
        errors.append(invalid_whole(path, "specifying one of OnExitCodes and OnPodConditions is required"))
    return errors


def _exit_codes(requirement: PodFailurePolicyOnExitCodesRequirement, names: list[str], path: str) -> list[FieldError]:
    operator, values, errors = requirement.operator, requirement.values, []
    if not operator:
        errors.append(required(f"{path}.operator", _choices(OPERATORS)))
    elif operator not in OPERATORS:
        errors.append(not_supported(f"{path}.operator", typed(operator), OPERATORS))
    if requirement.container_name is not None and requirement.container_name not in names:
        detail = "must be one of the container or initContainer names in the pod template"
        errors.append(invalid(f"{path}.containerName", requirement.container_name, detail))
    if not values:
        errors.append(invalid(f"{path}.values", typed(values), "at least one value is required"))
    elif len(values) > MOST_EXIT_CODES:
        errors.append(too_many(f"{path}.values", len(values), MOST_EXIT_CODES))
    for index, code in enumerate(values):
        if operator == "In" and code == 0:
            errors.append(invalid(f"{path}.values[{index}]", code, "must not be 0 for the In operator"))
        if code in values[:index]:
            errors.append(duplicate(f"{path}.values[{index}]", code))
    if list(values) != sorted(values):
        errors.append(invalid(f"{path}.values", typed(values), "must be ordered"))
    return errors


def _pod_conditions(patterns: tuple[PodFailurePolicyOnPodConditionsPattern, ...], path: str) -> list[FieldError]:
    errors = [too_many(path, len(patterns), MOST_PATTERNS)] if len(patterns) > MOST_PATTERNS else []
    for index, pattern in enumerate(patterns):
        place = f"{path}[{index}]"
        errors += [invalid(f"{place}.type", pattern.type, c) for c in is_qualified_name(pattern.type)]
        if not pattern.status:
            errors.append(required(f"{place}.status", _choices(STATUSES)))
        elif pattern.status not in STATUSES:
            errors.append(not_supported(f"{place}.status", typed(pattern.status), STATUSES))
    return errors


def validate_success_policy(spec: JobSpec, path: str) -> list[FieldError]:
    """The faults of an indexed job's success policy."""
    rules = spec.success_policy.rules if spec.success_policy else ()
    errors = []
    if not rules:
        detail = "at least one rules must be specified when the successPolicy is specified"
        errors.append(required(f"{path}.rules", detail))
    if len(rules) > MOST_RULES:
        errors.append(too_many(f"{path}.rules", len(rules), MOST_RULES))
    for index, rule in enumerate(rules):
        errors += _success_rule(spec.completions or 0, rule, f"{path}.rules[{index}]")
    return errors


def _success_rule(completions: int, rule: SuccessPolicyRule, path: str) -> list[FieldError]:
    count, indexes, errors, total = rule.succeeded_count, rule.succeeded_indexes, [], 0
    if count is None and indexes is None:
        detail = "at least one of succeededCount or succeededIndexes must be specified"
        errors.append(required(path, detail))
    if indexes is not None:
        if size(indexes) > LONGEST_INDEXES_BYTES:
            errors.append(too_long(f"{path}.succeededIndexes", LONGEST_INDEXES_BYTES))
        try:
            total = count_indexes(indexes, completions)
        except IndexesError as error:
            errors.append(invalid(f"{path}.succeededIndexes", indexes, f"error parsing succeededIndexes: {error}"))
    if count is None:
        return errors
    errors += validate_nonnegative(count, f"{path}.succeededCount")
    bounds = [(completions, "the number of specified completions")]
    if indexes is not None:
        bounds.append((total, "the number of indexes in the specified succeededIndexes field"))
    for bound, what in bounds:
        if count > bound:
            detail = f"must be less than or equal to {bound} ({what})"
            errors.append(invalid(f"{path}.succeededCount", count, detail))
    return errors
