"""The time axis that the timeline and the player share."""

from __future__ import annotations

LEAST_MS = 30_000
_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)
TICKS = 10


def horizon_ms(now_ms: int) -> int:
    """Where the axis ends: a round time beyond the present, so that it grows by steps and not all the time.

    Examples
    --------
    >>> horizon_ms(0), horizon_ms(29_000), horizon_ms(42_000)
    (30000, 40000, 50000)
    """
    wanted = max(now_ms * 1.05, LEAST_MS)
    step = tick_ms(int(wanted)) * 2
    return int(-(-wanted // step) * step)


def tick_ms(span_ms: int) -> int:
    """The distance of the axis' marks, so that there are at most `TICKS` in a span."""
    for step in _STEPS_S:
        if span_ms <= step * 1000 * TICKS:
            return step * 1000
    return _STEPS_S[-1] * 1000


def clock(time_ms: int) -> str:
    """A time as minutes and seconds, with hours when there are any.

    Examples
    --------
    >>> clock(42_000), clock(3_723_000)
    ('00:42', '1:02:03')
    """
    minutes, seconds = divmod(time_ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"
