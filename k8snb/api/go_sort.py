"""Go's unstable sort, step by step: where items are equal, or a comparison contradicts itself, its order is Go's.

Up to twelve items are sorted by insertion, which keeps equal items in order; more of them by a quicksort that looks for
patterns. Its "random" swaps depend on nothing but the number of items.

References
----------
Go's ``sort.Sort``, ``sort.Slice`` and ``slices.SortFunc``, Go 1.21 and later; O. Peters: Pattern-defeating quicksort,
arXiv:2106.05123
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

T = TypeVar("T")
Less = Callable[[T, T], bool]

SMALL = 12  # so many items are sorted by insertion
_MEDIAN_OF_THREE, _NINTHER = 8, 50  # from so many items on, the pivot is chosen so
_ALL_SWAPPED = 12  # comparisons of a ninther
_SHIFTED_PAIRS = 5
_MASK = 2**64 - 1


def go_sort(items: Iterable[T], less: Less[T]) -> list[T]:
    """The items in order.

    Parameters
    ----------
    items
        What to sort.
    less
        Whether one item goes before another.

    Examples
    --------
    >>> go_sort([3, 1, 2], lambda one, other: one < other)
    [1, 2, 3]
    >>> go_sort("abcd", lambda _one, _other: True)
    ['d', 'c', 'b', 'a']
    """
    data = list(items)
    _Sorter(data, less).sort(0, len(data), len(data).bit_length())
    return data


def insertion_sort(data: list[T], less: Less[T], first: int, end: int) -> None:
    """Sort a part of a list in place."""
    for start in range(first + 1, end):
        at = start
        while at > first and less(data[at], data[at - 1]):
            data[at - 1], data[at] = data[at], data[at - 1]
            at -= 1


class _Sorter(Generic[T]):
    """Sorts a list in place, between a first index and one behind the last."""

    def __init__(self, data: list[T], less: Less[T]) -> None:
        self.data = data
        self._compare = less
        self._swaps = 0

    def sort(self, first: int, end: int, limit: int) -> None:
        """Sort a part; after `limit` bad pivots by a heap."""
        balanced = partitioned = True
        while end - first > SMALL:
            if not limit:
                return self._heap_sort(first, end)
            if not balanced:
                self._break_patterns(first, end)
                limit -= 1
            pivot, ordered = self._pivot(first, end)
            if balanced and partitioned and ordered and self._nearly_sorted(first, end):
                return None
            if first > 0 and not self._less(first - 1, pivot):
                first = self._split_equal(first, end, pivot)
                continue
            length = end - first
            middle, partitioned = self._split(first, end, pivot)
            left, right = middle - first, end - middle
            balanced = min(left, right) >= length // 8
            if left < right:
                self.sort(first, middle, limit)
                first = middle + 1
            else:
                self.sort(middle + 1, end, limit)
                end = middle
        return insertion_sort(self.data, self._compare, first, end)

    def _less(self, one: int, other: int) -> bool:
        return self._compare(self.data[one], self.data[other])

    def _swap(self, one: int, other: int) -> None:
        self.data[one], self.data[other] = self.data[other], self.data[one]

    # -- pivots

    def _pivot(self, first: int, end: int) -> tuple[int, bool]:
        """The index of a pivot, and whether the part looks sorted; one that looks reversed is turned round first."""
        quarter = (end - first) // 4
        low, middle, high = (first + quarter * n for n in (1, 2, 3))
        self._swaps = 0
        if end - first >= _NINTHER:
            low, middle, high = (self._median(at - 1, at, at + 1) for at in (low, middle, high))
        if end - first >= _MEDIAN_OF_THREE:
            middle = self._median(low, middle, high)
        if self._swaps < _ALL_SWAPPED:
            return middle, not self._swaps
        self.data[first:end] = self.data[first:end][::-1]
        return end - 1 - (middle - first), True

    def _median(self, low: int, middle: int, high: int) -> int:
        low, middle = self._in_order(low, middle)
        middle, high = self._in_order(middle, high)
        return self._in_order(low, middle)[1]

    def _in_order(self, one: int, other: int) -> tuple[int, int]:
        if not self._less(other, one):
            return one, other
        self._swaps += 1
        return other, one

    def _break_patterns(self, first: int, end: int) -> None:
        """Swap three items in the middle with others."""
        length = state = end - first
        middle = first + length // 4 * 2
        for at in (middle - 1, middle, middle + 1):
            state ^= state << 13 & _MASK
            state ^= state >> 7
            state ^= state << 17 & _MASK
            other = state & (1 << length.bit_length()) - 1
            self._swap(at, first + (other - length if other >= length else other))

    # -- partitions

    def _split(self, first: int, end: int, pivot: int) -> tuple[int, bool]:
        """Bring what goes before the pivot to its left; its new index, and whether nothing had to move."""
        self._swap(first, pivot)
        low, high, moved = first + 1, end - 1, False
        while True:
            while low <= high and self._less(low, first):
                low += 1
            while low <= high and not self._less(high, first):
                high -= 1
            if low > high:
                self._swap(high, first)
                return high, not moved
            self._swap(low, high)
            low, high, moved = low + 1, high - 1, True

    def _split_equal(self, first: int, end: int, pivot: int) -> int:
        """Bring what equals the pivot, the least there is, to the left; the first index behind that."""
        self._swap(first, pivot)
        low, high = first + 1, end - 1
        while True:
            while low <= high and not self._less(first, low):
                low += 1
            while low <= high and self._less(first, high):
                high -= 1
            if low > high:
                return low
            self._swap(low, high)
            low, high = low + 1, high - 1

    def _nearly_sorted(self, first: int, end: int) -> bool:
        """Whether the part is sorted, after shifting a few items that were out of place."""
        at = first + 1
        for _ in range(_SHIFTED_PAIRS):
            while at < end and not self._less(at, at - 1):
                at += 1
            if at == end:
                return True
            if end - first < _NINTHER:
                return False
            self._swap(at, at - 1)
            self._shift(first, at, end)
        return False

    def _shift(self, first: int, at: int, end: int) -> None:
        """Move the two items before and at an index to their places."""
        down = at - 1
        while at - first >= 2 and down >= 1 and self._less(down, down - 1):
            self._swap(down, down - 1)
            down -= 1
        up = at + 1
        while up < end and self._less(up, up - 1):
            self._swap(up, up - 1)
            up += 1

    # -- heaps

    def _heap_sort(self, first: int, end: int) -> None:
        size = end - first
        for root in reversed(range((size + 1) // 2)):
            self._sift_down(first, root, size)
        for last in reversed(range(size)):
            self._swap(first, first + last)
            self._sift_down(first, 0, last)

    def _sift_down(self, first: int, root: int, size: int) -> None:
        while (child := 2 * root + 1) < size:
            if child + 1 < size and self._less(first + child, first + child + 1):
                child += 1
            if not self._less(first + root, first + child):
                return
            self._swap(first + root, first + child)
            root = child
