"""Resource quantities: `500m`, `2`, `64Mi`, `1e3`, read and written as Kubernetes does.

Objects keep a quantity as its canonical text; `milli_value` and `value` give its number, computed once per text.

References
----------
``staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go ParseQuantity, CanonicalizeBytes @ v1.36``
"""

from __future__ import annotations

import re
from decimal import Decimal, ROUND_CEILING
from functools import lru_cache

_SYNTAX = re.compile(r"([+-]?)(\d*)(?:\.(\d*))?((?:[eE][-+]?\d+)|Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E)?", re.ASCII)
_BINARY = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_DECIMAL_BY_EXPONENT = {v: k for k, v in _DECIMAL.items()}
_LARGEST = Decimal(2**63 - 1)

FORMAT_WRONG = r"quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
SUFFIX_WRONG = "unable to parse quantity's suffix"


class QuantityError(ValueError):
    """A text that is no quantity; the message is Kubernetes' own."""


def _split(text: str) -> tuple[Decimal, str]:
    """The number and the kind of suffix (``binary``, ``decimal``, ``exponent``) of a quantity."""
    match = _SYNTAX.fullmatch(text)
    if not match or not (match[2] or match[3]):
        raise QuantityError(FORMAT_WRONG)
    sign, whole, fraction, suffix = match.groups()
    number = Decimal(f"{sign}{whole or '0'}.{fraction or '0'}")
    if suffix in _BINARY:
        number, kind = number * (Decimal(1024) ** _BINARY[suffix]), "binary"
    elif suffix and suffix not in _DECIMAL:
        number, kind = number.scaleb(_exponent_of(suffix)), "exponent"
    else:
        number, kind = number.scaleb(_DECIMAL[suffix or ""]), "decimal"
    return min(max(_round_up(number), -_LARGEST), _LARGEST), kind


def _exponent_of(suffix: str) -> int:
    """The number after the ``e``; beyond a hundred, more of it makes no quantity larger, or smaller."""
    digits = suffix[1:].lstrip("+-").lstrip("0") or "0"
    if len(digits) > 19:
        raise QuantityError(SUFFIX_WRONG)
    size = min(int(digits), 100)
    return -size if suffix[1] == "-" else size


def _round_up(number: Decimal) -> Decimal:
    """Nothing finer than a nano is kept; the rest is rounded away from zero."""
    nano = abs(number).scaleb(9).to_integral_value(ROUND_CEILING).scaleb(-9)
    return -nano if number < 0 else nano


@lru_cache(65536)
def canonical(text: str) -> str:
    """The canonical text of a quantity.

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
    number, kind = _split(text)
    if number == 0:
        return "0"
    if kind == "binary" and -1024 < number < 1024:
        kind = "decimal"
    if kind == "binary" and number == number.to_integral_value():
        return _binary_text(int(number))
    exponent = _exponent(number)
    mantissa = int(number.scaleb(-exponent))
    if kind == "exponent":
        return f"{mantissa}e{exponent}" if exponent else str(mantissa)
    return f"{mantissa}{_DECIMAL_BY_EXPONENT[exponent]}"


def _binary_text(number: int) -> str:
    power = 0
    while number % 1024 == 0 and power < 6:
        number, power = number // 1024, power + 1
    return f"{number}{next((s for s, p in _BINARY.items() if p == power), '')}"


def _exponent(number: Decimal) -> int:
    """The largest exponent, a multiple of three, that leaves a whole mantissa."""
    exponent = 18
    while number.scaleb(-exponent) != number.scaleb(-exponent).to_integral_value():
        exponent -= 3
    return exponent


@lru_cache(65536)
def number_of(text: str) -> Decimal:
    """The exact number that a quantity stands for."""
    return _split(text)[0]


@lru_cache(65536)
def milli_value(text: str) -> int:
    """A quantity in thousandths, rounded up, as CPU is counted."""
    return int(number_of(text).scaleb(3).to_integral_value(ROUND_CEILING))


@lru_cache(65536)
def value(text: str) -> int:
    """A quantity in whole units, rounded up, as bytes and counts are."""
    return int(number_of(text).to_integral_value(ROUND_CEILING))


def format_milli(milli: int) -> str:
    """The canonical text of so many thousandths."""
    return canonical(f"{milli}m")


def add(one: str, other: str) -> str:
    """The sum of two quantities, in the suffix style of the first (of the second, if the first is zero)."""
    return with_style(number_of(one) + number_of(other), one if number_of(one) else other)


def subtract(one: str, other: str) -> str:
    """The difference of two quantities, in the suffix style of the first."""
    return with_style(number_of(one) - number_of(other), one if number_of(one) else other)


def with_style(number: Decimal, like: str) -> str:
    """`number` written with the suffix style (binary, decimal, exponent) of the quantity `like`."""
    style = _split(like)[1]
    if style == "binary" and number == number.to_integral_value() and abs(number) >= 1024:
        return _binary_text(int(number))
    return canonical(f"{number:f}")
