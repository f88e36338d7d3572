"""Go's sort: sorted, and in Go's own order where items are equal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8snb.api.go_sort import go_sort, SMALL

Item = tuple[int, int]


def by_first(one: Item, other: Item) -> bool:
    return one[0] < other[0]


@given(st.lists(st.integers(0, 20), max_size=200))
def test_items_come_in_order(numbers: list[int]) -> None:
    items = list(zip(numbers, range(len(numbers)), strict=True))
    found = go_sort(items, by_first)
    assert [item[0] for item in found] == sorted(numbers)
    assert sorted(found) == sorted(items)
    if len(numbers) <= SMALL:
        assert found == sorted(items)  # equal items stay in order


@given(st.lists(st.integers(), max_size=200), st.integers(0, 3))
def test_a_comparison_that_contradicts_itself_loses_nothing(numbers: list[int], answer: int) -> None:
    items = list(enumerate(numbers))
    found = go_sort(items, lambda one, other: (one[0] * 7 + other[0] * 3) % 4 >= answer)
    assert sorted(found) == items


def test_what_is_sorted_stays_and_what_is_reversed_is_turned_round() -> None:
    items = [(number, 0) for number in range(60)]
    assert go_sort(items, by_first) == items
    assert go_sort(items[::-1], by_first) == items


@pytest.mark.parametrize(
    ("count", "order"),
    [
        # Each item goes before every other: the sort by insertion reverses.
        (12, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]),
        # 6 is the median of 3, 6 and 9 and changes places with 0. All others go before it, so that it changes places
        # with the last, 12: 12 1 2 3 4 5 0 7 8 9 10 11 | 6. What is left of it is reversed.
        (13, [11, 10, 9, 8, 7, 0, 5, 4, 3, 2, 1, 12, 6]),
    ],
)
def test_items_that_all_want_to_be_first(count: int, order: list[int]) -> None:
    assert go_sort(range(count), lambda _one, _other: True) == order
