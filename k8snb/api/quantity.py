"""Resource quantities: `500m`, `2`, `64Mi`, `1e3`, read and written as Kubernetes does.

Objects keep a quantity as its canonical text, or as it was written where that is canonical enough; `milli_value` and
`value` give its number, computed once per text.

References
----------
``staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go ParseQuantity, CanonicalizeBytes, RoundUp @ v1.36``
"""

from __future__ import annotations

import re
from decimal import Context, Decimal, ROUND_CEILING, ROUND_UP
from functools import lru_cache
from typing import NamedTuple

# Every part may be missing: Kubernetes reads `k`, `.` and `+` as zero.
SYNTAX = re.compile(r"([+-]?)0*(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[-+]?\d*)", re.ASCII)
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_DECIMAL_BY_EXPONENT = {v: k for k, v in _DECIMAL.items()}
_LARGEST = Decimal(2**63 - 1)
_OVERFLOW = 2**63
EXACT = Context(prec=10_000_000)  # more digits than a request can hold
_DIGITS_AT_HAND = 18  # so many decimal digits always fit into 64 bits, so many binary ones into fewer
_BINARY_DIGITS_AT_HAND = 15
_NANO = -9

FORMAT_WRONG = r"quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
SUFFIX_WRONG = "unable to parse quantity's suffix"


class QuantityError(ValueError):
    """A text that is no quantity; the message is Kubernetes' own."""


class _Parsed(NamedTuple):
    """What a text says: the number, the kind of suffix to write it with, and whether the text itself is kept."""

    number: Decimal
    style: str  # binary, decimal or exponent
    as_written: bool
    at_hand: bool  # whether it is kept in 64 bits and a power of ten, not as a number of any length


@lru_cache(65536)
def _parse(text: str) -> _Parsed:
    """Read a quantity.

    Most short texts are numbers that fit into 64 bits; of these, one that looks canonical is kept as it was written,
    which lets `+1` and `5.` pass. All others are numbers of any length, in nanos at the finest.
    """
    match = SYNTAX.fullmatch(text)
    if not match or not text:
        raise QuantityError(FORMAT_WRONG)
    sign, whole, fraction, suffix = match.groups(default="")
    whole = whole or "0"
    style, exponent = _interpret(suffix)
    digits = Decimal(whole + fraction)  # Python reads an integer of a few thousand digits only
    if style == "binary":
        number = EXACT.multiply(digits, Decimal(1 << exponent)).scaleb(-len(fraction), EXACT)
        at_hand = not fraction and _BINARY_DIGITS_AT_HAND - len(whole) - exponent * 3 // 10 > 0
        as_written = at_hand and int(digits) & 7 != 0
    else:
        scale = exponent - len(fraction)
        number = digits.scaleb(scale, EXACT)
        at_hand = len(whole + fraction) <= _DIGITS_AT_HAND and scale >= _NANO
        as_written = at_hand and scale % 3 == 0 and not (whole + fraction).endswith("000") and whole[0] != "0"
    if not at_hand:
        number = _scaled_up(number, _NANO)
        if style == "binary":
            number = min(number, _LARGEST)
            style = "decimal" if 0 < number < 1 else style
    return _Parsed(number.copy_negate() if sign == "-" else number, style, as_written, at_hand)


def _interpret(suffix: str) -> tuple[str, int]:
    """The style that a suffix stands for, and its exponent, of two where that is binary and of ten else."""
    if suffix in _DECIMAL:
        return "decimal", _DECIMAL[suffix]
    if suffix in _BINARY:
        return "binary", _BINARY[suffix]
    digits = suffix[1:].lstrip("+-").lstrip("0") or "0"
    if len(suffix) < 2 or suffix[0] not in "eE" or not digits.isdecimal() or len(digits) > 19:
        raise QuantityError(SUFFIX_WRONG)
    size = min(int(digits), 100)  # beyond a hundred, more of it makes no quantity larger, or smaller
    return "exponent", -size if suffix[1] == "-" else size


def _scaled_up(number: Decimal, scale: int) -> Decimal:
    """A number with nothing finer than ten to the power of `scale`; what is finer is rounded away from zero."""
    if number == number.to_integral_value(context=EXACT):
        return number
    return number.scaleb(-scale, EXACT).to_integral_value(ROUND_UP, EXACT).scaleb(scale, EXACT)


@lru_cache(65536)
def canonical(text: str) -> str:
    """A quantity as objects keep it.

    Parameters
    ----------
    text
        A quantity as a user writes it.

    Raises
    ------
    QuantityError
        When it is none.

    Examples
    --------
    >>> canonical("1000m"), canonical("0.5"), canonical("1024Mi"), canonical("1e3")
    ('1', '500m', '1Gi', '1e3')
    """
    number, style, as_written, _ = _parse(text)
    return text if as_written else _written(number, style)


def _written(number: Decimal, style: str) -> str:
    """The canonical text of a number."""
    if number == 0:
        return "0"
    if style == "binary" and abs(number) >= 1024 and number == number.to_integral_value(context=EXACT):
        return _binary_text(int(number))
    exponent = _exponent(number)
    mantissa = f"{number.scaleb(-exponent, EXACT).to_integral_value(context=EXACT):f}"
    if style == "exponent":
        return f"{mantissa}e{exponent}" if exponent else mantissa
    return f"{mantissa}{_DECIMAL_BY_EXPONENT.get(exponent, '')}"


def _binary_text(number: int) -> str:
    power = 0
    while number % 1024 == 0 and power < 6:
        number, power = number // 1024, power + 1
    return f"{number}{next((s for s, p in _BINARY.items() if p == 10 * power), '')}"


def _exponent(number: Decimal) -> int:
    """The largest exponent, a multiple of three, that leaves a whole mantissa."""
    exponent = int(number.normalize(EXACT).as_tuple().exponent)
    return exponent // 3 * 3


def rounded_up(text: str, scale: int) -> str:
    """A quantity with nothing finer than ten to the power of `scale`, in its own style."""
    number, style, *_ = _parse(text)
    whole = _scaled_up(number, scale)
    return text if whole == number else _written(whole, style)


@lru_cache(65536)
def number_of(text: str) -> Decimal:
    """The exact number that a quantity stands for."""
    return _parse(text).number


@lru_cache(65536)
def milli_value(text: str) -> int:
    """A quantity in thousandths, rounded up, as CPU is counted."""
    return _scaled(text, 3)


@lru_cache(65536)
def value(text: str) -> int:
    """A quantity in whole units, rounded up, as bytes and counts are."""
    return _scaled(text, 0)


def _scaled(text: str, power: int) -> int:
    """A quantity in units of ten to the power of minus `power`, rounded up.

    What does not fit into 64 bits is nothing, or its low bits if the number was kept at its full length.
    """
    parsed = _parse(text)
    number = int(parsed.number.scaleb(power, EXACT).to_integral_value(ROUND_CEILING, EXACT))
    if -_OVERFLOW <= number < _OVERFLOW:
        return number
    low = 0 if parsed.at_hand else (abs(number) + _OVERFLOW) % (2 * _OVERFLOW) - _OVERFLOW
    return -low if number < 0 else low


def format_milli(milli: int) -> str:
    """The canonical text of so many thousandths."""
    return canonical(f"{milli}m")


def add(one: str, other: str) -> str:
    """The sum of two quantities, in the suffix style of the first (of the second, if the first is zero)."""
    return with_style(EXACT.add(number_of(one), number_of(other)), one if number_of(one) else other)


def subtract(one: str, other: str) -> str:
    """The difference of two quantities, in the suffix style of the first."""
    return with_style(EXACT.subtract(number_of(one), number_of(other)), one if number_of(one) else other)


def with_style(number: Decimal, like: str) -> str:
    """`number` written with the suffix style (binary, decimal, exponent) of the quantity `like`."""
    return _written(number, _parse(like).style)
