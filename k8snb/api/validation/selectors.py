"""Rules for label selectors.

References
----------
``staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go ValidateLabelSelector @ v1.36``
"""

from __future__ import annotations

from typing import NamedTuple

from k8snb.api.field_errors import FieldError, forbidden, invalid, required, typed
from k8snb.api.types.meta import LabelSelector, LabelSelectorRequirement
from k8snb.api.validation.formats import is_qualified_name, is_valid_label_value
from k8snb.api.validation.metadata import validate_labels


class LabelSelectorOptions(NamedTuple):
    """What an old object may keep although a new one may not have it."""

    allow_invalid_label_value: bool = False
    allow_unknown_operator: bool = False


STRICT = LabelSelectorOptions()


def has_invalid_label_value(selector: LabelSelector | None) -> bool:
    """Whether an expression of the selector names a value that no label can have."""
    expressions = selector.match_expressions if selector else ()
    return any(is_valid_label_value(value) for e in expressions for value in e.values)


def validate_label_selector(
    selector: LabelSelector | None, options: LabelSelectorOptions = STRICT, path: str = "spec.selector"
) -> list[FieldError]:
    """The faults of a label selector; None has none."""
    if selector is None:
        return []
    errors = validate_labels(selector.match_labels, f"{path}.matchLabels")
    for index, expression in enumerate(selector.match_expressions):
        errors += _requirement_errors(expression, options, f"{path}.matchExpressions[{index}]")
    return errors


def _requirement_errors(
    requirement: LabelSelectorRequirement, options: LabelSelectorOptions, path: str
) -> list[FieldError]:
    errors = []
    if requirement.operator in ("In", "NotIn"):
        if not requirement.values:
            errors.append(required(f"{path}.values", "must be specified when `operator` is 'In' or 'NotIn'"))
    elif requirement.operator in ("Exists", "DoesNotExist"):
        if requirement.values:
            detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
            errors.append(forbidden(f"{path}.values", detail))
    elif not options.allow_unknown_operator:
        errors.append(invalid(f"{path}.operator", typed(requirement.operator), "not a valid selector operator"))
    errors += [invalid(f"{path}.key", requirement.key, c) for c in is_qualified_name(requirement.key)]
    if not options.allow_invalid_label_value:
        for index, value in enumerate(requirement.values):
            errors += [invalid(f"{path}.values[{index}]", value, c) for c in is_valid_label_value(value)]
    return errors
