"""Expectations: what a controller has asked for and not yet seen in its cache.

A controller that acted on a cache which lags behind would act twice. So it notes how many creations and which
deletions it expects to see, and does not act again before it saw them.

References
----------
``pkg/controller/controller_utils.go ControllerExpectations, UIDTrackingControllerExpectations @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable

EXPECTATIONS_TIMEOUT_MS = 5 * 60 * 1000


class _Expected:
    __slots__ = ("creations", "deletions", "since_ms")

    def __init__(self, since_ms: int) -> None:
        self.creations = 0
        self.deletions: set[str] = set()  # only ever asked for membership and size
        self.since_ms = since_ms


class Expectations:
    """The expectations of one controller, by the key of its objects."""

    def __init__(self) -> None:
        self._expected: dict[str, _Expected] = {}

    def expect_creations(self, key: str, count: int, now_ms: int) -> None:
        """`count` creations will be seen."""
        expected = self._expected[key] = _Expected(now_ms)
        expected.creations = count

    def expect_deletions(self, key: str, controllee_keys: Iterable[str], now_ms: int) -> None:
        """The deletions of these objects will be seen."""
        expected = self._expected[key] = _Expected(now_ms)
        expected.deletions.update(controllee_keys)

    def expect(self, key: str, creations: int, deletions: Iterable[str], now_ms: int) -> None:
        """So many creations and these deletions will be seen."""
        expected = self._expected[key] = _Expected(now_ms)
        expected.creations = creations
        expected.deletions.update(deletions)

    def creation_observed(self, key: str, count: int = 1) -> None:
        """Creations were seen, or will not come."""
        expected = self._expected.get(key)
        if expected is not None:
            expected.creations -= count

    def deletion_observed(self, key: str, controllee_key: str) -> None:
        """A deletion was seen, or will not come."""
        expected = self._expected.get(key)
        if expected is not None:
            expected.deletions.discard(controllee_key)

    def creating(self, key: str) -> bool:
        """Whether creations are still to be seen."""
        expected = self._expected.get(key)
        return expected is not None and expected.creations > 0

    def satisfied(self, key: str, now_ms: int) -> bool:
        """Everything that was expected was seen, or was waited for too long."""
        expected = self._expected.get(key)
        if expected is None or (expected.creations <= 0 and not expected.deletions):
            return True
        return now_ms - expected.since_ms > EXPECTATIONS_TIMEOUT_MS

    def forget(self, key: str) -> None:
        """The object is gone."""
        self._expected.pop(key, None)
