"""How long things take on a node: whole seconds from annotations, or draws from distributions.

Both answer in simulated milliseconds, with the moment at which something is due.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Protocol

from k8snb.api.integers import integer
from k8snb.api.types.pod import Pod

PREFIX = "k8snb.dev/"
RUN = "k8snb.dev/run"
NEVER = "never"

# Within a second of a scenario, containers exit, then pods start, become ready, and go.
EXIT_SLOT, START_SLOT, READY_SLOT, STOP_SLOT = 0, 130, 270, 400


class Timing(Protocol):
    """When the next thing happens to a pod; None: never."""

    def start(self, pod: Pod, bound_ms: int) -> int:
        """Its containers start, or fail to."""

    def ready(self, pod: Pod, started_ms: int) -> int | None:
        """It becomes ready."""

    def exit(self, pod: Pod, started_ms: int) -> int | None:
        """Its containers exit by themselves."""

    def restart(self, pod: Pod, due_ms: int) -> int:
        """A container whose back-off ends at `due_ms` starts again."""

    def stop(self, pod: Pod, seen_ms: int) -> int:
        """It is gone after its deletion was seen."""

    def probe(self, now_ms: int) -> int:
        """A fault of its readiness is noticed."""

    def crash(self, now_ms: int) -> int:
        """A fault of its containers ends them."""


class AnnotatedTiming:
    """Whole seconds, given by the pod's ``k8snb.dev/`` annotations, each thing in its slot of the second."""

    def start(self, pod: Pod, bound_ms: int) -> int:
        return _slot(bound_ms, _seconds(pod, "start", 2), START_SLOT)

    def ready(self, pod: Pod, started_ms: int) -> int | None:
        if pod.metadata.annotations.get(PREFIX + "ready") == NEVER:
            return None
        seconds = _seconds(pod, "ready", 1)
        return started_ms if seconds == 0 else _slot(started_ms, seconds, READY_SLOT)

    def exit(self, pod: Pod, started_ms: int) -> int | None:
        if RUN not in pod.metadata.annotations:
            return None
        return _slot(started_ms, _seconds(pod, "run", 0), EXIT_SLOT)

    def restart(self, pod: Pod, due_ms: int) -> int:  # noqa: ARG002
        return _slot(due_ms, 0, START_SLOT)

    def stop(self, pod: Pod, seen_ms: int) -> int:
        return _slot(seen_ms, _seconds(pod, "stop", 1), STOP_SLOT)

    def probe(self, now_ms: int) -> int:
        return _next(now_ms, READY_SLOT)

    def crash(self, now_ms: int) -> int:
        return _next(now_ms, EXIT_SLOT)


QUANTILES = 512


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


class DistributedTiming:
    """Draws from triangular distributions (lowest, most likely, highest, in milliseconds) of a seeded stream.

    A kubelet looks at its containers in rounds, so that moments fall on multiples of ``ROUND_MS``.
    """

    ROUND_MS = 50
    START = _quantiles(700, 1200, 3000)
    READY = _quantiles(200, 600, 2000)
    STOP = _quantiles(150, 400, 1500)

    def __init__(self, stream: random.Random) -> None:
        self._random = stream.random

    def start(self, pod: Pod, bound_ms: int) -> int:  # noqa: ARG002
        return self._draw(bound_ms, self.START)

    def ready(self, pod: Pod, started_ms: int) -> int | None:  # noqa: ARG002
        return self._draw(started_ms, self.READY)

    def exit(self, pod: Pod, started_ms: int) -> int | None:  # noqa: ARG002
        return None

    def restart(self, pod: Pod, due_ms: int) -> int:  # noqa: ARG002
        return due_ms

    def stop(self, pod: Pod, seen_ms: int) -> int:
        grace = pod.metadata.deletion_grace_period_seconds or 0
        return min(self._draw(seen_ms, self.STOP), seen_ms + grace * 1000)

    def probe(self, now_ms: int) -> int:
        return now_ms

    def crash(self, now_ms: int) -> int:
        return now_ms

    def _draw(self, since_ms: int, quantiles: Sequence[int]) -> int:
        delay = quantiles[int(self._random() * QUANTILES)]
        return (since_ms + delay) // self.ROUND_MS * self.ROUND_MS + self.ROUND_MS


def is_annotated(pod: Pod) -> bool:
    """The pod's annotations say how long things take."""
    annotations = pod.metadata.annotations
    return bool(annotations) and any(key.startswith(PREFIX) for key in annotations)


def _seconds(pod: Pod, name: str, default: int) -> int:
    text = pod.metadata.annotations.get(PREFIX + name, "")
    seconds = integer(text)
    return seconds if seconds is not None and seconds >= 0 else default


def _slot(since_ms: int, seconds: int, slot: int) -> int:
    return (since_ms // 1000 + seconds) * 1000 + slot


def _next(now_ms: int, slot: int) -> int:
    """The next time that a slot comes."""
    return _slot(now_ms - slot, 1, slot)
