"""Rules for persistent volume claims.

References
----------
``pkg/apis/core/validation/validation.go ValidatePersistentVolumeClaim, ValidatePersistentVolumeClaimUpdate @ v1.36``
"""

from __future__ import annotations

from msgspec.structs import replace

from k8snb.api.claims import BETA_CLASS, BOUND
from k8snb.api.field_errors import FieldError, forbidden, typed
from k8snb.api.quantity import number_of
from k8snb.api.schema import EMPTY
from k8snb.api.types.claims import PersistentVolumeClaim, PersistentVolumeClaimSpec
from k8snb.api.validation.claims import validate_claim_spec
from k8snb.api.validation.equality import same
from k8snb.api.validation.internal_form import internal_diff
from k8snb.api.validation.metadata import (
    name_is_dns_subdomain,
    validate_immutable,
    validate_object_meta,
    validate_object_meta_update,
)
from k8snb.api.validation.selectors import LabelSelectorOptions, STRICT, validate_label_selector

_FIXED = "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n{}"
_STORAGE = "spec.resources.requests.storage"


def validate_claim(
    claim: PersistentVolumeClaim, options: LabelSelectorOptions = STRICT, allow_invalid_api_group: bool = False
) -> list[FieldError]:
    """The faults of a claim."""
    errors = validate_object_meta(claim.metadata, name_is_dns_subdomain, True)
    return errors + validate_claim_spec(claim.spec, "spec", options, allow_invalid_api_group)


def validate_claim_update(new: PersistentVolumeClaim, old: PersistentVolumeClaim) -> list[FieldError]:
    """The faults of a claim's next version: a bound one may grow, all else stays."""
    lenient = bool(validate_label_selector(old.spec.selector))
    errors = validate_object_meta_update(new.metadata, old.metadata)
    named_group = any(
        s is not None and s.api_group is not None for s in (old.spec.data_source, old.spec.data_source_ref)
    )
    errors += validate_claim(new, LabelSelectorOptions(allow_invalid_label_value=lenient), named_group)
    if not (_gets_class(new, old) and new.metadata.annotations.get(BETA_CLASS, _beta_class(old)) == _beta_class(old)):
        errors += validate_immutable(_beta_class(new), _beta_class(old), f"metadata.annotations.{BETA_CLASS}")
    before, after = _comparable(new, old)
    if not same(before, after):
        errors.append(forbidden("spec", _FIXED.format(internal_diff(before, after))))
    size, reported = _size(new.spec), old.status.capacity.get("storage", "0")
    if number_of(size) < number_of(_size(old.spec)) and number_of(size) <= number_of(reported):
        errors.append(forbidden(_STORAGE, "field can not be less than status.capacity"))
    return errors + validate_immutable(
        new.spec.volume_mode, old.spec.volume_mode, "volumeMode", typed(new.spec.volume_mode)
    )


def _size(spec: PersistentVolumeClaimSpec) -> str:
    return spec.resources.requests.get("storage", "0")


def _beta_class(claim: PersistentVolumeClaim) -> str:
    return claim.metadata.annotations.get(BETA_CLASS, "")


def _gets_class(new: PersistentVolumeClaim, old: PersistentVolumeClaim) -> bool:
    """Whether a claim without a class gets one: that of its old annotation where it has that."""
    name = new.spec.storage_class_name
    return (
        name is not None
        and old.spec.storage_class_name is None
        and old.metadata.annotations.get(BETA_CLASS, name) == name
    )


def _comparable(
    new: PersistentVolumeClaim, old: PersistentVolumeClaim
) -> tuple[PersistentVolumeClaimSpec, PersistentVolumeClaimSpec]:
    """The old and the new spec without the changes that are allowed."""
    before, after = old.spec, new.spec
    if not before.volume_name:
        before = replace(before, volume_name=after.volume_name)
    if _gets_class(new, old):
        after = replace(after, storage_class_name=None)
    if new.status.phase == BOUND:
        after = replace(after, volume_attributes_class_name=before.volume_attributes_class_name)
        if after.resources.requests is not EMPTY:
            requests = {**after.resources.requests, "storage": _size(before)}
            after = replace(after, resources=replace(after.resources, requests=requests))
    return before, after
