"""The record of who wrote which fields of an object, as JSON shows it to patches.

Kubernetes keeps it for server-side apply, which the simulator does not have: all fields count as written by one
manager, when the object was made.

References
----------
``staging/src/k8s.io/apimachinery/pkg/util/managedfields/internal/stripmeta.go, fields.go @ v1.36``
"""

from __future__ import annotations

import json
from typing import Any

from k8snb.api.schema import Field, field_by_json, KubernetesObject, Shape, Struct

MANAGER = "unknown"  # of a client that gives no name
_OF_SERVER = frozenset(("name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "selfLink"))


def with_managed_fields(obj: KubernetesObject, body: dict[str, Any]) -> dict[str, Any]:
    """The JSON form of an object with the record among its metadata.

    Parameters
    ----------
    obj
        A stored object.
    body
        Its JSON form; it is changed.
    """
    written = {name: value for name, value in body.items() if name not in ("apiVersion", "kind", "status")}
    written["metadata"] = {name: v for name, v in body["metadata"].items() if name not in _OF_SERVER}
    fields = _fields(type(obj), {name: value for name, value in written.items() if value != {}})
    if not fields:  # who wrote nothing is no manager
        return body
    entry = {
        "manager": MANAGER,
        "operation": "Update",
        "apiVersion": obj.api_version,
        "time": body["metadata"].get("creationTimestamp"),
        "fieldsType": "FieldsV1",
        "fieldsV1": fields,
    }
    body["metadata"]["managedFields"] = [entry]
    return body


def _fields(cls: type[Struct], body: dict[str, Any]) -> dict[str, Any]:
    known = field_by_json(cls)
    return {f"f:{name}": _value(known[name].shape, known[name], value) for name, value in sorted(body.items())}


def _value(shape: Shape, field: Field, value: Any) -> dict[str, Any]:
    """The fields inside a value; lists that are not merged, and scalars, count as a whole."""
    if shape.form == "struct" and isinstance(value, dict):
        whole: dict[str, Any] = {".": {}} if field.nullable else {}
        return {**whole, **_fields(shape.type, {k: v for k, v in value.items() if k in field_by_json(shape.type)})}
    if shape.form == "map" and isinstance(value, dict):
        return {".": {}, **{f"f:{name}": {} for name in sorted(value)}}
    if shape.form != "list" or field.merge is None:
        return {}
    key = field.merge.key
    if key is None:
        return {".": {}, **{f"v:{json.dumps(item)}": {} for item in value}}
    items = {f"k:{_compact({key: item.get(key)})}": {".": {}, **_fields(shape.of.type, item)} for item in value}
    return {".": {}, **items}


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
