"""Cron schedules: which minutes a line such as ``*/5 8-18 * * mon-fri`` names.

References
----------
``vendor/github.com/robfig/cron/v3/parser.go ParseStandard`` as Kubernetes 1.36 vendors it
"""

from __future__ import annotations

import re
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from k8snb.api.go_duration import DurationError, parse_duration
from k8snb.api.integers import integer

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DESCRIPTORS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_EVERY = "@every "
_LOCAL = "Local"  # Go's name for the zone of the machine
_NUMBER = re.compile(r"[+-]?[0-9]+")


class CronError(ValueError):
    """A text that is no cron schedule; the message is the parser's own."""


class Bounds(NamedTuple):
    """The lowest and highest value of a field, and names for some of them."""

    low: int
    high: int
    names: dict[str, int]


class CronField(NamedTuple):
    """The values that a field names; ``star`` when it names none in particular."""

    values: frozenset[int]
    star: bool


class CronSchedule(NamedTuple):
    """The fields of a schedule; or, for ``@every``, the milliseconds between two runs."""

    minute: CronField
    hour: CronField
    day_of_month: CronField
    month: CronField
    day_of_week: CronField
    every_ms: int = 0
    time_zone: str = ""


_BOUNDS = (
    Bounds(0, 59, {}),
    Bounds(0, 23, {}),
    Bounds(1, 31, {}),
    Bounds(1, 12, {name: n + 1 for n, name in enumerate(_MONTHS)}),
    Bounds(0, 6, {name: n for n, name in enumerate(_DAYS)}),
)


def parse_schedule(text: str) -> CronSchedule:
    """Read a schedule.

    Raises
    ------
    CronError
        When it is none.

    Examples
    --------
    >>> sorted(parse_schedule("*/20 * * * *").minute.values)
    [0, 20, 40]
    """
    if not text:
        raise CronError("empty spec string")
    text, zone = _without_zone(text)
    every = 0
    if text.startswith("@"):
        text, every = _described(text)
    fields = text.split()
    if len(fields) != 5:
        raise CronError(f"expected exactly 5 fields, found {len(fields)}: [{' '.join(fields)}]")
    minute, hour, day, month, weekday = map(_field, fields, _BOUNDS)
    return CronSchedule(minute, hour, day, month, weekday, every, zone)


def _without_zone(text: str) -> tuple[str, str]:
    """The schedule behind ``TZ=Zone``, and the zone."""
    if not text.startswith(("TZ=", "CRON_TZ=")):
        return text, ""
    prefix, space, rest = text.partition(" ")
    if not space:
        raise CronError("invalid schedule format: runtime error: slice bounds out of range [:-1]")
    zone = prefix.partition("=")[2]
    if complaint := location_complaint(zone):
        raise CronError(f"provided bad location {zone}: {complaint}")
    return rest.strip(), "" if zone == _LOCAL else zone


def location_complaint(zone: str) -> str:
    """What Go's ``time.LoadLocation`` says of a time zone; nothing where it knows it."""
    if zone in ("", "UTC", _LOCAL):
        return ""
    if ".." in zone or zone.startswith(("/", "\\")):
        return "time: invalid location name"
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return f"unknown time zone {zone}"
    return ""


def _described(text: str) -> tuple[str, int]:
    """The fields that a descriptor stands for, and the time between two runs of ``@every``."""
    if text in _DESCRIPTORS:
        return _DESCRIPTORS[text], 0
    if not text.startswith(_EVERY):
        raise CronError(f"unrecognized descriptor: {text}")
    try:
        duration = parse_duration(text.removeprefix(_EVERY))
    except DurationError as error:
        raise CronError(f"failed to parse duration {text}: {error}") from None
    return "* * * * *", max(1000, duration // 1000 * 1000)


def _field(text: str, bounds: Bounds) -> CronField:
    parts = [_range(part, bounds) for part in text.split(",") if part]
    return CronField(frozenset().union(*(p.values for p in parts)), any(p.star for p in parts))


def _range(text: str, bounds: Bounds) -> CronField:
    span, *steps = text.split("/")
    ends = span.split("-")
    star = ends[0] in ("*", "?")
    if star:
        low, high = bounds.low, bounds.high
    elif len(ends) > 2:
        _value(ends[0], bounds)
        raise CronError(f"too many hyphens: {text}")
    else:
        low, high = _value(ends[0], bounds), _value(ends[-1], bounds)
    if len(steps) > 1:
        raise CronError(f"too many slashes: {text}")
    step = _number(steps[0]) if steps else 1
    if steps and len(ends) == 1:
        high = bounds.high
    if low < bounds.low:
        raise CronError(f"beginning of range ({low}) below minimum ({bounds.low}): {text}")
    if high > bounds.high:
        raise CronError(f"end of range ({high}) above maximum ({bounds.high}): {text}")
    if low > high:
        raise CronError(f"beginning of range ({low}) beyond end of range ({high}): {text}")
    if step == 0:
        raise CronError(f"step of range should be a positive number: {text}")
    return CronField(frozenset(range(low, high + 1, step)), star and step == 1)


def _value(text: str, bounds: Bounds) -> int:
    named = bounds.names.get(text.lower())
    return _number(text) if named is None else named


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise CronError(f'failed to parse int from {text}: strconv.Atoi: parsing "{text}": invalid syntax')
    number = integer(text)
    if number is None:
        raise CronError(f'failed to parse int from {text}: strconv.Atoi: parsing "{text}": value out of range')
    if number < 0:
        raise CronError(f"negative number ({number}) not allowed: {text}")
    return number
