"""Defaults of Deployment, ReplicaSet, StatefulSet, DaemonSet and ReplicationController.

References
----------
``pkg/apis/apps/v1/defaults.go`` and ``pkg/apis/core/v1/defaults.go SetDefaults_ReplicationController @ v1.36``
"""

from __future__ import annotations

from typing import TypeVar

from k8snb.api.defaults.claims import default_claim
from k8snb.api.defaults.pod_spec import default_template
from k8snb.api.defaults.sharing import each, given, revised
from k8snb.api.schema import EMPTY
from k8snb.api.types.apps import (
    DaemonSet,
    DaemonSetUpdateStrategy,
    Deployment,
    DeploymentStrategy,
    ReplicaSet,
    ReplicationController,
    RollingUpdateDaemonSet,
    RollingUpdateDeployment,
    RollingUpdateStatefulSetStrategy,
    StatefulSet,
    StatefulSetPersistentVolumeClaimRetentionPolicy,
    StatefulSetUpdateStrategy,
)

V = TypeVar("V")
Rolling = TypeVar("Rolling", RollingUpdateDeployment, RollingUpdateDaemonSet)


def otherwise(value: V | None, default: V) -> V:
    """The value, or the default where there is none."""
    return default if value is None else value


def default_deployment(deployment: Deployment) -> Deployment:
    """A deployment with its defaults."""
    spec = deployment.spec
    spec = revised(
        spec,
        replicas=otherwise(spec.replicas, 1),
        template=default_template(spec.template),
        strategy=_deployment_strategy(spec.strategy),
        revision_history_limit=otherwise(spec.revision_history_limit, 10),
        progress_deadline_seconds=otherwise(spec.progress_deadline_seconds, 600),
    )
    return revised(deployment, spec=spec)


def _deployment_strategy(strategy: DeploymentStrategy) -> DeploymentStrategy:
    strategy = revised(strategy, type=strategy.type or "RollingUpdate")
    rolling = strategy.rolling_update
    if strategy.type == "RollingUpdate":
        rolling = rolling or RollingUpdateDeployment()
        rolling = revised(
            rolling,
            max_unavailable=otherwise(rolling.max_unavailable, "25%"),
            max_surge=otherwise(rolling.max_surge, "25%"),
        )
    rolling = given(rolling, _counted)
    return revised(strategy, rolling_update=rolling)


def _counted(rolling: Rolling) -> Rolling:
    """Bounds of a rollout as the internal types hold them, which know no absent ones, only zero."""
    return revised(
        rolling,
        max_unavailable=otherwise(rolling.max_unavailable, 0),
        max_surge=otherwise(rolling.max_surge, 0),
    )


def default_replica_set(replica_set: ReplicaSet) -> ReplicaSet:
    """A replica set with its defaults."""
    spec = replica_set.spec
    spec = revised(spec, replicas=otherwise(spec.replicas, 1), template=default_template(spec.template))
    return revised(replica_set, spec=spec)


def default_stateful_set(stateful_set: StatefulSet) -> StatefulSet:
    """A stateful set with its defaults."""
    spec = stateful_set.spec
    retention = spec.persistent_volume_claim_retention_policy or StatefulSetPersistentVolumeClaimRetentionPolicy()
    retention = revised(
        retention,
        when_deleted=retention.when_deleted or "Retain",
        when_scaled=retention.when_scaled or "Retain",
    )
    spec = revised(
        spec,
        replicas=otherwise(spec.replicas, 1),
        template=default_template(spec.template),
        volume_claim_templates=each(spec.volume_claim_templates, default_claim),
        pod_management_policy=spec.pod_management_policy or "OrderedReady",
        update_strategy=_stateful_strategy(spec.update_strategy),
        revision_history_limit=otherwise(spec.revision_history_limit, 10),
        persistent_volume_claim_retention_policy=retention,
    )
    return revised(stateful_set, spec=spec)


def _stateful_strategy(strategy: StatefulSetUpdateStrategy) -> StatefulSetUpdateStrategy:
    rolling = strategy.rolling_update
    if not strategy.type:
        rolling = rolling or RollingUpdateStatefulSetStrategy()
        strategy = revised(strategy, type="RollingUpdate")
    rolling = given(rolling, lambda r: revised(r, partition=otherwise(r.partition, 0)))
    return revised(strategy, rolling_update=rolling)


def default_daemon_set(daemon_set: DaemonSet) -> DaemonSet:
    """A daemon set with its defaults."""
    spec = daemon_set.spec
    spec = revised(
        spec,
        template=default_template(spec.template),
        update_strategy=_daemon_strategy(spec.update_strategy),
        revision_history_limit=otherwise(spec.revision_history_limit, 10),
    )
    return revised(daemon_set, spec=spec)


def _daemon_strategy(strategy: DaemonSetUpdateStrategy) -> DaemonSetUpdateStrategy:
    strategy = revised(strategy, type=strategy.type or "RollingUpdate")
    rolling = strategy.rolling_update
    if strategy.type == "RollingUpdate":
        rolling = rolling or RollingUpdateDaemonSet()
        rolling = revised(rolling, max_unavailable=otherwise(rolling.max_unavailable, 1))
    rolling = given(rolling, _counted)
    return revised(strategy, rolling_update=rolling)


def default_replication_controller(controller: ReplicationController) -> ReplicationController:
    """A replication controller; without a selector or labels it takes its template's labels."""
    spec, meta = controller.spec, controller.metadata
    labels = spec.template.metadata.labels if spec.template else EMPTY
    spec = revised(
        spec,
        replicas=otherwise(spec.replicas, 1),
        selector=spec.selector if spec.selector else labels,
        template=given(spec.template, default_template),
    )
    meta = revised(meta, labels=meta.labels if meta.labels else labels)
    return revised(controller, metadata=meta, spec=spec)
