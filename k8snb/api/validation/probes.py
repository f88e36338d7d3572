"""Rules for probes, lifecycle hooks and what they do.

References
----------
``pkg/apis/core/validation/validation.go validateProbe, validateLifecycle, validateHandler @ v1.36``
"""

from __future__ import annotations

from k8snb.api.field_errors import FieldError, forbidden, invalid, not_supported, required, typed
from k8snb.api.types.containers import (
    ExecAction,
    GRPCAction,
    HTTPGetAction,
    Lifecycle,
    LifecycleHandler,
    Probe,
    SleepAction,
    TCPSocketAction,
)
from k8snb.api.validation.containers_of import AnyContainer
from k8snb.api.validation.formats import is_http_header_name, is_valid_port_name, is_valid_port_num
from k8snb.api.validation.metadata import validate_nonnegative

_SCHEMES = ("HTTP", "HTTPS")


def validate_probes(container: AnyContainer, grace_seconds: int | None, path: str) -> list[FieldError]:
    """The faults of a container's probes."""
    errors = []
    if (liveness := container.liveness_probe) is not None:
        errors += _validate_probe(liveness, grace_seconds, f"{path}.livenessProbe")
        errors += _validate_single_success(liveness, f"{path}.livenessProbe")
    if (readiness := container.readiness_probe) is not None:
        errors += _validate_probe(readiness, grace_seconds, f"{path}.readinessProbe")
        if readiness.termination_grace_period_seconds is not None:
            place = f"{path}.readinessProbe.terminationGracePeriodSeconds"
            seconds = readiness.termination_grace_period_seconds
            errors.append(invalid(place, seconds, "must not be set for readinessProbes"))
    if (startup := container.startup_probe) is not None:
        errors += _validate_probe(startup, grace_seconds, f"{path}.startupProbe")
        errors += _validate_single_success(startup, f"{path}.startupProbe")
    return errors


def _validate_single_success(probe: Probe, path: str) -> list[FieldError]:
    if probe.success_threshold == 1:
        return []
    return [invalid(f"{path}.successThreshold", probe.success_threshold, "must be 1")]


def _validate_probe(probe: Probe, grace_seconds: int | None, path: str) -> list[FieldError]:
    errors = _validate_handler(probe, grace_seconds, path)
    errors += validate_nonnegative(probe.initial_delay_seconds, f"{path}.initialDelaySeconds")
    errors += validate_nonnegative(probe.timeout_seconds, f"{path}.timeoutSeconds")
    errors += validate_nonnegative(probe.period_seconds, f"{path}.periodSeconds")
    errors += validate_nonnegative(probe.success_threshold, f"{path}.successThreshold")
    errors += validate_nonnegative(probe.failure_threshold, f"{path}.failureThreshold")
    seconds = probe.termination_grace_period_seconds
    if seconds is not None and seconds <= 0:
        errors.append(invalid(f"{path}.terminationGracePeriodSeconds", seconds, "must be greater than 0"))
    return errors


def validate_lifecycle(lifecycle: Lifecycle, grace_seconds: int | None, path: str) -> list[FieldError]:
    """The faults of a container's hooks."""
    errors = []
    if lifecycle.post_start is not None:
        errors += _validate_handler(lifecycle.post_start, grace_seconds, f"{path}.postStart")
    if lifecycle.pre_stop is not None:
        errors += _validate_handler(lifecycle.pre_stop, grace_seconds, f"{path}.preStop")
    return errors


def _validate_handler(handler: Probe | LifecycleHandler, grace_seconds: int | None, path: str) -> list[FieldError]:
    """The faults of the one thing that a probe or hook does; a second thing is refused unread."""
    actions: list[tuple[str, list[FieldError]]] = []
    if handler.exec is not None:
        actions.append(("exec", _validate_exec(handler.exec, f"{path}.exec")))
    if handler.http_get is not None:
        actions.append(("httpGet", _validate_http_get(handler.http_get, f"{path}.httpGet")))
    if handler.tcp_socket is not None:
        actions.append(("tcpSocket", _validate_tcp_socket(handler.tcp_socket, f"{path}.tcpSocket")))
    if isinstance(handler, Probe):
        if handler.grpc is not None:
            actions.append(("grpc", _validate_grpc(handler.grpc, f"{path}.grpc")))
    elif handler.sleep is not None:
        actions.append(("sleep", _validate_sleep(handler.sleep, grace_seconds, f"{path}.sleep")))
    if not actions:
        return [required(path, "must specify a handler type")]
    (_, errors), *others = actions
    return errors + [forbidden(f"{path}.{name}", "may not specify more than 1 handler type") for name, _ in others]


def _validate_exec(action: ExecAction, path: str) -> list[FieldError]:
    return [] if action.command else [required(f"{path}.command")]


def _validate_http_get(action: HTTPGetAction, path: str) -> list[FieldError]:
    errors = [] if action.path else [required(f"{path}.path")]
    errors += validate_port_num_or_name(action.port, f"{path}.port")
    if action.scheme not in _SCHEMES:
        errors.append(not_supported(f"{path}.scheme", typed(action.scheme), _SCHEMES))
    for header in action.http_headers:
        errors += [invalid(f"{path}.httpHeaders", header.name, c) for c in is_http_header_name(header.name)]
    return errors


def validate_port_num_or_name(port: int | str, path: str) -> list[FieldError]:
    """The faults of a port that is given by number or by name."""
    complaints = is_valid_port_name(port) if isinstance(port, str) else is_valid_port_num(port)
    return [invalid(path, port, c) for c in complaints]


def _validate_tcp_socket(action: TCPSocketAction, path: str) -> list[FieldError]:
    return validate_port_num_or_name(action.port, f"{path}.port")


def _validate_grpc(action: GRPCAction, path: str) -> list[FieldError]:
    return validate_port_num_or_name(action.port, f"{path}.port")


def _validate_sleep(action: SleepAction, grace_seconds: int | None, path: str) -> list[FieldError]:
    if grace_seconds is None or 0 <= action.seconds <= grace_seconds:
        return []
    detail = f"must be non-negative and less than terminationGracePeriodSeconds ({grace_seconds})"
    return [invalid(path, action.seconds, detail)]
