"""Rules for environment variables and for what refers to a pod's own fields.

References
----------
``pkg/apis/core/validation/validation.go ValidateEnv, validateObjectFieldSelector`` and
``pkg/apis/core/pods/helpers.go ConvertDownwardAPIFieldLabel @ v1.36``
"""

from __future__ import annotations

from k8snb.api.field_errors import FieldError, invalid, not_found, not_supported, required
from k8snb.api.quantity import number_of
from k8snb.api.types.containers import (
    ConfigMapEnvSource,
    ConfigMapKeySelector,
    EnvFromSource,
    EnvVar,
    EnvVarSource,
    FileKeySelector,
    ObjectFieldSelector,
    ResourceFieldSelector,
    SecretEnvSource,
    SecretKeySelector,
)
from k8snb.api.types.pod import PodSpec
from k8snb.api.validation.containers_of import containers_with_path
from k8snb.api.validation.formats import (
    is_config_map_key,
    is_dns1123_label,
    is_qualified_name,
    is_relaxed_env_var_name,
)
from k8snb.api.validation.metadata import name_is_dns_subdomain
from k8snb.api.validation.paths import validate_no_backsteps

ENV_FIELDS = (
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
)
_POD_FIELDS = (
    *ENV_FIELDS,
    "metadata.annotations",
    "metadata.labels",
    "spec.restartPolicy",
    "spec.schedulerName",
    "status.phase",
)
_CONTAINER_FIELDS = tuple(
    f"{what}.{name}" for what in ("limits", "requests") for name in ("cpu", "ephemeral-storage", "memory")
)
_HUGE_PAGES = ("requests.hugepages-", "limits.hugepages-")
_DIVISORS = ("1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei")
_SOURCES = "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"
_MORE_THAN_ONE = "may not have more than one field specified at a time"


def validate_env(variables: tuple[EnvVar, ...], path: str) -> list[FieldError]:
    """The faults of a container's variables."""
    errors = []
    for index, variable in enumerate(variables):
        place = f"{path}[{index}]"
        if not variable.name:
            errors.append(required(f"{place}.name"))
        else:
            errors += [invalid(f"{place}.name", variable.name, c) for c in is_relaxed_env_var_name(variable.name)]
        if variable.value_from is not None:
            errors += _validate_source(variable.value_from, variable.value, f"{place}.valueFrom")
    return errors


def _validate_source(source: EnvVarSource, value: str, path: str) -> list[FieldError]:
    errors = []
    if source.field_ref is not None:
        errors += validate_field_ref(source.field_ref, ENV_FIELDS, f"{path}.fieldRef")
    if source.resource_field_ref is not None:
        errors += validate_resource_field_ref(source.resource_field_ref, f"{path}.resourceFieldRef", in_volume=False)
    if source.config_map_key_ref is not None:
        errors += _validate_key_ref(source.config_map_key_ref, f"{path}.configMapKeyRef")
    if source.secret_key_ref is not None:
        errors += _validate_key_ref(source.secret_key_ref, f"{path}.secretKeyRef")
    if source.file_key_ref is not None:
        errors += _validate_file_key_ref(source.file_key_ref, f"{path}.fileKeyRef")
    count = sum(
        ref is not None
        for ref in (
            source.field_ref,
            source.resource_field_ref,
            source.config_map_key_ref,
            source.secret_key_ref,
            source.file_key_ref,
        )
    )
    if count == 0:
        errors.append(invalid(path, "", _SOURCES))
    elif value:
        errors.append(invalid(path, "", "may not be specified when `value` is not empty"))
    elif count > 1:
        errors.append(invalid(path, "", _MORE_THAN_ONE))
    return errors


def split_subscript(field: str) -> tuple[str, str] | None:
    """The path and the key of ``metadata.labels['app']``; None for a path without a key."""
    path, bracket, key = field.partition("['")
    return (path, key[:-2]) if bracket and path and field.endswith("']") and key.endswith("']") else None


def _converted(version: str, field: str) -> tuple[str, str]:
    """The name of a pod's field in the internal API, and what is wrong with it."""
    if version != "v1":
        return "", f"unsupported pod version: {version}"
    if subscripted := split_subscript(field):
        if subscripted[0] in ("metadata.annotations", "metadata.labels"):
            return field, ""
        return "", f"field label does not support subscript: {field}"
    if field == "spec.host":
        return "spec.nodeName", ""
    return (field, "") if field in _POD_FIELDS else ("", f"field label not supported: {field}")


def validate_field_ref(ref: ObjectFieldSelector, supported: tuple[str, ...], path: str) -> list[FieldError]:
    """The faults of a reference to one of the pod's own fields."""
    if not ref.api_version:
        return [required(f"{path}.apiVersion")]
    if not ref.field_path:
        return [required(f"{path}.fieldPath")]
    field, complaint = _converted(ref.api_version, ref.field_path)
    if complaint:
        return [invalid(f"{path}.fieldPath", ref.field_path, f"error converting fieldPath: {complaint}")]
    if subscripted := split_subscript(field):
        name, key = subscripted
        key = key.lower() if name == "metadata.annotations" else key
        return [invalid(path, key, c) for c in is_qualified_name(key)]
    return [] if field in supported else [not_supported(f"{path}.fieldPath", field, sorted(supported))]


def validate_resource_field_ref(ref: ResourceFieldSelector, path: str, in_volume: bool) -> list[FieldError]:
    """The faults of a reference to a container's request or limit."""
    errors = []
    if in_volume and not ref.container_name:
        errors.append(required(f"{path}.containerName"))
    elif not ref.resource:
        errors.append(required(f"{path}.resource"))
    elif ref.resource not in _CONTAINER_FIELDS and not ref.resource.startswith(_HUGE_PAGES):
        errors.append(not_supported(f"{path}.resource", ref.resource, _CONTAINER_FIELDS))
    return errors + _validate_divisor(ref.resource, ref.divisor, f"{path}.divisor")


def _validate_divisor(resource: str, divisor: str, path: str) -> list[FieldError]:
    if number_of(divisor) == 0:
        return []
    name = resource.partition(".")[2] if resource in _CONTAINER_FIELDS else ""
    if name == "cpu":
        if divisor in ("1m", "1"):
            return []
        return [invalid(path, resource, "only divisor's values 1m and 1 are supported with the cpu resource")]
    if resource.startswith(_HUGE_PAGES):
        name = "hugepages"
    elif name == "ephemeral-storage":
        name = "local ephemeral storage"
    if not name or divisor in _DIVISORS:
        return []
    detail = f"only divisor's values {', '.join(_DIVISORS)} are supported with the {name} resource"
    return [invalid(path, resource, detail)]


def _validate_key_ref(ref: ConfigMapKeySelector | SecretKeySelector, path: str) -> list[FieldError]:
    errors = [invalid(f"{path}.name", ref.name, c) for c in name_is_dns_subdomain(ref.name)]
    if not ref.key:
        return [*errors, required(f"{path}.key")]
    return errors + [invalid(f"{path}.key", ref.key, c) for c in is_config_map_key(ref.key)]


def _validate_file_key_ref(ref: FileKeySelector, path: str) -> list[FieldError]:
    errors = []
    if not ref.key:
        errors.append(required(f"{path}.key"))
    else:
        errors += [invalid(f"{path}.key", ref.key, c) for c in is_relaxed_env_var_name(ref.key)]
    if not ref.volume_name:
        errors.append(required(f"{path}.volumeName"))
    else:
        errors += [invalid(f"{path}.volumeName", ref.volume_name, c) for c in is_dns1123_label(ref.volume_name)]
    if not ref.path:
        errors.append(required(f"{path}.path"))
    else:
        errors += validate_no_backsteps(ref.path, f"{path}.path")
    return errors


def validate_env_from(sources: tuple[EnvFromSource, ...], path: str) -> list[FieldError]:
    """The faults of the config maps and secrets that a container takes its variables from."""
    errors = []
    for index, source in enumerate(sources):
        place = f"{path}[{index}]"
        if source.prefix:
            errors += [invalid(f"{place}.prefix", source.prefix, c) for c in is_relaxed_env_var_name(source.prefix)]
        if source.config_map_ref is not None:
            errors += _validate_env_ref(source.config_map_ref, f"{place}.configMapRef")
        if source.secret_ref is not None:
            errors += _validate_env_ref(source.secret_ref, f"{place}.secretRef")
        if source.config_map_ref is None and source.secret_ref is None:
            errors.append(invalid(path, "", "must specify one of: `configMapRef` or `secretRef`"))
        elif source.config_map_ref is not None and source.secret_ref is not None:
            errors.append(invalid(path, "", _MORE_THAN_ONE))
    return errors


def _validate_env_ref(ref: ConfigMapEnvSource | SecretEnvSource, path: str) -> list[FieldError]:
    if not ref.name:
        return [required(f"{path}.name")]
    return [invalid(f"{path}.name", ref.name, c) for c in name_is_dns_subdomain(ref.name, prefix=True)]


def validate_file_key_volumes(spec: PodSpec, path: str) -> list[FieldError]:
    """The faults of variables read from files: their volumes must be empty directories of the pod."""
    volumes = {volume.name: volume for volume in spec.volumes}
    errors = []
    for container, place in containers_with_path(spec, path):
        for index, variable in enumerate(container.env):
            ref = variable.value_from.file_key_ref if variable.value_from else None
            if ref is None:
                continue
            where = f"{place}.env[{index}].valueFrom.fileKeyRef.volumeName"
            if ref.volume_name not in volumes:
                errors.append(not_found(where, ref.volume_name))
            elif volumes[ref.volume_name].empty_dir is None:
                errors.append(invalid(where, ref.volume_name, "referenced volume must be of type emptyDir"))
    return errors
