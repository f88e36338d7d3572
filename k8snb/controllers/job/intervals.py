"""Sets of completion indexes as ordered intervals, in the form ``0,2-5,7`` of a job's status.

References
----------
``pkg/controller/job/indexed_job_utils.go orderedIntervals, parseIndexesFromString @ v1.36``
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from k8snb.api.integers import clamped_integer


class Interval(NamedTuple):
    """The indexes from ``first`` to ``last``, both included."""

    first: int
    last: int


class Intervals(tuple[Interval, ...]):
    """Intervals in order, none touching the next.

    Examples
    --------
    >>> str(Intervals.parse("0,2-4", 4).with_indexes([1, 6]))
    '0-3,6'
    """

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, completions: int) -> Intervals:
        """Read the indexes below `completions`; what is no interval is left out."""
        result: list[Interval] = []
        for part in text.split(",") if text else ():
            first, dash, last = part.partition("-")
            if not first.isdecimal() or (dash and not last.isdecimal()):
                continue
            start = clamped_integer(first)
            if start >= completions:
                break
            interval = Interval(start, min(clamped_integer(last), completions - 1) if dash else start)
            _append(result, interval)
        return cls(result)

    def __str__(self) -> str:
        return ",".join(_text(interval) for interval in self)

    def total(self) -> int:
        """How many indexes there are."""
        return sum(interval.last - interval.first + 1 for interval in self)

    def has(self, index: int) -> bool:
        """The index is among them."""
        place = bisect_left(self, index, key=lambda interval: interval.last)
        return place < len(self) and self[place].first <= index

    def merge(self, others: Iterable[Interval]) -> Intervals:
        """These indexes and others."""
        result: list[Interval] = []
        for interval in sorted([*self, *others]):
            _append(result, interval)
        return Intervals(result)

    def with_indexes(self, indexes: Iterable[int]) -> Intervals:
        """These indexes and some more."""
        return self.merge(Interval(index, index) for index in indexes)

    def missing(self, end: int) -> Iterator[int]:
        """The indexes below `end` that are not among these, in order."""
        candidate = 0
        for first, last in self:
            yield from range(candidate, min(first, end))
            candidate = last + 1
        yield from range(candidate, end)

    def common(self, others: Intervals) -> int:
        """How many indexes are among these and among the others."""
        overlaps = (min(a.last, b.last) - max(a.first, b.first) + 1 for a in self for b in others)
        return sum(overlap for overlap in overlaps if overlap > 0)


def _append(result: list[Interval], interval: Interval) -> None:
    """Add an interval that begins after the last one began."""
    if not result or interval.first > result[-1].last + 1:
        result.append(interval)
    elif result[-1].last < interval.last:
        result[-1] = Interval(result[-1].first, interval.last)


def _text(interval: Interval) -> str:
    first, last = interval
    if first == last:
        return str(first)
    return f"{first},{last}" if last == first + 1 else f"{first}-{last}"
