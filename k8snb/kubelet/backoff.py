"""Delays that double with each failure up to a limit."""

from __future__ import annotations

CRASH_LOOP_BASE_MS = IMAGE_PULL_BASE_MS = 10_000
CRASH_LOOP_MAX_MS = IMAGE_PULL_MAX_MS = 300_000


def crash_loop_delay_ms(restarts: int) -> int:
    """How long a container that was restarted so often waits after its next exit: 0, 10 s, 20 s, 40 s … 300 s."""
    return 0 if restarts == 0 else min(CRASH_LOOP_BASE_MS << min(restarts - 1, 10), CRASH_LOOP_MAX_MS)


def image_pull_delay_ms(failures: int) -> int:
    """How long after so many failed pulls the next is tried: 10 s, 20 s, 40 s … 300 s."""
    return min(IMAGE_PULL_BASE_MS << min(max(failures - 1, 0), 10), IMAGE_PULL_MAX_MS)
