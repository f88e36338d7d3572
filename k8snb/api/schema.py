"""The building blocks of the typed Kubernetes objects, and what their fields say of themselves.

An object is an immutable `Struct`; its annotations carry what JSON, patches and error messages need: the Go name of
a type (``named``), whether an empty field is still written (``ALWAYS``), and how a strategic merge patch treats a
list (``merge_by``). `fields_of` turns the annotations of a class into `Field` rows, once per class.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import (
    Annotated,
    Any,
    ClassVar,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
    NamedTuple,
    Self,
    TYPE_CHECKING,
    Union,
)

import msgspec
from msgspec.structs import fields as struct_fields

if TYPE_CHECKING:
    from k8snb.api.types.meta import ObjectMeta


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(msgspec.field,))
class Struct(msgspec.Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """Root of all typed API structures. Immutable, so that objects can share their parts."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


class KubernetesObject(Struct):
    """An object that the API server stores: it has a kind, an API version and metadata."""

    api_version: ClassVar[str] = ""
    if TYPE_CHECKING:
        metadata: ObjectMeta

    @property
    def kind(self) -> str:
        """The object's kind, which is the name of its class."""
        return type(self).__name__


class Named(NamedTuple):
    """The Go name of a scalar type, as the API server's decoding errors spell it."""

    go: str


class Merge(NamedTuple):
    """Strategic merge patch merges this list: by the value itself, or by the key field of its items."""

    key: str | None = None


class Inline(NamedTuple):
    """The Go structures that this field is embedded through; decoding errors name them."""

    through: tuple[str, ...]


class Marker(NamedTuple):
    """A yes-or-no property of a field."""

    name: str


def named(go: str) -> Named:
    """Name the Go type of an annotated scalar."""
    return Named(go)


def merge_by(key: str) -> Merge:
    """Merge a list's items by the JSON field `key`."""
    return Merge(key)


def inline(*through: str) -> Inline:
    """Say that a field stands in Go structures which are embedded in this one."""
    return Inline(through)


MERGE = Merge()
ALWAYS = Marker("always")  # written even when empty
OMIT_ZERO = Marker("omit zero")  # a nested structure or a time that is left out when empty
REPLACE = Marker("replace")  # strategic merge patch replaces this map, it does not merge it
RETAIN_KEYS = Marker("retain keys")  # strategic merge patch drops the keys that the patch does not name

EMPTY: Mapping[str, Any] = MappingProxyType({})  # an absent map; a given, empty one is a plain {}


class _GivenEmpty(tuple[Any, ...]):
    """The class of the list that is given and has no items."""

    __slots__ = ()


EMPTY_LIST: tuple[Any, ...] = _GivenEmpty()  # a given, empty list: equal to (), which is an absent one


def is_absent(items: tuple[Any, ...]) -> bool:
    """Whether a list is not there at all, which Go prints as ``null``, unlike a given one without items."""
    return not items and not isinstance(items, _GivenEmpty)


def is_zero(value: Any, default: Any) -> bool:
    """Whether nothing at all is given: a list or map without items is something, wherever it stands in a structure."""
    if isinstance(value, Struct) and isinstance(default, Struct):
        return all(is_zero(getattr(value, f.attr), f.default) for f in fields_of(type(value)))
    if isinstance(value, tuple):
        return is_absent(value)
    return bool(value is default if isinstance(default, Mapping) else value == default)


ZERO_QUANTITY = "0"

Int = Annotated[int, Named("int")]
Int32 = Annotated[int, Named("int32")]
Int64 = Annotated[int, Named("int64")]
UID = Annotated[str, Named("types.UID")]
NodeName = Annotated[str, Named("types.NodeName")]
Quantity = Annotated[str, Named("resource.Quantity")]
IntOrString = Annotated[int | str, Named("intstr.IntOrString")]
Time = Annotated[int, Named("v1.Time")]  # milliseconds since the Unix epoch, whole seconds
MicroTime = Annotated[int, Named("v1.MicroTime")]  # milliseconds since the Unix epoch
Bytes = Annotated[str, Named("[]uint8")]  # base64 text, as JSON has it
RawExtension = Annotated[Any, Named("runtime.RawExtension")]


class Shape(NamedTuple):
    """What a value looks like.

    ``form`` is ``scalar``, ``struct``, ``list`` or ``map``; ``of`` the shape of a list's or a map's elements;
    ``type`` the Python class of a scalar or a struct; ``go`` the Go name in error messages.
    """

    form: str
    go: str
    type: Any = None
    of: Any = None


class Field(NamedTuple):
    """One field of a `Struct`."""

    attr: str
    json: str
    shape: Shape
    nullable: bool
    always: bool
    omit_zero: bool
    merge: Merge | None
    replaces: bool
    retain_keys: bool
    inline: tuple[str, ...]
    default: Any

    @property
    def holds_zero_time(self) -> bool:
        """Whether this is a time that is never absent in Go, but zero."""
        return self.shape.go in ("v1.Time", "v1.MicroTime") and (self.always or self.omit_zero)


_SCALARS = {str: "string", bool: "bool", int: "int64", float: "float64", Any: "interface {}"}


def _shape(hint: Any) -> tuple[Shape, bool, tuple[Any, ...]]:
    """The shape of an annotation, whether it may be None, and the annotation's extras."""
    if get_origin(hint) is Annotated:
        inner, *marks = get_args(hint)
        go = next((mark.go for mark in marks if isinstance(mark, Named)), None)
        if go is None:
            shape, nullable, more = _shape(inner)
            return shape, nullable, (*more, *marks)
        if get_origin(inner) in (tuple, Mapping):
            return _shape(inner)[0]._replace(go=go), False, tuple(marks)
        return Shape("scalar", go, inner), False, tuple(marks)
    if isinstance(hint, UnionType) or get_origin(hint) is Union:
        (inner,) = (a for a in get_args(hint) if a is not NoneType)
        shape, _, extras = _shape(inner)
        return shape, True, extras
    if get_origin(hint) is tuple:
        of = _shape(get_args(hint)[0])[0]
        return Shape("list", f"[]{of.go}", tuple, of), False, ()
    if get_origin(hint) is Mapping:
        of = _shape(get_args(hint)[1])[0]
        return Shape("map", f"map[string]{of.go}", dict, of), False, ()
    if hint in _SCALARS:
        return Shape("scalar", _SCALARS[hint], hint), False, ()
    return Shape("struct", f"v1.{hint.__name__}", hint), False, ()


@cache
def fields_of(cls: type[Struct]) -> tuple[Field, ...]:
    """The fields of a structure, in the order of the Kubernetes API.

    Parameters
    ----------
    cls
        A `Struct` class.

    Returns
    -------
    tuple of Field
    """
    module = sys.modules[cls.__module__]
    hints = get_type_hints(cls, vars(module), include_extras=True)
    rows = []
    for info in struct_fields(cls):
        shape, nullable, extras = _shape(hints[info.name])
        rows.append(
            Field(
                attr=info.name,
                json=info.encode_name,
                shape=shape,
                nullable=nullable,
                always=ALWAYS in extras,
                omit_zero=OMIT_ZERO in extras,
                merge=next((e for e in extras if isinstance(e, Merge)), None),
                replaces=REPLACE in extras,
                retain_keys=RETAIN_KEYS in extras,
                inline=next((e.through for e in extras if isinstance(e, Inline)), ()),
                default=info.default,
            )
        )
    return tuple(rows)


@cache
def field_by_json(cls: type[Struct]) -> Mapping[str, Field]:
    """The fields of a structure by their JSON names."""
    return {f.json: f for f in fields_of(cls)}
