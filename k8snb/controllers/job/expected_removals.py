"""The finalizers that the controller removed and that its cache still shows.

References
----------
``pkg/controller/job/tracking_utils.go uidTrackingExpectations @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable


class ExpectedRemovals:
    """By job, the UIDs of the pods that will be seen without their finalizers."""

    def __init__(self) -> None:
        self._expected: dict[str, dict[str, None]] = {}

    def of(self, key: str) -> frozenset[str]:
        """The pods of a job that are expected to lose their finalizers; only for membership."""
        return frozenset(self._expected.get(key, ()))

    def expect(self, key: str, uids: Iterable[str]) -> None:
        """The finalizers of these pods are about to be removed."""
        for uid in uids:
            self._expected.setdefault(key, {})[uid] = None

    def observe(self, key: str, uid: str) -> None:
        """A pod was seen without its finalizer, or will not be."""
        expected = self._expected.get(key)
        if expected is not None:
            expected.pop(uid, None)
            if not expected:
                del self._expected[key]

    def forget(self, key: str) -> None:
        """The job is gone."""
        self._expected.pop(key, None)
