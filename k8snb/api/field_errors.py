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
from k8snb.api.schema import EMPTY, Struct
from k8snb.errors import Cause

_REASON_TEXT = {
    "FieldValueRequired": "Required value",
    "FieldValueDuplicate": "Duplicate value",
    "FieldValueInvalid": "Invalid value",
    "FieldValueNotSupported": "Unsupported value",
    "FieldValueForbidden": "Forbidden",
    "FieldValueTooLong": "Too long",
    "FieldValueTooMany": "Too many",
    "FieldValueNotFound": "Not found",
    "FieldValueTypeInvalid": "Invalid value",
    "InternalError": "Internal error",
}
_WITHOUT_VALUE = {
    "FieldValueRequired",
    "FieldValueForbidden",
    "FieldValueTooLong",
    "FieldValueTooMany",
    "InternalError",
}


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
        if self.reason not in _WITHOUT_VALUE:
            text += f": {go_value(self.value)}"
        return f"{text}: {self.detail}" if self.detail else text

    @property
    def cause(self) -> Cause:
        """The entry in the ``causes`` of a ``Status``."""
        return Cause(self.reason, self.body, self.field)

    def __str__(self) -> str:
        return f"{self.field}: {self.body}"


def go_value(value: Any) -> str:
    """A value as Kubernetes prints it in an error: JSON, compact."""
    if isinstance(value, Struct):
        value = to_dict(value)
    elif isinstance(value, Mapping):
        value = None if value is EMPTY else dict(value)
    elif isinstance(value, tuple):
        value = [to_dict(v) if isinstance(v, Struct) else v for v in value]
    return json.dumps(value, separators=(",", ":"), sort_keys=isinstance(value, dict), ensure_ascii=False)


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
    quoted = ", ".join(json.dumps(s) for s in supported)
    return FieldError("FieldValueNotSupported", field, value, f"supported values: {quoted}" if quoted else "")


def too_long(field: str, maximum: int) -> FieldError:
    """The text is longer than `maximum` bytes."""
    return FieldError("FieldValueTooLong", field, None, f"may not be more than {maximum} bytes")


def too_many(field: str, actual: int, maximum: int) -> FieldError:
    """The list has more than `maximum` entries."""
    return FieldError("FieldValueTooMany", field, actual, f"must have at most {maximum} items")


def type_invalid(field: str, value: Any, detail: str) -> FieldError:
    """The value has the wrong type."""
    return FieldError("FieldValueTypeInvalid", field, value, detail)


def internal_error(field: str, detail: str) -> FieldError:
    """Validation itself failed."""
    return FieldError("InternalError", field, None, detail)
