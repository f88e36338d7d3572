"""The typed object that the result of a strategic merge patch stands for, with the words of Go's converter.

The API server reads such a result by reflection, not as JSON: numbers that do not fit are cut off, and errors name
Go's types instead of paths.

References
----------
``staging/src/k8s.io/apimachinery/pkg/runtime/converter.go fromUnstructured @ v1.36``
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any, TypeVar

from k8snb.api.base64_text import Base64Error, canonical_base64
from k8snb.api.decode import go_number
from k8snb.api.json_reader import whole
from k8snb.api.patch.meta import go_type
from k8snb.api.quantity import canonical, QuantityError
from k8snb.api.schema import EMPTY, EMPTY_LIST, fields_of, KubernetesObject, Shape, Struct
from k8snb.api.timestamps import parse_time, TimeError, ZERO_TIME

T = TypeVar("T", bound=Struct)

_KINDS = {"[]interface {}": "slice", "map[string]interface {}": "map"}
_BITS = {"int32": 32, "int64": 64, "int": 64}


class ConversionError(ValueError):
    """A value that its field cannot hold; the message is that of Go's converter."""


def from_unstructured(cls: type[T], value: dict[str, Any], unknown: list[str] | None = None) -> T:
    """Read a patched object.

    Parameters
    ----------
    cls
        The structure to read it as.
    value
        A JSON value.
    unknown
        Takes the complaints about unknown fields, instead of an exception.

    Raises
    ------
    ConversionError
        When a value has the wrong type, or a field is unknown.
    """
    complaints: list[str] = []
    result = _struct(cls, value, "", complaints)
    complaints.sort()
    if unknown is not None:
        unknown += complaints
    elif complaints:
        raise ConversionError("strict decoding error: " + ", ".join(complaints))
    return result  # type: ignore[return-value]


def _kind(value: Any) -> str:
    name = go_type(value)
    return _KINDS.get(name, name)


def _struct(cls: type[Struct], value: Any, path: str, unknown: list[str]) -> Struct:
    if not isinstance(value, dict):
        raise ConversionError(f"cannot restore struct from: {_kind(value)}")
    known, given = set(), {}
    if issubclass(cls, KubernetesObject):
        known = {"apiVersion", "kind"}
        for name in ("kind", "apiVersion"):
            if value.get(name) is not None:
                _text_or_number(value[name], Shape("scalar", "string", str))
    for field in fields_of(cls):
        known.add(field.json)
        item = value.get(field.json)
        if item is not None:
            given[field.attr] = _convert(field.shape, item, f"{path}.{field.json}", unknown)
            if field.holds_zero_time and given[field.attr] == ZERO_TIME:
                given[field.attr] = None
    unknown += [f'unknown field "{f"{path}.{name}"[1:]}"' for name in value if name not in known]
    return cls(**given)


def _convert(shape: Shape, value: Any, path: str, unknown: list[str]) -> Any:
    if shape.form == "struct":
        return _struct(shape.type, value, path, unknown)
    if shape.form == "list":
        if not isinstance(value, list):
            raise ConversionError(f"cannot restore slice from {_kind(value)}")
        return tuple(_element(shape.of, v, f"{path}[{i}]", unknown) for i, v in enumerate(value)) or EMPTY_LIST
    if shape.form == "map":
        if not isinstance(value, dict):
            raise ConversionError(f"cannot restore map from {_kind(value)}")
        return {name: _element(shape.of, v, path, unknown) for name, v in value.items()}
    return _SPECIAL.get(shape.go, _text_or_number)(value, shape)


def _element(shape: Shape, value: Any, path: str, unknown: list[str]) -> Any:
    if value is not None:
        return _convert(shape, value, path, unknown)
    if shape.form == "struct":
        return shape.type()
    if shape.go == "resource.Quantity":
        return "0"
    return {"list": (), "map": EMPTY}.get(shape.form, shape.type() if shape.type in (str, int, bool) else None)


def _text_or_number(value: Any, shape: Shape) -> Any:
    """A scalar; a whole number that is too large loses its high bits."""
    if shape.type is Any:
        return value
    if type(value) is shape.type and shape.type is not int:
        return value
    if shape.type is int and type(value) in (int, float):
        if value != int(value):
            raise ConversionError(f"cannot convert float64 to {shape.go}")
        return _cut(int(value), _BITS[shape.go])
    if shape.type is str and type(value) is int:
        raise ConversionError(f"cannot convert int64 to {shape.go}")
    kind = {str: "string", bool: "bool"}.get(shape.type, shape.go)
    raise ConversionError(f"unrecognized type: {kind}")


def _cut(number: int, bits: int) -> int:
    half = 1 << (bits - 1)
    return (number + half) % (1 << bits) - half


def _quantity(value: Any, _shape: Shape) -> str:
    text = value if isinstance(value, str) else go_number(value) if type(value) in (int, float) else "?"
    try:
        return canonical(text.strip())
    except QuantityError as error:
        raise ConversionError(str(error)) from None


def _int_or_string(value: Any, _shape: Shape) -> int | str:
    value = whole(value) if isinstance(value, float) else value
    if isinstance(value, str) or (type(value) is int and -(2**31) <= value < 2**31):
        return value
    raise ConversionError(f"json: cannot unmarshal {_json_type(value)} into Go value of type int32")


def _json_type(value: Any) -> str:
    if type(value) in (int, float):
        return f"number {go_number(value)}"
    return {bool: "bool", list: "array", str: "string"}.get(type(value), "object")


def _time(value: Any, _shape: Shape) -> int:
    if not isinstance(value, str):
        shown = _json_type(value).partition(" ")[0]
        raise ConversionError(f"json: cannot unmarshal {shown} into Go value of type string")
    try:
        return parse_time(value)
    except TimeError as error:
        raise ConversionError(str(error)) from None


def _bytes(value: Any, _shape: Shape) -> str:
    if isinstance(value, list):
        return base64.b64encode(bytes(map(_byte, value))).decode()
    if not isinstance(value, str):
        raise ConversionError(f"cannot restore slice from {_kind(value)}")
    try:
        return canonical_base64(value)
    except Base64Error as error:
        raise ConversionError(f"error decoding from json: {error}") from None


def _byte(value: Any) -> int:
    if type(value) is int:
        return value % 256
    if isinstance(value, float):
        if value != int(value):
            raise ConversionError("cannot convert float64 to uint8")
        return int(value) % 256
    if value is None:
        return 0
    raise ConversionError("unrecognized type: uint8")


_SPECIAL: dict[str, Callable[[Any, Shape], Any]] = {
    "resource.Quantity": _quantity,
    "intstr.IntOrString": _int_or_string,
    "v1.Time": _time,
    "v1.MicroTime": _time,
    "[]uint8": _bytes,
}
