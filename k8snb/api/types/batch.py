"""Job and CronJob.

Field names, order, presence and patch strategies are those of the Kubernetes 1.36 API.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from k8snb.api.schema import ALWAYS, Int32, Int64, KubernetesObject, merge_by, named, Struct, Time, UID
from k8snb.api.types.meta import ConditionStatus, LabelSelector, ObjectMeta
from k8snb.api.types.persistent_volume import ObjectReference
from k8snb.api.types.pod import PodTemplateSpec
from k8snb.api.types.pod_status import PodConditionType

PodFailurePolicyOnExitCodesOperator = Annotated[str, named("v1.PodFailurePolicyOnExitCodesOperator")]
PodFailurePolicyAction = Annotated[str, named("v1.PodFailurePolicyAction")]
CompletionMode = Annotated[str, named("v1.CompletionMode")]
PodReplacementPolicy = Annotated[str, named("v1.PodReplacementPolicy")]
JobConditionType = Annotated[str, named("v1.JobConditionType")]
ConcurrencyPolicy = Annotated[str, named("v1.ConcurrencyPolicy")]


class PodFailurePolicyOnExitCodesRequirement(Struct):
    container_name: str | None = None
    operator: Annotated[PodFailurePolicyOnExitCodesOperator, ALWAYS] = ""
    values: Annotated[tuple[Int32, ...], ALWAYS] = ()


class PodFailurePolicyOnPodConditionsPattern(Struct):
    type: Annotated[PodConditionType, ALWAYS] = ""
    status: Annotated[ConditionStatus, ALWAYS] = ""


class PodFailurePolicyRule(Struct):
    action: Annotated[PodFailurePolicyAction, ALWAYS] = ""
    on_exit_codes: PodFailurePolicyOnExitCodesRequirement | None = None
    on_pod_conditions: tuple[PodFailurePolicyOnPodConditionsPattern, ...] = ()


class PodFailurePolicy(Struct):
    rules: Annotated[tuple[PodFailurePolicyRule, ...], ALWAYS] = ()


class SuccessPolicyRule(Struct):
    succeeded_indexes: str | None = None
    succeeded_count: Int32 | None = None


class SuccessPolicy(Struct):
    rules: Annotated[tuple[SuccessPolicyRule, ...], ALWAYS] = ()


class JobSpec(Struct):
    parallelism: Int32 | None = None
    completions: Int32 | None = None
    active_deadline_seconds: Int64 | None = None
    pod_failure_policy: PodFailurePolicy | None = None
    success_policy: SuccessPolicy | None = None
    backoff_limit: Int32 | None = None
    backoff_limit_per_index: Int32 | None = None
    max_failed_indexes: Int32 | None = None
    selector: LabelSelector | None = None
    manual_selector: bool | None = None
    template: PodTemplateSpec = PodTemplateSpec()
    ttl_seconds_after_finished: Int32 | None = None
    completion_mode: CompletionMode | None = None
    suspend: bool | None = None
    pod_replacement_policy: PodReplacementPolicy | None = None
    managed_by: str | None = None


class JobCondition(Struct):
    type: Annotated[JobConditionType, ALWAYS] = ""
    status: Annotated[ConditionStatus, ALWAYS] = ""
    last_probe_time: Annotated[Time | None, ALWAYS] = None
    last_transition_time: Annotated[Time | None, ALWAYS] = None
    reason: str = ""
    message: str = ""


class UncountedTerminatedPods(Struct):
    succeeded: tuple[UID, ...] = ()
    failed: tuple[UID, ...] = ()


class JobStatus(Struct):
    conditions: Annotated[tuple[JobCondition, ...], merge_by("type")] = ()
    start_time: Time | None = None
    completion_time: Time | None = None
    active: Int32 = 0
    succeeded: Int32 = 0
    failed: Int32 = 0
    terminating: Int32 | None = None
    completed_indexes: str = ""
    failed_indexes: str | None = None
    uncounted_terminated_pods: UncountedTerminatedPods | None = None
    ready: Int32 | None = None


class Job(KubernetesObject):
    api_version: ClassVar[str] = "batch/v1"
    metadata: ObjectMeta = ObjectMeta()
    spec: JobSpec = JobSpec()
    status: JobStatus = JobStatus()


class JobTemplateSpec(Struct):
    metadata: ObjectMeta = ObjectMeta()
    spec: JobSpec = JobSpec()


class CronJobSpec(Struct):
    schedule: Annotated[str, ALWAYS] = ""
    time_zone: str | None = None
    starting_deadline_seconds: Int64 | None = None
    concurrency_policy: ConcurrencyPolicy = ""
    suspend: bool | None = None
    job_template: JobTemplateSpec = JobTemplateSpec()
    successful_jobs_history_limit: Int32 | None = None
    failed_jobs_history_limit: Int32 | None = None


class CronJobStatus(Struct):
    active: tuple[ObjectReference, ...] = ()
    last_schedule_time: Time | None = None
    last_successful_time: Time | None = None


class CronJob(KubernetesObject):
    api_version: ClassVar[str] = "batch/v1"
    metadata: ObjectMeta = ObjectMeta()
    spec: CronJobSpec = CronJobSpec()
    status: CronJobStatus = CronJobStatus()
