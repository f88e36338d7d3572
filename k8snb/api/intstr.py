"""Numbers that may be given as a percentage of a total."""

from __future__ import annotations

from functools import lru_cache

from k8snb.api.integers import clamped_integer


@lru_cache(1024)
def scaled_value(value: int | str | None, total: int, round_up: bool) -> int:
    """What `3` or `"25%"` comes to.

    Parameters
    ----------
    value
        A number, a percentage, or None for 0.
    total
        What a percentage is of.
    round_up
        Whether a fraction counts as one more.

    Examples
    --------
    >>> scaled_value("25%", 10, round_up=True), scaled_value("25%", 10, round_up=False), scaled_value(4, 10, False)
    (3, 2, 4)

    References
    ----------
    ``staging/src/k8s.io/apimachinery/pkg/util/intstr/intstr.go GetScaledValueFromIntOrPercent @ v1.36``
    """
    if value is None:
        return 0
    if isinstance(value, int):
        return value
    hundredths = clamped_integer(value.removesuffix("%")) * total
    return -(-hundredths // 100) if round_up else hundredths // 100
