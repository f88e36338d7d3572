"""Rules for the specs of persistent volume claims, of claims themselves and of the templates that make them.

References
----------
``pkg/apis/core/validation/validation.go ValidatePersistentVolumeClaimSpec, ValidatePersistentVolumeClaimTemplate
@ v1.36``
"""

from __future__ import annotations

from k8snb.api.field_errors import FieldError, forbidden, invalid, not_supported, required, Shown, typed
from k8snb.api.quantity import number_of
from k8snb.api.schema import fields_of, is_zero
from k8snb.api.types.claims import PersistentVolumeClaimSpec, TypedLocalObjectReference, TypedObjectReference
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.volumes import PersistentVolumeClaimTemplate
from k8snb.api.validation.formats import is_dns1123_subdomain
from k8snb.api.validation.metadata import (
    name_is_dns_label,
    name_is_dns_subdomain,
    validate_annotations,
    validate_labels,
)
from k8snb.api.validation.resources import validate_resource_quantity
from k8snb.api.validation.selectors import LabelSelectorOptions, STRICT, validate_label_selector

ACCESS_MODES = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
VOLUME_MODES = ("Block", "Filesystem")
NOT_POSITIVE = "must be greater than zero"


def validate_claim_template(template: PersistentVolumeClaimTemplate, path: str) -> list[FieldError]:
    """The faults of a claim inside a pod."""
    errors = validate_template_meta(template.metadata, f"{path}.metadata")
    return errors + validate_claim_spec(template.spec, f"{path}.spec")


def validate_template_meta(meta: ObjectMeta, path: str) -> list[FieldError]:
    """The faults of metadata that may have labels and annotations only."""
    errors = validate_annotations(meta.annotations, f"{path}.annotations")
    errors += validate_labels(meta.labels, f"{path}.labels")
    for field in fields_of(ObjectMeta):
        if field.attr not in ("labels", "annotations") and not is_zero(getattr(meta, field.attr), field.default):
            name = {"uid": "uID"}.get(field.json, field.json)
            errors.append(forbidden(f"{path}.{name}", "cannot be set"))
    return errors


def validate_claim_spec(
    spec: PersistentVolumeClaimSpec,
    path: str,
    selector_options: LabelSelectorOptions = STRICT,
    allow_invalid_api_group: bool = False,
) -> list[FieldError]:
    """The faults of a claim's spec; an update may keep two that its old spec has."""
    errors = []
    if not spec.access_modes:
        errors.append(required(f"{path}.accessModes", "at least 1 access mode is required"))
    errors += validate_label_selector(spec.selector, selector_options, f"{path}.selector")
    errors += _validate_access_modes(spec.access_modes, f"{path}.accessModes")
    errors += _validate_storage(spec, f"{path}.resources[storage]")
    if spec.storage_class_name:
        name = spec.storage_class_name
        errors += [invalid(f"{path}.storageClassName", name, c) for c in name_is_dns_subdomain(name)]
    if spec.volume_mode is not None and spec.volume_mode not in VOLUME_MODES:
        errors.append(not_supported(f"{path}.volumeMode", typed(spec.volume_mode), VOLUME_MODES))
    errors += _validate_sources(spec, path, allow_invalid_api_group)
    if spec.volume_attributes_class_name:
        name = spec.volume_attributes_class_name
        errors += [invalid(f"{path}.volumeAttributesClassName", name, c) for c in name_is_dns_subdomain(name)]
    return errors


def _validate_access_modes(modes: tuple[str, ...], path: str) -> list[FieldError]:
    errors = [not_supported(path, typed(m), ACCESS_MODES) for m in modes if m not in ACCESS_MODES]
    if "ReadWriteOncePod" in modes and any(m in ACCESS_MODES and m != "ReadWriteOncePod" for m in modes):
        errors.append(forbidden(path, "may not use ReadWriteOncePod with other access modes"))
    return errors


def _validate_storage(spec: PersistentVolumeClaimSpec, path: str) -> list[FieldError]:
    storage = spec.resources.requests.get("storage")
    if storage is None:
        return [required(path)]
    if number_of(storage) <= 0:
        return [invalid(path, storage, NOT_POSITIVE)]
    return validate_resource_quantity("storage", storage, path)


def _validate_sources(spec: PersistentVolumeClaimSpec, path: str, allow_invalid_api_group: bool) -> list[FieldError]:
    """The faults of what a claim's volume shall be filled from."""
    source, ref = spec.data_source, spec.data_source_ref
    errors = []
    if source is not None:
        errors += _validate_source(source, f"{path}.dataSource", allow_invalid_api_group)
    if ref is not None:
        errors += _validate_source(ref, f"{path}.dataSourceRef", allow_invalid_api_group)
        if ref.namespace:
            place = f"{path}.dataSourceRef.namespace"
            errors += [invalid(place, ref.namespace, c) for c in name_is_dns_label(ref.namespace)]
    if source is None or ref is None:
        return errors
    shown = Shown("{}")  # upstream shows the path as a Go structure without public fields
    if ref.namespace:
        errors.append(invalid(path, shown, "may not be specified when dataSourceRef.namespace is specified"))
    elif (source.api_group, source.kind, source.name) != (ref.api_group, ref.kind, ref.name):
        errors.append(invalid(path, shown, "must match dataSourceRef"))
    return errors


def _validate_source(
    source: TypedLocalObjectReference | TypedObjectReference, path: str, allow_invalid_api_group: bool
) -> list[FieldError]:
    errors = []
    if not source.name:
        errors.append(required(f"{path}.name"))
    if not source.kind:
        errors.append(required(f"{path}.kind"))
    if not source.api_group and source.kind != "PersistentVolumeClaim":
        detail = "must be 'PersistentVolumeClaim' when referencing the default apiGroup"
        errors.append(invalid(path, source.kind, detail))
    if source.api_group and not allow_invalid_api_group:
        group = source.api_group
        errors += [invalid(f"{path}.apiGroup", group, c) for c in is_dns1123_subdomain(group)]
    return errors
