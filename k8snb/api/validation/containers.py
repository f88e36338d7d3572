"""Rules for containers: regular, initial, ephemeral.

References
----------
``pkg/apis/core/validation/validation.go validateContainers, validateInitContainers, validateEphemeralContainers
@ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from k8snb.api.field_errors import (
    duplicate,
    FieldError,
    forbidden,
    invalid,
    not_found,
    not_supported,
    required,
    too_many,
    typed,
)
from k8snb.api.schema import fields_of, is_zero
from k8snb.api.types.containers import (
    Container,
    ContainerPort,
    ContainerResizePolicy,
    ContainerRestartRule,
    EphemeralContainer,
)
from k8snb.api.types.pod import PodSpec
from k8snb.api.types.volumes import Volume
from k8snb.api.validation.containers_of import AnyContainer
from k8snb.api.validation.environment import validate_env, validate_env_from
from k8snb.api.validation.formats import is_dns1123_label, is_valid_port_name, is_valid_port_num
from k8snb.api.validation.mounts import validate_devices, validate_mounts
from k8snb.api.validation.probes import validate_lifecycle, validate_probes
from k8snb.api.validation.resources import validate_container_requirements
from k8snb.api.validation.security import validate_security_context

PULL_POLICIES = ("Always", "IfNotPresent", "Never")
_MESSAGE_POLICIES = ("File", "FallbackToLogsOnError")
_PROTOCOLS = ("SCTP", "TCP", "UDP")
_RESIZABLE = ("cpu", "memory")
_RESIZE_POLICIES = ("NotRequired", "RestartContainer")
_RESTART_POLICIES = ("Always", "Never", "OnFailure")
_RULE_ACTIONS = ("Restart", "RestartAllContainers")
_RULE_OPERATORS = ("In", "NotIn")
_NOT_EPHEMERAL = "cannot be set for an Ephemeral Container"
_ONLY_SIDECARS = "may not be set for init containers without restartPolicy=Always"
_EPHEMERAL_MAY_NOT = (
    "ports",
    "resources",
    "resize_policy",
    "restart_policy",
    "restart_policy_rules",
    "liveness_probe",
    "readiness_probe",
    "startup_probe",
    "lifecycle",
)


class PodContext(NamedTuple):
    """What the rules for containers need to know of their pod."""

    spec: PodSpec
    volumes: Mapping[str, Volume]
    claim_names: frozenset[str]

    @property
    def host_users(self) -> bool:
        """Whether the pod's users are those of its node."""
        return self.spec.host_users is not False


def validate_containers(pod: PodContext, path: str) -> list[FieldError]:
    """The faults of a pod's regular containers."""
    spec = pod.spec
    if not spec.containers:
        return [required(path)]
    errors = []
    names: list[str] = []
    for index, container in enumerate(spec.containers):
        place = f"{path}[{index}]"
        errors += _validate_common(container, pod, place)
        if container.name in names:
            errors.append(duplicate(f"{place}.name", container.name))
        names.append(container.name)
        errors += _validate_hooks_and_probes(container, spec, place)
        errors += _validate_restart_rules(container, place)
    return errors + _validate_host_ports(spec.containers, path)


def validate_init_containers(pod: PodContext, path: str) -> list[FieldError]:
    """The faults of the containers that initialize a pod, and of its sidecars."""
    spec = pod.spec
    names = [container.name for container in spec.containers]
    errors = []
    for index, container in enumerate(spec.init_containers):
        place = f"{path}[{index}]"
        errors += _validate_common(container, pod, place)
        errors += _validate_init_restart(container, place)
        if container.name in names:
            errors.append(duplicate(f"{place}.name", container.name))
        elif container.name:
            names.append(container.name)
        errors += _validate_host_ports((container,), path)
        if container.restart_policy == "Always":
            errors += _validate_hooks_and_probes(container, spec, place)
        else:
            errors += _validate_plain_init(container, place)
    return errors


def validate_ephemeral_containers(pod: PodContext, path: str) -> list[FieldError]:
    """The faults of containers that were added to a running pod."""
    spec = pod.spec
    targets = [container.name for container in (*spec.containers, *spec.init_containers)]
    names = list(targets)
    errors = []
    for index, container in enumerate(spec.ephemeral_containers):
        place = f"{path}[{index}]"
        errors += _validate_common(container, pod, place)
        errors += validate_image_spaces(container, place)
        if container.name in names:
            errors.append(duplicate(f"{place}.name", container.name))
        names.append(container.name)
        target = container.target_container_name
        if target and target not in targets:
            errors.append(not_found(f"{place}.targetContainerName", target))
        errors += _validate_ephemeral_fields(container, place)
    return errors


def _validate_ephemeral_fields(container: EphemeralContainer, path: str) -> list[FieldError]:
    errors = []
    for field in fields_of(EphemeralContainer):
        if field.attr in _EPHEMERAL_MAY_NOT and not is_zero(getattr(container, field.attr), field.default):
            errors.append(forbidden(f"{path}.{field.json}", _NOT_EPHEMERAL))
    for index, mount in enumerate(container.volume_mounts):
        for name, value in (("subPath", mount.sub_path), ("subPathExpr", mount.sub_path_expr)):
            if value:
                errors.append(forbidden(f"{path}.volumeMounts[{index}].{name}", _NOT_EPHEMERAL))
    return errors


def _validate_common(container: AnyContainer, pod: PodContext, path: str) -> list[FieldError]:
    """What holds for containers of every sort."""
    errors = []
    if not container.name:
        errors.append(required(f"{path}.name"))
    else:
        errors += [invalid(f"{path}.name", container.name, c) for c in is_dns1123_label(container.name)]
    if not container.image:
        errors.append(required(f"{path}.image"))
    policy = container.termination_message_policy
    errors += validate_choice(policy, _MESSAGE_POLICIES, f"{path}.terminationMessagePolicy")
    errors += _validate_ports(container.ports, f"{path}.ports")
    errors += validate_env(container.env, f"{path}.env")
    errors += validate_env_from(container.env_from, f"{path}.envFrom")
    errors += validate_mounts(container, pod.volumes, f"{path}.volumeMounts")
    errors += validate_devices(container, pod.volumes, f"{path}.volumeDevices")
    errors += validate_choice(container.image_pull_policy, PULL_POLICIES, f"{path}.imagePullPolicy")
    errors += validate_container_requirements(container.resources, pod.claim_names, f"{path}.resources")
    errors += _validate_resize(container.resize_policy, pod.spec.restart_policy, f"{path}.resizePolicy")
    errors += validate_security_context(container.security_context, pod.host_users, f"{path}.securityContext")
    return errors


def validate_choice(value: str, supported: tuple[str, ...], path: str) -> list[FieldError]:
    """One fault where a value is missing, or none of those that are allowed."""
    if not value:
        return [required(path)]
    return [] if value in supported else [not_supported(path, typed(value), supported)]


def _validate_ports(ports: tuple[ContainerPort, ...], path: str) -> list[FieldError]:
    errors = []
    names: list[str] = []
    for index, port in enumerate(ports):
        place = f"{path}[{index}]"
        if port.name:
            complaints = is_valid_port_name(port.name)
            errors += [invalid(f"{place}.name", port.name, c) for c in complaints]
            if not complaints and port.name in names:
                errors.append(duplicate(f"{place}.name", port.name))
            names += [] if complaints else [port.name]
        if port.container_port == 0:
            errors.append(required(f"{place}.containerPort"))
        else:
            complaints = is_valid_port_num(port.container_port)
            errors += [invalid(f"{place}.containerPort", port.container_port, c) for c in complaints]
        if port.host_port:
            errors += [invalid(f"{place}.hostPort", port.host_port, c) for c in is_valid_port_num(port.host_port)]
        errors += validate_choice(port.protocol, _PROTOCOLS, f"{place}.protocol")
    return errors


def _validate_host_ports(containers: Iterable[Container], path: str) -> list[FieldError]:
    """The faults of ports of the node that are taken twice."""
    errors = []
    taken: list[str] = []
    for index, container in enumerate(containers):
        for number, port in enumerate(container.ports):
            if not port.host_port:
                continue
            key = f"{port.protocol}/{port.host_ip}/{port.host_port}"
            if key in taken:
                errors.append(duplicate(f"{path}[{index}].ports[{number}].hostPort", key))
            taken.append(key)
    return errors


def _validate_resize(policies: tuple[ContainerResizePolicy, ...], restart: str, path: str) -> list[FieldError]:
    errors = []
    seen: list[str] = []
    for index, policy in enumerate(policies):
        if policy.resource_name in seen:
            errors.append(duplicate(f"{path}[{index}]", typed(policy.resource_name)))
        seen.append(policy.resource_name)
        errors += validate_choice(policy.resource_name, _RESIZABLE, path)
        errors += validate_choice(policy.restart_policy, _RESIZE_POLICIES, path)
        if restart == "Never" and policy.restart_policy != "NotRequired":
            detail = "must be 'NotRequired' when pod `restartPolicy` is 'Never'"
            errors.append(invalid(path, typed(policy.restart_policy), detail))
    return errors


def _validate_restart_rules(container: Container, path: str) -> list[FieldError]:
    """The faults of a container's own restart policy and of the rules that refine it."""
    policy, rules = container.restart_policy, container.restart_policy_rules
    errors = []
    if policy is None:
        if not rules:
            return []
        errors.append(required(f"{path}.restartPolicy", "must specify restartPolicy when restart rules are used"))
    elif policy not in _RESTART_POLICIES:
        errors.append(not_supported(f"{path}.restartPolicy", typed(policy), _RESTART_POLICIES))
    if len(rules) > 20:
        errors.append(too_many(f"{path}.restartPolicyRules", len(rules), 20))
    for index, rule in enumerate(rules):
        errors += _validate_restart_rule(rule, f"{path}.restartPolicyRules[{index}]")
    return errors


def _validate_restart_rule(rule: ContainerRestartRule, path: str) -> list[FieldError]:
    errors = []
    if rule.action not in _RULE_ACTIONS:
        errors.append(not_supported(f"{path}.action", typed(rule.action), _RULE_ACTIONS))
    codes = rule.exit_codes
    if codes is None:
        return [*errors, required(f"{path}.exitCodes", "must be specified")]
    if codes.operator not in _RULE_OPERATORS:
        errors.append(not_supported(f"{path}.exitCodes.operator", typed(codes.operator), _RULE_OPERATORS))
    if len(codes.values) > 255:
        errors.append(too_many(f"{path}.exitCodes.values", len(codes.values), 255))
    return errors


def _validate_init_restart(container: Container, path: str) -> list[FieldError]:
    if container.restart_policy is None and container.restart_policy_rules:
        return [required(f"{path}.restartPolicy", "must specify restartPolicy when restart rules are used")]
    return _validate_restart_rules(container, path)


def _validate_hooks_and_probes(container: Container, spec: PodSpec, path: str) -> list[FieldError]:
    grace = spec.termination_grace_period_seconds
    errors = []
    if container.lifecycle is not None:
        errors += validate_lifecycle(container.lifecycle, grace, f"{path}.lifecycle")
    return errors + validate_probes(container, grace, path)


def _validate_plain_init(container: Container, path: str) -> list[FieldError]:
    """What a container that ends before the pod starts may not have."""
    given = (
        ("lifecycle", container.lifecycle),
        ("livenessProbe", container.liveness_probe),
        ("readinessProbe", container.readiness_probe),
        ("startupProbe", container.startup_probe),
    )
    errors = [forbidden(f"{path}.{name}", _ONLY_SIDECARS) for name, value in given if value is not None]
    for index, policy in enumerate(container.resize_policy):
        if policy.restart_policy == "RestartContainer":
            detail = "must not be set to 'RestartContainer' for non-sidecar initContainers"
            place = f"{path}.resizePolicy[{index}].restartPolicy"
            errors.append(invalid(place, typed(policy.restart_policy), detail))
    return errors


def validate_image_spaces(container: AnyContainer, path: str) -> list[FieldError]:
    """One fault where an image's name begins or ends with spaces, which templates may have but pods may not."""
    if container.image == container.image.strip():
        return []
    return [invalid(f"{path}.image", container.image, "must not have leading or trailing whitespace")]
