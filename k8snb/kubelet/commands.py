"""The commands that probes and hooks execute in a container, as far as this runtime knows them.

``true``, ``false``, ``sleep N``, ``fail-between A B`` and ``ok-after A``: seconds since the container's start. Whatever
else is executed succeeds at once.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

OUTPUT_OF_FAILURE = "bad\n"


class Execution(NamedTuple):
    """What comes of a command: whether it succeeds, and how long it takes, in milliseconds."""

    ok: bool
    takes_ms: int = 0


class Command(NamedTuple):
    """A command, as times of a container's age, in milliseconds, between which it fails."""

    fails_from_ms: int | None = None
    fails_to_ms: int | None = None
    takes_ms: int = 0

    def execute(self, age_ms: int) -> Execution:
        """Execute it in a container of this age."""
        fails = self.fails_from_ms is not None and age_ms >= self.fails_from_ms
        if fails and self.fails_to_ms is not None and age_ms >= self.fails_to_ms:
            fails = False
        return Execution(not fails, self.takes_ms)

    def next_change_ms(self, age_ms: int) -> int | None:
        """The age at which its outcome changes next; None: it stays as it is."""
        later = [t for t in (self.fails_from_ms, self.fails_to_ms) if t is not None and t > age_ms]
        return min(later, default=None)


@lru_cache(1024)
def command_of(words: tuple[str, ...]) -> Command:
    """What the words of a command line do.

    Examples
    --------
    >>> command_of(("ok-after", "2")).execute(1_999).ok, command_of(("ok-after", "2")).execute(2_000).ok
    (False, True)
    """
    name, numbers = (words[0] if words else ""), [_milliseconds(word) for word in words[1:]]
    if name == "false":
        return Command(0)
    if name == "sleep" and numbers:
        return Command(takes_ms=numbers[0])
    if name == "ok-after" and numbers:
        return Command(0, numbers[0])
    if name == "fail-between" and len(numbers) > 1:
        return Command(numbers[0], numbers[1])
    return Command()


def _milliseconds(word: str) -> int:
    try:
        seconds = float(word)
    except ValueError:
        return 0
    return round(seconds * 1000) if 0 <= seconds <= 1e9 else 0
