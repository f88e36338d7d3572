"""Values as Go's ``fmt`` prints them: plain JSON values with ``%v``, ``%#v`` and the verbs of ``printf``."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from k8snb.api.field_errors import go_quote

_ESCAPED = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})
_UNESCAPED = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}
_VERB = re.compile(r"%([-+# 0]*)(\*|\d+)?(?:\.(\*|\d+)?)?(.)?", re.DOTALL | re.ASCII)
_LARGEST_WIDTH = 1_000_000


def marshal(value: Any, indent: int | None = None, *, sort: bool = True) -> str:
    """A value as ``encoding/json`` writes it, with ``<``, ``>`` and ``&`` escaped.

    Parameters
    ----------
    value
        A JSON value.
    indent
        Spaces a level; None for one line without spaces.
    sort
        Maps by their keys; else in their own order.
    """
    separators = (",", ":") if indent is None else (",", ": ")
    text = json.dumps(value, ensure_ascii=False, sort_keys=sort, indent=indent, separators=separators)
    return text.translate(_ESCAPED)


def sprint(value: Any) -> str:
    """``fmt.Sprint`` of one value: ``map[a:1 b:[x y]]``."""
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format_float(value)
    if isinstance(value, dict):
        return "map[" + " ".join(f"{k}:{sprint(value[k])}" for k in sorted(value)) + "]"
    if isinstance(value, list):
        return "[" + " ".join(map(sprint, value)) + "]"
    return str(value)


def go_syntax(value: Any) -> str:
    """A decoded JSON value as ``%#v`` shows it."""
    if isinstance(value, dict):
        pairs = ", ".join(f"{go_quote(k)}:{_nested(value[k])}" for k in sorted(value))
        return f"map[string]interface {{}}{{{pairs}}}"
    if isinstance(value, list):
        return f"[]interface {{}}{{{', '.join(map(_nested, value))}}}"
    if isinstance(value, str):
        return go_quote(value)
    return "<nil>" if value is None else sprint(value)


def _nested(value: Any) -> str:
    return "interface {}(nil)" if value is None else go_syntax(value)


def go_type(value: Any) -> str:
    """The Go type of a decoded JSON value."""
    if value is None:
        return "<nil>"
    names = {bool: "bool", int: "int64", float: "float64", str: "string"}
    names |= {dict: "map[string]interface {}", list: "[]interface {}"}
    return names[type(value)]


def format_float(value: float) -> str:
    """A float as ``%v`` prints it: as short as can be, with an exponent below 1e-4 and from 1e6 on.

    Examples
    --------
    >>> format_float(2.50), format_float(1e6), format_float(0.00001)
    ('2.5', '1e+06', '1e-05')
    """
    number = Decimal(repr(value)).normalize()
    if not number:
        return "0"
    exponent = number.adjusted()
    if -4 <= exponent < 6:
        return f"{number:f}"
    return f"{number.scaleb(-exponent):f}e{exponent:+03d}"


def sprintf(template: str, arguments: Sequence[Any]) -> str:
    """``fmt.Sprintf`` with the verbs ``v d s q t x X f e g c b o T`` and ``%%``."""
    rest = list(arguments)
    out, at = [], 0
    for match in _VERB.finditer(template):
        out.append(template[at : match.start()])
        at = match.end()
        flags, width, precision, verb = match.groups()
        if verb is None or any(_too_large(number) for number in (width, precision)):
            out.append("%!(NOVERB)")
            at = len(template)
            break
        out.append("%" if verb == "%" else _formatted(rest, flags, width, precision, verb))
    out.append(template[at:])
    if rest:
        out.append(f"%!(EXTRA {', '.join(f'{go_type(v)}={sprint(v)}' for v in rest)})")
    return "".join(out)


def _too_large(number: str | None) -> bool:
    return number not in (None, "", "*") and (len(number) > 7 or int(number) > _LARGEST_WIDTH)


def _formatted(rest: list[Any], flags: str, width: str | None, precision: str | None, verb: str) -> str:
    """The next argument as its verb says; what is used of the arguments is taken away."""
    complaint = ""
    if width == "*":
        given = _star(rest)
        complaint = "" if given is not None else "%!(BADWIDTH)"
        width, flags = str(abs(given or 0)), flags + ("-" if (given or 0) < 0 else "")
    if precision == "*":
        given = _star(rest)
        if given is None or given < 0:
            complaint += "%!(BADPREC)"
        precision = None if given is None or given < 0 else str(given)
    if not rest:
        return f"{complaint}%!{verb}(MISSING)"
    return complaint + _padded(_verb(rest.pop(0), verb, flags, precision), flags, width)


def _star(rest: list[Any]) -> int | None:
    """The number that a star takes from the arguments; None where it is none, or too large."""
    given = rest.pop(0) if rest else None
    if isinstance(given, bool) or not isinstance(given, int) or abs(given) > _LARGEST_WIDTH:
        return None
    return given


def _padded(text: str, flags: str, width: str | None) -> str:
    size = int(width or 0)
    if "-" in flags:
        return text.ljust(size)
    return text.zfill(size) if "0" in flags else text.rjust(size)


def _verb(value: Any, verb: str, flags: str, precision: str | None) -> str:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if verb == "v":
        return go_syntax(value) if "#" in flags else sprint(value)
    if verb == "T":
        return go_type(value)
    if verb == "s" and isinstance(value, str | list | dict):
        return sprint(value) if precision is None else sprint(value)[: int(precision)]
    if verb == "q" and isinstance(value, str):
        return go_quote(value)
    if verb == "t" and isinstance(value, bool):
        return sprint(value)
    if whole and verb == "c":
        return chr(value) if 0 <= value <= 0x10FFFF and not 0xD800 <= value <= 0xDFFF else "\ufffd"
    if whole and verb in "dboxX":
        sign = "+" if "+" in flags and value >= 0 and verb == "d" else ""
        return sign + format(value, verb)
    if isinstance(value, str) and verb in "xX":
        return value.encode().hex() if verb == "x" else value.encode().hex().upper()
    if isinstance(value, float) and verb in "feg":
        return format(value, f".{precision or 6}{verb}") if verb != "g" or precision else format_float(value)
    return f"%!{verb}({go_type(value)}={sprint(value)})" if value is not None else f"%!{verb}(<nil>)"


def unquote(text: str) -> str:
    """The text that a quoted one stands for, with the escapes of Go.

    Raises
    ------
    ValueError
        When an escape is wrong.

    Examples
    --------
    >>> unquote(r'"a\\tb\\u00e9"')
    'a\\tbé'
    """
    body, found, at = text[1:-1], [], 0
    while at < len(body):
        char, at = _unescaped(body, at + 1, text[0]) if body[at] == "\\" else (body[at], at + 1)
        found.append(char)
    return "".join(found)


def _unescaped(body: str, at: int, quote: str) -> tuple[str, int]:
    """The character that an escape stands for, and where it ends."""
    kind = body[at : at + 1]
    if kind in _UNESCAPED or (kind and kind == quote):
        return _UNESCAPED.get(kind, kind), at + 1
    size, base = {"x": (2, 16), "u": (4, 16), "U": (8, 16)}.get(kind, (3, 8))
    start = at + (base == 16)
    digits = body[start : start + size]
    if len(digits) != size or not digits.isalnum():
        raise ValueError("invalid syntax")
    try:
        char = chr(int(digits, base))
    except (ValueError, OverflowError):
        raise ValueError("invalid syntax") from None
    if "\ud800" <= char <= "\udfff":
        raise ValueError("invalid syntax")
    return char, start + size
