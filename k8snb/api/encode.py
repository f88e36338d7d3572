"""Typed objects to plain JSON values, with exactly the fields that the API server writes.

References
----------
Go's ``encoding/json`` rules for ``omitempty`` and ``omitzero``, by the marks of `k8snb.api.schema`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from k8snb.api.schema import EMPTY, Field, fields_of, KubernetesObject, Shape, Struct
from k8snb.api.timestamps import format_micro_time, time_or_null

Encoder = Callable[[Any], Any]


def to_dict(obj: Struct) -> dict[str, Any]:
    """The JSON form of a typed structure.

    Parameters
    ----------
    obj
        Any `Struct`; a `KubernetesObject` also gets ``apiVersion`` and ``kind``.

    Returns
    -------
    dict
        New at every call; lists and maps in it are copies.
    """
    body = _struct_encoder(type(obj))(obj)
    if isinstance(obj, KubernetesObject):
        return {"apiVersion": obj.api_version, "kind": obj.kind, **body}
    return body


@cache
def _struct_encoder(cls: Any) -> Callable[[Any], dict[str, Any]]:
    rows = [(f.attr, f.json, _encoder(f.shape), _omits(f)) for f in fields_of(cls)]

    def encode(obj: Any) -> dict[str, Any]:
        out = {}
        for attr, json_name, encoder, omits in rows:
            value = getattr(obj, attr)
            if omits(value):
                continue
            out[json_name] = None if value is None else encoder(value)
        return out

    return encode


def _omits(field: Field) -> Callable[[Any], bool]:
    """Whether a value of this field is left out."""
    if field.always:
        return lambda _value: False
    if field.nullable:
        return lambda value: value is None
    if field.shape.form == "struct":
        return (lambda value: value == field.default) if field.omit_zero else (lambda _value: False)
    return lambda value: not value


def _encoder(shape: Shape) -> Encoder:
    if shape.form == "struct":
        nested = issubclass(shape.type, KubernetesObject)  # the claims of a stateful set
        return to_dict if nested else _struct_encoder(shape.type)
    if shape.form == "list":
        item = _encoder(shape.of)
        return lambda value: [item(v) for v in value] or None  # the store keeps no empty lists
    if shape.form == "map":
        element = _encoder(shape.of)
        return lambda value: None if value is EMPTY else {k: element(value[k]) for k in sorted(value)}
    if shape.go == "v1.Time":
        return time_or_null
    if shape.go == "v1.MicroTime":
        return format_micro_time
    return _plain


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value
