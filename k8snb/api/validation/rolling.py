"""Rules that workloads share: numbers and percentages of a rolling update, selectors, counts in a status.

References
----------
``pkg/apis/apps/validation/validation.go ValidatePositiveIntOrPercent, IsNotMoreThan100Percent @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable

from k8snb.api.field_errors import FieldError, invalid, required, typed
from k8snb.api.integers import clamped_integer
from k8snb.api.schema import Struct
from k8snb.api.types.meta import LabelSelector
from k8snb.api.validation.formats import is_valid_percent
from k8snb.api.validation.metadata import validate_nonnegative
from k8snb.api.validation.selectors import validate_label_selector


def validate_int_or_percent(value: int | str | None, path: str) -> list[FieldError]:
    """The faults of a number, or a percentage, that may not be negative."""
    if isinstance(value, str):
        return [invalid(path, typed(value), c) for c in is_valid_percent(value)]
    return validate_nonnegative(value or 0, path)


def validate_at_most_all(value: int | str | None, path: str) -> list[FieldError]:
    """One fault where a percentage is above 100."""
    if not isinstance(value, str) or is_valid_percent(value) or clamped_integer(value[:-1]) <= 100:
        return []
    return [invalid(path, typed(value), "must not be greater than 100%")]


def number_in(value: int | str | None) -> int:
    """The number of a count or a percentage; what is neither counts as 0."""
    if not isinstance(value, str):
        return value or 0
    return clamped_integer(value if is_valid_percent(value) else value[:-1])


def validate_workload_selector(selector: LabelSelector | None, kind: str) -> list[FieldError]:
    """The faults of a workload's selector, which must be there and select something in particular."""
    path = "spec.selector"
    if selector is None:
        return [required(path)]
    errors = validate_label_selector(selector, path=path)
    if not selector.match_labels and not selector.match_expressions:
        errors.append(invalid(path, selector, f"empty selector is invalid for {kind}"))
    return errors


def is_readable(selector: LabelSelector | None) -> bool:
    """Whether pods can be compared with a selector at all."""
    return not validate_label_selector(selector)


def validate_counts(status: Struct, names: Iterable[tuple[str, str]]) -> list[FieldError]:
    """One fault for each count of a status that is negative; `names` are pairs of attribute and JSON name."""
    return [e for attr, name in names for e in validate_nonnegative(getattr(status, attr) or 0, f"status.{name}")]


def validate_not_above(
    status: Struct, names: Iterable[tuple[str, str]], bound: int, detail: str = "cannot be greater than status.replicas"
) -> list[FieldError]:
    """One fault for each count of a status that is above `bound`."""
    return [
        invalid(f"status.{name}", getattr(status, attr), detail)
        for attr, name in names
        if getattr(status, attr) > bound
    ]


def validate_collision_count(new: int | None, old: int | None) -> list[FieldError]:
    """One fault where the number of name collisions went down."""
    if old is None or (new is not None and new >= old):
        return []
    return [invalid("status.collisionCount", new or 0, "cannot be decremented")]
