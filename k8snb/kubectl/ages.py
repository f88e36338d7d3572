"""How long ago something happened, in kubectl's few figures."""

from __future__ import annotations

from datetime import datetime, UTC
from email.utils import format_datetime

SECOND_MS = 1000
UNKNOWN = "<unknown>"


def human_duration(ms: int) -> str:
    """A duration in two or three figures.

    Parameters
    ----------
    ms
        Milliseconds; a little below zero counts as now.

    References
    ----------
    ``staging/src/k8s.io/apimachinery/pkg/util/duration/duration.go HumanDuration @ v1.36``

    Examples
    --------
    >>> [human_duration(s * 1000) for s in (5, 119, 135, 720, 12600, 200000, 90000000)]
    ['5s', '119s', '2m15s', '12m', '3h30m', '2d7h', '2y311d']
    """
    seconds = abs(ms) // SECOND_MS * (1 if ms >= 0 else -1)
    if seconds < -1:
        return "<invalid>"
    if seconds < 120:
        return f"{max(seconds, 0)}s"
    minutes, hours = seconds // 60, seconds // 3600
    if minutes < 10:
        return _two(minutes, "m", seconds % 60, "s")
    if hours < 3:
        return f"{minutes}m"
    if hours < 8:
        return _two(hours, "h", minutes % 60, "m")
    return f"{hours}h" if hours < 48 else _days(hours)


def _days(hours: int) -> str:
    days = hours // 24
    if days < 8:
        return _two(days, "d", hours % 24, "h")
    if days < 365 * 2:
        return f"{days}d"
    years = days // 365
    return _two(years, "y", days % 365, "d") if years < 8 else f"{years}y"


def _two(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large}{large_unit}{small}{small_unit}" if small else f"{large}{large_unit}"


def since(time: int | None, now_ms: int) -> str:
    """How long ago a moment was; ``<unknown>`` when there is none. Both are milliseconds since the Unix epoch."""
    return UNKNOWN if time is None else human_duration(now_ms - time)


def rfc1123z(time: int | None) -> str:
    """A moment as ``Thu, 01 Jan 2026 00:00:05 +0000``; none is the year 1, as Go's zero time is."""
    if time is None:
        return "Mon, 01 Jan 0001 00:00:00 +0000"
    return format_datetime(datetime.fromtimestamp(time // SECOND_MS, UTC))
