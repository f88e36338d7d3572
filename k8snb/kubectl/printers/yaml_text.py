"""YAML as kubectl writes it: sorted keys, lists not indented, quotes only where a reader would be misled.

References
----------
``sigs.k8s.io/yaml`` (``goyaml.v2``): ``encode.go stringv``, ``resolve.go resolve``, ``sorter.go keyList.Less``,
``emitterc.go yaml_emitter_analyze_scalar, yaml_emitter_select_scalar_style``
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import cmp_to_key, lru_cache
from itertools import pairwise
from typing import Any

from k8snb.kubectl.go_format import format_float

_WIDTH = 80
_WORDS = (
    "y Y yes Yes YES on On ON true True TRUE n N no No NO off Off OFF false False FALSE ~ null Null NULL "
    ".nan .NaN .NAN .inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF"
)
_MEANINGFUL = frozenset(("", *_WORDS.split()))
_INTEGER = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]*|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_TIMESTAMP = re.compile(
    r"\d{4}-\d\d?-\d\d?(?:[Tt]\d\d?:\d\d?:\d\d?(?:\.\d+)?(?:Z|[-+]\d\d:\d\d)| \d\d?:\d\d?:\d\d?(?:\.\d+)?)?"
)
_INDICATORS = frozenset("#,[]{}&*!|>'\"%@`")
_ESCAPES = {
    "\0": "0",
    "\a": "a",
    "\b": "b",
    "\t": "t",
    "\n": "n",
    "\v": "v",
    "\f": "f",
    "\r": "r",
    "\x1b": "e",
    '"': '"',
    "\\": "\\",
    "\x85": "N",
    "\xa0": "_",
    "\u2028": "L",
    "\u2029": "P",
}
_BREAKS = "\r\n\x85\u2028\u2029"


def to_yaml(value: Any) -> str:
    """A JSON value as a YAML document, ending with a newline.

    Examples
    --------
    >>> print(to_yaml({"b": ["x", {"on": "1"}], "a": {}}), end="")
    a: {}
    b:
    - x
    - "on": "1"
    """
    return "".join(f"{line}\n" for line in _block(value, 0))


def _block(value: Any, indent: int) -> Iterator[str]:
    """The lines of a value that stands by itself at an indentation."""
    if isinstance(value, dict) and value:
        yield from _mapping(value, indent)
    elif isinstance(value, list) and value:
        yield from _sequence(value, indent)
    else:
        yield from scalar(value, indent, indent, indent)


def _mapping(value: dict[str, Any], indent: int) -> Iterator[str]:
    pad = " " * indent
    for key in _in_order(tuple(value)):
        name = pad + _key(key)
        item = value[key]
        if isinstance(item, dict) and item:
            yield f"{name}:"
            yield from _mapping(item, indent + 2)
        elif isinstance(item, list) and item:
            yield f"{name}:"
            yield from _sequence(item, indent)
        else:
            first, *more = scalar(item, indent + 2, len(name) + 2, indent + 2)
            yield f"{name}: {first}"
            yield from more


def _sequence(value: list[Any], indent: int) -> Iterator[str]:
    for item in value:
        if isinstance(item, dict | list) and item:
            lines = _block(item, indent + 2)
        else:
            lines = iter(scalar(item, indent + 2, indent + 2, indent + 2))
        first = next(lines)
        yield " " * indent + "- " + (first[indent + 2 :] if isinstance(item, dict | list) and item else first)
        yield from lines


@lru_cache(4096)
def _in_order(keys: tuple[str, ...]) -> list[str]:
    """The keys of a mapping as they are written; the same few come again and again."""
    return sorted(keys, key=cmp_to_key(compare_keys))


def compare_keys(one: str, other: str) -> int:
    """Less than zero where `one` comes first: numbers by value, letters after all else."""
    for i, (a, b) in enumerate(zip(one, other, strict=False)):
        if a == b:
            continue
        if a.isalpha() and b.isalpha():
            return -1 if a < b else 1
        if a.isalpha() or b.isalpha():
            return -1 if b.isalpha() else 1
        return _compare_numbers(one, other, i)
    return len(one) - len(other)


def _compare_numbers(one: str, other: str, at: int) -> int:
    lead = ""
    if "0" in (one[at], other[at]):
        before = re.search(r"\d*$", one[:at])
        lead = "1" if before and before[0].strip("0") else ""
    first, second = (re.match(r"\d*", text[at:]) for text in (one, other))
    digits = [(m[0] if m else "") for m in (first, second)]
    numbers = [int((lead + d) or "0") for d in digits]
    if numbers[0] != numbers[1]:
        return numbers[0] - numbers[1]
    if len(digits[0]) != len(digits[1]):
        return len(digits[0]) - len(digits[1])
    return -1 if one[at] < other[at] else 1


@lru_cache(4096)
def _key(key: str) -> str:
    return scalar(key, 0, 0, 0, key=True)[0]


def scalar(value: Any, indent: int, column: int, hang: int, *, key: bool = False) -> list[str]:
    """The lines of a scalar; the first without indentation.

    Parameters
    ----------
    value
        A scalar, or an empty map or list.
    indent
        Where the lines of a literal block begin.
    column
        Where the first line begins; long lines are folded.
    hang
        Where the lines after a fold begin.
    key
        It is the key of a mapping: neither folded nor a block.
    """
    if not isinstance(value, str):
        return [_simple(value)]
    if "\n" in value and not key and _Traits(value).block:
        return _literal(value, indent)
    return _fold(_on_one_line(value), column, hang, key=key)


@lru_cache(16384)
def _on_one_line(value: str) -> str:
    """A text in the plainest style that can carry it."""
    traits = _Traits(value)
    if "\n" in value or misread(value) or not traits.single:
        return _double(value)
    return value if traits.plain else "'" + value.replace("'", "''") + "'"


def _simple(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format_float(value)
    if isinstance(value, dict | list):
        return "{}" if isinstance(value, dict) else "[]"
    return str(value)


def misread(text: str) -> bool:
    """Whether a reader would take the plain text for something that is no text."""
    if text in _MEANINGFUL or _BASE_60.fullmatch(text) or _is_time(text):
        return True
    if not (text[0].isdigit() or text[0] in "+-."):
        return False
    number = text.replace("_", "") if text[0] != "." else text
    return bool(_INTEGER.fullmatch(number) or _FLOAT.fullmatch(number))


def _is_time(text: str) -> bool:
    match = _TIMESTAMP.fullmatch(text)
    if not match:
        return False
    try:
        datetime(*(int(part) for part in re.findall(r"\d+", text.partition(".")[0])[:6]))  # type: ignore[arg-type]
    except ValueError:
        return False
    return True


class _Traits:
    """Which styles can carry a text."""

    def __init__(self, text: str) -> None:
        spaced = text[:1] == " " or text[-1:] == " "
        breaks = any(c in _BREAKS for c in text)
        space_break = any(a == " " and b in _BREAKS for a, b in pairwise(text))
        break_space = any(a in _BREAKS and b == " " for a, b in pairwise(text))
        special = any(not printable(c) for c in text)
        self.plain = not (spaced or breaks or special or _indicates(text))
        self.single = not (break_space or space_break or special)
        self.block = bool(text) and text[-1] != " " and not (space_break or special)


def printable(char: str) -> bool:
    """Whether the writer shows a character as it is; it escapes what is beyond the basic plane."""
    code = ord(char)
    if char == "\n":
        return True
    if code < 0x20 or 0x7F <= code < 0xA0 or code in (0xFEFF, 0xFFFE, 0xFFFF):
        return False
    return code < 0xD800 or 0xE000 <= code < 0x10000


def _indicates(text: str) -> bool:
    """Whether a plain text would begin or contain something that YAML reads as structure."""
    if text[:1] in _INDICATORS or text[:3] in ("---", "..."):
        return True
    if text[:1] in ("-", "?", ":") and text[1:2] in ("", " ", "\t"):
        return True
    return bool(re.search(r":(?=[ \t]|$)|(?<=[ \t])#", text))


def _literal(value: str, indent: int) -> list[str]:
    hint = "2" if value[0] in " \n" else ""
    chomp = "-" if value[-1] not in _BREAKS else "+" if len(value) == 1 or value[-2] in _BREAKS else ""
    lines = value.removesuffix("\n").split("\n")
    return [f"|{hint}{chomp}", *(" " * indent + line if line else "" for line in lines)]


def _double(value: str) -> str:
    return '"' + "".join(_escaped(c) for c in value) + '"'


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return "\\" + _ESCAPES[char]
    if printable(char):
        return char
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


def _fold(body: str, column: int, hang: int, *, key: bool) -> list[str]:
    """Break a long text at a space once the line is past its width."""
    if key or column + len(body) <= _WIDTH:
        return [body]
    quote = body[0] if body[0] in "'\"" else ""
    edge = 2 if quote else 0
    lines, line = [], ""
    for i, char in enumerate(body):
        spaced = body[i - 1 : i] == " ", body[i + 1 : i + 2] == " "
        within = edge <= i < len(body) - edge
        if char == " " and within and column + len(line) > _WIDTH and not spaced[0] and (quote == '"' or not spaced[1]):
            lines.append(line)
            column, line = hang, "\\" if spaced[1] else ""
        else:
            line += char
    lines.append(line)
    return [lines[0], *(" " * hang + rest for rest in lines[1:])]
