"""How long things take on a node where nothing else says so: pulling an image, making a container, stopping it.

Drawn from distributions, or exact, for scenarios that are compared with recordings.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Protocol

from k8snb.kubelet.program import DEFAULT_TERM_SECONDS

QUANTILES = 512
CREATE_MS = 20
EXACT_CREATE_MS = 1
PULL_AGAIN_MS = 10  # of an image that the node has already


class Durations(Protocol):
    """How long things take; ``plain``: whether plain pods may live without a worker."""

    plain: bool

    def mount_ms(self, now_ms: int) -> int:
        """To set up a pod's directories and volumes."""

    def create_ms(self) -> int:
        """To create and start a container."""

    def pull_ms(self, present: bool) -> int:
        """To pull an image, or to find that the node has it already."""

    def term_seconds(self) -> float:
        """Until a container that was asked to stop, and has no program of its own, exits."""


class ExactDurations:
    """Next to nothing, and always the same."""

    plain = False

    def mount_ms(self, now_ms: int) -> int:  # noqa: ARG002
        return 0

    def create_ms(self) -> int:
        return EXACT_CREATE_MS

    def pull_ms(self, present: bool) -> int:  # noqa: ARG002
        return 0

    def term_seconds(self) -> float:
        return DEFAULT_TERM_SECONDS


def _quantiles(low: int, mode: int, high: int) -> tuple[int, ...]:
    """A triangular distribution as equally likely values."""
    peak = (mode - low) / (high - low)
    values = []
    for step in range(QUANTILES):
        u = (step + 0.5) / QUANTILES
        if u < peak:
            values.append(low + math.sqrt(u * (high - low) * (mode - low)))
        else:
            values.append(high - math.sqrt((1 - u) * (high - low) * (high - mode)))
    return tuple(round(value) for value in values)


class DrawnDurations:
    """Draws from triangular distributions (lowest, most likely, highest, in milliseconds) of a seeded stream.

    Pods are set up at multiples of ``ROUND_MS``, so that they change in batches.
    """

    plain = True
    ROUND_MS = 50
    MOUNT = _quantiles(700, 1200, 3000)
    PULL = _quantiles(100, 250, 600)
    TERM = _quantiles(150, 400, 1500)

    def __init__(self, stream: random.Random) -> None:
        self._random = stream.random

    def mount_ms(self, now_ms: int) -> int:
        return (now_ms + self._draw(self.MOUNT)) // self.ROUND_MS * self.ROUND_MS + self.ROUND_MS - now_ms

    def create_ms(self) -> int:
        return CREATE_MS

    def pull_ms(self, present: bool) -> int:
        return PULL_AGAIN_MS if present else self._draw(self.PULL)

    def term_seconds(self) -> float:
        return self._draw(self.TERM) / 1000

    def _draw(self, quantiles: Sequence[int]) -> int:
        return quantiles[int(self._random() * QUANTILES)]
