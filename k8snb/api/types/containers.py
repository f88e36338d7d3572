"""Containers with their probes, hooks, environment and resources.

Field names, order, presence and patch strategies are those of the Kubernetes 1.36 API.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from msgspec import field

from k8snb.api.schema import (
    ALWAYS,
    EMPTY,
    inline,
    Int32,
    Int64,
    IntOrString,
    merge_by,
    named,
    Quantity,
    Struct,
    ZERO_QUANTITY,
)

Protocol = Annotated[str, named("v1.Protocol")]
ResourceName = Annotated[str, named("v1.ResourceName")]
ResourceResizeRestartPolicy = Annotated[str, named("v1.ResourceResizeRestartPolicy")]
ContainerRestartRuleOnExitCodesOperator = Annotated[str, named("v1.ContainerRestartRuleOnExitCodesOperator")]
ContainerRestartRuleAction = Annotated[str, named("v1.ContainerRestartRuleAction")]
RecursiveReadOnlyMode = Annotated[str, named("v1.RecursiveReadOnlyMode")]
MountPropagationMode = Annotated[str, named("v1.MountPropagationMode")]
URIScheme = Annotated[str, named("v1.URIScheme")]
Signal = Annotated[str, named("v1.Signal")]
Capability = Annotated[str, named("v1.Capability")]
SeccompProfileType = Annotated[str, named("v1.SeccompProfileType")]
AppArmorProfileType = Annotated[str, named("v1.AppArmorProfileType")]
ProcMountType = Annotated[str, named("v1.ProcMountType")]
ContainerRestartPolicy = Annotated[str, named("v1.ContainerRestartPolicy")]
TerminationMessagePolicy = Annotated[str, named("v1.TerminationMessagePolicy")]
PullPolicy = Annotated[str, named("v1.PullPolicy")]


class ContainerPort(Struct):
    name: str = ""
    host_port: Int32 = 0
    container_port: Annotated[Int32, ALWAYS] = 0
    protocol: Protocol = ""
    host_ip: str = field(default="", name="hostIP")


class ConfigMapEnvSource(Struct):
    name: Annotated[str, inline("LocalObjectReference")] = ""
    optional: bool | None = None


class SecretEnvSource(Struct):
    name: Annotated[str, inline("LocalObjectReference")] = ""
    optional: bool | None = None


class EnvFromSource(Struct):
    prefix: str = ""
    config_map_ref: ConfigMapEnvSource | None = None
    secret_ref: SecretEnvSource | None = None


class ObjectFieldSelector(Struct):
    api_version: str = ""
    field_path: Annotated[str, ALWAYS] = ""


class ResourceFieldSelector(Struct):
    container_name: str = ""
    resource: Annotated[str, ALWAYS] = ""
    divisor: Quantity = ZERO_QUANTITY


class ConfigMapKeySelector(Struct):
    name: Annotated[str, inline("LocalObjectReference")] = ""
    key: Annotated[str, ALWAYS] = ""
    optional: bool | None = None


class SecretKeySelector(Struct):
    name: Annotated[str, inline("LocalObjectReference")] = ""
    key: Annotated[str, ALWAYS] = ""
    optional: bool | None = None


class FileKeySelector(Struct):
    volume_name: Annotated[str, ALWAYS] = ""
    path: Annotated[str, ALWAYS] = ""
    key: Annotated[str, ALWAYS] = ""
    optional: bool | None = None


class EnvVarSource(Struct):
    field_ref: ObjectFieldSelector | None = None
    resource_field_ref: ResourceFieldSelector | None = None
    config_map_key_ref: ConfigMapKeySelector | None = None
    secret_key_ref: SecretKeySelector | None = None
    file_key_ref: FileKeySelector | None = None


class EnvVar(Struct):
    name: Annotated[str, ALWAYS] = ""
    value: str = ""
    value_from: EnvVarSource | None = None


class ResourceClaim(Struct):
    name: Annotated[str, ALWAYS] = ""
    request: str = ""


class ResourceRequirements(Struct):
    limits: Annotated[Mapping[str, Quantity], named("v1.ResourceList")] = EMPTY
    requests: Annotated[Mapping[str, Quantity], named("v1.ResourceList")] = EMPTY
    claims: tuple[ResourceClaim, ...] = ()


class ContainerResizePolicy(Struct):
    resource_name: Annotated[ResourceName, ALWAYS] = ""
    restart_policy: Annotated[ResourceResizeRestartPolicy, ALWAYS] = ""


class ContainerRestartRuleOnExitCodes(Struct):
    operator: ContainerRestartRuleOnExitCodesOperator = ""
    values: tuple[Int32, ...] = ()


class ContainerRestartRule(Struct):
    action: ContainerRestartRuleAction = ""
    exit_codes: ContainerRestartRuleOnExitCodes | None = None


class VolumeMount(Struct):
    name: Annotated[str, ALWAYS] = ""
    read_only: bool = False
    recursive_read_only: RecursiveReadOnlyMode | None = None
    mount_path: Annotated[str, ALWAYS] = ""
    sub_path: str = ""
    mount_propagation: MountPropagationMode | None = None
    sub_path_expr: str = ""


class VolumeDevice(Struct):
    name: Annotated[str, ALWAYS] = ""
    device_path: Annotated[str, ALWAYS] = ""


class ExecAction(Struct):
    command: tuple[str, ...] = ()


class HTTPHeader(Struct):
    name: Annotated[str, ALWAYS] = ""
    value: Annotated[str, ALWAYS] = ""


class HTTPGetAction(Struct):
    path: str = ""
    port: Annotated[IntOrString, ALWAYS] = 0
    host: str = ""
    scheme: URIScheme = ""
    http_headers: tuple[HTTPHeader, ...] = ()


class TCPSocketAction(Struct):
    port: Annotated[IntOrString, ALWAYS] = 0
    host: str = ""


class GRPCAction(Struct):
    port: Annotated[Int32, ALWAYS] = 0
    service: Annotated[str | None, ALWAYS] = None


class Probe(Struct):
    exec: Annotated[ExecAction | None, inline("ProbeHandler")] = None
    http_get: Annotated[HTTPGetAction | None, inline("ProbeHandler")] = None
    tcp_socket: Annotated[TCPSocketAction | None, inline("ProbeHandler")] = None
    grpc: Annotated[GRPCAction | None, inline("ProbeHandler")] = None
    initial_delay_seconds: Int32 = 0
    timeout_seconds: Int32 = 0
    period_seconds: Int32 = 0
    success_threshold: Int32 = 0
    failure_threshold: Int32 = 0
    termination_grace_period_seconds: Int64 | None = None


class SleepAction(Struct):
    seconds: Annotated[Int64, ALWAYS] = 0


class LifecycleHandler(Struct):
    exec: ExecAction | None = None
    http_get: HTTPGetAction | None = None
    tcp_socket: TCPSocketAction | None = None
    sleep: SleepAction | None = None


class Lifecycle(Struct):
    post_start: LifecycleHandler | None = None
    pre_stop: LifecycleHandler | None = None
    stop_signal: Signal | None = None


class Capabilities(Struct):
    add: tuple[Capability, ...] = ()
    drop: tuple[Capability, ...] = ()


class SELinuxOptions(Struct):
    user: str = ""
    role: str = ""
    type: str = ""
    level: str = ""


class WindowsSecurityContextOptions(Struct):
    gmsa_credential_spec_name: str | None = None
    gmsa_credential_spec: str | None = None
    run_as_user_name: str | None = None
    host_process: bool | None = None


class SeccompProfile(Struct):
    type: Annotated[SeccompProfileType, ALWAYS] = ""
    localhost_profile: str | None = None


class AppArmorProfile(Struct):
    type: Annotated[AppArmorProfileType, ALWAYS] = ""
    localhost_profile: str | None = None


class SecurityContext(Struct):
    capabilities: Capabilities | None = None
    privileged: bool | None = None
    se_linux_options: SELinuxOptions | None = None
    windows_options: WindowsSecurityContextOptions | None = None
    run_as_user: Int64 | None = None
    run_as_group: Int64 | None = None
    run_as_non_root: bool | None = None
    read_only_root_filesystem: bool | None = None
    allow_privilege_escalation: bool | None = None
    proc_mount: ProcMountType | None = None
    seccomp_profile: SeccompProfile | None = None
    app_armor_profile: AppArmorProfile | None = None


class Container(Struct):
    name: Annotated[str, ALWAYS] = ""
    image: str = ""
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    working_dir: str = ""
    ports: Annotated[tuple[ContainerPort, ...], merge_by("containerPort")] = ()
    env_from: tuple[EnvFromSource, ...] = ()
    env: Annotated[tuple[EnvVar, ...], merge_by("name")] = ()
    resources: ResourceRequirements = ResourceRequirements()
    resize_policy: tuple[ContainerResizePolicy, ...] = ()
    restart_policy: ContainerRestartPolicy | None = None
    restart_policy_rules: tuple[ContainerRestartRule, ...] = ()
    volume_mounts: Annotated[tuple[VolumeMount, ...], merge_by("mountPath")] = ()
    volume_devices: Annotated[tuple[VolumeDevice, ...], merge_by("devicePath")] = ()
    liveness_probe: Probe | None = None
    readiness_probe: Probe | None = None
    startup_probe: Probe | None = None
    lifecycle: Lifecycle | None = None
    termination_message_path: str = ""
    termination_message_policy: TerminationMessagePolicy = ""
    image_pull_policy: PullPolicy = ""
    security_context: SecurityContext | None = None
    stdin: bool = False
    stdin_once: bool = False
    tty: bool = False


class EphemeralContainer(Struct):
    name: Annotated[str, ALWAYS, inline("EphemeralContainerCommon")] = ""
    image: Annotated[str, inline("EphemeralContainerCommon")] = ""
    command: Annotated[tuple[str, ...], inline("EphemeralContainerCommon")] = ()
    args: Annotated[tuple[str, ...], inline("EphemeralContainerCommon")] = ()
    working_dir: Annotated[str, inline("EphemeralContainerCommon")] = ""
    ports: Annotated[tuple[ContainerPort, ...], merge_by("containerPort"), inline("EphemeralContainerCommon")] = ()
    env_from: Annotated[tuple[EnvFromSource, ...], inline("EphemeralContainerCommon")] = ()
    env: Annotated[tuple[EnvVar, ...], merge_by("name"), inline("EphemeralContainerCommon")] = ()
    resources: Annotated[ResourceRequirements, inline("EphemeralContainerCommon")] = ResourceRequirements()
    resize_policy: Annotated[tuple[ContainerResizePolicy, ...], inline("EphemeralContainerCommon")] = ()
    restart_policy: Annotated[ContainerRestartPolicy | None, inline("EphemeralContainerCommon")] = None
    restart_policy_rules: Annotated[tuple[ContainerRestartRule, ...], inline("EphemeralContainerCommon")] = ()
    volume_mounts: Annotated[tuple[VolumeMount, ...], merge_by("mountPath"), inline("EphemeralContainerCommon")] = ()
    volume_devices: Annotated[tuple[VolumeDevice, ...], merge_by("devicePath"), inline("EphemeralContainerCommon")] = ()
    liveness_probe: Annotated[Probe | None, inline("EphemeralContainerCommon")] = None
    readiness_probe: Annotated[Probe | None, inline("EphemeralContainerCommon")] = None
    startup_probe: Annotated[Probe | None, inline("EphemeralContainerCommon")] = None
    lifecycle: Annotated[Lifecycle | None, inline("EphemeralContainerCommon")] = None
    termination_message_path: Annotated[str, inline("EphemeralContainerCommon")] = ""
    termination_message_policy: Annotated[TerminationMessagePolicy, inline("EphemeralContainerCommon")] = ""
    image_pull_policy: Annotated[PullPolicy, inline("EphemeralContainerCommon")] = ""
    security_context: Annotated[SecurityContext | None, inline("EphemeralContainerCommon")] = None
    stdin: Annotated[bool, inline("EphemeralContainerCommon")] = False
    stdin_once: Annotated[bool, inline("EphemeralContainerCommon")] = False
    tty: Annotated[bool, inline("EphemeralContainerCommon")] = False
    target_container_name: str = ""
