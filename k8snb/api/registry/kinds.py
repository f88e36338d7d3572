"""Which strategy each kind has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from k8snb.api.registry.core import (
    ConfigMapStrategy,
    NamespaceStrategy,
    NodeStrategy,
    PriorityClassStrategy,
    SecretStrategy,
    ServiceAccountStrategy,
)
from k8snb.api.registry.jobs import CronJobStrategy, JobStrategy
from k8snb.api.registry.others import (
    EndpointSliceStrategy,
    LeaseStrategy,
    PersistentVolumeClaimStrategy,
    PersistentVolumeStrategy,
    PodDisruptionBudgetStrategy,
    StorageClassStrategy,
)
from k8snb.api.registry.pods import PodStrategy
from k8snb.api.registry.quotas import LimitRangeStrategy, ResourceQuotaStrategy
from k8snb.api.registry.services import ServiceStrategy
from k8snb.api.registry.strategy import Strategy
from k8snb.api.registry.workloads import (
    ControllerRevisionStrategy,
    DaemonSetStrategy,
    DeploymentStrategy,
    ReplicaSetStrategy,
    ReplicationControllerStrategy,
    StatefulSetStrategy,
)
from k8snb.api.schema import KubernetesObject
from k8snb.api.types import apps, batch, claims, config, node, persistent_volume, pod, policy, quota, service

STRATEGIES: Mapping[type[KubernetesObject], Strategy[Any]] = {
    batch.CronJob: CronJobStrategy(),
    batch.Job: JobStrategy(),
    config.ConfigMap: ConfigMapStrategy(),
    config.Namespace: NamespaceStrategy(),
    config.PriorityClass: PriorityClassStrategy(),
    config.Secret: SecretStrategy(),
    config.ServiceAccount: ServiceAccountStrategy(),
    node.Node: NodeStrategy(),
    pod.Pod: PodStrategy(),
    quota.LimitRange: LimitRangeStrategy(),
    quota.ResourceQuota: ResourceQuotaStrategy(),
    service.EndpointSlice: EndpointSliceStrategy(),
    service.Service: ServiceStrategy(),
    claims.PersistentVolumeClaim: PersistentVolumeClaimStrategy(),
    claims.StorageClass: StorageClassStrategy(),
    persistent_volume.PersistentVolume: PersistentVolumeStrategy(),
    policy.PodDisruptionBudget: PodDisruptionBudgetStrategy(),
    node.Lease: LeaseStrategy(),
    apps.ControllerRevision: ControllerRevisionStrategy(),
    apps.DaemonSet: DaemonSetStrategy(),
    apps.Deployment: DeploymentStrategy(),
    apps.ReplicaSet: ReplicaSetStrategy(),
    apps.ReplicationController: ReplicationControllerStrategy(),
    apps.StatefulSet: StatefulSetStrategy(),
}
