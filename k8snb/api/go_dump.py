"""An object as the text that Kubernetes hashes: every field of Go's structures by name, type and value.

The typed structures have the fields of the Go structures in the same order, and know the names of their types; what is
missing are the names of Go's fields, which mostly follow from ours.

References
----------
``staging/src/k8s.io/apimachinery/pkg/util/dump/dump.go ForHash @ v1.36``: ``%#v`` of ``github.com/davecgh/go-spew``,
``spew/format.go``, with sorted keys and without methods
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

from k8snb.api.quantity import EXACT, number_of, SYNTAX
from k8snb.api.schema import Field, fields_of, Shape, Struct

_IN_CAPITALS = re.compile(
    "api|aws|csi|dns|fc|fqdn|fs|gce|gmsa|grpc|http|id|ip|ipc|iqn|iscsi|nfs|os|pid|rbd|tcp|tty|uid|uri|uuid"
)
_GO_NAMES = {
    "chap_auth_discovery": "DiscoveryCHAPAuth",
    "chap_auth_session": "SessionCHAPAuth",
    "cephfs": "CephFS",
    "disk_uri": "DataDiskURI",
    "metadata": "ObjectMeta",
    "pd_id": "PdID",
    "pd_name": "PDName",
    "scale_io": "ScaleIO",
    "se_linux_change_policy": "SELinuxChangePolicy",
    "se_linux_options": "SELinuxOptions",
    "service_account": "DeprecatedServiceAccount",
    "ssl_enabled": "SSLEnabled",
    "storageos": "StorageOS",
    "target_ww_ns": "TargetWWNs",
    "wwids": "WWIDs",
}
_GO_NAMES_OF = {
    ("GlusterfsVolumeSource", "endpoints"): "EndpointsName",
    ("RBDVolumeSource", "image"): "RBDImage",
    ("RBDVolumeSource", "monitors"): "CephMonitors",
    ("RBDVolumeSource", "pool"): "RBDPool",
    ("RBDVolumeSource", "user"): "RadosUser",
}
_BY_VALUE = frozenset({"creation_timestamp"})  # None here, and no pointer in Go
_YEAR_ONE = 62135596800  # seconds from Go's zero time to the Unix epoch
_LONGEST_INTEGER = 18  # digits that surely fit into 64 bits
_WORD = 2**64
_NANO = 9

Writer = Callable[[Any], str]


class _Row(NamedTuple):
    """A field, or the fields of an embedded structure: what a zero value is written as, and how any other is."""

    attr: str
    zero: str
    write: Writer


def dump_for_hash(obj: Struct) -> str:
    """The text of a structure, its type first.

    Examples
    --------
    >>> from k8snb.api.types.placement import Toleration
    >>> dump_for_hash(Toleration(key="a", toleration_seconds=5))  # doctest: +NORMALIZE_WHITESPACE
    '(v1.Toleration){Key:(string)a Operator:(v1.TolerationOperator) Value:(string) Effect:(v1.TaintEffect)
    TolerationSeconds:(*int64)5}'
    """
    return f"(v1.{type(obj).__name__}){_struct(obj)}"


def go_field_name(cls: type[Struct], attr: str) -> str:
    """The name of a field in Go."""
    known = _GO_NAMES_OF.get((cls.__name__, attr)) or _GO_NAMES.get(attr)
    return known or "".join(w.upper() if _IN_CAPITALS.fullmatch(w) else w.capitalize() for w in attr.split("_"))


def _struct(obj: Struct) -> str:
    parts = []
    for before, rows, after in _layout(type(obj)):
        texts = []
        for row in rows:
            value = getattr(obj, row.attr)
            texts.append(row.write(value) if value or value == 0 else row.zero)
        parts.append(before + " ".join(texts) + after)
    return "{" + " ".join(parts) + "}"


@cache
def _layout(cls: type[Struct]) -> tuple[tuple[str, tuple[_Row, ...], str], ...]:
    """The fields in groups; those of one embedded structure stand between its name and its end."""
    found = []
    for through, fields in groupby(fields_of(cls), lambda field: field.inline):
        rows = tuple(_row(cls, field) for field in fields)
        before = "".join(f"{name}:(v1.{name}){{" for name in through)
        found.append((before, rows, "}" * len(through)))
    return tuple(found)


def _row(cls: type[Struct], field: Field) -> _Row:
    pointer = "*" if field.nullable and field.attr not in _BY_VALUE else ""
    start = f"{go_field_name(cls, field.attr)}:({pointer}{field.shape.go})"
    write = _writer(field.shape)
    zero = "<nil>" if pointer or field.shape.form in ("list", "map") else write(_zero(field.shape))

    def written(value: Any) -> str:
        return start + write(value)

    return _Row(field.attr, start + zero, written)


def _zero(shape: Shape) -> Any:
    if shape.form == "struct":
        return shape.type()
    return {"v1.Time": None, "resource.Quantity": "0", "bool": False}.get(shape.go, "" if shape.type is str else 0)


# -- values, without their types


def _writer(shape: Shape) -> Writer:
    if shape.form == "struct":
        return _struct
    if shape.form == "list":
        item = _writer(shape.of)
        return lambda values: f"[{' '.join(map(item, values))}]" if values else "<nil>"
    if shape.form == "map":
        of = _writer(shape.of)
        return lambda values: _map(values, of) if values else "<nil>"
    return _SCALARS.get(shape.go, _plain)


def _map(values: Mapping[str, Any], of: Writer) -> str:
    return f"map[{' '.join(f'{key}:{of(values[key])}' for key in sorted(values))}]"


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _int_or_string(value: int | str) -> str:
    kind, number, text = (1, 0, value) if isinstance(value, str) else (0, value, "")
    return f"{{Type:(intstr.Type){kind} IntVal:(int32){number} StrVal:(string){text}}}"


def _time(value: int | None) -> str:
    seconds = 0 if value is None else value // 1000 + _YEAR_ONE
    return f"{{Time:(time.Time){{wall:(uint64)0 ext:(int64){seconds} loc:(*time.Location)<nil>}}}}"


def _quantity(text: str) -> str:
    """A quantity as Go keeps it once it has read its canonical text.

    References
    ----------
    ``staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go ParseQuantity @ v1.36``
    """
    parts = SYNTAX.fullmatch(text)
    assert parts is not None
    sign, whole, fraction, suffix = parts.groups(default="")
    exponent, form = _suffix(suffix)
    digits = whole + fraction
    fits = len(digits) <= _LONGEST_INTEGER - (exponent * 3 // 10 + 4 if form == "BinarySI" else 0)
    if not fits:
        return _large_quantity(text, form)
    number = int(f"{sign}{digits or '0'}")
    if form == "BinarySI":
        amount, scale, kept = number << exponent, 0, bool(number & 7)
    else:
        amount, scale, kept = number, exponent - len(fraction), not digits.endswith("000") or text == "0"
    return _amount(amount, scale, "<nil>", text if kept else "", form)


def _suffix(suffix: str) -> tuple[int, str]:
    """The exponent of a suffix, of ten or of two, and the name of its style."""
    if suffix.endswith("i"):
        return 10 * ("KMGTPE".index(suffix[0]) + 1), "BinarySI"
    if suffix[1:]:
        return int(suffix[1:]), "DecimalExponent"
    return (3 * ("num kMGTPE".index(suffix) - 3) if suffix else 0), "DecimalSI"


def _large_quantity(text: str, form: str) -> str:
    """A number of more digits than are sure to fit into 64 bits is kept in words of 64 bits, in billionths."""
    left, words = abs(int(number_of(text).scaleb(_NANO, EXACT))), []
    while left:
        words.append(str(left % _WORD))
        left //= _WORD
    sign = _plain(text.startswith("-"))
    unscaled = f"unscaled:(big.Int){{neg:(bool){sign} abs:(big.nat)[{' '.join(words)}]}}"
    return _amount(0, 0, f"{{{unscaled} scale:(inf.Scale){_NANO}}}", "", form)


def _amount(value: int, scale: int, decimal: str, text: str, form: str) -> str:
    small = f"i:(resource.int64Amount){{value:(int64){value} scale:(resource.Scale){scale}}}"
    large = f"d:(resource.infDecAmount){{Dec:(*inf.Dec){decimal}}}"
    return f"{{{small} {large} s:(string){text} Format:(resource.Format){form}}}"


_SCALARS: Mapping[str, Writer] = {
    "intstr.IntOrString": _int_or_string,
    "resource.Quantity": _quantity,
    "v1.Time": _time,
}
