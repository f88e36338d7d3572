"""Batches that grow, and stop where something fails."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from k8snb.errors import ApiError
from k8snb.machinery.slow_start import slow_start

ENDS = (1, 3, 7, 15, 31, 63, 127, 255, 511, 1011, 1511)  # how many were tried by the end of each batch


@example(1500, set())
@example(1500, {1010})
@given(st.integers(0, 1500), st.sets(st.integers(0, 40), max_size=4))
def test_everything_is_tried_up_to_the_end_of_the_first_batch_that_fails(count: int, bad: set[int]) -> None:
    tried: list[int] = []

    def act(item: int) -> None:
        tried.append(item)
        if item in bad:
            raise ApiError(str(item))

    succeeded, failures = slow_start(range(count), act)
    met = min((item for item in bad if item < count), default=None)
    end = count if met is None else min(count, *(end for end in ENDS if end > met))
    assert tried == list(range(end))
    assert [str(failure) for failure in failures] == [str(item) for item in sorted(bad) if item < end]
    assert succeeded == end - len(failures)
