"""Old AppArmor annotations of a new pod, as the fields that took their place.

References
----------
``pkg/registry/core/pod/strategy.go applyAppArmorVersionSkew``, ``pkg/api/pod/util.go ApparmorFieldForAnnotation
@ v1.36``
"""

from __future__ import annotations

from typing import TypeVar

from msgspec.structs import replace

from k8snb.api.types.containers import AppArmorProfile, Container, EphemeralContainer, SecurityContext
from k8snb.api.types.pod import Pod, PodSpec
from k8snb.api.validation.pod_annotations import APP_ARMOR_PREFIX
from k8snb.api.validation.security import validate_app_armor

C = TypeVar("C", Container, EphemeralContainer)

_LOCALHOST = "localhost/"


def with_app_armor_fields(pod: Pod) -> PodSpec:
    """A pod's spec in which what annotations say of a container's AppArmor profile stands in its security context."""
    spec, annotations = pod.spec, pod.metadata.annotations
    if not any(key.startswith(APP_ARMOR_PREFIX) for key in annotations):
        return spec
    if spec.os is not None and spec.os.name == "windows":
        return spec
    common = spec.security_context.app_armor_profile if spec.security_context else None

    def changed(container: C) -> C:
        profile = _profile(annotations.get(APP_ARMOR_PREFIX + container.name, ""))
        context = container.security_context or SecurityContext()
        if profile is None or profile == common or context.app_armor_profile is not None:
            return container
        return replace(container, security_context=replace(context, app_armor_profile=profile))

    return replace(
        spec,
        containers=tuple(map(changed, spec.containers)),
        init_containers=tuple(map(changed, spec.init_containers)),
        ephemeral_containers=tuple(map(changed, spec.ephemeral_containers)),
    )


def _profile(annotation: str) -> AppArmorProfile | None:
    """The field that an annotation stands for; none where that would not be valid."""
    if annotation.startswith(_LOCALHOST):
        found = AppArmorProfile(type="Localhost", localhost_profile=annotation.removeprefix(_LOCALHOST))
        return None if validate_app_armor(found, "") else found
    return {
        "runtime/default": AppArmorProfile(type="RuntimeDefault"),
        "unconfined": AppArmorProfile(type="Unconfined"),
    }.get(annotation)
