"""Defaults of containers: pull policy, ports, probes, hooks, environment.

References
----------
``pkg/apis/core/v1/defaults.go SetDefaults_Container, SetDefaults_Probe`` and ``zz_generated.defaults.go @ v1.36``
"""

from __future__ import annotations

from typing import TypeVar

from k8snb.api.defaults.images import default_pull_policy
from k8snb.api.defaults.quantities import default_requirements
from k8snb.api.defaults.sharing import each, given, revised
from k8snb.api.types.containers import (
    Container,
    ContainerPort,
    EnvVar,
    EnvVarSource,
    EphemeralContainer,
    FileKeySelector,
    GRPCAction,
    HTTPGetAction,
    Lifecycle,
    LifecycleHandler,
    ObjectFieldSelector,
    Probe,
)

C = TypeVar("C", Container, EphemeralContainer)


def default_container(container: C) -> C:
    """A container of any sort with its defaults."""
    return revised(
        container,
        image_pull_policy=container.image_pull_policy or default_pull_policy(container.image),
        termination_message_path=container.termination_message_path or "/dev/termination-log",
        termination_message_policy=container.termination_message_policy or "File",
        ports=each(container.ports, _default_port),
        env=each(container.env, _default_env),
        resources=default_requirements(container.resources),
        liveness_probe=given(container.liveness_probe, default_probe),
        readiness_probe=given(container.readiness_probe, default_probe),
        startup_probe=given(container.startup_probe, default_probe),
        lifecycle=_default_lifecycle(container.lifecycle) if container.lifecycle else None,
    )


def _default_port(port: ContainerPort) -> ContainerPort:
    return revised(port, protocol=port.protocol or "TCP")


def _default_env(variable: EnvVar) -> EnvVar:
    return revised(variable, value_from=given(variable.value_from, _default_env_source))


def _default_env_source(source: EnvVarSource) -> EnvVarSource:
    return revised(
        source,
        field_ref=given(source.field_ref, default_field_ref),
        file_key_ref=given(source.file_key_ref, _default_file_key_ref),
    )


def _default_file_key_ref(ref: FileKeySelector) -> FileKeySelector:
    return revised(ref, optional=bool(ref.optional))


def default_field_ref(ref: ObjectFieldSelector) -> ObjectFieldSelector:
    """A reference to one of the pod's own fields."""
    return revised(ref, api_version=ref.api_version or "v1")


def default_probe(probe: Probe) -> Probe:
    """A probe with its timings and its handler's defaults."""
    return revised(
        probe,
        timeout_seconds=probe.timeout_seconds or 1,
        period_seconds=probe.period_seconds or 10,
        success_threshold=probe.success_threshold or 1,
        failure_threshold=probe.failure_threshold or 3,
        http_get=given(probe.http_get, _default_http_get),
        grpc=given(probe.grpc, _default_grpc),
    )


def _default_http_get(action: HTTPGetAction) -> HTTPGetAction:
    return revised(action, path=action.path or "/", scheme=action.scheme or "HTTP")


def _default_grpc(action: GRPCAction) -> GRPCAction:
    return revised(action, service=action.service or "")


def _default_lifecycle(lifecycle: Lifecycle) -> Lifecycle | None:
    if lifecycle.stop_signal is not None and lifecycle.post_start is None and lifecycle.pre_stop is None:
        return None
    return revised(
        lifecycle,
        post_start=given(lifecycle.post_start, _default_handler),
        pre_stop=given(lifecycle.pre_stop, _default_handler),
        stop_signal=None,
    )


def _default_handler(handler: LifecycleHandler) -> LifecycleHandler:
    return revised(handler, http_get=given(handler.http_get, _default_http_get))
