"""Deployment, ReplicaSet, StatefulSet, DaemonSet and their revisions.

Field names, order, presence and patch strategies are those of the Kubernetes 1.36 API.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from k8snb.api.schema import (
    ALWAYS,
    EMPTY,
    Int32,
    Int64,
    IntOrString,
    KubernetesObject,
    merge_by,
    named,
    RawExtension,
    RETAIN_KEYS,
    Struct,
    Time,
)
from k8snb.api.types.claims import PersistentVolumeClaim
from k8snb.api.types.meta import ConditionStatus, LabelSelector, ObjectMeta
from k8snb.api.types.pod import PodTemplateSpec

DeploymentStrategyType = Annotated[str, named("v1.DeploymentStrategyType")]
DeploymentConditionType = Annotated[str, named("v1.DeploymentConditionType")]
ReplicaSetConditionType = Annotated[str, named("v1.ReplicaSetConditionType")]
StatefulSetUpdateStrategyType = Annotated[str, named("v1.StatefulSetUpdateStrategyType")]
PersistentVolumeClaimRetentionPolicyType = Annotated[str, named("v1.PersistentVolumeClaimRetentionPolicyType")]
PodManagementPolicyType = Annotated[str, named("v1.PodManagementPolicyType")]
StatefulSetConditionType = Annotated[str, named("v1.StatefulSetConditionType")]
DaemonSetUpdateStrategyType = Annotated[str, named("v1.DaemonSetUpdateStrategyType")]
DaemonSetConditionType = Annotated[str, named("v1.DaemonSetConditionType")]
ReplicationControllerConditionType = Annotated[str, named("v1.ReplicationControllerConditionType")]


class RollingUpdateDeployment(Struct):
    max_unavailable: IntOrString | None = None
    max_surge: IntOrString | None = None


class DeploymentStrategy(Struct):
    type: DeploymentStrategyType = ""
    rolling_update: RollingUpdateDeployment | None = None


class DeploymentSpec(Struct):
    replicas: Int32 | None = None
    selector: Annotated[LabelSelector | None, ALWAYS] = None
    template: PodTemplateSpec = PodTemplateSpec()
    strategy: Annotated[DeploymentStrategy, RETAIN_KEYS] = DeploymentStrategy()
    min_ready_seconds: Int32 = 0
    revision_history_limit: Int32 | None = None
    paused: bool = False
    progress_deadline_seconds: Int32 | None = None


class DeploymentCondition(Struct):
    type: Annotated[DeploymentConditionType, ALWAYS] = ""
    status: Annotated[ConditionStatus, ALWAYS] = ""
    last_update_time: Annotated[Time | None, ALWAYS] = None
    last_transition_time: Annotated[Time | None, ALWAYS] = None
    reason: str = ""
    message: str = ""


class DeploymentStatus(Struct):
    observed_generation: Int64 = 0
    replicas: Int32 = 0
    updated_replicas: Int32 = 0
    ready_replicas: Int32 = 0
    available_replicas: Int32 = 0
    unavailable_replicas: Int32 = 0
    terminating_replicas: Int32 | None = None
    conditions: Annotated[tuple[DeploymentCondition, ...], merge_by("type")] = ()
    collision_count: Int32 | None = None


class Deployment(KubernetesObject):
    api_version: ClassVar[str] = "apps/v1"
    metadata: ObjectMeta = ObjectMeta()
    spec: DeploymentSpec = DeploymentSpec()
    status: DeploymentStatus = DeploymentStatus()


class ReplicaSetSpec(Struct):
    replicas: Int32 | None = None
    min_ready_seconds: Int32 = 0
    selector: Annotated[LabelSelector | None, ALWAYS] = None
    template: PodTemplateSpec = PodTemplateSpec()


class ReplicaSetCondition(Struct):
    type: Annotated[ReplicaSetConditionType, ALWAYS] = ""
    status: Annotated[ConditionStatus, ALWAYS] = ""
    last_transition_time: Annotated[Time | None, ALWAYS] = None
    reason: str = ""
    message: str = ""


class ReplicaSetStatus(Struct):
    replicas: Annotated[Int32, ALWAYS] = 0
    fully_labeled_replicas: Int32 = 0
    ready_replicas: Int32 = 0
    available_replicas: Int32 = 0
    terminating_replicas: Int32 | None = None
    observed_generation: Int64 = 0
    conditions: Annotated[tuple[ReplicaSetCondition, ...], merge_by("type")] = ()


class ReplicaSet(KubernetesObject):
    api_version: ClassVar[str] = "apps/v1"
    metadata: ObjectMeta = ObjectMeta()
    spec: ReplicaSetSpec = ReplicaSetSpec()
    status: ReplicaSetStatus = ReplicaSetStatus()


class RollingUpdateStatefulSetStrategy(Struct):
    partition: Int32 | None = None
    max_unavailable: IntOrString | None = None


class StatefulSetUpdateStrategy(Struct):
    type: StatefulSetUpdateStrategyType = ""
    rolling_update: RollingUpdateStatefulSetStrategy | None = None


class StatefulSetPersistentVolumeClaimRetentionPolicy(Struct):
    when_deleted: PersistentVolumeClaimRetentionPolicyType = ""
    when_scaled: PersistentVolumeClaimRetentionPolicyType = ""


class StatefulSetOrdinals(Struct):
    start: Annotated[Int32, ALWAYS] = 0


class StatefulSetSpec(Struct):
    replicas: Int32 | None = None
    selector: Annotated[LabelSelector | None, ALWAYS] = None
    template: PodTemplateSpec = PodTemplateSpec()
    volume_claim_templates: tuple[PersistentVolumeClaim, ...] = ()
    service_name: Annotated[str, ALWAYS] = ""
    pod_management_policy: PodManagementPolicyType = ""
    update_strategy: StatefulSetUpdateStrategy = StatefulSetUpdateStrategy()
    revision_history_limit: Int32 | None = None
    min_ready_seconds: Int32 = 0
    persistent_volume_claim_retention_policy: StatefulSetPersistentVolumeClaimRetentionPolicy | None = None
    ordinals: StatefulSetOrdinals | None = None


class StatefulSetCondition(Struct):
    type: Annotated[StatefulSetConditionType, ALWAYS] = ""
    status: Annotated[ConditionStatus, ALWAYS] = ""
    last_transition_time: Annotated[Time | None, ALWAYS] = None
    reason: str = ""
    message: str = ""


class StatefulSetStatus(Struct):
    observed_generation: Int64 = 0
    replicas: Annotated[Int32, ALWAYS] = 0
    ready_replicas: Int32 = 0
    current_replicas: Int32 = 0
    updated_replicas: Int32 = 0
    current_revision: str = ""
    update_revision: str = ""
    collision_count: Int32 | None = None
    conditions: Annotated[tuple[StatefulSetCondition, ...], merge_by("type")] = ()
    available_replicas: Annotated[Int32, ALWAYS] = 0


class StatefulSet(KubernetesObject):
    api_version: ClassVar[str] = "apps/v1"
    metadata: ObjectMeta = ObjectMeta()
    spec: StatefulSetSpec = StatefulSetSpec()
    status: StatefulSetStatus = StatefulSetStatus()


class RollingUpdateDaemonSet(Struct):
    max_unavailable: IntOrString | None = None
    max_surge: IntOrString | None = None


class DaemonSetUpdateStrategy(Struct):
    type: DaemonSetUpdateStrategyType = ""
    rolling_update: RollingUpdateDaemonSet | None = None


class DaemonSetSpec(Struct):
    selector: Annotated[LabelSelector | None, ALWAYS] = None
    template: PodTemplateSpec = PodTemplateSpec()
    update_strategy: DaemonSetUpdateStrategy = DaemonSetUpdateStrategy()
    min_ready_seconds: Int32 = 0
    revision_history_limit: Int32 | None = None


class DaemonSetCondition(Struct):
    type: Annotated[DaemonSetConditionType, ALWAYS] = ""
    status: Annotated[ConditionStatus, ALWAYS] = ""
    last_transition_time: Annotated[Time | None, ALWAYS] = None
    reason: str = ""
    message: str = ""


class DaemonSetStatus(Struct):
    current_number_scheduled: Annotated[Int32, ALWAYS] = 0
    number_misscheduled: Annotated[Int32, ALWAYS] = 0
    desired_number_scheduled: Annotated[Int32, ALWAYS] = 0
    number_ready: Annotated[Int32, ALWAYS] = 0
    observed_generation: Int64 = 0
    updated_number_scheduled: Int32 = 0
    number_available: Int32 = 0
    number_unavailable: Int32 = 0
    collision_count: Int32 | None = None
    conditions: Annotated[tuple[DaemonSetCondition, ...], merge_by("type")] = ()


class DaemonSet(KubernetesObject):
    api_version: ClassVar[str] = "apps/v1"
    metadata: ObjectMeta = ObjectMeta()
    spec: DaemonSetSpec = DaemonSetSpec()
    status: DaemonSetStatus = DaemonSetStatus()


class ControllerRevision(KubernetesObject):
    api_version: ClassVar[str] = "apps/v1"
    metadata: ObjectMeta = ObjectMeta()
    data: RawExtension = None
    revision: Annotated[Int64, ALWAYS] = 0


class ReplicationControllerSpec(Struct):
    replicas: Int32 | None = None
    min_ready_seconds: Int32 = 0
    selector: Mapping[str, str] = EMPTY
    template: PodTemplateSpec | None = None


class ReplicationControllerCondition(Struct):
    type: Annotated[ReplicationControllerConditionType, ALWAYS] = ""
    status: Annotated[ConditionStatus, ALWAYS] = ""
    last_transition_time: Annotated[Time | None, ALWAYS] = None
    reason: str = ""
    message: str = ""


class ReplicationControllerStatus(Struct):
    replicas: Annotated[Int32, ALWAYS] = 0
    fully_labeled_replicas: Int32 = 0
    ready_replicas: Int32 = 0
    available_replicas: Int32 = 0
    observed_generation: Int64 = 0
    conditions: Annotated[tuple[ReplicationControllerCondition, ...], merge_by("type")] = ()


class ReplicationController(KubernetesObject):
    api_version: ClassVar[str] = "v1"
    metadata: ObjectMeta = ObjectMeta()
    spec: ReplicationControllerSpec = ReplicationControllerSpec()
    status: ReplicationControllerStatus = ReplicationControllerStatus()
