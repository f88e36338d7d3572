"""Rules for security contexts of pods and containers: users, profiles, sysctls, Windows options.

References
----------
``pkg/apis/core/validation/validation.go validatePodSpecSecurityContext, ValidateSecurityContext @ v1.36``
"""

from __future__ import annotations

import re

from k8snb.api.field_errors import duplicate, FieldError, invalid, not_supported, required, too_long, typed
from k8snb.api.types.containers import (
    AppArmorProfile,
    SeccompProfile,
    SecurityContext,
    WindowsSecurityContextOptions,
)
from k8snb.api.types.pod import PodSpec, Sysctl
from k8snb.api.validation.formats import is_dns1123_subdomain, is_valid_user_id, size
from k8snb.api.validation.internal_form import internal_value
from k8snb.api.validation.paths import validate_descending_path

PROFILE_TYPES = ("Localhost", "RuntimeDefault", "Unconfined")
_PROC_MOUNTS = ("Default", "Unmasked")
_SYSCTL = r"([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
_SYSCTL_WRONG = f"must have at most 253 characters and match regex ^{_SYSCTL}$"
_IPC_SYSCTL = r"kernel\.(sem|shm(all|max|mni|_rmid_forced)?|msg(max|mnb|mni)?)|fs\.mqueue\..*"
_NET_BIOS = r'[^\\/:\*\?"<>|\.][^\\/:\*\?"<>|]{0,14}'
_DNS_PART = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_GMSA_LIMIT_BYTES = 64 * 1024


def validate_pod_security_context(spec: PodSpec, path: str) -> list[FieldError]:
    """The faults of a pod's security context."""
    context = spec.security_context
    if context is None:
        return []
    errors = _validate_ids(context.fs_group, f"{path}.fsGroup")
    errors += _validate_ids(context.run_as_user, f"{path}.runAsUser")
    errors += _validate_ids(context.run_as_group, f"{path}.runAsGroup")
    for index, group in enumerate(context.supplemental_groups):
        errors += _validate_ids(group, f"{path}.supplementalGroups[{index}]")
    if spec.share_process_namespace and spec.host_pid:
        detail = "ShareProcessNamespace and HostPID cannot both be enabled"
        errors.append(invalid(f"{path}.shareProcessNamespace", True, detail))
    errors += _validate_sysctls(context.sysctls, spec, f"{path}.sysctls")
    policy = context.fs_group_change_policy
    errors += _validate_choice(policy, ("Always", "OnRootMismatch"), f"{path}.fsGroupChangePolicy")
    errors += _validate_seccomp(context.seccomp_profile, f"{path}.seccompProfile")
    errors += _validate_windows_options(context.windows_options, f"{path}.windowsOptions")
    errors += validate_app_armor(context.app_armor_profile, f"{path}.appArmorProfile")
    groups_policy = context.supplemental_groups_policy
    errors += _validate_choice(groups_policy, ("Merge", "Strict"), f"{path}.supplementalGroupsPolicy")
    errors += _validate_choice(context.se_linux_change_policy, ("Recursive",), f"{path}.seLinuxChangePolicy")
    return errors


def _validate_choice(value: str | None, supported: tuple[str, ...], path: str) -> list[FieldError]:
    return [] if value is None or value in supported else [not_supported(path, typed(value), supported)]


def _validate_ids(number: int | None, path: str) -> list[FieldError]:
    return [] if number is None else [invalid(path, number, c) for c in is_valid_user_id(number)]


def _validate_sysctls(sysctls: tuple[Sysctl, ...], spec: PodSpec, path: str) -> list[FieldError]:
    errors = []
    seen: list[str] = []
    for index, sysctl in enumerate(sysctls):
        place, name = f"{path}[{index}].name", sysctl.name
        if not name:
            errors.append(required(place))
        elif size(name) > 253 or not re.fullmatch(_SYSCTL, name):
            errors.append(invalid(place, name, _SYSCTL_WRONG))
        elif name in seen:
            errors.append(duplicate(place, name))
        errors += _validate_host_sysctl(name, spec, place)
        seen.append(name)
    return errors


def _validate_host_sysctl(name: str, spec: PodSpec, path: str) -> list[FieldError]:
    """One fault where a sysctl would be set in a kernel namespace that the pod shares with its node."""
    namespace = sysctl_namespace(name)
    if spec.host_network and namespace == "Net":
        return [invalid(path, name, "may not be specified when 'hostNetwork' is true")]
    if spec.host_ipc and namespace == "IPC":
        return [invalid(path, name, "may not be specified when 'hostIPC' is true")]
    return []


def sysctl_namespace(name: str) -> str:
    """The kernel namespace that a sysctl belongs to, ``Net`` or ``IPC``; empty where that is not known.

    With slashes between its parts a name's dots belong to names of interfaces, as in ``net/ipv4/conf/eno2.100``.

    References
    ----------
    ``staging/src/k8s.io/component-helpers/node/util/sysctl/namespace.go GetNamespace @ v1.36``
    """
    if next((c for c in name if c in "./"), ".") == "/":
        name = name.translate(str.maketrans("./", "/."))
    name = name.partition("*")[0]
    if re.fullmatch(_IPC_SYSCTL, name):
        return "IPC"
    return "Net" if name.startswith("net.") else ""


def validate_security_context(context: SecurityContext | None, host_users: bool, path: str) -> list[FieldError]:
    """The faults of a container's security context. Privileged containers are allowed, as in most clusters."""
    if context is None:
        return []
    errors = _validate_ids(context.run_as_user, f"{path}.runAsUser")
    errors += _validate_ids(context.run_as_group, f"{path}.runAsGroup")
    errors += _validate_choice(context.proc_mount, _PROC_MOUNTS, f"{path}.procMount")
    if host_users and context.proc_mount == "Unmasked":
        detail = "`hostUsers` must be false to use `Unmasked`"
        errors.append(invalid(f"{path}.procMount", typed(context.proc_mount), detail))
    errors += _validate_seccomp(context.seccomp_profile, f"{path}.seccompProfile")
    errors += _validate_escalation(context, path)
    errors += _validate_windows_options(context.windows_options, f"{path}.windowsOptions")
    errors += validate_app_armor(context.app_armor_profile, f"{path}.appArmorProfile")
    return errors


def _validate_escalation(context: SecurityContext, path: str) -> list[FieldError]:
    if context.allow_privilege_escalation is not False:
        return []
    errors = []
    if context.privileged:
        detail = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"
        errors.append(invalid(path, internal_value(context), detail))
    if context.capabilities is not None and "CAP_SYS_ADMIN" in context.capabilities.add:
        detail = "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN"
        errors.append(invalid(path, internal_value(context), detail))
    return errors


def _validate_seccomp(profile: SeccompProfile | None, path: str) -> list[FieldError]:
    if profile is None:
        return []
    errors = []
    if not profile.type:
        errors.append(required(f"{path}.type", "type is required when seccompProfile is set"))
    else:
        errors += _validate_choice(profile.type, PROFILE_TYPES, f"{path}.type")
    place = f"{path}.localhostProfile"
    if profile.type != "Localhost":
        if profile.localhost_profile is not None:
            detail = "can only be set when seccomp type is Localhost"
            errors.append(invalid(place, internal_value(profile), detail))
    elif profile.localhost_profile is None:
        errors.append(required(place, "must be set when seccomp type is Localhost"))
    else:
        errors += validate_descending_path(profile.localhost_profile, place)
    return errors


def validate_app_armor(profile: AppArmorProfile | None, path: str) -> list[FieldError]:
    """The faults of an AppArmor profile."""
    if profile is None:
        return []
    place, name = f"{path}.localhostProfile", profile.localhost_profile
    if profile.type == "Localhost":
        return _validate_local_app_armor(name, place)
    if profile.type in PROFILE_TYPES:
        if name is None:
            return []
        return [invalid(place, typed(name), "can only be set when AppArmor type is Localhost")]
    if not profile.type:
        return [required(f"{path}.type", "type is required when appArmorProfile is set")]
    return [not_supported(f"{path}.type", typed(profile.type), PROFILE_TYPES)]


def _validate_local_app_armor(name: str | None, path: str) -> list[FieldError]:
    if name is None:
        return [required(path, "must be set when AppArmor type is Localhost")]
    errors = []
    if name != name.strip():
        errors.append(invalid(path, name, "must not be padded with whitespace"))
    elif not name:
        errors.append(required(path, "must be set when AppArmor type is Localhost"))
    if size(name) > 4095:
        errors.append(too_long(path, 4095))
    return errors


def _validate_windows_options(options: WindowsSecurityContextOptions | None, path: str) -> list[FieldError]:
    if options is None:
        return []
    errors = []
    if (name := options.gmsa_credential_spec_name) is not None:
        errors += [invalid(f"{path}.gmsaCredentialSpecName", typed(name), c) for c in is_dns1123_subdomain(name)]
    if (text := options.gmsa_credential_spec) is not None:
        place = f"{path}.gmsaCredentialSpec"
        if not text:
            errors.append(invalid(place, typed(text), "gmsaCredentialSpec cannot be an empty string"))
        elif size(text) > _GMSA_LIMIT_BYTES:
            errors.append(invalid(place, typed(text), "gmsaCredentialSpec size must be under 64 KiB"))
    if (user := options.run_as_user_name) is not None:
        errors += [invalid(f"{path}.runAsUserName", typed(user), c) for c in _windows_user_complaints(user)]
    return errors


def _windows_user_complaints(text: str) -> list[str]:
    """What is wrong with a Windows user, ``DOMAIN\\USER`` or ``USER``."""
    if not text:
        return ["runAsUserName cannot be an empty string"]
    if re.search(r"[\x00-\x1f\x7f]", text):
        return ["runAsUserName cannot contain control characters"]
    if text.count("\\") > 1:
        return ["runAsUserName cannot contain more than one backslash"]
    domain, backslash, user = text.rpartition("\\")
    complaints = []
    if size(domain) >= 256:
        complaints.append("runAsUserName's Domain length must be under 256 characters")
    if (
        backslash
        and not re.fullmatch(_NET_BIOS, domain)
        and not re.fullmatch(rf"{_DNS_PART}(?:\.{_DNS_PART})*", domain)
    ):
        complaints.append("runAsUserName's Domain doesn't match the NetBios nor the DNS format")
    if not user:
        complaints.append("runAsUserName's User cannot be empty")
    elif size(user) > 104:
        complaints.append("runAsUserName's User length must not be longer than 104 characters")
    if re.fullmatch(r"[\. ]+", user):
        complaints.append("runAsUserName's User cannot contain only periods or spaces")
    if re.search(r'["/\\:;|=,\+\*\?<>@\[\]]', user):
        complaints.append("runAsUserName's User cannot contain the following characters: " + r'"/\:;|=,+*?<>@[]')
    return complaints
