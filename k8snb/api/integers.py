"""Decimal integers in texts, as Go's ``strconv`` reads them, however many digits they have."""

from __future__ import annotations

import re
from functools import lru_cache

_INTEGER = re.compile(r"([+-]?)0*([0-9]+)", re.ASCII)
_LONGEST = 19  # digits of 64 bits


@lru_cache(1024)
def integer(text: str, bits: int = 64) -> int | None:
    """An integer that so many bits can hold, or None.

    Examples
    --------
    >>> integer("-05"), integer("2147483648", 32), integer("9223372036854775808"), integer("5x")
    (-5, None, None, None)
    """
    match = _INTEGER.fullmatch(text)
    if match is None or len(match[2]) > _LONGEST:
        return None
    number = int(match[1] + match[2])
    return number if -(2 ** (bits - 1)) <= number < 2 ** (bits - 1) else None


def clamped_integer(text: str) -> int:
    """An integer, or the nearest to it that 64 bits can hold; 0 where there is none.

    Examples
    --------
    >>> clamped_integer("12"), clamped_integer("9" * 5000), clamped_integer("x")
    (12, 9223372036854775807, 0)
    """
    match = _INTEGER.fullmatch(text)
    if match is None:
        return 0
    number = integer(text)
    if number is None:
        return -(2**63) if match[1] == "-" else 2**63 - 1
    return number
