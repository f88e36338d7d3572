"""Base64 as Go's decoder reads it: line breaks are skipped, and a fault is told by its place.

References
----------
Go's ``encoding/base64`` ``Encoding.DecodeString``
"""

from __future__ import annotations

import base64
import binascii
import string

_ALPHABET = frozenset((string.ascii_letters + string.digits + "+/").encode())
_BREAKS = b"\r\n"
_PADDING = ord("=")


class Base64Error(ValueError):
    """A text that is not base64; the message is Go's."""

    def __init__(self, place: int) -> None:
        super().__init__(f"illegal base64 data at input byte {place}")


def canonical_base64(text: str) -> str:
    """The base64 text of what a base64 text stands for.

    Raises
    ------
    Base64Error
        When it is none.

    Examples
    --------
    >>> canonical_base64("aGVs\\nbG8="), canonical_base64("MR==")
    ('aGVsbG8=', 'MQ==')
    >>> canonical_base64("MQ==-")
    Traceback (most recent call last):
    k8snb.api.base64_text.Base64Error: illegal base64 data at input byte 4
    """
    data = text.encode("utf-8", "surrogatepass")
    try:
        value = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        _check(data)
        value = base64.b64decode(data.translate(None, _BREAKS))
    return base64.b64encode(value).decode()


def _check(data: bytes) -> None:
    """Refuse what is not base64 even without its line breaks."""
    symbols = 0
    for place, byte in enumerate(data):
        if byte in _ALPHABET:
            symbols += 1
        elif byte == _PADDING:
            _check_end(data, place, symbols % 4)
            return
        elif byte not in _BREAKS:
            raise Base64Error(place)
    if symbols % 4:
        raise Base64Error(len(data) - symbols % 4)


def _check_end(data: bytes, place: int, symbols: int) -> None:
    """Refuse a padding at a place that comes after so many symbols of its group and does not end the text there."""
    if symbols < 2:
        raise Base64Error(place)
    end = place + 1
    if symbols == 2:
        end = _behind_breaks(data, end)
        if end == len(data):
            raise Base64Error(end)
        if data[end] != _PADDING:
            raise Base64Error(end - 1)
        end += 1
    end = _behind_breaks(data, end)
    if end < len(data):
        raise Base64Error(end)


def _behind_breaks(data: bytes, place: int) -> int:
    while place < len(data) and data[place] in _BREAKS:
        place += 1
    return place
