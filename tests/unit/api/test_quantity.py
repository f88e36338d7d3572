"""Quantities: what is one, how it is written back, what is rounded."""

from __future__ import annotations

import pytest

from k8snb.api.quantity import canonical, FORMAT_WRONG, milli_value, QuantityError, rounded_up, SUFFIX_WRONG, value


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("1000m", "1"),
        (".5", "500m"),
        ("1.5Gi", "1536Mi"),
        ("0.5Ki", "512"),
        ("1000k", "1M"),
        ("-1.5", "-1500m"),
        ("+1", "+1"),  # canonical enough to be kept
        ("5.", "5."),
        ("1E3", "1E3"),
        ("100E", "100E"),
        ("12E-4", "1200e-6"),
        ("0.0001Mi", "104857600u"),
        ("0.1n", "1n"),
        ("9223372036854775808", "9223372036854775808"),
        ("8Ei", "9223372036854775807"),
        ("1.500k", "1.500k"),
        ("1.5e19", "1.5e19"),
        ("1" * 5000, "1" * 5000),  # more digits than Python reads as an integer
        *((text, "0") for text in ("k", "Mi", ".", "+", "-0", "e5", "000")),
    ],
)
def test_how_a_quantity_is_kept(text: str, written: str) -> None:
    assert canonical(text) == written
    assert canonical(written) == written


@pytest.mark.parametrize(
    ("text", "message"),
    [(text, FORMAT_WRONG) for text in ("", "x", "é", "1_0", "1.2.3", "0x10", "٣")]
    + [(text, SUFFIX_WRONG) for text in ("1e", "mm", "5-3", "1i", "1e99999999999999999999")],
)
def test_what_is_no_quantity(text: str, message: str) -> None:
    with pytest.raises(QuantityError) as refusal:
        canonical(text)
    assert str(refusal.value) == message


@pytest.mark.parametrize(
    ("text", "rounded"), [("100u", "1m"), ("-100u", "-1m"), ("1200e-6", "2e-3"), ("+1", "+1"), ("1500m", "1500m")]
)
def test_rounding_to_thousandths_keeps_the_style(text: str, rounded: str) -> None:
    assert rounded_up(text, -3) == rounded


@pytest.mark.parametrize(
    ("text", "whole", "thousandths"),
    [
        ("1500m", 2, 1500),
        ("9223372036854775807", 2**63 - 1, -1000),  # kept at its full length: the low bits are left
        ("9223372036854775808", -(2**63), 0),
        ("10E", 0, 0),  # a ten at hand and an exponent: nothing is left
        ("1e100", 0, 0),
    ],
)
def test_what_does_not_fit_into_64_bits(text: str, whole: int, thousandths: int) -> None:
    assert (value(text), milli_value(text)) == (whole, thousandths)
