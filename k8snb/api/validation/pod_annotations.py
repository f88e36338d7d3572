"""Rules for the annotations that mean something to a pod: mirror pods, deletion cost, old security profiles.

References
----------
``pkg/apis/core/validation/validation.go ValidatePodSpecificAnnotations, validateSeccompAnnotationsAndFields @ v1.36``
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from k8snb.api.field_errors import FieldError, forbidden, go_quote, invalid
from k8snb.api.integers import integer
from k8snb.api.types.containers import AppArmorProfile, SeccompProfile
from k8snb.api.types.pod import Pod, PodSpec
from k8snb.api.validation.containers_of import containers_with_path
from k8snb.api.validation.paths import validate_descending_path

MIRROR_KEY = "kubernetes.io/config.mirror"
DELETION_COST_KEY = "controller.kubernetes.io/pod-deletion-cost"
SECCOMP_POD_KEY = "seccomp.security.alpha.kubernetes.io/pod"
SECCOMP_CONTAINER_PREFIX = "container.seccomp.security.alpha.kubernetes.io/"
APP_ARMOR_PREFIX = "container.apparmor.security.beta.kubernetes.io/"
_LOCALHOST = "localhost/"

Annotations = Mapping[str, str]


def validate_pod_annotations(annotations: Annotations, spec: PodSpec, path: str) -> list[FieldError]:
    """The faults of a pod's (or its template's) annotations."""
    errors = []
    if MIRROR_KEY in annotations and not spec.node_name:
        detail = "must set spec.nodeName if mirror pod annotation is set"
        errors.append(invalid(f"{path}[{MIRROR_KEY}]", annotations[MIRROR_KEY], detail))
    cost = annotations.get(DELETION_COST_KEY)
    if cost is not None and not _is_cost(cost):
        errors.append(invalid(f"{path}[{DELETION_COST_KEY}]", cost, "must be a 32bit integer"))
    return errors + _validate_seccomp(annotations, path) + _validate_app_armor(annotations, spec, path)


def _is_cost(text: str) -> bool:
    return re.fullmatch(r"-[0-9]+|0|[1-9][0-9]*", text) is not None and integer(text, 32) is not None


def _validate_seccomp(annotations: Annotations, path: str) -> list[FieldError]:
    keys = [key for key in sorted(annotations) if key.startswith(SECCOMP_CONTAINER_PREFIX)]
    errors = []
    for key in [SECCOMP_POD_KEY, *keys] if SECCOMP_POD_KEY in annotations else keys:
        profile = annotations[key]
        if profile.startswith(_LOCALHOST):
            errors += validate_descending_path(profile.removeprefix(_LOCALHOST), f"{path}.{key}")
        elif profile not in ("runtime/default", "docker/default", "unconfined"):
            errors.append(invalid(f"{path}.{key}", profile, "must be a valid seccomp profile"))
    return errors


def _validate_app_armor(annotations: Annotations, spec: PodSpec, path: str) -> list[FieldError]:
    names = [container.name for container, _ in containers_with_path(spec, "spec")]
    errors = []
    for key in sorted(annotations):
        if not key.startswith(APP_ARMOR_PREFIX):
            continue
        name, profile = key.removeprefix(APP_ARMOR_PREFIX), annotations[key]
        if name not in names:
            errors.append(invalid(f"{path}[{key}]", name, "container not found"))
        if profile not in ("", "runtime/default", "unconfined") and not profile.startswith(_LOCALHOST):
            errors.append(invalid(f"{path}[{key}]", profile, f"invalid AppArmor profile name: {go_quote(profile)}"))
    return errors


def validate_annotation_updates(new: Pod, old: Pod, path: str) -> list[FieldError]:
    """The faults of changed annotations: those of mirror pods and AppArmor never change."""
    errors = []
    new_ones, old_ones = new.metadata.annotations, old.metadata.annotations
    for key in sorted(old_ones):
        if new_ones.get(key) != old_ones[key]:
            errors += _fixed(key, path, "remove or update")
    for key in sorted(new_ones):
        if key not in old_ones:
            errors += _fixed(key, path, "add")
    return errors + validate_pod_annotations(new_ones, new.spec, path)


def _fixed(key: str, path: str, what: str) -> list[FieldError]:
    if key.startswith(APP_ARMOR_PREFIX):
        return [forbidden(f"{path}[{key}]", f"may not {what} AppArmor annotations")]
    return [forbidden(f"{path}[{key}]", f"may not {what} mirror pod annotation")] if key == MIRROR_KEY else []


def validate_profiles_match(annotations: Annotations, spec: PodSpec, path: str) -> list[FieldError]:
    """The faults of security profiles that an annotation and a field state differently."""
    errors = []
    context = spec.security_context
    pod_seccomp = context.seccomp_profile if context else None
    if pod_seccomp is not None and SECCOMP_POD_KEY in annotations:
        place = f"{path}.securityContext.seccompProfile"
        errors += _validate_match(annotations[SECCOMP_POD_KEY], pod_seccomp, "seccomp", place)
    for container, place in containers_with_path(spec, path):
        own = container.security_context.seccomp_profile if container.security_context else None
        key = SECCOMP_CONTAINER_PREFIX + container.name
        if own is not None and key in annotations:
            errors += _validate_match(annotations[key], own, "seccomp", f"{place}.securityContext.seccompProfile")
    if spec.os is not None and spec.os.name == "windows":
        return errors
    for container, place in containers_with_path(spec, path):
        profile = container.security_context.app_armor_profile if container.security_context else None
        profile = profile or (context.app_armor_profile if context else None)
        key = APP_ARMOR_PREFIX + container.name
        if profile is not None and key in annotations:
            where = f"{place}.securityContext.appArmorProfile"
            errors += _validate_match(annotations[key], profile, "apparmor", where)
    return errors


def _validate_match(
    annotation: str, profile: SeccompProfile | AppArmorProfile, name: str, path: str
) -> list[FieldError]:
    wrong = [forbidden(f"{path}.type", f"{name} type in annotation and field must match")]
    if profile.type == "Unconfined":
        return [] if annotation == "unconfined" else wrong
    if profile.type == "RuntimeDefault":
        known = ("runtime/default", "docker/default") if name == "seccomp" else ("runtime/default",)
        return [] if annotation in known else wrong
    if profile.type != "Localhost":
        return []
    if not annotation.startswith(_LOCALHOST):
        return wrong
    if annotation.removeprefix(_LOCALHOST) == profile.localhost_profile:
        return []
    return [forbidden(f"{path}.localhostProfile", f"{name} profile in annotation and field must match")]
