"""Makes a PNG file small: at most 256 colours, one byte a pixel, packed as well as zlib can."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {2: 3, 6: 4}  # bytes a pixel by colour type: with and without transparency
PALETTE, MOST_COLORS, FREQUENT = 3, 256, 128
Color = tuple[int, int, int]


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The pieces of a PNG file: kind and content."""
    at = len(SIGNATURE)
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += length + 12


def paeth(left: int, above: int, corner: int) -> int:
    """Which of three neighbours a pixel is likely to be."""
    guess = left + above - corner
    return min((left, above, corner), key=lambda value: abs(guess - value))


def unfiltered(kind: int, line: bytearray, above: bytes, step: int) -> bytearray:
    """A line's bytes, of which the file has the differences from their neighbours."""
    for n in range(len(line)):
        left = line[n - step] if n >= step else 0
        corner = above[n - step] if n >= step else 0
        guess = (0, left, above[n], (left + above[n]) // 2, paeth(left, above[n], corner) if kind == 4 else 0)[kind]
        line[n] = (line[n] + guess) & 255
    return line


def pixels(data: bytes) -> tuple[int, int, list[Color]]:
    """Width, height and colours of a PNG file of eight bits a channel; transparency is left out."""
    found = list(chunks(data))
    width, height, depth, color_type, _, _, interlaced = struct.unpack(">IIBBBBB", found[0][1])
    assert (depth, interlaced) == (8, 0), "only plain files of eight bits"
    step = CHANNELS[color_type]
    raw = zlib.decompress(b"".join(content for kind, content in found if kind == b"IDAT"))
    above, colors, size = bytes(width * step), [], width * step + 1
    for row in range(height):
        line = bytearray(raw[row * size + 1 : (row + 1) * size])
        above = bytes(unfiltered(raw[row * size], line, above, step) if raw[row * size] else line)
        colors += zip(above[0::step], above[1::step], above[2::step], strict=True)
    return width, height, colors


def apart(one: Color, other: Color) -> int:
    """How different two colours are."""
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2 + (one[2] - other[2]) ** 2


def kept_at(ranked: list[Color], distance: int) -> list[Color]:
    """The frequent colours, and so many others that none is further than that from one of them."""
    kept = ranked[:FREQUENT]
    for color in ranked[FREQUENT:]:
        if len(kept) <= MOST_COLORS and all(apart(color, other) > distance for other in kept):
            kept.append(color)
    return kept


def palette_of(colors: list[Color]) -> tuple[list[Color], dict[Color, int]]:
    """The colours that are kept, and which of them each colour becomes: a rare one becomes one like it."""
    ranked = [color for color, _ in Counter(colors).most_common()]
    distance, kept = 0, ranked
    while len(kept) > MOST_COLORS:
        distance = distance * 5 // 4 + 16
        kept = kept_at(ranked, distance)
    return kept, {color: min(range(len(kept)), key=lambda n: apart(color, kept[n])) for color in ranked}


def chunk(kind: bytes, content: bytes) -> bytes:
    """A piece of a PNG file."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def small(data: bytes) -> bytes:
    """The same picture in fewer bytes."""
    width, height, colors = pixels(data)
    kept, become = palette_of(colors)
    indexes = bytes(become[color] for color in colors)
    lines = b"".join(b"\0" + indexes[row * width : (row + 1) * width] for row in range(height))
    return b"".join(
        (
            SIGNATURE,
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, PALETTE, 0, 0, 0)),
            chunk(b"PLTE", bytes(channel for color in kept for channel in color)),
            chunk(b"IDAT", zlib.compress(lines, 9)),
            chunk(b"IEND", b""),
        )
    )
