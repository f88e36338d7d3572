"""Places for pods that never jump: the first free one, kept until the pod is gone."""

from __future__ import annotations

import heapq

SPACIOUS = 16  # places that a box may keep open for pods to come


class _Box:
    """The places of one box."""

    __slots__ = ("end", "free", "open", "used")

    def __init__(self) -> None:
        self.free: list[int] = []
        self.used: set[int] = set()
        self.end = 0  # places from here on were never used
        self.open = 0  # places that the box shows

    def take(self) -> int:
        if self.free:
            slot = heapq.heappop(self.free)
        else:
            slot, self.end = self.end, self.end + 1
        self.used.add(slot)
        self.open = max(self.open, slot + 1)
        return slot

    def give_back(self, slot: int) -> None:
        self.used.discard(slot)
        heapq.heappush(self.free, slot)
        if self.open > SPACIOUS and len(self.used) < self.open // 4:
            self.open = max(max(self.used, default=-1) + 1, SPACIOUS)


class SlotTable:
    """Numbered places in boxes.

    Examples
    --------
    >>> table = SlotTable()
    >>> table.take("node-1"), table.take("node-1"), table.take("node-2")
    (0, 1, 0)
    >>> table.give_back("node-1", 0)
    >>> table.take("node-1"), table.room("node-1")
    (0, 2)
    """

    def __init__(self) -> None:
        self._boxes: dict[str, _Box] = {}

    def take(self, box: str) -> int:
        """The first free place of `box`."""
        if box not in self._boxes:
            self._boxes[box] = _Box()
        return self._boxes[box].take()

    def give_back(self, box: str, slot: int) -> None:
        """Free a place."""
        self._boxes[box].give_back(slot)

    def room(self, box: str) -> int:
        """How many places of `box` to show: as many as were ever in use, until far fewer are."""
        return self._boxes[box].open if box in self._boxes else 0
