"""Rules that follow from a pod's operating system and from the namespaces that it shares with its node.

References
----------
``pkg/apis/core/validation/validation.go validateOS, validateWindows, validateWindowsHostProcessPod, validateHostUsers
@ v1.36``
"""

from __future__ import annotations

from k8snb.api.field_errors import FieldError, forbidden, invalid, not_supported, required, typed
from k8snb.api.types.containers import SecurityContext
from k8snb.api.types.pod import PodSpec
from k8snb.api.validation.containers_of import containers_with_path

_NOT_FOR_WINDOWS = "cannot be set for a windows pod"
_NOT_FOR_LINUX = "windows options cannot be set for a linux pod"
# Upstream's order of checks; the first ones stand beside the security context in the pod's spec.
_POD_FIELDS = (
    ("app_armor_profile", "securityContext.appArmorProfile"),
    ("se_linux_options", "securityContext.seLinuxOptions"),
    ("host_users", "hostUsers"),
    ("host_pid", "hostPID"),
    ("host_ipc", "hostIPC"),
    ("seccomp_profile", "securityContext.seccompProfile"),
    ("fs_group", "securityContext.fsGroup"),
    ("fs_group_change_policy", "securityContext.fsGroupChangePolicy"),
    ("sysctls", "securityContext.sysctls"),
    ("share_process_namespace", "shareProcessNamespace"),
    ("run_as_user", "securityContext.runAsUser"),
    ("run_as_group", "securityContext.runAsGroup"),
    ("supplemental_groups", "securityContext.supplementalGroups"),
    ("supplemental_groups_policy", "securityContext.supplementalGroupsPolicy"),
    ("se_linux_change_policy", "securityContext.seLinuxChangePolicy"),
)
_CONTAINER_FIELDS = (
    ("app_armor_profile", "appArmorProfile"),
    ("se_linux_options", "seLinuxOptions"),
    ("seccomp_profile", "seccompProfile"),
    ("capabilities", "capabilities"),
    ("read_only_root_filesystem", "readOnlyRootFilesystem"),
    ("privileged", "privileged"),
    ("allow_privilege_escalation", "allowPrivilegeEscalation"),
    ("proc_mount", "procMount"),
    ("run_as_user", "runAsUser"),
    ("run_as_group", "runAsGroup"),
)


def validate_os(spec: PodSpec, path: str) -> list[FieldError]:
    """The faults of a pod's operating system, or of what cannot be had with it."""
    if spec.os is None:
        return []
    if not spec.os.name:
        return [required(f"{path}.os.name")]
    if spec.os.name == "linux":
        return _validate_linux(spec, path)
    if spec.os.name == "windows":
        return _validate_windows(spec, path)
    return [not_supported(f"{path}.os", typed(spec.os.name), ("linux", "windows"))]


def _validate_linux(spec: PodSpec, path: str) -> list[FieldError]:
    errors = []
    if spec.security_context is not None and spec.security_context.windows_options is not None:
        errors.append(forbidden(f"{path}.securityContext.windowsOptions", _NOT_FOR_LINUX))
    for container, place in containers_with_path(spec, path):
        context = container.security_context
        if context is not None and context.windows_options is not None:
            errors.append(forbidden(f"{place}.securityContext.windowsOptions", _NOT_FOR_LINUX))
    return errors


def _validate_windows(spec: PodSpec, path: str) -> list[FieldError]:
    errors = []
    for attr, name in _POD_FIELDS:
        if _is_set(spec, attr):
            errors.append(forbidden(f"{path}.{name}", _NOT_FOR_WINDOWS))
    for container, place in containers_with_path(spec, path):
        context = container.security_context or SecurityContext()
        for attr, name in _CONTAINER_FIELDS:
            if getattr(context, attr) is not None:
                errors.append(forbidden(f"{place}.securityContext.{name}", _NOT_FOR_WINDOWS))
    return errors


def _is_set(spec: PodSpec, attr: str) -> bool:
    """Whether a field that stands in the pod's spec, or in its security context, was given."""
    value = getattr(spec if hasattr(spec, attr) else spec.security_context, attr, None)
    return bool(value) if attr in ("host_pid", "host_ipc", "sysctls", "supplemental_groups") else value is not None


def validate_host_process(spec: PodSpec, path: str) -> list[FieldError]:
    """The faults of a Windows pod whose containers run as processes of the node: all must, with its network."""
    pod_options = spec.security_context.windows_options if spec.security_context else None
    pod_wide = pod_options.host_process if pod_options else None
    errors = []
    total = count = 0
    for container, place in containers_with_path(spec, path):
        total += 1
        options = container.security_context.windows_options if container.security_context else None
        own = options.host_process if options else None
        if pod_wide is not None and own is not None and pod_wide != own:
            detail = f"pod hostProcess value must be identical if both are specified, was {str(pod_wide).lower()}"
            errors.append(invalid(f"{place}.securityContext.windowsOptions.hostProcess", own, detail))
        count += bool(pod_wide if own is None else own)
    if count == 0:
        return errors
    if count != total:
        detail = "If pod contains any hostProcess containers then all containers must be HostProcess containers"
        errors.append(invalid(path, "", detail))
    if not spec.host_network:
        detail = "hostNetwork must be true if pod contains any hostProcess containers"
        errors.append(invalid(f"{path}.hostNetwork", False, detail))
    return errors


def validate_host_users(spec: PodSpec, path: str) -> list[FieldError]:
    """The faults of a pod with users of its own that shares other namespaces with its node."""
    if spec.host_users is not False:
        return []
    shared = (("hostNetwork", spec.host_network), ("HostPID", spec.host_pid), ("HostIPC", spec.host_ipc))
    errors = [forbidden(f"{path}.{name}", "when `hostUsers` is false") for name, used in shared if used]
    for container, place in containers_with_path(spec, path):
        if container.volume_devices:
            errors.append(forbidden(f"{place}.volumeDevices", "when `hostUsers` is false"))
    return errors
