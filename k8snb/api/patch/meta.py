"""What a strategic merge patch needs to know of a field: whether its list is merged, and by which key.

References
----------
``staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/meta.go PatchMetaFromStruct @ v1.36``
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from k8snb.api.schema import field_by_json, Shape, Struct

DIRECTIVE = "$patch"
RETAIN_KEYS_DIRECTIVE = "$retainKeys"
DELETE_LIST_PREFIX = "$deleteFromPrimitiveList"
ORDER_PREFIX = "$setElementOrder"


class PatchError(Exception):
    """A strategic merge patch that does not fit its object; the message is Kubernetes' own."""


class BadPatch(PatchError):
    """A strategic merge patch whose form is wrong."""


class UnprocessablePatch(PatchError):
    """A strategic merge patch of a form that is not supported."""


class PatchMeta(NamedTuple):
    """How a field is patched.

    ``shape`` is that of the field, or of its items for a list. ``merge`` says whether the items of a list are merged,
    ``key`` by which of their fields (None: by themselves), ``retain_keys`` whether a diff names the keys to keep,
    ``replaces`` whether a map takes the place of the one before.
    """

    shape: Shape
    merge: bool = False
    key: str | None = None
    retain_keys: bool = False
    replaces: bool = False


def shape_of(cls: type[Struct]) -> Shape:
    """The shape of a whole object."""
    return Shape("struct", cls.__name__, cls)


def lookup(shape: Shape, name: str) -> PatchMeta:
    """How a map in the field `name` is patched; raises PatchError where there is no such field."""
    if shape.form != "struct":
        kind = {"list": "slice", "map": "map"}.get(shape.form, shape.go)
        raise PatchError(f"merging an object in json but data type is not struct, instead is: {kind}")
    fields = field_by_json(shape.type)
    field = fields.get(name) or next((f for f in fields.values() if f.json.lower() == name.lower()), None)
    if field is None:
        raise PatchError(f'unable to find api field in struct {shape.type.__name__} for the json field "{name}"')
    merge = field.merge
    return PatchMeta(field.shape, merge is not None, merge.key if merge else None, field.retain_keys, field.replaces)


def lookup_list(shape: Shape, name: str) -> PatchMeta:
    """How a list in the field `name` is patched."""
    meta = lookup(shape, name)
    if meta.shape.form != "list":
        raise PatchError("expected slice or array type, but got: struct")
    return meta._replace(shape=meta.shape.of)


def identity(value: Any) -> Any:
    """A value as a dictionary's key, so that values of different types differ: 1 is not true."""
    return (type(value).__name__, repr(value) if isinstance(value, dict | list) else value)


def with_go_numbers(value: Any) -> Any:
    """A JSON value whose whole numbers fit in 64 bits; larger ones are floats."""
    if isinstance(value, dict):
        return {name: with_go_numbers(item) for name, item in value.items()}
    if isinstance(value, list):
        return [with_go_numbers(item) for item in value]
    return float(value) if type(value) is int and not -(2**63) <= value < 2**63 else value


def go_type(value: Any) -> str:
    """The Go type of a JSON value."""
    if value is None:
        return "%!s(<nil>)"
    names = {bool: "bool", int: "int64", float: "float64", str: "string", list: "[]interface {}"}
    return names.get(type(value), "map[string]interface {}")


def go_print(value: Any, *, text: bool = False) -> str:
    """A JSON value as Go's ``%v`` prints it, or with `text` as its ``%s`` does, which complains of all but text.

    Examples
    --------
    >>> go_print({"b": [1, None], "a": {"c": 1.5}})
    'map[a:map[c:1.5] b:[1 <nil>]]'
    >>> go_print([2.5e6, 1e20, 1.0, 0.00001])
    '[2.5e+06 1e+20 1 1e-05]'
    >>> go_print(["a", 5], text=True)
    '[a %!s(int64=5)]'
    """
    if isinstance(value, dict):
        return "map[" + " ".join(f"{k}:{go_print(value[k], text=text)}" for k in sorted(value)) + "]"
    if isinstance(value, list):
        return "[" + " ".join(go_print(v, text=text) for v in value) + "]"
    if text and not isinstance(value, str):
        return "%!s(<nil>)" if value is None else f"%!s({go_type(value)}={go_print(value)})"
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    return _go_float(value) if isinstance(value, float) else str(value)


def _go_float(value: float) -> str:
    """A float as ``%v`` prints it: shortest, with an exponent from a million on and below 1e-4."""
    if value == 0 or 1e-4 <= abs(value) < 1e6:
        return repr(value).removesuffix(".0")
    digits = Decimal(repr(value)).normalize().as_tuple().digits
    return f"{value:.{len(digits) - 1}e}"


def wanted_list(value: Any) -> PatchError:
    """The complaint about something that is not a list."""
    return PatchError(f"expected a []interface {{}}, but received a {go_type(value)}")


def wanted_map(value: Any) -> PatchError:
    """The complaint about something that is not a map."""
    return PatchError(f"expected a map[string]interface {{}}, but received a {go_type(value)}")


def missing_key(item: dict[str, Any], key: str | None) -> PatchError:
    """The complaint about an item of a merged list without the key that it is merged by."""
    return PatchError(f"map: {go_print(item)} does not contain declared merge key: {key}")


def element_kind(*lists: list[Any]) -> str:
    """The Go type that all elements of some lists have; raises PatchError for mixed ones and lists of lists."""
    kinds = [go_type(v) for values in lists for v in values]
    if not kinds:
        raise PatchError("no elements in any of the given slices")
    if kinds[0] == "[]interface {}":
        raise UnprocessablePatch("lists of lists are not supported")
    if any(kind != kinds[0] for kind in kinds):
        raise PatchError(f"list element types are not identical: {go_print(list(lists))}")
    return "map" if kinds[0].startswith("map") else kinds[0]
