"""Go's durations: ``1h30m``, ``-1.5s``, ``300ms``.

References
----------
Go's ``time.ParseDuration``
"""

from __future__ import annotations

import re
from decimal import Decimal

_UNITS_MS = {
    "ns": Decimal("1e-6"),
    "us": Decimal("1e-3"),
    "µs": Decimal("1e-3"),
    "μs": Decimal("1e-3"),
    "ms": Decimal(1),
    "s": Decimal(1000),
    "m": Decimal(60_000),
    "h": Decimal(3_600_000),
}
_PART = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)([^0-9.]*)")


class DurationError(ValueError):
    """A text that is no duration; the message is Go's."""


def parse_duration(text: str) -> int:
    """A duration in whole milliseconds, towards zero.

    Raises
    ------
    DurationError
        When it is none.

    Examples
    --------
    >>> parse_duration("1m30.5s"), parse_duration("0")
    (90500, 0)
    """
    rest = text[1:] if text[:1] in ("+", "-") else text
    if rest == "0":
        return 0
    if not rest:
        raise DurationError(f'time: invalid duration "{text}"')
    total = Decimal(0)
    while rest:
        part = _PART.match(rest)
        if part is None:
            raise DurationError(f'time: invalid duration "{text}"')
        number, unit = part.groups()
        if not unit:
            raise DurationError(f'time: missing unit in duration "{text}"')
        if unit not in _UNITS_MS:
            raise DurationError(f'time: unknown unit "{unit}" in duration "{text}"')
        total += Decimal(number) * _UNITS_MS[unit]
        rest = rest[part.end() :]
    return int(-total if text.startswith("-") else total)


def format_duration(duration_ms: int) -> str:
    """A duration as Go prints it.

    Examples
    --------
    >>> format_duration(5_000), format_duration(90_500), format_duration(3_600_000), format_duration(20)
    ('5s', '1m30.5s', '1h0m0s', '20ms')
    """
    if 0 < duration_ms < 1000:
        return f"{duration_ms}ms"
    minutes, rest_ms = divmod(duration_ms, 60_000)
    hours, minutes = divmod(minutes, 60)
    seconds = f"{rest_ms / 1000:g}s"
    if hours:
        return f"{hours}h{minutes}m{seconds}"
    return f"{minutes}m{seconds}" if minutes else seconds
