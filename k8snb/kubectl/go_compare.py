"""Comparisons of JSON values as Go's templates make them: only what is of one kind can be compared.

References
----------
``text/template/funcs.go eq, lt``, of which ``client-go/third_party/forked/golang/template`` is a copy
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

BAD_TYPE = "invalid type for comparison"
NO_COMPARISON = "missing argument for comparison"
INCOMPATIBLE = "incompatible types for comparison"


class ComparisonError(ValueError):
    """Two values that cannot be compared."""


def kind_of(value: Any) -> str:
    """``bool``, ``int``, ``float`` or ``string``; nothing else can be compared."""
    for cls, name in ((bool, "bool"), (int, "int"), (float, "float"), (str, "string")):
        if isinstance(value, cls):
            return name
    raise ComparisonError(BAD_TYPE)


def equal(one: Any, other: Any) -> bool:
    """Whether two values of one kind are equal."""
    if kind_of(one) != kind_of(other):
        raise ComparisonError(INCOMPATIBLE)
    return bool(one == other)


def less(one: Any, other: Any) -> bool:
    """Whether the first of two values of one kind is less."""
    kind = kind_of(one)
    if kind != kind_of(other):
        raise ComparisonError(INCOMPATIBLE)
    if kind == "bool":
        raise ComparisonError(BAD_TYPE)
    return bool(one < other)


def less_or_equal(one: Any, other: Any) -> bool:
    """Whether the first of two values of one kind is not greater."""
    return less(one, other) or equal(one, other)


FILTERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": less,
    ">": lambda one, other: not less_or_equal(one, other),
    "==": equal,
    "!=": lambda one, other: not equal(one, other),
    "<=": less_or_equal,
    ">=": lambda one, other: not less(one, other),
}
