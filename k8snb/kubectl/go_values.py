"""Values on a command line as Go's ``strconv``, ``time`` and ``encoding/csv`` read them, with their error texts.

References
----------
Go's ``strconv.ParseBool``, ``strconv.ParseInt``, ``time.ParseDuration``; ``spf13/pflag`` ``string_slice.go``
"""

from __future__ import annotations

import csv
import re
from decimal import Decimal

from k8snb.api.field_errors import go_quote

_TRUE = ("1", "t", "T", "TRUE", "true", "True")
_FALSE = ("0", "f", "F", "FALSE", "false", "False")
_INTEGER = re.compile(
    r"([+-]?)(?:0[xX]([0-9a-fA-F_]+)|0[bB]([01_]+)|0[oO]([0-7_]+)|0([0-7_]+)|([0-9][0-9_]*))", re.ASCII
)
_BASES = (16, 2, 8, 8, 10)
_DURATION_PART = re.compile(r"([0-9]*\.?[0-9]*)([^0-9.]*)")
_UNIT_NS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}


def parse_bool(text: str) -> bool:
    """Go's booleans: ``1``, ``t``, ``true``, ``0``, ``f``, ``false`` and their capitals; raises ValueError."""
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise ValueError(f"strconv.ParseBool: parsing {go_quote(text)}: invalid syntax")


def parse_int(text: str, bits: int = 64) -> int:
    """An integer in any of Go's notations; raises ValueError.

    Examples
    --------
    >>> parse_int("0x10"), parse_int("-3")
    (16, -3)
    >>> parse_int("4294967296", 32)
    Traceback (most recent call last):
    ValueError: strconv.ParseInt: parsing "4294967296": value out of range
    """
    match = _INTEGER.fullmatch(text)
    if not match:
        raise ValueError(f"strconv.ParseInt: parsing {go_quote(text)}: invalid syntax")
    digits, base = next((d, b) for d, b in zip(match.groups()[1:], _BASES, strict=True) if d is not None)
    digits = digits.replace("_", "").lstrip("0") or "0"
    number = int(match[1] + digits, base) if len(digits) <= bits else 2**bits
    if not -(2 ** (bits - 1)) <= number < 2 ** (bits - 1):
        raise ValueError(f"strconv.ParseInt: parsing {go_quote(text)}: value out of range")
    return number


def parse_decimal(text: str) -> int:
    """Go's ``strconv.Atoi``: a decimal integer; raises ValueError."""
    if not re.fullmatch(r"[+-]?[0-9]+", text, re.ASCII):
        raise ValueError(f"strconv.Atoi: parsing {go_quote(text)}: invalid syntax")
    digits = text.lstrip("+-").lstrip("0") or "0"
    number = int(text) if len(digits) <= 63 else 2**63
    if not -(2**63) <= number < 2**63:
        raise ValueError(f"strconv.Atoi: parsing {go_quote(text)}: value out of range")
    return number


def parse_duration(text: str) -> int:
    """Milliseconds of a duration such as ``1m30s``; raises ValueError.

    Examples
    --------
    >>> parse_duration("1m30s"), parse_duration("-1s"), parse_duration("0"), parse_duration("1.5s")
    (90000, -1000, 0, 1500)
    """
    sign, rest = (-1, text[1:]) if text.startswith("-") else (1, text.removeprefix("+"))
    if rest == "0":
        return 0
    if not rest:
        raise ValueError(f"time: invalid duration {go_quote(text)}")
    total = Decimal(0)
    while rest:
        match = _DURATION_PART.match(rest)
        if match is None or match[1] in ("", "."):
            raise ValueError(f"time: invalid duration {go_quote(text)}")
        if not match[2]:
            raise ValueError(f"time: missing unit in duration {go_quote(text)}")
        if match[2] not in _UNIT_NS:
            raise ValueError(f"time: unknown unit {go_quote(match[2])} in duration {go_quote(text)}")
        total += Decimal(match[1]) * _UNIT_NS[match[2]]
        rest = rest[match.end() :]
    if total >= 2**63:
        raise ValueError(f"time: invalid duration {go_quote(text)}")
    return sign * int(total // 10**6)


def split_commas(text: str) -> list[str]:
    """The fields between commas; quotes keep a comma in its field."""
    if not text:
        return []
    return next(csv.reader([text], strict=False))


def go_string(value: object) -> str:
    """A parsed value as Go's flag would print it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{','.join(map(str, value))}]"
    return str(value)
