"""The registry that images come from: which it has, how long pulling one takes, and whether it answers at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import lru_cache

_SLOW = re.compile(r"slow-(\d{1,6})")

MISSING, DOWN = "missing", "down"


class Registry:
    """What pulls find; faults change it.

    An image whose name contains ``slow-N`` takes N seconds to pull.

    Parameters
    ----------
    missing
        Patterns of images that it does not have.

    Examples
    --------
    >>> registry = Registry(["*broken*"])
    >>> registry.problem("app:broken"), registry.problem("app:1")
    ('code = NotFound desc = failed to pull and unpack image "app:broken": not found', '')
    """

    def __init__(self, missing: Sequence[str] = ()) -> None:
        self.missing = tuple(missing)
        self._down: dict[str, None] = {}
        self._seconds: dict[str, int] = {}

    def set_state(self, pattern: str, state: str, seconds: int) -> None:
        """Pulls of the images of a pattern fail (``down``), take long (``slow``), or are well again (``up``)."""
        self._down.pop(pattern, None)
        self._seconds.pop(pattern, None)
        if state == "down":
            self._down[pattern] = None
        elif state == "slow":
            self._seconds[pattern] = seconds

    def problem(self, image: str) -> str:
        """What a pull of the image fails with; empty: nothing."""
        if _is_one_of(image, self.missing):
            return f'code = NotFound desc = failed to pull and unpack image "{image}": not found'
        if self._down and _is_one_of(image, tuple(self._down)):
            return (
                f'code = Unavailable desc = failed to pull and unpack image "{image}": failed to resolve reference '
                f'"{image}": dial tcp: connect: connection refused'
            )
        return ""

    def pull_seconds(self, image: str) -> int | None:
        """How long pulling the image takes; None: as long as any other."""
        for pattern, seconds in self._seconds.items():
            if fnmatchcase(image, pattern):
                return seconds
        slow = _SLOW.search(image)
        return int(slow[1]) if slow else None


@lru_cache(1024)
def _is_one_of(image: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(image, pattern) for pattern in patterns)
