"""Times in objects: integers of milliseconds since the Unix epoch, written as RFC 3339."""

from __future__ import annotations

import re
from datetime import datetime, UTC
from functools import lru_cache

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)")


class TimeError(ValueError):
    """A text that is no RFC 3339 time; the message is that of Go's parser."""


def parse_time(text: str) -> int:
    """Milliseconds since the epoch of an RFC 3339 time.

    Raises
    ------
    TimeError
        When `text` is no such time.

    Examples
    --------
    >>> parse_time("1970-01-01T00:00:01Z")
    1000
    """
    if not _RFC3339.fullmatch(text):
        raise TimeError(f'parsing time "{text}" as "2006-01-02T15:04:05Z07:00": cannot parse "{text}" as "2006"')
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError as error:
        raise TimeError(f'parsing time "{text}": {error}') from error
    return round(moment.timestamp() * 1000)


@lru_cache(8192)
def format_time(ms: int) -> str:
    """RFC 3339 in whole seconds, UTC, as ``metav1.Time`` is written."""
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@lru_cache(8192)
def format_micro_time(ms: int) -> str:
    """RFC 3339 with microseconds, UTC, as ``metav1.MicroTime`` is written."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
