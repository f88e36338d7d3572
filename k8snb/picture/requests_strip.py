"""Requests that were served and dropped, second by second, as a timeline draws them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class SecondOfRequests(NamedTuple):
    """What became of the requests of one second."""

    second: int
    served: int
    dropped: int


def strip_rows(traffic: Mapping[int, tuple[int, int]]) -> list[SecondOfRequests]:
    """A row a second, in order of time.

    Examples
    --------
    >>> strip_rows({4: (9, 1), 3: (10, 0)})[0]
    SecondOfRequests(second=3, served=10, dropped=0)
    """
    return [SecondOfRequests(second, *counts) for second, counts in sorted(traffic.items())]


def most_at_once(rows: Sequence[SecondOfRequests]) -> int:
    """The most requests of one second, at least one."""
    return max([1, *(row.served + row.dropped for row in rows)])
