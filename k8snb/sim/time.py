"""Lengths of time that a user gives in seconds."""

from __future__ import annotations

from numbers import Real

from k8snb.errors import K8snbError

LONGEST_SECONDS = 100_000_000  # more than three years


def milliseconds(seconds: float, name: str = "seconds") -> int:
    """So many seconds in the loop's unit.

    Raises
    ------
    K8snbError
        When it is no length of time: no number, negative, or beyond all measure.

    Examples
    --------
    >>> milliseconds(1.5)
    1500
    >>> milliseconds(-1)
    Traceback (most recent call last):
    k8snb.errors.K8snbError: seconds: -1 is negative
    """
    if isinstance(seconds, bool) or not isinstance(seconds, Real) or seconds != seconds:
        raise K8snbError(f"{name}: {seconds!r} is no number of seconds")
    if seconds < 0:
        raise K8snbError(f"{name}: {_shown(seconds)} is negative")
    if seconds > LONGEST_SECONDS:
        raise K8snbError(f"{name}: {_shown(seconds)} is more than {LONGEST_SECONDS}")
    return round(seconds * 1000)


def _shown(number: float) -> str:
    return f"{number:g}" if -1e300 < number < 1e300 else "the number"
