"""Rules for storage classes.

References
----------
``pkg/apis/storage/validation/validation.go ValidateStorageClass, ValidateStorageClassUpdate @ v1.36``
"""

from __future__ import annotations

from k8snb.api.claims import IMMEDIATE, WAIT_FOR_FIRST_CONSUMER
from k8snb.api.field_errors import FieldError, not_supported, required, typed
from k8snb.api.types.claims import StorageClass
from k8snb.api.validation.metadata import (
    name_is_dns_subdomain,
    validate_immutable,
    validate_label_name,
    validate_object_meta,
    validate_object_meta_update,
)

_RECLAIM_POLICIES = ("Delete", "Retain")
_BINDING_MODES = (IMMEDIATE, WAIT_FOR_FIRST_CONSUMER)


def validate_storage_class(storage_class: StorageClass) -> list[FieldError]:
    """The faults of a storage class."""
    errors = validate_object_meta(storage_class.metadata, name_is_dns_subdomain, False)
    if not storage_class.provisioner:
        errors.append(required("provisioner"))
    else:
        errors += validate_label_name(storage_class.provisioner.lower(), "provisioner")
    policy, mode = storage_class.reclaim_policy, storage_class.volume_binding_mode
    if policy and policy not in _RECLAIM_POLICIES:
        errors.append(not_supported("reclaimPolicy", typed(policy), _RECLAIM_POLICIES))
    if mode is not None and mode not in _BINDING_MODES:
        errors.append(not_supported("volumeBindingMode", typed(mode), _BINDING_MODES))
    return errors


def validate_storage_class_update(new: StorageClass, old: StorageClass) -> list[FieldError]:
    """The faults of a storage class's next version: what volumes are made by stays."""
    return [
        *validate_object_meta_update(new.metadata, old.metadata),
        *validate_immutable(new.parameters, old.parameters, "parameters"),
        *validate_immutable(new.provisioner, old.provisioner, "provisioner"),
        *validate_immutable(new.reclaim_policy, old.reclaim_policy, "reclaimPolicy", typed(new.reclaim_policy)),
        *validate_immutable(
            new.volume_binding_mode, old.volume_binding_mode, "volumeBindingMode", typed(new.volume_binding_mode)
        ),
    ]
