"""One event of the simulation, told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from k8snb.machinery.log import Change


class Step(NamedTuple):
    """What happened in one event.

    ``time`` in seconds, ``event`` what ran, ``changes`` what it wrote.
    """

    time: float
    event: str
    changes: Sequence[Change]

    def __str__(self) -> str:
        if not self.changes:
            return f"{self.time:.3f} s  {self.event}"
        return "\n".join(
            f"{self.time:.3f} s  {c.actor}: {c.verb} {c.resource.lower()}/{c.key.rpartition('/')[2]}"
            for c in self.changes
        )
