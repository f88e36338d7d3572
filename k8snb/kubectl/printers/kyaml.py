"""KYAML, the dialect of YAML that is between YAML and JSON: braces, quoted texts, commas after everything.

References
----------
``sigs.k8s.io/yaml/kyaml kyaml.go renderMapping, renderSequence, renderString``
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from k8snb.kubectl.go_format import format_float
from k8snb.kubectl.printers.yaml_text import misread

_PLAIN_KEY = re.compile(r"\w(?:[\w./-]*\w)?")
_MISREAD_WORDS = frozenset(("null", "~", "true", "false", "t", "f", "y", "yes", "on", "n", "no", "off"))
_FOLD = "\\\n"
_ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    "\0": "\\0",
    "\x1b": "\\e",
    "\x85": "\\N",
    "\xa0": "\\_",
    "\u2028": "\\L",
    "\u2029": "\\P",
}


def to_kyaml(value: Any, *, sort: bool = True) -> str:
    """A JSON value as a KYAML document.

    Parameters
    ----------
    value
        A JSON value.
    sort
        Maps by their keys; else in their own order.

    Examples
    --------
    >>> print(to_kyaml({"a": [{"b": 1}], "c": "x"}), end="")
    ---
    {
      a: [{
        b: 1,
      }],
      c: "x",
    }
    """
    return f"---\n{_value(value, 0, sort)}\n"


def _value(value: Any, level: int, sort: bool) -> str:
    if isinstance(value, dict) and value:
        return _mapping(value, level, sort)
    if isinstance(value, list) and value:
        return _sequence(value, level, sort)
    return _scalar(value, level)


def _mapping(value: dict[str, Any], level: int, sort: bool) -> str:
    keys: Iterable[str] = sorted(value) if sort else value
    lines = [f"{_pad(level + 1)}{_key(key)}: {_value(value[key], level + 1, sort)},\n" for key in keys]
    return "{\n" + "".join(lines) + _pad(level) + "}"


def _sequence(value: list[Any], level: int, sort: bool) -> str:
    """Maps and lists stand close together; other elements have a line each."""
    if all(isinstance(item, dict | list) for item in value):
        return "[" + ", ".join(_value(item, level, sort) for item in value) + "]"
    lines = [f"{_pad(level + 1)}{_value(item, level + 1, sort)},\n" for item in value]
    return "[\n" + "".join(lines) + _pad(level) + "]"


def _pad(level: int) -> str:
    return "  " * level


def _key(key: str) -> str:
    if _PLAIN_KEY.fullmatch(key) and key.lower() not in _MISREAD_WORDS and not misread(key):
        return key
    return '"' + "".join("\\n" if c == "\n" else _escaped(c) for c in key) + '"'


def _scalar(value: Any, level: int) -> str:
    if isinstance(value, str):
        return _text(value, _pad(level + 1))
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return "{}" if isinstance(value, dict) else "[]"
    return format_float(value) if isinstance(value, float) else str(value)


def _text(text: str, pad: str) -> str:
    """A text in quotes; one of several lines is folded where its lines end."""
    if "\n" not in text:
        return '"' + "".join(map(_escaped, text)) + '"'
    lines = text.split("\n")
    body = [_line(line, pad) + "\\n" + _FOLD for line in lines[:-1]]
    last = [_line(lines[-1], pad) + _FOLD] if lines[-1] else []
    return '"' + _FOLD + "".join([*body, *last]) + pad + '"'


def _line(line: str, pad: str) -> str:
    """Blanks at the beginning of a line are kept by a backslash."""
    return f"{pad}{chr(92) if line[:1].isspace() else ' '}{''.join(map(_escaped, line))}"


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    code = ord(char)
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
