"""Rules for how a container uses the pod's volumes.

References
----------
``pkg/apis/core/validation/validation.go ValidateVolumeMounts, ValidateVolumeDevices @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping

from k8snb.api.field_errors import FieldError, forbidden, invalid, not_found, not_supported, required, typed
from k8snb.api.types.containers import VolumeMount
from k8snb.api.types.volumes import Volume
from k8snb.api.validation.containers_of import AnyContainer
from k8snb.api.validation.paths import validate_descending_path, validate_no_backsteps

Volumes = Mapping[str, Volume]
_PROPAGATION = ("Bidirectional", "HostToContainer", "None")
_RECURSIVE = ("Disabled", "Enabled", "IfPossible")


def validate_mounts(container: AnyContainer, volumes: Volumes, path: str) -> list[FieldError]:
    """The faults of a container's file system mounts."""
    devices = {device.name: device.device_path for device in container.volume_devices}
    errors: list[FieldError] = []
    seen: list[str] = []
    for index, mount in enumerate(container.volume_mounts):
        place = f"{path}[{index}]"
        if not mount.name:
            errors.append(required(f"{place}.name"))
        if mount.name not in volumes:
            errors.append(not_found(f"{place}.name", mount.name))
        if not mount.mount_path:
            errors.append(required(f"{place}.mountPath"))
        if mount.mount_path in seen:
            errors.append(invalid(f"{place}.mountPath", mount.mount_path, "must be unique"))
        seen.append(mount.mount_path)
        if mount.name in devices:
            errors.append(invalid(f"{place}.name", mount.name, "must not already exist in volumeDevices"))
        if mount.mount_path in devices.values():
            detail = "must not already exist as a path in volumeDevices"
            errors.append(invalid(f"{place}.mountPath", mount.mount_path, detail))
        errors += _validate_sub_paths(mount, path, place)
        errors += _validate_propagation(mount, container, f"{path}.mountPropagation")
        errors += _validate_recursive_read_only(mount, f"{path}.recursiveReadOnly")
    return errors


def _validate_sub_paths(mount: VolumeMount, path: str, place: str) -> list[FieldError]:
    errors = []
    if mount.sub_path:
        errors += validate_descending_path(mount.sub_path, f"{path}.subPath")
    if mount.sub_path_expr:
        if mount.sub_path:
            detail = "subPathExpr and subPath are mutually exclusive"
            errors.append(invalid(f"{place}.subPathExpr", mount.sub_path_expr, detail))
        errors += validate_descending_path(mount.sub_path_expr, f"{path}.subPathExpr")
    return errors


def _validate_propagation(mount: VolumeMount, container: AnyContainer, path: str) -> list[FieldError]:
    mode = mount.mount_propagation
    if mode is None:
        return []
    errors = [] if mode in _PROPAGATION else [not_supported(path, typed(mode), _PROPAGATION)]
    security = container.security_context
    if mode == "Bidirectional" and not (security and security.privileged):
        detail = "Bidirectional mount propagation is available only to privileged containers"
        errors.append(forbidden(path, detail))
    return errors


def _validate_recursive_read_only(mount: VolumeMount, path: str) -> list[FieldError]:
    mode = mount.recursive_read_only
    if mode is None or mode == "Disabled":
        return []
    if mode not in _RECURSIVE:
        return [not_supported(path, typed(mode), _RECURSIVE)]
    errors = []
    if not mount.read_only:
        errors.append(forbidden(path, "may only be specified when readOnly is true"))
    if mount.mount_propagation not in (None, "None"):
        errors.append(forbidden(path, "may only be specified when mountPropagation is None or not specified"))
    return errors


def validate_devices(container: AnyContainer, volumes: Volumes, path: str) -> list[FieldError]:
    """The faults of a container's block devices."""
    mounts = {mount.name: mount.mount_path for mount in container.volume_mounts}
    errors: list[FieldError] = []
    names: list[str] = []
    paths: list[str] = []
    for index, device in enumerate(container.volume_devices):
        place, name, target = f"{path}[{index}]", device.name, device.device_path
        if not name:
            errors.append(required(f"{place}.name"))
        if name in names:
            errors.append(invalid(f"{place}.name", name, "must be unique"))
        errors += _validate_device_volume(name, volumes, f"{place}.name")
        if not target:
            errors.append(required(f"{place}.devicePath"))
        if target in paths:
            errors.append(invalid(f"{place}.devicePath", target, "must be unique"))
        if target and validate_no_backsteps(target, place):
            errors.append(invalid(f"{place}.devicePath", target, "can not contain backsteps ('..')"))
        else:
            paths.append(target)
        if name in mounts:
            errors.append(invalid(f"{place}.name", name, "must not already exist in volumeMounts"))
        if target in mounts.values():
            detail = "must not already exist as a path in volumeMounts"
            errors.append(invalid(f"{place}.devicePath", target, detail))
        if name:
            names.append(name)
    return errors


def _validate_device_volume(name: str, volumes: Volumes, path: str) -> list[FieldError]:
    volume = volumes.get(name)
    if volume is None:
        return [not_found(path, name)]
    if volume.persistent_volume_claim is None and volume.ephemeral is None:
        detail = "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode"
        return [invalid(path, name, detail)]
    return []
