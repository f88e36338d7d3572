"""Go's stable sort, step by step: where a comparison contradicts itself, its order is Go's.

Blocks of twenty items are sorted by insertion, then merged in place.

References
----------
Go's ``sort.SliceStable``; P.-S. Kim, A. Kutzner: Stable minimum storage merging by symmetric comparisons, ESA 2004
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from typing import TypeVar

from k8snb.api.go_sort import insertion_sort, Less

T = TypeVar("T")

BLOCK = 20  # so many items are sorted by insertion


def go_stable_sort(items: Iterable[T], less: Less[T]) -> list[T]:
    """The items in order, those that are equal in the order that they had.

    Parameters
    ----------
    items
        What to sort.
    less
        Whether one item goes before another.

    Examples
    --------
    >>> go_stable_sort(["b2", "a1", "b1"], lambda one, other: one[0] < other[0])
    ['a1', 'b2', 'b1']
    >>> go_stable_sort("abcd", lambda _one, _other: True)
    ['d', 'c', 'b', 'a']
    """
    data = list(items)
    for first in range(0, len(data), BLOCK):
        insertion_sort(data, less, first, min(first + BLOCK, len(data)))
    size = BLOCK
    while size < len(data):
        for first in range(0, len(data) - size, 2 * size):
            _merge(data, less, first, first + size, min(first + 2 * size, len(data)))
        size *= 2
    return data


def _merge(data: list[T], less: Less[T], first: int, middle: int, end: int) -> None:
    """Merge two sorted parts that lie side by side."""
    if middle - first == 1:
        at = _search(middle, end, lambda index: not less(data[index], data[first]))
        data.insert(at - 1, data.pop(first))
    elif end - middle == 1:
        at = _search(first, middle, lambda index: less(data[middle], data[index]))
        data.insert(at, data.pop(middle))
    else:
        _merge_by_halves(data, less, first, middle, end)


def _merge_by_halves(data: list[T], less: Less[T], first: int, middle: int, end: int) -> None:
    """Exchange what is larger left with what is smaller right of the centre, then merge each half."""
    centre = (first + end) // 2
    both = centre + middle
    low, high = (both - end, centre) if middle > centre else (first, middle)
    start = _search(low, high, lambda index: less(data[both - 1 - index], data[index]))
    stop = both - start
    if start < middle < stop:
        data[start:stop] = data[middle:stop] + data[start:middle]
    if first < start < centre:
        _merge(data, less, first, start, centre)
    if centre < stop < end:
        _merge(data, less, centre, stop, end)


def _search(low: int, high: int, found: Callable[[int], bool]) -> int:
    """The first index from `low` on for which `found` holds, or `high`, by halving."""
    return bisect_left(range(high), True, lo=low, key=found)
