"""Pods and pod templates.

Field names, order, presence and patch strategies are those of the Kubernetes 1.36 API.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from msgspec import field

from k8snb.api.schema import (
    ALWAYS,
    EMPTY,
    Int32,
    Int64,
    KubernetesObject,
    merge_by,
    named,
    Quantity,
    RETAIN_KEYS,
    Struct,
)
from k8snb.api.types.containers import (
    AppArmorProfile,
    Container,
    EphemeralContainer,
    ResourceRequirements,
    SeccompProfile,
    SELinuxOptions,
    WindowsSecurityContextOptions,
)
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.placement import Affinity, Toleration, TopologySpreadConstraint
from k8snb.api.types.pod_status import PodConditionType, PodStatus
from k8snb.api.types.volumes import LocalObjectReference, Volume

SupplementalGroupsPolicy = Annotated[str, named("v1.SupplementalGroupsPolicy")]
PodFSGroupChangePolicy = Annotated[str, named("v1.PodFSGroupChangePolicy")]
PodSELinuxChangePolicy = Annotated[str, named("v1.PodSELinuxChangePolicy")]
OSName = Annotated[str, named("v1.OSName")]
RestartPolicy = Annotated[str, named("v1.RestartPolicy")]
DNSPolicy = Annotated[str, named("v1.DNSPolicy")]
PreemptionPolicy = Annotated[str, named("v1.PreemptionPolicy")]


class Sysctl(Struct):
    name: Annotated[str, ALWAYS] = ""
    value: Annotated[str, ALWAYS] = ""


class PodSecurityContext(Struct):
    se_linux_options: SELinuxOptions | None = None
    windows_options: WindowsSecurityContextOptions | None = None
    run_as_user: Int64 | None = None
    run_as_group: Int64 | None = None
    run_as_non_root: bool | None = None
    supplemental_groups: tuple[Int64, ...] = ()
    supplemental_groups_policy: SupplementalGroupsPolicy | None = None
    fs_group: Int64 | None = None
    sysctls: tuple[Sysctl, ...] = ()
    fs_group_change_policy: PodFSGroupChangePolicy | None = None
    seccomp_profile: SeccompProfile | None = None
    app_armor_profile: AppArmorProfile | None = None
    se_linux_change_policy: PodSELinuxChangePolicy | None = None


class HostAlias(Struct):
    ip: Annotated[str, ALWAYS] = ""
    hostnames: tuple[str, ...] = ()


class PodDNSConfigOption(Struct):
    name: str = ""
    value: str | None = None


class PodDNSConfig(Struct):
    nameservers: tuple[str, ...] = ()
    searches: tuple[str, ...] = ()
    options: tuple[PodDNSConfigOption, ...] = ()


class PodReadinessGate(Struct):
    condition_type: Annotated[PodConditionType, ALWAYS] = ""


class PodOS(Struct):
    name: Annotated[OSName, ALWAYS] = ""


class PodSchedulingGate(Struct):
    name: Annotated[str, ALWAYS] = ""


class PodResourceClaim(Struct):
    name: Annotated[str, ALWAYS] = ""
    resource_claim_name: str | None = None
    resource_claim_template_name: str | None = None


class PodSchedulingGroup(Struct):
    pod_group_name: str | None = None


class PodSpec(Struct):
    volumes: Annotated[tuple[Volume, ...], merge_by("name"), RETAIN_KEYS] = ()
    init_containers: Annotated[tuple[Container, ...], merge_by("name")] = ()
    containers: Annotated[tuple[Container, ...], ALWAYS, merge_by("name")] = ()
    ephemeral_containers: Annotated[tuple[EphemeralContainer, ...], merge_by("name")] = ()
    restart_policy: RestartPolicy = ""
    termination_grace_period_seconds: Int64 | None = None
    active_deadline_seconds: Int64 | None = None
    dns_policy: DNSPolicy = ""
    node_selector: Mapping[str, str] = EMPTY
    service_account_name: str = ""
    service_account: str = ""
    automount_service_account_token: bool | None = None
    node_name: str = ""
    host_network: bool = False
    host_pid: bool = field(default=False, name="hostPID")
    host_ipc: bool = field(default=False, name="hostIPC")
    share_process_namespace: bool | None = None
    security_context: PodSecurityContext | None = None
    image_pull_secrets: Annotated[tuple[LocalObjectReference, ...], merge_by("name")] = ()
    hostname: str = ""
    subdomain: str = ""
    affinity: Affinity | None = None
    scheduler_name: str = ""
    tolerations: tuple[Toleration, ...] = ()
    host_aliases: Annotated[tuple[HostAlias, ...], merge_by("ip")] = ()
    priority_class_name: str = ""
    priority: Int32 | None = None
    dns_config: PodDNSConfig | None = None
    readiness_gates: tuple[PodReadinessGate, ...] = ()
    runtime_class_name: str | None = None
    enable_service_links: bool | None = None
    preemption_policy: PreemptionPolicy | None = None
    overhead: Annotated[Mapping[str, Quantity], named("v1.ResourceList")] = EMPTY
    topology_spread_constraints: Annotated[tuple[TopologySpreadConstraint, ...], merge_by("topologyKey")] = ()
    set_hostname_as_fqdn: bool | None = field(default=None, name="setHostnameAsFQDN")
    os: PodOS | None = None
    host_users: bool | None = None
    scheduling_gates: Annotated[tuple[PodSchedulingGate, ...], merge_by("name")] = ()
    resource_claims: Annotated[tuple[PodResourceClaim, ...], merge_by("name"), RETAIN_KEYS] = ()
    resources: ResourceRequirements | None = None
    hostname_override: str | None = None
    scheduling_group: PodSchedulingGroup | None = None


class Pod(KubernetesObject):
    api_version: ClassVar[str] = "v1"
    metadata: ObjectMeta = ObjectMeta()
    spec: PodSpec = PodSpec()
    status: PodStatus = PodStatus()


class PodTemplateSpec(Struct):
    metadata: ObjectMeta = ObjectMeta()
    spec: PodSpec = PodSpec()
