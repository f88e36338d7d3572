"""Faults of an object's fields, in the words of Kubernetes' validation.

Paths are plain strings: ``spec.containers[0].name``, ``spec.resources.limits[cpu]``.

References
----------
``staging/src/k8s.io/apimachinery/pkg/util/validation/field/errors.go @ v1.36``
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from k8snb.api.encode import to_dict
from k8snb.api.schema import EMPTY, is_absent, Struct
from k8snb.api.timestamps import time_or_null
from k8snb.errors import Cause

_REASON_TEXT = {
    "FieldValueRequired": "Required value",
    "FieldValueDuplicate": "Duplicate value",
    "FieldValueInvalid": "Invalid value",
    "FieldValueNotSupported": "Unsupported value",
    "FieldValueForbidden": "Forbidden",
    "FieldValueTooLong": "Too long",
    "FieldValueTooMany": "Too many",
    "FieldValueTooFew": "Too few",
    "FieldValueNotFound": "Not found",
    "FieldValueTypeInvalid": "Invalid value",
    "InternalError": "Internal error",
}
_WITHOUT_VALUE = ("FieldValueRequired", "FieldValueForbidden", "FieldValueTooLong", "InternalError")
_GO_ESCAPES = {"\a": r"\a", "\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\v": r"\v"}
_GO_ESCAPES |= {'"': r"\"", "\\": r"\\"}
_JSON_ESCAPES = str.maketrans({c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"})


class Typed(NamedTuple):
    """A value whose Go type is not a plain string or number: it prints as JSON."""

    value: Any


class Shown(NamedTuple):
    """A value that is printed already."""

    text: str


OMITTED = Shown("")  # the value of a fault that is about no single value


class FieldError(NamedTuple):
    """One fault: its type (Kubernetes' ``CauseType``), the path, the value and what is wrong with it."""

    reason: str
    field: str
    value: Any
    detail: str

    @property
    def body(self) -> str:
        """The message without the path."""
        text = _REASON_TEXT[self.reason]
        if self.reason not in _WITHOUT_VALUE and self.value is not OMITTED:
            text += f": {go_value(self.value)}"
        return f"{text}: {self.detail}" if self.detail else text

    @property
    def cause(self) -> Cause:
        """The entry in the ``causes`` of a ``Status``."""
        return Cause(self.reason, self.body, self.field)

    def __str__(self) -> str:
        return f"{self.field}: {self.body}"


def distinct(errors: Iterable[FieldError]) -> list[FieldError]:
    """The faults without those whose text another one before them has."""
    seen: dict[str, FieldError] = {}
    for error in errors:
        seen.setdefault(str(error), error)
    return list(seen.values())


def typed(value: Any) -> Typed:
    """Mark a value of one of Go's own string types (or a pointer), which prints as JSON."""
    return Typed(value)


def time_value(ms: int | None) -> Any:
    """A time as it prints in an error."""
    return Typed(time_or_null(ms))


def go_value(value: Any) -> str:
    """A value as Kubernetes prints it in an error: text in Go's quotes, numbers plain, all else as JSON."""
    if isinstance(value, Shown):
        return value.text
    if isinstance(value, str):
        return go_quote(value)
    return go_json(value.value if isinstance(value, Typed) else value)


def go_quote(text: str) -> str:
    """A text in double quotes with the escapes of Go's ``strconv.Quote``.

    Examples
    --------
    >>> print(go_quote('a "b"'), go_quote("é\\x00<"))
    "a \\"b\\"" "é\\x00<"
    """
    return '"' + "".join(_GO_ESCAPES.get(c) or (c if c.isprintable() else _code_point(c)) for c in text) + '"'


def _code_point(char: str) -> str:
    code = ord(char)
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def go_json(value: Any) -> str:
    """A value as Go's ``json.Marshal`` writes it: compact, with ``<``, ``>`` and ``&`` escaped.

    Examples
    --------
    >>> print(go_json({"b": "<x>", "a": [1, None]}))
    {"a":[1,null],"b":"\\u003cx\\u003e"}
    """
    by_key = isinstance(value, Mapping)
    return escape_html(json.dumps(_plain(value), separators=(",", ":"), sort_keys=by_key, ensure_ascii=False))


def escape_html(text: str) -> str:
    """JSON text with the characters escaped that Go escapes lest HTML be fooled."""
    return text.translate(_JSON_ESCAPES)


def _plain(value: Any) -> Any:
    if isinstance(value, Struct):
        return to_dict(value)
    if isinstance(value, Mapping):
        return None if value is EMPTY else {k: _plain(v) for k, v in value.items()}
    if isinstance(value, tuple):
        return None if is_absent(value) else [_plain(v) for v in value]
    return value


def invalid(field: str, value: Any, detail: str) -> FieldError:
    """The value breaks a rule."""
    return FieldError("FieldValueInvalid", field, value, detail)


def required(field: str, detail: str = "") -> FieldError:
    """The value is missing."""
    return FieldError("FieldValueRequired", field, None, detail)


def duplicate(field: str, value: Any) -> FieldError:
    """The value occurs twice where it may only once."""
    return FieldError("FieldValueDuplicate", field, value, "")


def forbidden(field: str, detail: str) -> FieldError:
    """The field may not be set, or not be changed."""
    return FieldError("FieldValueForbidden", field, None, detail)


def not_found(field: str, value: Any) -> FieldError:
    """The value refers to something that is not there."""
    return FieldError("FieldValueNotFound", field, value, "")


def not_supported(field: str, value: Any, supported: Iterable[str]) -> FieldError:
    """The value is none of those that are allowed."""
    quoted = ", ".join(map(go_quote, supported))
    return FieldError("FieldValueNotSupported", field, value, f"supported values: {quoted}" if quoted else "")


def too_long(field: str, maximum: int) -> FieldError:
    """The text is longer than `maximum` bytes."""
    unit = "byte" if maximum == 1 else "bytes"
    return FieldError("FieldValueTooLong", field, None, f"may not be more than {maximum} {unit}")


def too_many(field: str, actual: int, maximum: int) -> FieldError:
    """The list has more than `maximum` entries."""
    unit = "item" if maximum == 1 else "items"
    return FieldError("FieldValueTooMany", field, actual, f"must have at most {maximum} {unit}")


def too_few(field: str, actual: int, minimum: int) -> FieldError:
    """The list has fewer than `minimum` entries."""
    unit = "item" if minimum == 1 else "items"
    return FieldError("FieldValueTooFew", field, actual, f"must have at least {minimum} {unit}")


def type_invalid(field: str, value: Any, detail: str) -> FieldError:
    """The value has the wrong type."""
    return FieldError("FieldValueTypeInvalid", field, value, detail)


def internal_error(field: str, detail: str) -> FieldError:
    """Validation itself failed."""
    return FieldError("InternalError", field, None, detail)
