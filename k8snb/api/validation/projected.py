"""Rules for volumes that put objects' keys, the pod's own fields and its account's token into files.

References
----------
``pkg/apis/core/validation/validation.go validateProjectionSources, validateDownwardAPIVolumeFile @ v1.36``
"""

from __future__ import annotations

from k8snb.api.field_errors import FieldError, forbidden, invalid, required
from k8snb.api.types.volumes import (
    ConfigMapProjection,
    ConfigMapVolumeSource,
    DownwardAPIProjection,
    DownwardAPIVolumeFile,
    DownwardAPIVolumeSource,
    KeyToPath,
    ProjectedVolumeSource,
    SecretProjection,
    SecretVolumeSource,
    ServiceAccountTokenProjection,
    VolumeProjection,
)
from k8snb.api.validation.environment import validate_field_ref, validate_resource_field_ref
from k8snb.api.validation.paths import validate_file_mode, validate_non_reserved_path

VOLUME_FIELDS = ("metadata.name", "metadata.namespace", "metadata.labels", "metadata.annotations", "metadata.uid")
_CONFLICT = "conflicting duplicate paths"


def validate_key_to_path(item: KeyToPath, path: str) -> list[FieldError]:
    """The faults of a key that becomes a file."""
    errors = []
    if not item.key:
        errors.append(required(f"{path}.key"))
    if not item.path:
        errors.append(required(f"{path}.path"))
    errors += validate_non_reserved_path(item.path, f"{path}.path")
    return errors + validate_file_mode(item.mode, f"{path}.mode")


def validate_secret(source: SecretVolumeSource, path: str) -> list[FieldError]:
    """The faults of a volume made of a secret."""
    errors = [] if source.secret_name else [required(f"{path}.secretName")]
    return errors + _validate_keys(source, path)


def validate_config_map(source: ConfigMapVolumeSource, path: str) -> list[FieldError]:
    """The faults of a volume made of a config map."""
    errors = [] if source.name else [required(f"{path}.name")]
    return errors + _validate_keys(source, path)


def _validate_keys(source: SecretVolumeSource | ConfigMapVolumeSource, path: str) -> list[FieldError]:
    errors = validate_file_mode(source.default_mode, f"{path}.defaultMode")
    for index, item in enumerate(source.items):
        errors += validate_key_to_path(item, f"{path}.items[{index}]")
    return errors


def validate_downward_api(source: DownwardAPIVolumeSource, path: str) -> list[FieldError]:
    """The faults of a volume made of the pod's own fields; all files are reported at the volume."""
    errors = validate_file_mode(source.default_mode, f"{path}.defaultMode")
    for file in source.items:
        errors += _validate_downward_file(file, path)
    return errors


def _validate_downward_file(file: DownwardAPIVolumeFile, path: str) -> list[FieldError]:
    errors = [] if file.path else [required(f"{path}.path")]
    errors += validate_non_reserved_path(file.path, f"{path}.path")
    if file.field_ref is not None:
        errors += validate_field_ref(file.field_ref, VOLUME_FIELDS, f"{path}.fieldRef")
        if file.resource_field_ref is not None:
            detail = "fieldRef and resourceFieldRef can not be specified simultaneously"
            errors.append(invalid(path, "resource", detail))
    elif file.resource_field_ref is not None:
        place = f"{path}.resourceFieldRef"
        errors += validate_resource_field_ref(file.resource_field_ref, place, in_volume=True)
    else:
        errors.append(required(path, "one of fieldRef and resourceFieldRef is required"))
    return errors + validate_file_mode(file.mode, f"{path}.mode")


def validate_projected(source: ProjectedVolumeSource, path: str) -> list[FieldError]:
    """The faults of a volume made of several sources: each names one, and no two files share a path."""
    errors = validate_file_mode(source.default_mode, f"{path}.defaultMode")
    taken: list[str] = []
    for index, projection in enumerate(source.sources):
        place = f"{path}.sources[{index}]"
        errors += _validate_projection(projection, taken, path, place)
        parts = (
            projection.secret,
            projection.config_map,
            projection.downward_api,
            projection.service_account_token,
        )
        if sum(part is not None for part in parts) > 1:
            errors.append(forbidden(place, "may not specify more than 1 volume type per source"))
    return errors


def _validate_projection(projection: VolumeProjection, taken: list[str], path: str, place: str) -> list[FieldError]:
    errors = []
    if projection.secret is not None:
        errors += _validate_key_projection(projection.secret, taken, path, f"{place}.secret")
    if projection.config_map is not None:
        errors += _validate_key_projection(projection.config_map, taken, path, f"{place}.configMap")
    if projection.downward_api is not None:
        errors += _validate_downward_projection(projection.downward_api, taken, path, f"{place}.downwardAPI")
    if projection.service_account_token is not None:
        token = projection.service_account_token
        errors += _validate_token(token, path, f"{place}.serviceAccountToken")
    return errors


def _take(target: str, taken: list[str], shown: str, path: str) -> list[FieldError]:
    """One fault where another source has put a file there; else the path is taken from now on."""
    if target in taken:
        return [invalid(path, shown, _CONFLICT)]
    taken.append(target)
    return []


def _validate_key_projection(
    source: SecretProjection | ConfigMapProjection, taken: list[str], path: str, place: str
) -> list[FieldError]:
    errors = [] if source.name else [required(f"{place}.name")]
    for index, item in enumerate(source.items):
        errors += validate_key_to_path(item, f"{place}.items[{index}]")
        if item.path:
            errors += _take(item.path, taken, source.name, path)
    return errors


def _validate_downward_projection(
    source: DownwardAPIProjection, taken: list[str], path: str, place: str
) -> list[FieldError]:
    errors = []
    for file in source.items:
        errors += _validate_downward_file(file, place)
        if file.path:
            errors += _take(file.path, taken, file.path, path)
    return errors


def _validate_token(token: ServiceAccountTokenProjection, path: str, place: str) -> list[FieldError]:
    seconds = token.expiration_seconds or 0
    errors = []
    if seconds < 600:
        detail = "may not specify a duration less than 10 minutes"
        errors.append(invalid(f"{place}.expirationSeconds", seconds, detail))
    if seconds > 1 << 32:
        detail = "may not specify a duration larger than 2^32 seconds"
        errors.append(invalid(f"{place}.expirationSeconds", seconds, detail))
    if not token.path:
        return [*errors, required(f"{path}.path")]
    return errors + validate_non_reserved_path(token.path, f"{path}.path")
