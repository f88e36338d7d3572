"""Rules for deployments, replica sets, replication controllers and controller revisions.

References
----------
``pkg/apis/apps/validation/validation.go ValidateDeployment, ValidateReplicaSet, ValidateControllerRevisionCreate``,
``pkg/apis/core/validation/validation.go ValidateReplicationController @ v1.36``
"""

from __future__ import annotations

from k8snb.api.field_errors import FieldError, forbidden, invalid, not_supported, required
from k8snb.api.types.apps import (
    ControllerRevision,
    Deployment,
    DeploymentSpec,
    DeploymentStrategy,
    ReplicaSet,
    ReplicaSetSpec,
    ReplicaSetStatus,
    ReplicationController,
    ReplicationControllerSpec,
    ReplicationControllerStatus,
    RollingUpdateDeployment,
)
from k8snb.api.validation.internal_form import internal_value
from k8snb.api.validation.metadata import (
    name_is_dns_subdomain,
    validate_immutable,
    validate_nonnegative,
    validate_object_meta,
    validate_object_meta_update,
)
from k8snb.api.validation.pod_template import validate_pod_template_spec_for_rc, validate_pod_template_spec_for_rs
from k8snb.api.validation.rolling import (
    is_readable,
    number_in,
    validate_at_most_all,
    validate_collision_count,
    validate_counts,
    validate_int_or_percent,
    validate_not_above,
    validate_workload_selector,
)

_READY = ("ready_replicas", "readyReplicas")
_AVAILABLE = ("available_replicas", "availableReplicas")
_UPDATED = ("updated_replicas", "updatedReplicas")
_LABELED = ("fully_labeled_replicas", "fullyLabeledReplicas")
_OBSERVED = ("observed_generation", "observedGeneration")
_TERMINATING = ("terminating_replicas", "terminatingReplicas")
_REPLICAS = ("replicas", "replicas")


def validate_deployment(deployment: Deployment) -> list[FieldError]:
    """The faults of a deployment."""
    errors = validate_object_meta(deployment.metadata, name_is_dns_subdomain, True)
    return errors + _deployment_spec(deployment.spec)


def validate_deployment_update(new: Deployment, old: Deployment) -> list[FieldError]:
    """The faults of a deployment's next version; its selector stays."""
    errors = validate_object_meta_update(new.metadata, old.metadata) + _deployment_spec(new.spec)
    return errors + validate_immutable(new.spec.selector, old.spec.selector, "spec.selector")


def _deployment_spec(spec: DeploymentSpec) -> list[FieldError]:
    replicas = spec.replicas or 0
    errors = validate_nonnegative(replicas, "spec.replicas")
    errors += validate_workload_selector(spec.selector, "deployment")
    if is_readable(spec.selector):
        errors += validate_pod_template_spec_for_rs(spec.template, spec.selector, replicas, "spec.template")
    else:
        errors.append(invalid("spec.selector", spec.selector, "invalid label selector"))
    errors += _deployment_strategy(spec.strategy, "spec.strategy")
    errors += validate_nonnegative(spec.min_ready_seconds, "spec.minReadySeconds")
    errors += validate_nonnegative(spec.revision_history_limit or 0, "spec.revisionHistoryLimit")
    deadline, path = spec.progress_deadline_seconds, "spec.progressDeadlineSeconds"
    if deadline is not None:
        errors += validate_nonnegative(deadline, path)
        if deadline <= spec.min_ready_seconds:
            errors.append(invalid(path, deadline, "must be greater than minReadySeconds"))
    return errors


def _deployment_strategy(strategy: DeploymentStrategy, path: str) -> list[FieldError]:
    rolling = strategy.rolling_update
    if strategy.type == "Recreate":
        detail = "may not be specified when strategy `type` is 'Recreate'"
        return [] if rolling is None else [forbidden(f"{path}.rollingUpdate", detail)]
    if strategy.type != "RollingUpdate":
        return [not_supported(path, internal_value(strategy), ("Recreate", "RollingUpdate"))]
    if rolling is None:
        return [required(f"{path}.rollingUpdate", "this should be defaulted and never be nil")]
    return _rolling_update(rolling, f"{path}.rollingUpdate")


def _rolling_update(rolling: RollingUpdateDeployment, path: str) -> list[FieldError]:
    errors = validate_int_or_percent(rolling.max_unavailable, f"{path}.maxUnavailable")
    errors += validate_int_or_percent(rolling.max_surge, f"{path}.maxSurge")
    if not number_in(rolling.max_unavailable) and not number_in(rolling.max_surge):
        detail = "may not be 0 when `maxSurge` is 0"
        errors.append(invalid(f"{path}.maxUnavailable", rolling.max_unavailable, detail))
    return errors + validate_at_most_all(rolling.max_unavailable, f"{path}.maxUnavailable")


def validate_deployment_status_update(new: Deployment, old: Deployment) -> list[FieldError]:
    """The faults of a deployment's next status."""
    status = new.status
    unavailable = ("unavailable_replicas", "unavailableReplicas")
    collisions = ("collision_count", "collisionCount")
    counts = (_OBSERVED, _REPLICAS, _UPDATED, _READY, _AVAILABLE, unavailable, _TERMINATING, collisions)
    return [
        *validate_object_meta_update(new.metadata, old.metadata),
        *validate_counts(status, counts),
        *validate_not_above(status, (_UPDATED, _READY, _AVAILABLE), status.replicas),
        *validate_not_above(status, (_AVAILABLE,), status.ready_replicas, "cannot be greater than readyReplicas"),
        *validate_collision_count(status.collision_count, old.status.collision_count),
    ]


def validate_replica_set(replica_set: ReplicaSet) -> list[FieldError]:
    """The faults of a replica set."""
    errors = validate_object_meta(replica_set.metadata, name_is_dns_subdomain, True)
    return errors + _replica_set_spec(replica_set.spec)


def validate_replica_set_update(new: ReplicaSet, old: ReplicaSet) -> list[FieldError]:
    """The faults of a replica set's next version; its selector stays."""
    errors = validate_object_meta_update(new.metadata, old.metadata) + _replica_set_spec(new.spec)
    return errors + validate_immutable(new.spec.selector, old.spec.selector, "spec.selector")


def _replica_set_spec(spec: ReplicaSetSpec) -> list[FieldError]:
    replicas = spec.replicas or 0
    errors = validate_nonnegative(replicas, "spec.replicas")
    errors += validate_nonnegative(spec.min_ready_seconds, "spec.minReadySeconds")
    errors += validate_workload_selector(spec.selector, "deployment")  # as upstream says it
    if not is_readable(spec.selector):
        return [*errors, invalid("spec.selector", spec.selector, "invalid label selector")]
    return errors + validate_pod_template_spec_for_rs(spec.template, spec.selector, replicas, "spec.template")


def validate_replica_set_status_update(new: ReplicaSet, old: ReplicaSet) -> list[FieldError]:
    """The faults of a replica set's next status."""
    errors = validate_object_meta_update(new.metadata, old.metadata) + _replica_counts(new.status)
    return errors + validate_counts(new.status, (_TERMINATING,))


def _replica_counts(status: ReplicaSetStatus | ReplicationControllerStatus) -> list[FieldError]:
    return [
        *validate_counts(status, (_REPLICAS, _LABELED, _READY, _AVAILABLE, _OBSERVED)),
        *validate_not_above(status, (_LABELED, _READY, _AVAILABLE), status.replicas),
        *validate_not_above(status, (_AVAILABLE,), status.ready_replicas, "cannot be greater than readyReplicas"),
    ]


def _name_in_bytes(name: str, prefix: bool) -> list[str]:
    """The rules of most names; one that is too long is told so in bytes.

    They are declared ones, and none are declared for the prefix of a generated name.
    """
    return [] if prefix else [c.replace("253 characters", "253 bytes") for c in name_is_dns_subdomain(name)]


def validate_replication_controller(controller: ReplicationController) -> list[FieldError]:
    """The faults of a replication controller."""
    errors = validate_object_meta(controller.metadata, _name_in_bytes, True)
    return errors + _replication_controller_spec(controller.spec)


def validate_replication_controller_update(new: ReplicationController, old: ReplicationController) -> list[FieldError]:
    """The faults of a replication controller's next version."""
    return validate_object_meta_update(new.metadata, old.metadata) + _replication_controller_spec(new.spec)


def _replication_controller_spec(spec: ReplicationControllerSpec) -> list[FieldError]:
    errors = validate_nonnegative(spec.min_ready_seconds, "spec.minReadySeconds")
    if not spec.selector:
        errors.append(required("spec.selector"))
    if spec.replicas is None:
        errors.append(required("spec.replicas"))
    else:
        errors += validate_nonnegative(spec.replicas, "spec.replicas")
    return errors + validate_pod_template_spec_for_rc(spec.template, spec.selector, "spec.template")


def validate_replication_controller_status_update(
    new: ReplicationController, old: ReplicationController
) -> list[FieldError]:
    """The faults of a replication controller's next status."""
    return validate_object_meta_update(new.metadata, old.metadata) + _replica_counts(new.status)


def validate_controller_revision(revision: ControllerRevision) -> list[FieldError]:
    """The faults of a new controller revision."""
    errors = _revision(revision)
    if revision.data is None:
        errors.append(required("data", "data is mandatory"))
    elif not isinstance(revision.data, dict):
        errors.append(required("data", "data must be a valid JSON object"))
    return errors


def validate_controller_revision_update(new: ControllerRevision, old: ControllerRevision) -> list[FieldError]:
    """The faults of a controller revision's next version; its data stay."""
    errors = validate_object_meta_update(new.metadata, old.metadata) + _revision(new)
    return errors + validate_immutable(new.data, old.data, "data")


def _revision(revision: ControllerRevision) -> list[FieldError]:
    errors = validate_object_meta(revision.metadata, name_is_dns_subdomain, True)
    return errors + validate_nonnegative(revision.revision, "revision")
