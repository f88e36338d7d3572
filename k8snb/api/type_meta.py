"""What a JSON value says of its own kind and API version.

References
----------
``staging/src/k8s.io/apimachinery/pkg/runtime/serializer/json/meta.go Interpret @ v1.36``
"""

from __future__ import annotations

from typing import Any

from k8snb.api.decode import DecodeError, json_type

_NO_KIND = "couldn't get version/kind; json parse error: json: cannot unmarshal"
_STRUCT = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'


def interpret(value: Any) -> tuple[str, str]:
    """The kind and the API version that a value names, in whatever case it writes these keys; empty where it does not.

    Raises
    ------
    DecodeError
        When it is no map, or names something that cannot be a kind or a version.

    Examples
    --------
    >>> interpret({"kind": "Pod", "apiVersion": "v1"}), interpret({"kind": None})
    (('Pod', 'v1'), ('', ''))
    """
    if not isinstance(value, dict):
        raise DecodeError(f"{_NO_KIND} {json_type(value)} into Go value of type {_STRUCT}")
    found = {"kind": "", "apiversion": ""}
    for name, item in value.items():
        if item is not None and name.lower() in found:
            if not isinstance(item, str):
                shown = {"kind": "kind", "apiversion": "apiVersion"}[name.lower()]
                raise DecodeError(f"{_NO_KIND} {json_type(item)} into Go struct field .{shown} of type string")
            found[name.lower()] = item
    version = found["apiversion"]
    if version.count("/") > 1:
        raise DecodeError(f"unexpected GroupVersion string: {version}")
    return found["kind"], version.removeprefix("/")
