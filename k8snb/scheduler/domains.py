"""How many pods of a sort each topology has, kept up to date, with the least at hand."""

from __future__ import annotations

from collections.abc import Collection


class Domains:
    """The topologies of one key, by their label's value: how many nodes they have, and how many pods of a sort."""

    __slots__ = ("_by_pods", "_nodes", "pods")

    def __init__(self) -> None:
        self.pods: dict[str, int] = {}
        self._nodes: dict[str, int] = {}
        self._by_pods: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._nodes)

    @property
    def pod_counts(self) -> Collection[int]:
        """The numbers of pods that there are in some topology."""
        return self._by_pods

    def join(self, value: str, pods: int) -> None:
        """Count a node in."""
        before = self.pods.get(value)
        if before is not None:
            self._shift(before, -1)
        self._nodes[value] = self._nodes.get(value, 0) + 1
        self.pods[value] = (before or 0) + pods
        self._shift(self.pods[value], 1)

    def leave(self, value: str, pods: int) -> None:
        """Count a node out."""
        before = self.pods[value]
        self._shift(before, -1)
        self._nodes[value] -= 1
        if self._nodes[value]:
            self.pods[value] = before - pods
            self._shift(before - pods, 1)
        else:
            del self._nodes[value], self.pods[value]

    def change(self, value: str, by: int) -> None:
        """Count pods of a topology's nodes in or out."""
        before = self.pods[value]
        self.pods[value] = before + by
        self._shift(before, -1)
        self._shift(before + by, 1)

    def _shift(self, pods: int, by: int) -> None:
        number = self._by_pods.get(pods, 0) + by
        if number:
            self._by_pods[pods] = number
        else:
            del self._by_pods[pods]
