"""Rules for an object's metadata: names, labels, annotations, owners and finalizers.

References
----------
``staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go`` and
``pkg/apis/core/validation/validation.go ValidateObjectMeta @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from k8snb.api.field_errors import FieldError, forbidden, go_quote, invalid, required, time_value, too_long, typed
from k8snb.api.types.meta import ManagedFieldsEntry, ObjectMeta, OwnerReference
from k8snb.api.validation.equality import same
from k8snb.api.validation.formats import (
    is_dns1035_label,
    is_dns1123_label,
    is_dns1123_subdomain,
    is_qualified_name,
    is_valid_label_value,
    size,
)

NameCheck = Callable[[str, bool], list[str]]  # (name, is it a prefix) -> complaints

IMMUTABLE = "field is immutable"
NEGATIVE = "must be greater than or equal to 0"
ANNOTATIONS_LIMIT_BYTES = 256 * 1024
_ORPHAN = "orphan"
_FOREGROUND = "foregroundDeletion"
_STANDARD_FINALIZERS = ("kubernetes", _ORPHAN, _FOREGROUND)


def _masked(name: str) -> str:
    """A prefix may end in a dash, since random letters follow it."""
    return name[:-2] + "a" if len(name) > 1 and name.endswith("-") else name


def name_is_dns_subdomain(name: str, prefix: bool = False) -> list[str]:
    """The name check of most kinds."""
    return is_dns1123_subdomain(_masked(name) if prefix else name)


def name_is_dns_label(name: str, prefix: bool = False) -> list[str]:
    """The name check of namespaces."""
    return is_dns1123_label(_masked(name) if prefix else name)


def name_is_dns1035_label(name: str, prefix: bool = False) -> list[str]:
    """The name check of services."""
    return is_dns1035_label(_masked(name) if prefix else name)


def validate_object_meta(
    meta: ObjectMeta, name_check: NameCheck, namespaced: bool, path: str = "metadata"
) -> list[FieldError]:
    """The faults of a new object's metadata, with the rule of most kinds that finalizers are qualified or well known.

    Parameters as in `validate_generic_meta`.
    """
    errors = validate_generic_meta(meta, name_check, namespaced, path)
    return errors + _kube_finalizers(meta.finalizers, f"{path}.finalizers")


def validate_generic_meta(
    meta: ObjectMeta, name_check: NameCheck, namespaced: bool, path: str = "metadata"
) -> list[FieldError]:
    """The faults of a new object's metadata, whatever its kind.

    Parameters
    ----------
    meta
        The metadata, after a name was generated.
    name_check
        What the kind's names must look like.
    namespaced
        Whether objects of this kind live in a namespace.
    path
        Where the metadata stand.
    """
    errors = []
    if meta.generate_name:
        complaints = name_check(meta.generate_name, True)
        errors += [invalid(f"{path}.generateName", meta.generate_name, c) for c in complaints]
    if not meta.name:
        errors.append(required(f"{path}.name", "name or generateName is required"))
    else:
        errors += [invalid(f"{path}.name", meta.name, c) for c in name_check(meta.name, False)]
    errors += _validate_namespace(meta, namespaced, path)
    errors += validate_nonnegative(meta.generation, f"{path}.generation")
    errors += validate_labels(meta.labels, f"{path}.labels")
    errors += validate_annotations(meta.annotations, f"{path}.annotations")
    errors += validate_owner_references(meta.owner_references, f"{path}.ownerReferences")
    errors += _finalizer_syntax(meta.finalizers, f"{path}.finalizers")
    return errors + validate_managed_fields(meta.managed_fields, f"{path}.managedFields")


def _validate_namespace(meta: ObjectMeta, namespaced: bool, path: str) -> list[FieldError]:
    if not namespaced:
        return [forbidden(f"{path}.namespace", "not allowed on this type")] if meta.namespace else []
    if not meta.namespace:
        return [required(f"{path}.namespace")]
    return [invalid(f"{path}.namespace", meta.namespace, c) for c in name_is_dns_label(meta.namespace)]


def validate_object_meta_update(new: ObjectMeta, old: ObjectMeta, path: str = "metadata") -> list[FieldError]:
    """The faults of an updated object's metadata, with the rule of most kinds for finalizers."""
    errors = validate_generic_meta_update(new, old, path)
    return errors + _kube_finalizers(new.finalizers, f"{path}.finalizers")


def validate_generic_meta_update(new: ObjectMeta, old: ObjectMeta, path: str = "metadata") -> list[FieldError]:
    """The faults of an updated object's metadata, whatever its kind."""
    errors = []
    if old.deletion_timestamp is not None:
        errors += _new_finalizers(new, old, f"{path}.finalizers")
    if not new.resource_version:
        errors.append(invalid(f"{path}.resourceVersion", new.resource_version, "must be specified for an update"))
    if new.generation < old.generation:
        errors.append(invalid(f"{path}.generation", new.generation, "must not be decremented"))
    errors += _changed_identity(new, old, path)
    errors += validate_labels(new.labels, f"{path}.labels")
    errors += validate_annotations(new.annotations, f"{path}.annotations")
    errors += validate_owner_references(new.owner_references, f"{path}.ownerReferences")
    return errors + validate_managed_fields(new.managed_fields, f"{path}.managedFields")


def _changed_identity(new: ObjectMeta, old: ObjectMeta, path: str) -> list[FieldError]:
    """The faults of metadata that only the API server may set."""
    return [
        *validate_immutable(new.name, old.name, f"{path}.name"),
        *validate_immutable(new.namespace, old.namespace, f"{path}.namespace"),
        *validate_immutable(new.uid, old.uid, f"{path}.uid", typed(new.uid)),
        *validate_immutable(
            new.creation_timestamp,
            old.creation_timestamp,
            f"{path}.creationTimestamp",
            time_value(new.creation_timestamp),
        ),
        *validate_immutable(
            new.deletion_timestamp,
            old.deletion_timestamp,
            f"{path}.deletionTimestamp",
            time_value(new.deletion_timestamp),
        ),
        *validate_immutable(
            new.deletion_grace_period_seconds,
            old.deletion_grace_period_seconds,
            f"{path}.deletionGracePeriodSeconds",
        ),
    ]


def _new_finalizers(new: ObjectMeta, old: ObjectMeta, path: str) -> list[FieldError]:
    extra = sorted(set(new.finalizers) - set(old.finalizers))
    if not extra:
        return []
    shown = "[]string{" + ", ".join(go_quote(f) for f in extra) + "}"
    detail = f"no new finalizers can be added if the object is being deleted, found new finalizers {shown}"
    return [forbidden(path, detail)]


def validate_immutable(new: Any, old: Any, path: str, shown: Any = None) -> list[FieldError]:
    """One fault where a value changed that may not; it prints as `shown`, where given."""
    return [] if same(new, old) else [invalid(path, new if shown is None else shown, IMMUTABLE)]


def validate_nonnegative(value: int, path: str) -> list[FieldError]:
    """One fault where a number is below zero."""
    return [invalid(path, value, NEGATIVE)] if value < 0 else []


def validate_label_name(name: str, path: str) -> list[FieldError]:
    """The faults of a label's key."""
    return [invalid(path, name, c) for c in is_qualified_name(name)]


def validate_labels(labels: Mapping[str, str], path: str) -> list[FieldError]:
    """The faults of labels' keys and values."""
    errors = []
    for key in sorted(labels):
        errors += validate_label_name(key, path)
        errors += [invalid(path, labels[key], c) for c in is_valid_label_value(labels[key])]
    return errors


def validate_annotations(annotations: Mapping[str, str], path: str) -> list[FieldError]:
    """The faults of annotations' keys, and of their size in all."""
    errors = []
    for key in sorted(annotations):
        errors += [invalid(path, key, c) for c in is_qualified_name(key.lower())]
    if sum(size(k) + size(v) for k, v in annotations.items()) > ANNOTATIONS_LIMIT_BYTES:
        errors.append(too_long(path, ANNOTATIONS_LIMIT_BYTES))
    return errors


def validate_owner_references(owners: tuple[OwnerReference, ...], path: str) -> list[FieldError]:
    """The faults of an object's owners: each must be named in full, and at most one be its controller."""
    errors = []
    controller = ""
    for owner in owners:
        errors += _owner_errors(owner, path)
        if not owner.controller:
            continue
        name = f"{owner.kind}/{owner.name}"
        if controller:
            detail = (
                "Only one reference can have Controller set to true. "
                f'Found "true" in references for {controller} and {name}'
            )
            errors.append(invalid(path, owners, detail))
        else:
            controller = name
    return errors


def _owner_errors(owner: OwnerReference, path: str) -> list[FieldError]:
    group, _, version = owner.api_version.rpartition("/")
    if owner.api_version.count("/") > 1:
        group = version = ""  # not a group and a version: Go reads neither
    errors = []
    if not version:
        errors.append(invalid(f"{path}.apiVersion", owner.api_version, "version must not be empty"))
    for attr in ("kind", "name", "uid"):
        if not getattr(owner, attr):
            errors.append(invalid(f"{path}.{attr}", "", "must not be empty"))
    if (group, version, owner.kind) == ("", "v1", "Event"):
        errors.append(invalid(path, owner, "/v1, Kind=Event is disallowed from being an owner"))
    return errors


def validate_finalizers(finalizers: tuple[str, ...], path: str) -> list[FieldError]:
    """The faults of an object's finalizers."""
    return _finalizer_syntax(finalizers, path) + _kube_finalizers(finalizers, path)


def _finalizer_syntax(finalizers: tuple[str, ...], path: str) -> list[FieldError]:
    errors = [invalid(path, f, c) for f in finalizers for c in is_qualified_name(f)]
    if _ORPHAN in finalizers and _FOREGROUND in finalizers:
        detail = f"finalizer {_ORPHAN} and {_FOREGROUND} cannot be both set"
        errors.append(invalid(path, finalizers, detail))
    return errors


def _kube_finalizers(finalizers: tuple[str, ...], path: str) -> list[FieldError]:
    errors = []
    for index, finalizer in enumerate(finalizers):
        errors += _kube_finalizer(finalizer, f"{path}[{index}]")
    return errors


def _kube_finalizer(finalizer: str, path: str) -> list[FieldError]:
    """The fault of a finalizer that is neither one of Kubernetes' own nor in somebody's domain."""
    if "/" in finalizer or finalizer in _STANDARD_FINALIZERS:
        return []
    return [invalid(path, finalizer, "name is neither a standard finalizer name nor is it fully qualified")]


def validate_finalizer_name(finalizer: str, path: str) -> list[FieldError]:
    """The faults of a finalizer of a namespace's ``spec``."""
    return [invalid(path, finalizer, c) for c in is_qualified_name(finalizer)] + _kube_finalizer(finalizer, path)


def validate_managed_fields(entries: tuple[ManagedFieldsEntry, ...], path: str) -> list[FieldError]:
    """The faults of the records of who manages which field."""
    errors = []
    for index, entry in enumerate(entries):
        place = f"{path}[{index}]"
        if entry.operation not in ("Apply", "Update"):
            errors.append(invalid(f"{place}.operation", typed(entry.operation), "must be `Apply` or `Update`"))
        if entry.fields_type not in ("", "FieldsV1"):
            errors.append(invalid(f"{place}.fieldsType", entry.fields_type, "must be `FieldsV1`"))
        if size(entry.manager) > 128:
            errors.append(too_long(f"{place}.manager", 128))
        if size(entry.subresource) > 256:
            errors.append(too_long(f"{place}.subresource", 256))
    return errors
