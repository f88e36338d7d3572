"""Pod disruption budgets and evictions.

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
    REPLACE,
    Struct,
    Time,
    UID,
)
from k8snb.api.types.meta import Condition, LabelSelector, ObjectMeta

UnhealthyPodEvictionPolicyType = Annotated[str, named("v1.UnhealthyPodEvictionPolicyType")]
DeletionPropagation = Annotated[str, named("v1.DeletionPropagation")]


class PodDisruptionBudgetSpec(Struct):
    min_available: IntOrString | None = None
    selector: Annotated[LabelSelector | None, REPLACE] = None
    max_unavailable: IntOrString | None = None
    unhealthy_pod_eviction_policy: UnhealthyPodEvictionPolicyType | None = None


class PodDisruptionBudgetStatus(Struct):
    observed_generation: Int64 = 0
    disrupted_pods: Mapping[str, Time | None] = EMPTY
    disruptions_allowed: Annotated[Int32, ALWAYS] = 0
    current_healthy: Annotated[Int32, ALWAYS] = 0
    desired_healthy: Annotated[Int32, ALWAYS] = 0
    expected_pods: Annotated[Int32, ALWAYS] = 0
    conditions: Annotated[tuple[Condition, ...], merge_by("type")] = ()


class PodDisruptionBudget(KubernetesObject):
    api_version: ClassVar[str] = "policy/v1"
    metadata: ObjectMeta = ObjectMeta()
    spec: PodDisruptionBudgetSpec = PodDisruptionBudgetSpec()
    status: PodDisruptionBudgetStatus = PodDisruptionBudgetStatus()


class Preconditions(Struct):
    uid: UID | None = None
    resource_version: str | None = None


class DeleteOptions(Struct):
    grace_period_seconds: Int64 | None = None
    preconditions: Preconditions | None = None
    orphan_dependents: bool | None = None
    propagation_policy: DeletionPropagation | None = None
    dry_run: tuple[str, ...] = ()
    ignore_store_read_error_with_cluster_breaking_potential: bool | None = None


class Eviction(KubernetesObject):
    api_version: ClassVar[str] = "policy/v1"
    metadata: ObjectMeta = ObjectMeta()
    delete_options: DeleteOptions | None = None
