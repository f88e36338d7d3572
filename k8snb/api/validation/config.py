"""Rules for config maps, secrets, service accounts, namespaces and priority classes.

References
----------
``pkg/apis/core/validation/validation.go ValidateConfigMap, ValidateSecret, ValidateNamespace``,
``pkg/apis/scheduling/validation/validation.go ValidatePriorityClass @ v1.36``
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping

from k8snb.api.field_errors import FieldError, forbidden, invalid, not_supported, required, too_long, typed
from k8snb.api.json_reader import JsonError, parse_json
from k8snb.api.schema import EMPTY
from k8snb.api.types.config import ConfigMap, Namespace, PriorityClass, Secret, ServiceAccount
from k8snb.api.validation.formats import is_config_map_key, size
from k8snb.api.validation.metadata import (
    name_is_dns_label,
    name_is_dns_subdomain,
    validate_finalizer_name,
    validate_immutable,
    validate_object_meta,
    validate_object_meta_update,
)

SIZE_LIMIT_BYTES = 1024 * 1024
SERVICE_ACCOUNT_NAME = "kubernetes.io/service-account.name"
_IMMUTABLE = "field is immutable when `immutable` is set"
_REDACTED = "<secret contents redacted>"

HIGHEST_USER_PRIORITY = 1_000_000_000
SYSTEM_PRIORITIES = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)


def validate_config_map(config: ConfigMap) -> list[FieldError]:
    """The faults of a config map."""
    errors = validate_object_meta(config.metadata, name_is_dns_subdomain, True)
    for key in sorted(config.data):
        errors += _key_errors(key, "data")
        if key in config.binary_data:
            errors.append(invalid(f"data[{key}]", key, "duplicate of key present in binaryData"))
    for key in sorted(config.binary_data):
        errors += _key_errors(key, "binaryData")
    total = sum(map(size, config.data.values())) + sum(len(_bytes(v)) for v in config.binary_data.values())
    if total > SIZE_LIMIT_BYTES:
        errors.append(too_long("[]", SIZE_LIMIT_BYTES))  # a path without a name
    return errors


def _key_errors(key: str, path: str) -> list[FieldError]:
    return [invalid(f"{path}[{key}]", key, c) for c in is_config_map_key(key)]


def validate_config_map_update(new: ConfigMap, old: ConfigMap) -> list[FieldError]:
    """The faults of a config map's next version; an immutable one keeps its data."""
    errors = validate_object_meta_update(new.metadata, old.metadata)
    if old.immutable:
        errors += _thawed(new.immutable)
        errors += _frozen_data(new.data, old.data, "data")
        errors += _frozen_data(new.binary_data, old.binary_data, "binaryData")
    return errors + validate_config_map(new)


def _thawed(immutable: bool | None) -> list[FieldError]:
    return [] if immutable else [forbidden("immutable", _IMMUTABLE)]


def _frozen_data(new: Mapping[str, str], old: Mapping[str, str], path: str) -> list[FieldError]:
    same = dict(new) == dict(old) and (bool(new) or new is EMPTY)  # a given, empty map is not an absent one
    return [] if same else [forbidden(path, _IMMUTABLE)]


def validate_secret(secret: Secret) -> list[FieldError]:
    """The faults of a secret, by its type."""
    errors = validate_object_meta(secret.metadata, name_is_dns_subdomain, True)
    for key in sorted(secret.data):
        errors += _key_errors(key, "data")
    if sum(len(_bytes(v)) for v in secret.data.values()) > SIZE_LIMIT_BYTES:
        errors.append(too_long("data", SIZE_LIMIT_BYTES))
    return errors + _typed_secret(secret)


def _typed_secret(secret: Secret) -> list[FieldError]:
    """What the type of a secret asks of its data."""
    data = secret.data
    if secret.type == "kubernetes.io/service-account-token":
        named = secret.metadata.annotations.get(SERVICE_ACCOUNT_NAME)
        return [] if named else [required(f"metadata.annotations[{SERVICE_ACCOUNT_NAME}]")]
    if secret.type == "kubernetes.io/dockercfg":
        return _json_entry(data, ".dockercfg")
    if secret.type == "kubernetes.io/dockerconfigjson":
        return _json_entry(data, ".dockerconfigjson")
    if secret.type == "kubernetes.io/basic-auth":
        keys = ("username", "password")
        return [] if any(k in data for k in keys) else _missing(keys)
    if secret.type == "kubernetes.io/ssh-auth":
        return [] if data.get("ssh-privatekey") else _missing(("ssh-privatekey",))
    if secret.type == "kubernetes.io/tls":
        return _missing(k for k in ("tls.crt", "tls.key") if k not in data)
    return []


def _missing(keys: Iterable[str]) -> list[FieldError]:
    return [required(f"data[{key}]") for key in keys]


def _json_entry(data: Mapping[str, str], key: str) -> list[FieldError]:
    """The entry must be there, and be a JSON object."""
    if key not in data:
        return _missing((key,))
    try:
        value = parse_json(_bytes(data[key]).decode("utf-8", "replace"))
    except JsonError as error:
        return [invalid(f"data[{key}]", _REDACTED, str(error))]
    if value is None or isinstance(value, dict):
        return []
    kind = {bool: "bool", str: "string", list: "array"}.get(type(value), "number")
    detail = f"json: cannot unmarshal {kind} into Go value of type map[string]interface {{}}"
    return [invalid(f"data[{key}]", _REDACTED, detail)]


def validate_secret_update(new: Secret, old: Secret) -> list[FieldError]:
    """The faults of a secret's next version: its type stays, and an immutable one keeps its data."""
    errors = validate_object_meta_update(new.metadata, old.metadata)
    errors += validate_immutable(new.type, old.type, "type", typed(new.type))
    if old.immutable:
        errors += _thawed(new.immutable)
        errors += _frozen_data(new.data, old.data, "data")
    return errors + validate_secret(new)


def validate_service_account(account: ServiceAccount) -> list[FieldError]:
    """The faults of a service account."""
    return validate_object_meta(account.metadata, name_is_dns_subdomain, True)


def validate_service_account_update(new: ServiceAccount, old: ServiceAccount) -> list[FieldError]:
    """The faults of a service account's next version."""
    return validate_object_meta_update(new.metadata, old.metadata) + validate_service_account(new)


def validate_namespace(namespace: Namespace) -> list[FieldError]:
    """The faults of a namespace."""
    errors = validate_object_meta(namespace.metadata, name_is_dns_label, False)
    for finalizer in namespace.spec.finalizers:
        errors += validate_finalizer_name(finalizer, "spec.finalizers")
    return errors


def validate_namespace_update(new: Namespace, old: Namespace) -> list[FieldError]:
    """The faults of a namespace's next version."""
    return validate_namespace(new) + validate_object_meta_update(new.metadata, old.metadata)


def validate_namespace_status_update(new: Namespace, old: Namespace) -> list[FieldError]:
    """The faults of a namespace's next status: it is Terminating exactly when the namespace was deleted."""
    errors = validate_object_meta_update(new.metadata, old.metadata)
    phase = new.status.phase
    if new.metadata.deletion_timestamp is None and phase != "Active":
        detail = "may only be 'Active' if `deletionTimestamp` is empty"
        errors.append(invalid("status.Phase", typed(phase), detail))
    if new.metadata.deletion_timestamp is not None and phase != "Terminating":
        detail = "may only be 'Terminating' if `deletionTimestamp` is not empty"
        errors.append(invalid("status.Phase", typed(phase), detail))
    return errors


def validate_priority_class(priority: PriorityClass) -> list[FieldError]:
    """The faults of a priority class; the prefix ``system-`` and the highest values are Kubernetes' own."""
    errors = validate_object_meta(priority.metadata, name_is_dns_subdomain, False)
    name = priority.metadata.name
    if name.startswith("system-"):
        errors += _system_priority(priority)
    elif priority.value > HIGHEST_USER_PRIORITY:
        errors.append(
            forbidden(
                "value",
                f"maximum allowed value of a user defined priority is {HIGHEST_USER_PRIORITY}",
            )
        )
    return errors + _preemption_policy(priority)


def _system_priority(priority: PriorityClass) -> list[FieldError]:
    name = priority.metadata.name
    if name not in SYSTEM_PRIORITIES:
        fault = f"{name} is not a known system priority class"
    elif priority.value != SYSTEM_PRIORITIES[name]:
        fault = f"value of {name} PriorityClass must be {SYSTEM_PRIORITIES[name]}"
    elif priority.global_default:
        fault = f"globalDefault of {name} PriorityClass must be false"
    else:
        return []
    detail = "priority class names with 'system-' prefix are reserved for system use only. error: " + fault
    return [forbidden("metadata.name", detail)]


def _preemption_policy(priority: PriorityClass) -> list[FieldError]:
    policy = priority.preemption_policy
    if policy is None or policy in ("PreemptLowerPriority", "Never"):
        return []
    if not policy:
        return [required("preemptionPolicy")]
    return [not_supported("preemptionPolicy", typed(policy), ("PreemptLowerPriority", "Never"))]


def validate_priority_class_update(new: PriorityClass, old: PriorityClass) -> list[FieldError]:
    """The faults of a priority class's next version; its value stays."""
    errors = validate_object_meta_update(new.metadata, old.metadata)
    if new.value != old.value:
        errors.append(forbidden("value", "may not be changed in an update."))
    return errors + validate_immutable(new.preemption_policy, old.preemption_policy, "preemptionPolicy")
