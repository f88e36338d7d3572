"""A value through time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Track(Generic[T]):
    """A value's changes in order of time, and its value at any moment.

    Examples
    --------
    >>> ready = Track()
    >>> ready.put(0, 3); ready.put(500, 4)
    >>> ready.at(499), ready.at(500), ready.at(-1)
    (3, 4, None)
    """

    __slots__ = ("times", "values")

    def __init__(self) -> None:
        self.times: list[int] = []
        self.values: list[T] = []

    def put(self, time_ms: int, value: T) -> None:
        """The value from `time_ms` on; within one millisecond the last one counts."""
        if self.times and self.times[-1] == time_ms:
            self.values[-1] = value
        elif not self.values or self.values[-1] != value:
            self.times.append(time_ms)
            self.values.append(value)

    def at(self, time_ms: int) -> T | None:
        """The value at a moment, None before the first one."""
        if not self.times or self.times[0] > time_ms:
            return None
        if self.times[-1] <= time_ms:
            return self.values[-1]
        return self.values[bisect_right(self.times, time_ms) - 1]

    @property
    def last(self) -> T | None:
        """The newest value."""
        return self.values[-1] if self.values else None

    def __len__(self) -> int:
        return len(self.times)

    def __iter__(self) -> Iterator[tuple[int, T]]:
        return iter(zip(self.times, self.values, strict=True))
