"""Go's stable sort: as any stable sort for an order, as Go's own for what is none."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from k8snb.api.go_stable_sort import BLOCK, go_stable_sort

pairs = st.lists(st.tuples(st.integers(0, 9), st.integers()), max_size=6 * BLOCK)


@given(pairs)
def test_equal_items_stay_in_order(items: list[tuple[int, int]]) -> None:
    assert go_stable_sort(items, lambda one, other: one[0] < other[0]) == sorted(items, key=lambda item: item[0])


@given(st.lists(st.integers(), max_size=6 * BLOCK))
def test_no_item_is_lost_whatever_is_said_of_them(items: list[int]) -> None:
    seen = go_stable_sort(items, lambda one, other: (one * 7 + other) % 3 == 0)
    assert sorted(seen) == sorted(items)


def test_where_everything_goes_first_a_block_is_turned_round() -> None:
    assert go_stable_sort(range(BLOCK), lambda _one, _other: True) == list(reversed(range(BLOCK)))
