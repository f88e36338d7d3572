"""The containers of a pod or a template.

References
----------
``staging/src/k8s.io/kubectl/pkg/describe/describe.go describeContainers, DescribeProbe @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import quote

from k8snb.api.field_errors import go_quote
from k8snb.api.types.containers import (
    Container,
    ContainerPort,
    EnvFromSource,
    EnvVar,
    EphemeralContainer,
    HTTPGetAction,
    Probe,
    ResourceRequirements,
    VolumeMount,
)
from k8snb.api.types.pod_status import ContainerState, ContainerStatus
from k8snb.kubectl.ages import rfc1123z
from k8snb.kubectl.describe.metadata import go_bool, listed, or_none
from k8snb.kubectl.describe.resources import container_value
from k8snb.kubectl.describe.writer import Writer

AnyContainer = Container | EphemeralContainer
Resolver = Callable[[EnvVar], str]


def describe_containers(
    w: Writer,
    title: str,
    containers: Sequence[AnyContainer],
    statuses: Sequence[ContainerStatus] = (),
    resolver: Resolver | None = None,
    indent: str = "",
) -> None:
    """Write all containers of a kind.

    Parameters
    ----------
    w
        Where to.
    title
        ``Containers`` or ``Init Containers``.
    containers, statuses
        What was asked for, and what became of it.
    resolver
        Gives the value of a variable that comes from a field of the pod.
    indent
        Goes before the title, in a template.
    """
    by_name = {status.name: status for status in statuses}
    w.write(0, f"{indent}{title}:{'' if containers else ' <none>'}\n")
    for container in containers:
        status = by_name.get(container.name)
        _basics(w, container, status, " " if indent else "")
        _command(w, container)
        if status:
            _states(w, status)
        describe_resources(w, container.resources, 2)
        _probes(w, container)
        if container.env_from:
            _env_from(w, container.env_from)
        _environment(w, container, resolver)
        _mounts(w, container)


def _basics(w: Writer, container: AnyContainer, status: ContainerStatus | None, indent: str) -> None:
    w.write(1, f"{indent}{container.name}:\n")
    if status:
        w.field(2, "Container ID", status.container_id)
    w.field(2, "Image", container.image)
    if status:
        w.field(2, "Image ID", status.image_id)
    _ports(w, "Port", [_port(p, p.container_port) for p in container.ports])
    _ports(w, "Host Port", [_port(p, p.host_port) for p in container.ports])
    security = container.security_context
    if security is not None and security.seccomp_profile is not None:
        w.field(2, "SeccompProfile", security.seccomp_profile.type)
        if security.seccomp_profile.type == "Localhost":
            w.field(3, "LocalhostProfile", security.seccomp_profile.localhost_profile)


def _ports(w: Writer, title: str, ports: Sequence[str]) -> None:
    w.field(2, f"{title}s" if len(ports) > 1 else title, or_none(", ".join(ports)))


def _port(port: ContainerPort, number: int) -> str:
    name = f" ({port.name})" if port.name else ""
    return f"{number}/{port.protocol}{name}"


def _command(w: Writer, container: AnyContainer) -> None:
    for title, words in (("Command", container.command), ("Args", container.args)):
        if words:
            w.write(2, f"{title}:\n")
        for word in words:
            for line in word.split("\n"):
                w.write(3, f"{line}\n")


def describe_resources(w: Writer, resources: ResourceRequirements, level: int) -> None:
    """Limits and requests, where there are any."""
    for title, amounts in (("Limits", resources.limits), ("Requests", resources.requests)):
        if amounts:
            w.write(level, f"{title}:\n")
        for name in sorted(amounts):
            w.field(level + 1, name, amounts[name])


def _states(w: Writer, status: ContainerStatus) -> None:
    _state(w, "State", status.state)
    if status.last_state.terminated:
        _state(w, "Last State", status.last_state)
    w.field(2, "Ready", status.ready)
    w.field(2, "Restart Count", status.restart_count)


def _state(w: Writer, title: str, state: ContainerState) -> None:
    if state.running:
        w.field(2, title, "Running")
        w.field(3, "Started", rfc1123z(state.running.started_at))
    elif state.terminated and not state.waiting:
        ended = state.terminated
        w.field(2, title, "Terminated")
        if ended.reason:
            w.field(3, "Reason", ended.reason)
        if ended.message:
            w.field(3, "Message", ended.message)
        w.field(3, "Exit Code", ended.exit_code)
        if ended.signal > 0:
            w.field(3, "Signal", ended.signal)
        w.field(3, "Started", rfc1123z(ended.started_at))
        w.field(3, "Finished", rfc1123z(ended.finished_at))
    else:
        w.field(2, title, "Waiting")
        if state.waiting and state.waiting.reason:
            w.field(3, "Reason", state.waiting.reason)


def _probes(w: Writer, container: AnyContainer) -> None:
    probes = {
        "Liveness": container.liveness_probe,
        "Readiness": container.readiness_probe,
        "Startup": container.startup_probe,
    }
    for title, probe in probes.items():
        if probe is not None:
            w.field(2, title, describe_probe(probe))


def describe_probe(probe: Probe) -> str:
    """A probe on one line."""
    attributes = (
        f"delay={probe.initial_delay_seconds}s timeout={probe.timeout_seconds}s period={probe.period_seconds}s "
        f"#success={probe.success_threshold} #failure={probe.failure_threshold}"
    )
    if probe.exec:
        return f"exec {listed(probe.exec.command)} {attributes}"
    if probe.http_get:
        return f"http-get {_url(probe.http_get)} {attributes}"
    if probe.tcp_socket:
        return f"tcp-socket {probe.tcp_socket.host}:{probe.tcp_socket.port} {attributes}"
    if probe.grpc:
        return f"grpc <pod>:{probe.grpc.port} {probe.grpc.service or ''} {attributes}"
    return f"unknown {attributes}"


def _url(action: HTTPGetAction) -> str:
    scheme = f"{action.scheme.lower()}:" if action.scheme else ""
    host = f"[{action.host}]" if ":" in action.host else action.host
    path = quote(action.path, safe="/:@&=+$,;~")
    if path and not path.startswith("/"):
        path = f"/{path}"
    return f"{scheme}//{host}:{action.port}{path}"


def _env_from(w: Writer, sources: Sequence[EnvFromSource]) -> None:
    w.write(2, "Environment Variables from:\n")
    for source in sources:
        kind, name, optional = "", "", False
        if source.config_map_ref is not None:
            kind, name, optional = "ConfigMap", source.config_map_ref.name, bool(source.config_map_ref.optional)
        elif source.secret_ref is not None:
            kind, name, optional = "Secret", source.secret_ref.name, bool(source.secret_ref.optional)
        prefix = f" with prefix '{source.prefix}'" if source.prefix else ""
        w.write(3, f"{name}\t{kind}{prefix}\tOptional: {go_bool(optional)}\n")


def _environment(w: Writer, container: AnyContainer, resolver: Resolver | None) -> None:
    w.write(2, "Environment:\n" if container.env else "Environment:\t<none>\n")
    for variable in container.env:
        if variable.value_from is not None:
            _variable_from(w, variable, container, resolver)
            continue
        for i, line in enumerate(variable.value.split("\n")):
            w.write(3, f"\t{line}\n" if i else f"{variable.name}:\t{line}\n")


def _variable_from(w: Writer, variable: EnvVar, container: AnyContainer, resolver: Resolver | None) -> None:
    source = variable.value_from
    assert source is not None
    if (field := source.field_ref) is not None:
        value = resolver(variable) if resolver else ""
        w.field(3, variable.name, f"{value} ({field.api_version}:{field.field_path})")
    elif (resource := source.resource_field_ref) is not None:
        value = container_value(resource, container) if isinstance(container, Container) else ""
        if value == "0" and resource.resource in ("limits.cpu", "limits.memory"):
            value = "node allocatable"
        w.field(3, variable.name, f"{value} ({resource.resource})")
    elif (secret := source.secret_key_ref) is not None:
        origin = f"<set to the key '{secret.key}' in secret '{secret.name}'>"
        w.field(3, variable.name, f"{origin}\tOptional: {go_bool(secret.optional)}")
    elif (config := source.config_map_key_ref) is not None:
        origin = f"<set to the key '{config.key}' of config map '{config.name}'>"
        w.field(3, variable.name, f"{origin}\tOptional: {go_bool(config.optional)}")


def _mounts(w: Writer, container: AnyContainer) -> None:
    none = "" if container.volume_mounts else "\t<none>"
    w.write(2, f"Mounts:{none}\n")
    for mount in sorted(container.volume_mounts, key=lambda m: m.mount_path):
        w.write(3, f"{mount.mount_path} from {mount.name} ({_mount_flags(mount)})\n")
    if container.volume_devices:
        w.write(2, f"Devices:{none}\n")
    for device in sorted(container.volume_devices, key=lambda d: d.device_path):
        w.write(3, f"{device.device_path} from {device.name}\n")


def _mount_flags(mount: VolumeMount) -> str:
    access = "ro" if mount.read_only else "rw"
    return f"{access},path={go_quote(mount.sub_path)}" if mount.sub_path else access
