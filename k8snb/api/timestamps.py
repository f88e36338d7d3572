"""Times in objects: integers of milliseconds since the Unix epoch, written as RFC 3339.

References
----------
Go's ``time.Parse`` with the layout ``time.RFC3339``;
``staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/time.go MarshalJSON, UnmarshalJSON @ v1.36``
"""

from __future__ import annotations

import re
from calendar import isleap, monthrange
from datetime import date, datetime, UTC
from functools import lru_cache
from typing import NoReturn

ZERO_TIME = -62_135_596_800_000  # midnight of 1 January of the year 1: Go's zero time, which JSON shows as null

_LAYOUT = "2006-01-02T15:04:05Z07:00"
_CALENDAR_DAYS, _CALENDAR_YEARS = 146_097, 400  # the calendar repeats itself
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_LEAP_YEAR, _COMMON_YEAR = 2000, 2001
_TWO_DIGITS, _ONE_OR_TWO, _FOUR_DIGITS = re.compile(r"[0-9]{2}"), re.compile(r"[0-9]{1,2}"), re.compile(r"[0-9]{4}")
_FRACTION, _OFFSET = re.compile(r"[.,][0-9]+"), re.compile(r"([+-])([0-9]{2}):([0-9]{2})")
# The layout's elements: the literal before each, its digits, the first number that is too large, and its name.
_ELEMENTS = (
    ("", "2006", _FOUR_DIGITS, None, ""),
    ("-", "01", _TWO_DIGITS, 13, "month"),
    ("-", "02", _TWO_DIGITS, None, "day"),
    ("T", "15", _ONE_OR_TWO, 24, "hour"),
    (":", "04", _TWO_DIGITS, 60, "minute"),
    (":", "05", _TWO_DIGITS, 60, "second"),
)


class TimeError(ValueError):
    """A text that is no RFC 3339 time; the message is that of Go's parser."""


def parse_time(text: str) -> int:
    """Milliseconds since the epoch of an RFC 3339 time.

    Raises
    ------
    TimeError
        When `text` is no such time; it says from where on it does not fit.

    Examples
    --------
    >>> parse_time("1970-01-01T00:00:01Z")
    1000
    >>> parse_time("2024-01-01")
    Traceback (most recent call last):
    k8snb.api.timestamps.TimeError: parsing time "2024-01-01" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T"
    """
    rest, numbers = text, []
    for literal, element, digits, limit, name in _ELEMENTS:
        if not rest.startswith(literal):
            _mismatch(text, rest, literal)
        rest = rest.removeprefix(literal)
        found = digits.match(rest)
        if not found:
            _mismatch(text, rest, element)
        numbers.append(int(found[0]))
        rest = rest[found.end() :]
        if limit is not None and (numbers[-1] >= limit or (name == "month" and not numbers[-1])):
            _out_of_range(text, name)
    fraction = _FRACTION.match(rest)
    rest = rest[fraction.end() :] if fraction else rest
    offset, rest = _offset(text, rest)
    if rest:
        raise TimeError(f"parsing time {_quoted(text)}: extra text: {_quoted(rest)}")
    milliseconds = int(fraction[0][1:4].ljust(3, "0")) if fraction else 0
    return (_seconds(text, numbers) - offset) * 1000 + milliseconds


def _mismatch(text: str, rest: str, element: str) -> NoReturn:
    said = f"cannot parse {_quoted(rest)} as {_quoted(element)}"
    raise TimeError(f"parsing time {_quoted(text)} as {_quoted(_LAYOUT)}: {said}")


def _out_of_range(text: str, name: str) -> NoReturn:
    raise TimeError(f"parsing time {_quoted(text)}: {name} out of range")


def _quoted(text: str) -> str:
    """A text in quotes, with the bytes of all that is not plain ASCII."""
    return '"' + "".join(_shown(char) for char in text) + '"'


def _shown(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    return char if " " <= char <= "\x7f" else "".join(f"\\x{byte:02x}" for byte in char.encode())


def _offset(text: str, rest: str) -> tuple[int, str]:
    """The seconds that a time zone is ahead, and what stands behind it."""
    if rest.startswith("Z"):
        return 0, rest[1:]
    found = _OFFSET.match(rest)
    if not found:
        _mismatch(text, rest, "Z07:00")
    hours, minutes = int(found[2]), int(found[3])
    if hours > 24:  # so many are let pass
        _out_of_range(text, "time zone offset hour")
    if minutes > 60:
        _out_of_range(text, "time zone offset minute")
    seconds = (hours * 60 + minutes) * 60
    return -seconds if found[1] == "-" else seconds, rest[found.end() :]


def _seconds(text: str, numbers: list[int]) -> int:
    """Seconds since the epoch of a moment in UTC; a year 0 counts as any other."""
    year, month, day, hour, minute, second = numbers
    if not 1 <= day <= monthrange(_LEAP_YEAR if isleap(year) else _COMMON_YEAR, month)[1]:
        _out_of_range(text, "day")
    if year == 0:
        days = date(_CALENDAR_YEARS, month, day).toordinal() - _CALENDAR_DAYS
    else:
        days = date(year, month, day).toordinal()
    return (((days - _EPOCH_DAY) * 24 + hour) * 60 + minute) * 60 + second


@lru_cache(8192)
def format_time(ms: int) -> str:
    """RFC 3339 in whole seconds, UTC, as ``metav1.Time`` is written."""
    if ms < ZERO_TIME:
        return "0000" + _moment(ms // 1000 + _CALENDAR_DAYS * 86_400)[4:] + "Z"
    return _moment(ms // 1000) + "Z"


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat()


def time_or_null(ms: int | None) -> str | None:
    """A time as JSON has it: none where there is none, or where it is Go's zero time."""
    return None if ms is None or ms == ZERO_TIME else format_time(ms)


@lru_cache(8192)
def format_micro_time(ms: int) -> str:
    """RFC 3339 with microseconds, UTC, as ``metav1.MicroTime`` is written."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
