"""Which of some things changed after a moment, without a look at the others."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")


class ChangeLog(Generic[T]):
    """Each thing's latest change; ``generation`` counts the changes.

    Examples
    --------
    >>> log = ChangeLog()
    >>> log.note("a"), log.note("b"), log.note("a")
    (None, None, None)
    >>> log.since(1)
    ['a', 'b']
    """

    __slots__ = ("_latest", "generation")

    def __init__(self) -> None:
        self.generation = 0
        self._latest: dict[T, int] = {}

    def note(self, thing: T) -> None:
        """A thing changed."""
        self.generation += 1
        latest = self._latest
        latest.pop(thing, None)
        latest[thing] = self.generation

    def since(self, generation: int) -> list[T]:
        """What changed after a generation, the last change first."""
        found = []
        for thing, changed in reversed(self._latest.items()):
            if changed <= generation:
                break
            found.append(thing)
        return found
