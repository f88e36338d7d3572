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
from k8snb.api.registry.quotas import LimitRangeStrategy, ResourceQuotaStrategy
from k8snb.api.registry.services import ServiceStrategy
from k8snb.api.registry.strategy import SpecStrategy, Strategy
from k8snb.api.schema import KubernetesObject
from k8snb.api.types import apps, config, node, quota, service

STRATEGIES: Mapping[type[KubernetesObject], Strategy[Any]] = {
    config.ConfigMap: ConfigMapStrategy(),
    config.Namespace: NamespaceStrategy(),
    config.PriorityClass: PriorityClassStrategy(),
    config.Secret: SecretStrategy(),
    config.ServiceAccount: ServiceAccountStrategy(),
    node.Node: NodeStrategy(),
    quota.LimitRange: LimitRangeStrategy(),
    quota.ResourceQuota: ResourceQuotaStrategy(),
    service.Service: ServiceStrategy(),
    apps.Deployment: SpecStrategy(),
    apps.ReplicaSet: SpecStrategy(),
}
