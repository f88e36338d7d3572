"""JSON values to typed objects, as strictly as the API server reads them, with its words for what is wrong.

The first value of a wrong type is reported as Go's decoder does, with the structure and the field it meant to
fill; when all types fit, every unknown field is reported with its path.

References
----------
``vendor/sigs.k8s.io/json`` and ``apimachinery/pkg/runtime/serializer/json/json.go @ v1.36``
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from k8snb.api.base64_text import Base64Error, canonical_base64
from k8snb.api.quantity import canonical, QuantityError
from k8snb.api.schema import EMPTY, EMPTY_LIST, fields_of, KubernetesObject, Shape, Struct
from k8snb.api.timestamps import parse_time, TimeError, ZERO_TIME

_INT_RANGE = {"int32": 2**31, "int64": 2**63, "int": 2**63}


class DecodeError(ValueError):
    """A JSON value that is not of the kind's shape; the message is Go's."""


class _Abort(Exception):
    """A custom decoder (quantity, int-or-string, time) refused its value, which ends decoding at once."""


class _Context:
    """Where the decoder stands, and what it found wrong so far."""

    def __init__(self) -> None:
        self.names: list[str] = []  # field names only, as Go's messages have them
        self.path: list[str] = []  # with list indexes, as strict errors have them
        self.struct = ""
        self.type_error = ""
        self.unknown: list[str] = []

    def mismatch(self, value: str, go_type: str) -> str:
        place = f"Go struct field {self.struct}.{'.'.join(self.names)}" if self.struct else "Go value"
        return f"json: cannot unmarshal {value} into {place} of type {go_type}"

    def wrong(self, value: Any, go_type: str) -> None:
        if not self.type_error:
            self.type_error = self.mismatch(json_type(value), go_type)


T = TypeVar("T", bound=Struct)
Decoder = Callable[[Any, _Context], Any]


def from_dict(cls: type[T], value: Any, *, strict: bool = True, unknown: list[str] | None = None) -> T:
    """Read a JSON value as an object of a kind.

    Parameters
    ----------
    cls
        The structure to read it as.
    value
        What a JSON parser returned.
    strict
        Refuse unknown fields; otherwise they are left out.
    unknown
        Takes the complaints about unknown fields, instead of an exception.

    Raises
    ------
    DecodeError
        When a value has the wrong type, or a field is unknown; with the text that Go's decoder gives.

    Examples
    --------
    >>> from k8snb.api.types.apps import Deployment
    >>> from_dict(Deployment, {"spec": {"replicas": 3, "pause": True}})
    Traceback (most recent call last):
    k8snb.api.decode.DecodeError: strict decoding error: unknown field "spec.pause"
    """
    context = _Context()
    try:
        result = _struct_decoder(cls)(value, context)
    except _Abort as abort:
        raise DecodeError(str(abort)) from None
    if context.type_error:
        raise DecodeError(context.type_error)
    if unknown is not None:
        unknown += context.unknown
    elif context.unknown and strict:
        raise DecodeError("strict decoding error: " + ", ".join(context.unknown))
    return result  # type: ignore[no-any-return]


@cache
def _struct_decoder(cls: type[Struct]) -> Decoder:
    fields = {
        f.json: (f.attr, (*f.inline, f.json), _zero_time if f.holds_zero_time else _decoder(f.shape))
        for f in fields_of(cls)
    }
    known = {"apiVersion", "kind"} if issubclass(cls, KubernetesObject) else set()

    def decode(value: Any, context: _Context) -> Any:
        if not isinstance(value, dict):
            if value is not None:
                context.wrong(value, f"v1.{cls.__name__}")
            return cls()
        outer, given = context.struct, {}
        for name, item in value.items():
            if name not in fields:
                if name in known and item is not None and not isinstance(item, str):
                    context.struct, context.names = cls.__name__, [*context.names, "TypeMeta", name]
                    context.wrong(item, "string")
                    context.names, context.struct = context.names[:-2], outer
                elif name not in known:
                    context.unknown.append(f'unknown field "{"".join((*context.path, f".{name}"))[1:]}"')
                continue
            if item is None:
                continue
            attr, names, decoder = fields[name]
            context.struct = cls.__name__
            context.names.extend(names)
            context.path.append(f".{name}")
            given[attr] = decoder(item, context)
            del context.names[-len(names) :]
            context.path.pop()
        context.struct = outer
        return cls(**given)

    return decode


@cache
def _decoder(shape: Shape) -> Decoder:
    if shape.form == "struct":
        return _struct_decoder(shape.type)
    if shape.form == "list":
        return _list_decoder(shape)
    if shape.form == "map":
        return _map_decoder(shape)
    return _SPECIAL.get(shape.go) or _scalar_decoder(shape)


def _list_decoder(shape: Shape) -> Decoder:
    item_decoder, zero = _decoder(shape.of), _zero(shape.of)

    def decode(value: Any, context: _Context) -> Any:
        if not isinstance(value, list):
            context.wrong(value, shape.go)
            return ()
        items = []
        for index, item in enumerate(value):
            context.path.append(f"[{index}]")
            items.append(zero if item is None else item_decoder(item, context))
            context.path.pop()
        return tuple(items) or EMPTY_LIST

    return decode


def _map_decoder(shape: Shape) -> Decoder:
    element_decoder, zero = _decoder(shape.of), _zero(shape.of)

    def decode(value: Any, context: _Context) -> Any:
        if not isinstance(value, dict):
            context.wrong(value, shape.go)
            return EMPTY
        result = {}
        for key, item in value.items():
            context.path.append(f".{key}")
            result[key] = zero if item is None else element_decoder(item, context)
            context.path.pop()
        return result

    return decode


def _zero(shape: Shape) -> Any:
    if shape.form == "struct":
        return shape.type()
    if shape.go == "resource.Quantity":
        return "0"
    return {"list": (), "map": EMPTY}.get(shape.form, shape.type() if shape.type in (str, int, bool) else None)


def _scalar_decoder(shape: Shape) -> Decoder:
    go, type_ = shape.go, shape.type
    if type_ is int:
        return _int_decoder(go)
    if type_ is Any:
        return lambda value, _context: value

    def decode(value: Any, context: _Context) -> Any:
        if type(value) is type_:
            return value
        context.wrong(value, go)
        return type_()

    return decode


def _int_decoder(go: str) -> Decoder:
    limit = _INT_RANGE[go]

    def decode(value: Any, context: _Context) -> int:
        if type(value) is int and -limit <= value < limit:
            return value
        if not context.type_error:
            shown = f"number {go_number(value)}" if type(value) in (int, float) else json_type(value)
            context.type_error = context.mismatch(shown, go)
        return 0

    return decode


def go_number(value: int | float) -> str:
    """A JSON number as it stands in a request."""
    return repr(value)


def json_type(value: Any) -> str:
    """The kind of a JSON value in the words of Go's decoder."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, list):
        return "array"
    return "object" if isinstance(value, dict) else "string"


def _quantity(value: Any, _context: _Context) -> str:
    text = value if isinstance(value, str) else go_number(value) if type(value) in (int, float) else "?"
    try:
        return canonical(text.strip())
    except QuantityError as error:
        raise _Abort(str(error)) from None


def _int_or_string(value: Any, context: _Context) -> int | str:
    if isinstance(value, str):
        return value
    if type(value) is int and -(2**31) <= value < 2**31:
        return value
    shown = f"number {go_number(value)}" if type(value) in (int, float) else json_type(value)
    raise _Abort(context.mismatch(shown, "int32"))


def _time(value: Any, context: _Context) -> int:
    if not isinstance(value, str):
        raise _Abort(context.mismatch(json_type(value), "string"))
    try:
        return parse_time(value)
    except TimeError as error:
        raise _Abort(str(error)) from None


def _zero_time(value: Any, context: _Context) -> int | None:
    """A time of which zero means that there is none."""
    moment = _time(value, context)
    return None if moment == ZERO_TIME else moment


def _bytes(value: Any, context: _Context) -> str:
    if isinstance(value, list):
        return base64.b64encode(bytes(_byte(item, context) for item in value)).decode()
    if not isinstance(value, str):
        context.wrong(value, "[]uint8")
        return ""
    try:
        return canonical_base64(value)
    except Base64Error as error:
        context.type_error = context.type_error or str(error)
        return ""


def _byte(value: Any, context: _Context) -> int:
    if type(value) is int and 0 <= value < 256:
        return value
    if value is not None and not context.type_error:
        shown = f"number {go_number(value)}" if type(value) in (int, float) else json_type(value)
        context.type_error = context.mismatch(shown, "uint8")
    return 0


_SPECIAL: dict[str, Decoder] = {
    "resource.Quantity": _quantity,
    "intstr.IntOrString": _int_or_string,
    "v1.Time": _time,
    "v1.MicroTime": _time,
    "[]uint8": _bytes,
}
