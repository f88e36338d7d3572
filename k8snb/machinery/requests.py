"""The rules of requests that need no store: whose object is it, is its name the one of the URL, is it valid.

References
----------
``staging/src/k8s.io/apiserver/pkg/endpoints/handlers/create.go, update.go, rest.go`` and
``registry/generic/registry/store.go Update @ v1.36``
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TypeVar

from msgspec.structs import replace

from k8snb.api.decode import DecodeError, from_dict
from k8snb.api.field_errors import distinct, FieldError, go_quote, invalid
from k8snb.api.integers import integer
from k8snb.api.legacy import is_legacy
from k8snb.api.registry import allows_unconditional_update
from k8snb.api.resources import BY_KIND, Resource
from k8snb.api.schema import KubernetesObject
from k8snb.api.type_meta import interpret
from k8snb.api.types.meta import ObjectMeta, OwnerReference
from k8snb.api.types.pod import Pod
from k8snb.errors import BadRequest, Conflict, Invalid, NotFound, Unclassified
from k8snb.machinery.deletion import DeleteOptions

T = TypeVar("T", bound=KubernetesObject)

_NAMESPACE_MISMATCH = "the namespace of the provided object does not match the namespace sent on the request"
_MODIFIED = "the object has been modified; please apply your changes to the latest version and try again"
_SHOWN_LENGTH = 30
_PATHS = {"nodes": "minions", "replicationcontrollers": "controllers", "services": "services/specs"}


def not_found(resource: Resource, name: str) -> NotFound:
    """The refusal for an object that is not there."""
    return NotFound(f'{resource.qualified} "{name}" not found', details={"name": name, "kind": resource.plural})


def binding_conflict(pod: Pod, why: str) -> Conflict:
    """The error of a pod that cannot be bound to a node."""
    name = pod.metadata.name
    return Conflict(f'Operation cannot be fulfilled on pods/binding "{name}": pod {name} {why}')


def decode(resource: Resource, body: Any, unknown: list[str] | None = None) -> KubernetesObject:
    """Read a request's body as an object of a resource; `unknown` takes the complaints about unknown fields.

    Raises
    ------
    BadRequest
        When it is none; in the words of the API server's decoder.
    """
    kind, version = _type_of(resource, body)
    if kind == resource.kind and version != resource.api_version and is_legacy(version, kind):
        raise BadRequest(
            f"the API version in the data ({version}) does not match the expected API version ({resource.api_version})"
        )
    if (kind, version) != (resource.kind, resource.api_version):
        raise BadRequest(
            f'{kind} in version "{version.rpartition("/")[2]}" cannot be handled as a {resource.kind}: '
            + _wrong_type(resource, body, kind, version)
        )
    try:
        return from_dict(resource.cls, body, unknown=unknown)
    except DecodeError as error:
        raise BadRequest(
            f'{kind} in version "{resource.version}" cannot be handled as a {resource.kind}: {error}'
        ) from None


def _type_of(resource: Resource, body: Any) -> tuple[str, str]:
    """The kind and the API version that a body says it has; those of the resource where it says nothing."""
    try:
        kind, version = interpret(body)
    except DecodeError as error:
        raise _unrecognized(resource, body, str(error)) from None
    if resource.group and version == f"{resource.group}/":  # a group alone means its version of today
        version = resource.api_version
    return kind or resource.kind, version or resource.api_version


def _unrecognized(resource: Resource, body: Any, fault: str) -> BadRequest:
    text = json.dumps(body, ensure_ascii=False)
    shown = text if text.startswith("{") else text.encode().hex()
    limit = _SHOWN_LENGTH if shown is text else 2 * _SHOWN_LENGTH
    if len(shown) > limit:
        shown = f"{shown[:limit]} ..."
    return BadRequest(f"the object provided is unrecognized (must be of type {resource.kind}): {fault} ({shown})")


def _wrong_type(resource: Resource, body: Any, kind: str, version: str) -> str:
    if version.endswith("/"):
        return f"Object 'apiVersion' is missing in '{json.dumps(body, ensure_ascii=False)}'"
    known = BY_KIND.get(kind)
    if known is None or known.api_version != version:
        return f'no kind "{kind}" is registered for version "{version}" in scheme "pkg/api/legacyscheme/scheme.go:30"'
    return f"converting ({_go_type(known, True)}) to ({_go_type(resource, False)}): unknown conversion"


def _go_type(resource: Resource, versioned: bool) -> str:
    package = resource.version if versioned else resource.group.partition(".")[0] or "core"
    return f"{package}.{resource.kind}"


def for_create(obj: T, resource: Resource, namespace: str) -> T:
    """A decoded new object in the request's namespace, without what only the API server may set.

    Raises
    ------
    BadRequest
        When it names another namespace.
    """
    meta = replace(
        obj.metadata,
        self_link="",
        creation_timestamp=None,
        uid="",
        deletion_timestamp=None,
        deletion_grace_period_seconds=None,
    )
    return _with_meta(obj, _in_namespace(meta, resource, namespace))


def refuse_version(obj: KubernetesObject) -> None:
    """Refuse to create what was read from a cluster and still carries its version; raises Unclassified."""
    version = obj.metadata.resource_version
    if version.isdecimal() and integer(version) != 0:
        raise Unclassified("resourceVersion should not be set on objects to be created")


def for_update(obj: T, resource: Resource, namespace: str, name: str) -> T:
    """A decoded next version of an object in the request's namespace.

    Raises
    ------
    BadRequest
        When it names another namespace, no name or another name.
    """
    obj = _with_meta(obj, _in_namespace(obj.metadata, resource, namespace))
    if not obj.metadata.name:
        raise BadRequest(f"the name of the object ({name} based on URL) was undeterminable: name must be provided")
    if obj.metadata.name != name:
        raise BadRequest(f"the name of the object ({obj.metadata.name}) does not match the name on the URL ({name})")
    return obj


def _with_meta(obj: T, meta: ObjectMeta) -> T:
    """An object with metadata from a request, without what there is only for server-side apply."""
    owners = _distinct_owners(meta.owner_references)
    return replace(obj, metadata=replace(meta, owner_references=owners, managed_fields=()))


def for_storage(obj: T) -> T:
    """The next version of an object as it is stored: without the link that there was for old clients.

    References
    ----------
    ``staging/src/k8s.io/apiserver/pkg/storage/api_object_versioner.go PrepareObjectForStorage @ v1.36``
    """
    return replace(obj, metadata=replace(obj.metadata, self_link="")) if obj.metadata.self_link else obj


def _distinct_owners(owners: tuple[OwnerReference, ...]) -> tuple[OwnerReference, ...]:
    """Owners without repetitions."""
    if len(owners) < 2:
        return owners
    result: list[OwnerReference] = []
    for owner in owners:
        if owner not in result:
            result.append(owner)
    return tuple(result)


def _in_namespace(meta: ObjectMeta, resource: Resource, namespace: str) -> ObjectMeta:
    expected = namespace if resource.namespaced else ""
    if meta.namespace and expected and meta.namespace != expected:
        raise BadRequest(_NAMESPACE_MISMATCH)
    return replace(meta, namespace=expected)


def check_uid(resource: Resource, new: KubernetesObject, old: KubernetesObject, dry_run: bool) -> None:
    """Refuse to replace another object of that name than the one that was read; raises Conflict."""
    uid, stored = new.metadata.uid, old.metadata
    if uid and uid != stored.uid:
        raise _conflict(resource, stored, _uid_mismatch(resource, stored, uid, dry_run))


def check_resource_version(resource: Resource, new: KubernetesObject, old: KubernetesObject) -> None:
    """Refuse an update that does not start from the stored version.

    Raises
    ------
    Conflict
        When the object changed since it was read.
    Invalid
        When no version is named and the kind asks for one.
    Unclassified
        When what is named is no version.
    """
    meta, stored = new.metadata, old.metadata
    if not meta.resource_version or meta.resource_version == "0":
        if not allows_unconditional_update(resource.cls):
            fault = invalid("metadata.resourceVersion", 0, "must be specified for an update")
            raise invalid_object(resource.qualified, stored.name, [fault])
    elif not (meta.resource_version.isascii() and meta.resource_version.isdecimal()):
        raise Unclassified(f"strconv.ParseUint: parsing {go_quote(meta.resource_version)}: invalid syntax")
    elif meta.resource_version != stored.resource_version:
        raise _conflict(resource, stored, _MODIFIED)


def _uid_mismatch(resource: Resource, stored: ObjectMeta, uid: str, dry_run: bool) -> str:
    """The complaint of the storage, or, in a dry run, of what stands before it and knows no prefix of its keys."""
    place = "/".join(filter(None, (stored.namespace, stored.name)))
    key = f"{'' if dry_run else '/registry'}/{_PATHS.get(resource.plural, resource.plural)}/{place}"
    return (
        f"StorageError: invalid object, Code: 4, Key: {key}, ResourceVersion: 0, AdditionalErrorMsg: "
        f"Precondition failed: UID in precondition: {uid}, UID in object meta: {stored.uid}"
    )


def _conflict(resource: Resource, meta: ObjectMeta, why: str) -> Conflict:
    return Conflict(
        f'Operation cannot be fulfilled on {resource.qualified} "{meta.name}": {why}',
        details={"name": meta.name, "kind": resource.plural},
    )


def check_preconditions(resource: Resource, old: KubernetesObject, options: DeleteOptions) -> None:
    """Refuse to delete another object, or another version of it, than the request means.

    Raises
    ------
    Conflict
        When the UID or the resource version is not the stored one.
    """
    meta = old.metadata
    for name, wanted, stored, since in (
        ("UID", options.uid, meta.uid, "deleted and then recreated"),
        ("ResourceVersion", options.resource_version, meta.resource_version, "modified"),
    ):
        if wanted is not None and wanted != stored:
            raise Conflict(
                f'Operation cannot be fulfilled on {resource.qualified_kind} "{meta.name}": the {name} in the '
                f"precondition ({wanted}) does not match the {name} in record ({stored}). "
                f"The object might have been {since}",
                details={"name": meta.name, "kind": resource.kind},
            )


def refuse_invalid(resource: Resource, name: str, faults: Sequence[FieldError]) -> None:
    """Refuse an object that has faults.

    Raises
    ------
    Invalid
        Naming them all.
    """
    if faults:
        raise invalid_object(resource.qualified_kind, name, faults)


def invalid_object(kind: str, name: str, faults: Sequence[FieldError]) -> Invalid:
    """The refusal of an object of a kind (with its group) that has faults."""
    shown = [str(fault) for fault in distinct(faults)]
    text = f"[{', '.join(shown)}]" if len(shown) > 1 else shown[0]
    return Invalid(
        f"{kind} {go_quote(name)} is invalid: {text}",
        [fault.cause for fault in faults],
        {"name": name, "kind": kind.partition(".")[0]},
    )
