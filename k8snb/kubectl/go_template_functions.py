"""The functions that Go templates can call.

References
----------
``text/template/funcs.go``
``staging/src/k8s.io/cli-runtime/pkg/printers/template.go exists, base64decode @ v1.36``
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote_plus

from k8snb.kubectl.go_compare import BAD_TYPE, ComparisonError, INCOMPATIBLE, kind_of, less, NO_COMPARISON
from k8snb.kubectl.go_format import go_type, sprint, sprintf


class FunctionError(ValueError):
    """A call that fails."""


class Missing:
    """A value that is not there; it prints as ``<no value>``."""


MISSING = Missing()


class Function(NamedTuple):
    """What can be called, and with how many arguments; `most` is None where there is no bound."""

    call: Callable[[Sequence[Any]], Any]
    least: int
    most: int | None


def truth(value: Any) -> bool:
    """Whether a value is neither missing, nor null, nor zero, nor empty."""
    return value is not MISSING and bool(value)


def shown(value: Any) -> str:
    """A value as a template prints it."""
    return "<no value>" if value is MISSING or value is None else sprint(value)


def _plain(value: Any) -> Any:
    return None if value is MISSING else value


def _length(arguments: Sequence[Any]) -> int:
    value = arguments[0]
    if value is MISSING or value is None:
        raise FunctionError("reflect: call of reflect.Value.Type on zero Value")
    if isinstance(value, str):
        return len(value.encode())
    if isinstance(value, list | dict):
        return len(value)
    raise FunctionError(f"len of type {go_type(value)}")


def _index(arguments: Sequence[Any]) -> Any:
    value = _plain(arguments[0])
    if value is None:
        raise FunctionError("index of untyped nil")
    for key in arguments[1:]:
        value = _element(value, _plain(key))
    return value


def _element(value: Any, key: Any) -> Any:
    if isinstance(value, dict):
        if not isinstance(key, str):
            raise FunctionError(f"value has type {go_type(key)}; should be string")
        return value.get(key)
    if isinstance(value, str):
        value = list(value.encode())
    if value is None:
        raise FunctionError("index of nil pointer")
    if not isinstance(value, list):
        raise FunctionError(f"can't index item of type {go_type(value)}")
    return value[_position(key, len(value))]


def _position(key: Any, size: int) -> int:
    if key is None:
        raise FunctionError("cannot index slice/array with nil")
    if not isinstance(key, int) or isinstance(key, bool):
        raise FunctionError(f"cannot index slice/array with type {go_type(key)}")
    if not 0 <= key < size:
        raise FunctionError(f"index out of range: {key}")
    return key


def _slice(arguments: Sequence[Any]) -> Any:
    value = _plain(arguments[0])
    if value is None:
        raise FunctionError("slice of untyped nil")
    if not isinstance(value, list | str):
        raise FunctionError(f"can't slice item of type {go_type(value)}")
    sequence = value.encode() if isinstance(value, str) else value
    bounds = [_position(_plain(key), len(sequence) + 1) for key in arguments[1:3]]
    start, end = (*bounds, *(0, len(sequence))[len(bounds) :])
    if start > end:
        raise FunctionError(f"invalid slice index: {start} > {end}")
    part = sequence[start:end]
    return part.decode(errors="replace") if isinstance(part, bytes) else part


def _same(one: Any, other: Any) -> bool:
    """Whether two values are equal; what is null equals only what is null."""
    one, other = _plain(one), _plain(other)
    if one is None or other is None:
        return one is other
    containers = [isinstance(value, list | dict) for value in (one, other)]
    if any(containers):
        if not all(containers):
            raise FunctionError(INCOMPATIBLE)
        types = f"{go_type(one)}: {sprint(one)}, {go_type(other)}: {sprint(other)}"
        raise FunctionError(f"non-comparable types {types}")
    if kind_of(one) != kind_of(other):
        raise FunctionError(INCOMPATIBLE)
    return bool(one == other)


def _equal(arguments: Sequence[Any]) -> bool:
    if len(arguments) == 1:
        raise FunctionError(NO_COMPARISON)
    return any(_same(arguments[0], other) for other in arguments[1:])


def _less(one: Any, other: Any) -> bool:
    try:
        return less(_plain(one), _plain(other))
    except ComparisonError as error:
        raise FunctionError(BAD_TYPE if _plain(one) is None else str(error)) from None


def _less_or_equal(one: Any, other: Any) -> bool:
    return _less(one, other) or _same(one, other)


def _print(arguments: Sequence[Any]) -> str:
    """Blanks stand between arguments of which neither is text."""
    found = ""
    for i, value in enumerate(arguments):
        if i and not isinstance(value, str) and not isinstance(arguments[i - 1], str):
            found += " "
        found += sprint(_plain(value))
    return found


def _together(arguments: Sequence[Any]) -> str:
    return shown(arguments[0]) if len(arguments) == 1 else _print(arguments)


def _html(arguments: Sequence[Any]) -> str:
    text = _together(arguments)
    for char, name in (("&", "&amp;"), ('"', "&#34;"), ("'", "&#39;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(char, name)
    return text.replace("\0", "\ufffd")


_SCRIPT = {"\\": "\\\\", "'": "\\'", '"': '\\"', "<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "=": "\\u003D"}


def _js(arguments: Sequence[Any]) -> str:
    return "".join(_SCRIPT.get(c) or (f"\\u{ord(c):04X}" if c < " " else c) for c in _together(arguments))


def _exists(arguments: Sequence[Any]) -> bool:
    value = _plain(arguments[0])
    for key in arguments[1:]:
        try:
            value = _element(value, _plain(key)) if value is not None else None
        except FunctionError:
            return False
    return value is not None


def _base64decode(arguments: Sequence[Any]) -> str:
    text = arguments[0]
    if not isinstance(text, str):
        raise FunctionError(f"wrong type for value; expected string; got {go_type(_plain(text))}")
    try:
        return base64.b64decode(text, validate=True).decode(errors="replace")
    except (binascii.Error, ValueError):
        bad = next((i for i, c in enumerate(text) if not (c.isalnum() or c in "+/=")), len(text))
        raise FunctionError(f"base64 decode failed: illegal base64 data at input byte {bad}") from None


def _printf(arguments: Sequence[Any]) -> str:
    template = arguments[0]
    if not isinstance(template, str):
        raise FunctionError(f"wrong type for value; expected string; got {go_type(_plain(template))}")
    return sprintf(template, [_plain(value) for value in arguments[1:]])


FUNCTIONS: Mapping[str, Function] = {
    "and": Function(lambda a: a[-1], 1, None),  # the executor stops at the first that decides
    "or": Function(lambda a: a[-1], 1, None),
    "not": Function(lambda a: not truth(a[0]), 1, 1),
    "len": Function(_length, 1, 1),
    "index": Function(_index, 1, None),
    "slice": Function(_slice, 1, None),
    "eq": Function(_equal, 1, None),
    "ne": Function(lambda a: not _same(a[0], a[1]), 2, 2),
    "lt": Function(lambda a: _less(a[0], a[1]), 2, 2),
    "le": Function(lambda a: _less_or_equal(a[0], a[1]), 2, 2),
    "gt": Function(lambda a: not _less_or_equal(a[0], a[1]), 2, 2),
    "ge": Function(lambda a: not _less(a[0], a[1]), 2, 2),
    "print": Function(_print, 0, None),
    "printf": Function(_printf, 1, None),
    "println": Function(lambda a: " ".join(sprint(_plain(v)) for v in a) + "\n", 0, None),
    "html": Function(_html, 0, None),
    "js": Function(_js, 0, None),
    "urlquery": Function(lambda a: quote_plus(_together(a)), 0, None),
    "exists": Function(_exists, 1, None),
    "base64decode": Function(_base64decode, 1, 1),
}
