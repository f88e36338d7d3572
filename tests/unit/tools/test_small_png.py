"""Pictures made small: the same size, and colours that are the same or alike."""

from __future__ import annotations

import struct
import sys
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[3] / "tools"))

from small_png import apart, chunk, chunks, Color, FREQUENT, pixels, SIGNATURE, small

colors = st.tuples(*[st.integers(0, 255)] * 3)


def png(width: int, drawn: list[Color], filters: list[int]) -> bytes:
    """A file of these colours, each line with a filter of its own."""
    above, lines = bytes(width * 3), b""
    for row, kind in enumerate(filters):
        line = bytes(channel for color in drawn[row * width : (row + 1) * width] for channel in color)
        lines += bytes([kind]) + bytes((value - guess(kind, line, above, n)) & 255 for n, value in enumerate(line))
        above = line
    head = struct.pack(">IIBBBBB", width, len(filters), 8, 2, 0, 0, 0)
    pieces = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(lines)), chunk(b"IEND", b""))
    return SIGNATURE + b"".join(pieces)


def guess(kind: int, line: bytes, above: bytes, n: int) -> int:
    """What the filters of the PNG specification expect of a byte."""
    left, corner, up = (line[n - 3], above[n - 3], above[n]) if n >= 3 else (0, 0, above[n])
    estimate = left + up - corner
    by_distance = [(abs(estimate - value), order, value) for order, value in enumerate((left, up, corner))]
    return (0, left, up, (left + up) // 2, min(by_distance)[2])[kind]


def shown(data: bytes) -> list[Color]:
    """The colours of a file with a palette."""
    found = dict(chunks(data))
    width, height = struct.unpack_from(">II", found[b"IHDR"])
    palette = found[b"PLTE"]
    raw = zlib.decompress(found[b"IDAT"])
    indexes = [index for row in range(height) for index in raw[row * (width + 1) + 1 : (row + 1) * (width + 1)]]
    return [(palette[3 * n], palette[3 * n + 1], palette[3 * n + 2]) for n in indexes]


@given(st.data(), st.integers(1, 5), st.lists(st.integers(0, 4), min_size=1, max_size=4))
def test_few_colours_stay_as_they_are(data: st.DataObject, width: int, filters: list[int]) -> None:
    size = width * len(filters)
    drawn = data.draw(st.lists(colors, min_size=size, max_size=size))
    file = png(width, drawn, filters)
    assert pixels(file) == (width, len(filters), drawn)
    assert shown(small(file)) == drawn


def test_of_many_colours_the_frequent_ones_stay_and_others_become_alike() -> None:
    many = [(n, (n * 7) % 256, (n * 3 + 8 * m) % 256) for n in range(256) for m in range(6)]
    frequent = [(250, 0, 0), (0, 250, 0)] * 200
    drawn = frequent + many
    result = shown(small(png(len(drawn), drawn, [0])))
    assert len(set(result)) <= 256
    assert result[: len(frequent)] == frequent
    assert max(apart(was, now) for was, now in zip(drawn, result, strict=True)) < 40**2
    assert len(small(png(len(drawn), drawn, [0]))) < len(drawn) * 3
    assert FREQUENT < 256


def test_what_is_no_plain_picture_is_refused() -> None:
    head = struct.pack(">IIBBBBB", 1, 1, 16, 2, 0, 0, 0)
    with pytest.raises(AssertionError, match="eight bits"):
        small(SIGNATURE + chunk(b"IHDR", head))
