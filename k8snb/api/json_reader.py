"""JSON text to values, as Go reads it, with its words for what is wrong.

References
----------
Go's ``encoding/json`` ``scanner.go`` and ``decode.go``; ``sigs.k8s.io/json UnmarshalCaseSensitivePreserveInts``
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from typing import Any

from k8snb.errors import K8snbError

MAX_DEPTH = 100  # nothing in Kubernetes is nested half as deep

_BLANKS = re.compile(r"[ \t\n\r]*")
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_MAY_BE_SURROGATE = re.compile("\\\\u[dD][89a-fA-F]|[\ud800-\udfff]")  # written so, or as it is
_SURROGATE = re.compile("[\ud800-\udfff]")
_REPLACEMENT = "\ufffd"
_PROBLEMS = (
    ("Expecting property name", "looking for beginning of object key string"),
    ("Expecting ':' delimiter", "after object key"),
    ("Expecting value", "looking for beginning of value"),
    ("Invalid control character", "in string literal"),
    ("Invalid \\uXXXX escape", "in \\u hexadecimal character escape"),
    ("Invalid \\escape", "in string escape code"),
    ("Extra data", "after top-level value"),
)


class JsonError(K8snbError):
    """A text that is no JSON; the message is Go's. `line` and `column` begin at 1 and say where, 0 if unknown."""

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


def parse_json(text: str) -> Any:
    """The value of a JSON text. Floats stay floats; integers that need more than 64 bits become floats.

    Raises
    ------
    JsonError
        When it is none, or nested deeper than `MAX_DEPTH`.

    Examples
    --------
    >>> parse_json('{"a": [1, 2.0]}')
    {'a': [1, 2.0]}
    >>> parse_json('{"a": }')
    Traceback (most recent call last):
    k8snb.api.json_reader.JsonError: invalid character '}' looking for beginning of value
    """
    values = list(parse_stream(text, _last))
    if not values:
        raise JsonError("unexpected end of JSON input", 1, len(text) + 1)
    if len(values) > 1:
        end = _decoded(text, _blank_end(text, 0), _last)[1]
        raise _problem(json.JSONDecodeError("Extra data", text, _blank_end(text, end)))
    return values[0]


def parse_stream(text: str, unique: Callable[[list[tuple[str, Any]]], dict[str, Any]] | None = None) -> Iterator[Any]:
    """The values of a text that has one after the other.

    Parameters
    ----------
    unique
        Makes a mapping of its pairs; by default, a key that is named twice is refused.

    Raises
    ------
    JsonError
        When one of them is none.
    """
    at = _blank_end(text, 0)
    while at < len(text):
        value, end = _decoded(text, at, unique or _unique)
        if too_deep(value):
            raise JsonError(f"exceeded max depth of {MAX_DEPTH}")
        yield replace_surrogates(value) if _MAY_BE_SURROGATE.search(text, at, end) else value
        at = _blank_end(text, end)


def _decoded(text: str, at: int, pairs: Callable[[list[tuple[str, Any]]], dict[str, Any]]) -> tuple[Any, int]:
    decoder = json.JSONDecoder(
        object_pairs_hook=pairs, parse_constant=_constant, parse_int=parse_integer, parse_float=_float
    )
    try:
        return decoder.raw_decode(text, at)
    except _Constant as error:
        found = text.find(str(error), at)
        raise _problem(json.JSONDecodeError("Expecting value", text, found)) from None
    except json.JSONDecodeError as error:
        raise _problem(error) from None
    except RecursionError:
        raise JsonError(f"exceeded max depth of {MAX_DEPTH}") from None


def _blank_end(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    return found.end() if found else at


class _Constant(ValueError):
    """NaN or Infinity, which JSON does not have."""


def _constant(name: str) -> Any:
    raise _Constant(name)


def _last(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return dict(pairs)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        keys = [key for key, _ in pairs]
        raise JsonError(f'key "{next(key for i, key in enumerate(keys) if key in keys[:i])}" already set in map')
    return result


def parse_integer(text: str) -> int | float:
    """An integer of 64 bits; a float where it does not fit.

    Raises
    ------
    JsonError
        When it does not fit there either.
    """
    if len(text) < 19:
        return int(text)
    if len(text) < 400 and -(2**63) <= int(text) < 2**64:
        return int(text)
    return _float(text)


def _float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise JsonError(f"json: cannot unmarshal number {text} into Go value of type float64")
    return number


def whole(value: float) -> int | float:
    """A float as its JSON text reads it again: an integer where it has no fraction."""
    return int(value) if value.is_integer() and abs(value) < 1e21 else value


def _problem(error: json.JSONDecodeError) -> JsonError:
    """Python's complaint in Go's words."""
    text, at, said = error.doc, error.pos, error.msg
    if said.startswith("Illegal trailing comma"):
        at = _blank_end(text, at + 1)
        said = "Expecting property name" if text[at : at + 1] == "}" else "Expecting value"
    elif said.startswith("Invalid \\escape"):
        at += 1
    if said.startswith("Unterminated string") or at >= len(text):
        return JsonError("unexpected end of JSON input", error.lineno, error.colno)
    why = next((words for start, words in _PROBLEMS if said.startswith(start)), "")
    if not why:
        why = f"after {'array element' if _container(text, at) == '[' else 'object key:value pair'}"
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    return JsonError(f"invalid character {_quoted(text[at])} {why}", line, column)


def _container(text: str, at: int) -> str:
    """The bracket of the list or mapping that a place is in."""
    opened: list[str] = []
    for match in _STRING_OR_BRACKET.finditer(text, 0, at):
        if match[0] in ("[", "{"):
            opened.append(match[0])
        elif match[0] in ("]", "}") and opened:
            opened.pop()
    return opened[-1] if opened else "{"


def _quoted(char: str) -> str:
    """A character in quotes, or rather the first of its bytes: Go reads JSON byte by byte."""
    char = chr(char.encode(errors="surrogatepass")[0])
    named = {"'": "'\\''", '"': "'\"'", "\n": "'\\n'", "\t": "'\\t'", "\r": "'\\r'"}
    return named.get(char) or (f"'{char}'" if char.isprintable() else _escaped(ord(char)))


def _escaped(code: int) -> str:
    return f"'\\u{code:04x}'" if code > 0x7F else f"'\\x{code:02x}'"


def too_deep(value: Any) -> bool:
    """Whether a value is nested deeper than anything may be."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [
            inner
            for item in level
            for inner in (item.values() if isinstance(item, dict) else item if isinstance(item, list) else ())
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def without_surrogates(text: str) -> str:
    """A text whose halves of characters are replaced, as Go replaces what is no character."""
    return _SURROGATE.sub(_REPLACEMENT, text)


def replace_surrogates(value: Any) -> Any:
    """A JSON value in whose texts halves of characters are replaced."""
    if isinstance(value, str):
        return without_surrogates(value)
    if isinstance(value, list):
        return [replace_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {without_surrogates(key): replace_surrogates(item) for key, item in value.items()}
    return value
