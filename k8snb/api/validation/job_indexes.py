"""Lists of indexes as jobs write them: ``0,3-5,9``.

References
----------
``pkg/apis/batch/validation/validation.go validateIndexesFormat @ v1.36``
"""

from __future__ import annotations

import re
from contextlib import suppress

from k8snb.api.field_errors import go_quote
from k8snb.api.integers import clamped_integer

_NUMBER = re.compile(r"[+-]?[0-9]+")


class IndexesError(ValueError):
    """A text that is no list of indexes; the message is Kubernetes' own."""


def count_indexes(text: str, completions: int) -> int:
    """How many indexes a list names.

    Raises
    ------
    IndexesError
        When it is none, or names an index that the job does not have.

    Examples
    --------
    >>> count_indexes("0,3-5", 6)
    4
    """
    total, last = 0, None
    for part in text.split(",") if text else ():
        low, high = _interval(part, completions)
        if last is not None and last >= low:
            raise IndexesError(f"non-increasing order, previous: {last}, current: {low}")
        total, last = total + high - low + 1, high
    return total


def _interval(text: str, completions: int) -> tuple[int, int]:
    ends = text.split("-")
    if len(ends) > 2:
        raise IndexesError(
            f"the fragment {go_quote(text)} violates the requirement that an index interval can have at most two parts "
            "separated by '-'"
        )
    low, high = _index(ends[0], completions), _index(ends[-1], completions)
    if len(ends) == 2 and low >= high:
        raise IndexesError(f"non-increasing order, previous: {low}, current: {high}")
    return low, high


def _index(text: str, completions: int) -> int:
    if not _NUMBER.fullmatch(text):
        raise IndexesError(f"cannot convert string to integer for index: {go_quote(text)}")
    number = clamped_integer(text)
    if number >= completions:
        raise IndexesError(f"too large index: {go_quote(text)}")
    return number


def first_common_index(one: str, other: str, completions: int) -> int | None:
    """The lowest index that two lists both name; intervals that are none do not count.

    References
    ----------
    ``pkg/apis/batch/validation/validation.go validateFailedIndexesNotOverlapCompleted @ v1.36``
    """
    overlaps = [
        max(low, other_low)
        for low, high in _readable(one, completions)
        for other_low, other_high in _readable(other, completions)
        if low <= other_high and other_low <= high
    ]
    return min(overlaps, default=None)


def _readable(text: str, completions: int) -> list[tuple[int, int]]:
    intervals = []
    for part in text.split(",") if text else ():
        with suppress(IndexesError):
            intervals.append(_interval(part, completions))
    return intervals
