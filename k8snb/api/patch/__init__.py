"""Patches: strategic merge, JSON merge and JSON patch, and the patch that ``kubectl apply`` makes.

References
----------
``staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go @ v1.36``
"""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any, TypeVar

from k8snb.api.decode import DecodeError, from_dict, json_type
from k8snb.api.encode import to_dict
from k8snb.api.field_errors import escape_html, go_quote
from k8snb.api.managed_fields import with_managed_fields
from k8snb.api.patch.diff import create_three_way_merge_patch, create_two_way_merge_patch
from k8snb.api.patch.json_merge import create_merge_patch, merge_patch
from k8snb.api.patch.json_patch import json_patch, JsonPatchError
from k8snb.api.patch.meta import BadPatch, go_print, PatchError, UnprocessablePatch, with_go_numbers
from k8snb.api.patch.strategic import strategic_merge
from k8snb.api.patch.unstructured import ConversionError, from_unstructured
from k8snb.api.schema import KubernetesObject, Struct
from k8snb.api.type_meta import interpret
from k8snb.errors import BadRequest, Cause, Invalid, RequestEntityTooLarge, Unclassified

__all__ = [
    "apply_patch",
    "create_merge_patch",
    "create_three_way_merge_patch",
    "create_two_way_merge_patch",
    "patch_object",
]

T = TypeVar("T", bound=KubernetesObject)

_REJECTED = "the server rejected our request due to an error in our request"
_OPERATION_FIELDS = {"op", "path", "from", "value"}
_STRICT = "strict decoding error: "
_SCHEME = 'scheme "pkg/api/legacyscheme/scheme.go:30"'
_LIMIT = 10_000


def patch_object(obj: T, patch_type: str, patch: Any, unknown: list[str] | None = None) -> T:
    """An object after a patch, not yet defaulted or validated.

    Parameters
    ----------
    obj
        The stored object.
    patch_type
        ``strategic``, ``merge`` or ``json``.
    patch
        A JSON value.
    unknown
        Takes the complaints about unknown fields, instead of an exception.

    Raises
    ------
    BadRequest
        When the patch is not of its type's form.
    Invalid
        When it does not apply, or its result is no object of the kind.
    """
    cls = type(obj)
    if patch_type == "strategic":
        patch = with_go_numbers(patch)
    current = to_dict(obj) if patch_type == "strategic" else with_managed_fields(obj, to_dict(obj))
    patched = _applied(cls, current, patch_type, patch)
    if patch_type == "strategic":
        try:
            return from_unstructured(cls, patched, unknown)
        except ConversionError as error:
            raise _undecodable(go_print(patch), str(error)) from None
    complaints = _unknown_operation_fields(patch) if patch_type == "json" else []
    try:
        new = _read(obj, patched, complaints)
    except DecodeError as error:
        raise _undecodable(_compact(patched), str(error)) from None
    if unknown is not None:
        unknown += complaints
    elif complaints:
        raise _undecodable(_compact(patched), _STRICT + ", ".join(complaints))
    return new


def apply_patch(cls: type[Struct], current: dict[str, Any], patch_type: str, patch: Any) -> dict[str, Any]:
    """A JSON object after a patch.

    Parameters
    ----------
    cls
        The class of the object, whose fields say how a strategic merge patch merges lists.
    current
        The object; it stays as it is.
    patch_type
        ``strategic``, ``merge`` or ``json``.
    patch
        A JSON value.

    Raises
    ------
    BadRequest
        When the patch is not of its type's form.
    Invalid
        When it does not apply.
    RequestEntityTooLarge
        When it has too many operations.

    Examples
    --------
    >>> from k8snb.api.types.apps import Deployment
    >>> apply_patch(Deployment, {"spec": {"replicas": 1}}, "json", [{"op": "remove", "path": "/spec/replicas"}])
    {'spec': {}}
    """
    return _applied(cls, current, patch_type, deepcopy(patch) if patch_type == "strategic" else patch)


def _applied(cls: type[Struct], current: dict[str, Any], patch_type: str, patch: Any) -> dict[str, Any]:
    """As `apply_patch`, but of a strategic merge patch only what was not carried out is left afterwards."""
    if patch is None:  # no patch at all
        if patch_type == "merge":
            raise BadRequest("Invalid JSON Patch")
        return current
    if patch_type == "json":
        return _apply_json_patch(current, patch)
    if not isinstance(patch, dict):
        prefix = "error decoding patch: " if patch_type == "merge" else ""
        raise BadRequest(
            f"{prefix}json: cannot unmarshal {json_type(patch)} into Go value of type map[string]interface {{}}"
        )
    if patch_type == "merge":
        return merge_patch(current, patch)
    try:
        return strategic_merge(cls, deepcopy(current), patch)
    except BadPatch as error:
        raise BadRequest(str(error)) from None
    except UnprocessablePatch:
        raise Invalid(_REJECTED) from None
    except PatchError as error:
        raise Unclassified(str(error)) from None


def _apply_json_patch(current: dict[str, Any], patch: Any) -> dict[str, Any]:
    _check_operations(patch)
    try:
        return json_patch(current, patch)  # type: ignore[no-any-return]
    except JsonPatchError:
        raise Invalid(_REJECTED) from None


def _check_operations(patch: Any) -> None:
    """Refuse what is not a list of operations with texts where texts belong."""
    if not isinstance(patch, list):
        raise _wrong_operation(patch, "value of type []handlers.jsonPatchOp")
    for operation in patch:
        if operation is not None and not isinstance(operation, dict):
            raise _wrong_operation(operation, "value of type handlers.jsonPatchOp")
        for name in ("op", "path", "from"):
            value = (operation or {}).get(name)
            if value is not None and not isinstance(value, str):
                raise _wrong_operation(value, f"struct field jsonPatchOp.{name} of type string")
    if len(patch) > _LIMIT:
        said = f"The allowed maximum operations in a JSON patch is {_LIMIT}, got {len(patch)}"
        raise RequestEntityTooLarge(f"Request entity too large: {said}")


def _wrong_operation(value: Any, target: str) -> BadRequest:
    return BadRequest(f"error decoding patch: json: cannot unmarshal {json_type(value)} into Go {target}")


def _unknown_operation_fields(patch: list[Any]) -> list[str]:
    return [
        f'json patch unknown field "[{index}].{name}"'
        for index, operation in enumerate(patch or ())
        for name in operation or ()
        if name not in _OPERATION_FIELDS
    ]


def _read(obj: T, patched: Any, unknown: list[str]) -> T:
    """The patched object. A patch cannot make it one of another kind.

    What has no kind is of the object's own; what has no version is read as the internal type, which has none of the
    fields that one could name.
    """
    kind, version = interpret(patched)
    kind = kind or obj.kind
    if not version and kind != obj.kind:
        group = obj.api_version.rpartition("/")[0]
        raise DecodeError(f'no kind "{kind}" is registered for the internal version of group "{group}" in {_SCHEME}')
    if not version:
        unknown += [f'unknown field "{name}"' for name in sorted(patched) if name not in ("apiVersion", "kind")]
        return type(obj)()  # type: ignore[call-arg]  # all fields of all kinds have defaults
    if (kind, version) != (obj.kind, obj.api_version):
        raise DecodeError(f'no kind "{kind}" is registered for version "{version}" in {_SCHEME}')
    return from_dict(type(obj), patched, unknown=unknown)


def _undecodable(shown: str, text: str) -> Invalid:
    """The refusal of a patch whose result cannot be read as an object of its kind."""
    message = f"Invalid value: {go_quote(shown)}: {text}"
    return Invalid(f' "" is invalid: patch: {message}', [Cause("FieldValueInvalid", message, "patch")])


def _compact(value: Any) -> str:
    return escape_html(json.dumps(value, separators=(",", ":"), ensure_ascii=False))
