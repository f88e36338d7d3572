"""What every sync of a deployment does: find or make the new ReplicaSet, scale, tidy up, report.

References
----------
``pkg/controller/deployment/sync.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from k8snb.api.hashes import compute_hash
from k8snb.api.pods import controller_of, controller_reference
from k8snb.api.types.apps import Deployment, DeploymentStatus, ReplicaSet, ReplicaSetSpec
from k8snb.api.types.meta import LabelSelector, ObjectMeta
from k8snb.controllers.deployment import conditions, revisions
from k8snb.controllers.deployment.rollout import ReplicaSets, Rollout
from k8snb.controllers.deployment.sizes import (
    annotated_number,
    desired_replicas,
    max_surge,
    max_unavailable,
    new_replica_set_size,
    proportion,
    ROLLING_UPDATE,
    size,
    total_available,
    total_size,
)
from k8snb.errors import AlreadyExists, ApiError

MAX_NAME_LENGTH = 253


def get_all_replica_sets_and_sync_revision(rollout: Rollout, create: bool) -> ReplicaSets:
    """Sort the ReplicaSets into new and old, and bring revision annotations up to date.

    Parameters
    ----------
    create
        Whether to create the new ReplicaSet when there is none.
    """
    if rollout.sorted_sets is not None:
        return rollout.sorted_sets
    new = revisions.find_new_replica_set(rollout.deployment, rollout.replica_sets)
    old = [rs for rs in rollout.replica_sets if new is None or rs.metadata.uid != new.metadata.uid]
    revision = revisions.max_revision(old) + 1
    if new is not None:
        before = rollout.server.store.revision
        sets = ReplicaSets(_sync_existing(rollout, new, revision), old)
        if rollout.server.store.revision == before:
            rollout.sorted_sets = sets
        return sets
    return ReplicaSets(_create_new_replica_set(rollout, old, revision) if create else None, old)


def _sync_existing(rollout: Rollout, new: ReplicaSet, revision: int) -> ReplicaSet:
    """Give the existing new ReplicaSet its revision, and the deployment the same."""
    deployment = rollout.deployment
    annotations = revisions.replica_set_annotations(deployment, new.metadata.annotations, revision)
    min_ready = deployment.spec.min_ready_seconds
    if annotations != new.metadata.annotations or new.spec.min_ready_seconds != min_ready:
        meta = replace(new.metadata, annotations=annotations)
        spec = replace(new.spec, min_ready_seconds=min_ready)
        return rollout.server.update_object(replace(new, metadata=meta, spec=spec))
    status = deployment.status
    if conditions.has_progress_deadline(deployment) and not conditions.find_condition(status, conditions.PROGRESSING):
        message = f'Found new replica set "{new.metadata.name}"'
        status = _progressing(rollout, "True", conditions.FOUND_NEW_REPLICA_SET, message)
    _update_revision_and_status(rollout, annotations.get(revisions.REVISION, ""), status)
    return new


def _progressing(rollout: Rollout, status: str, reason: str, message: str) -> DeploymentStatus:
    condition = conditions.new_condition(conditions.PROGRESSING, status, reason, message, rollout.now)
    return conditions.set_condition(rollout.deployment.status, condition)


def _update_revision_and_status(rollout: Rollout, revision: str, status: DeploymentStatus) -> None:
    deployment = rollout.deployment
    annotations = deployment.metadata.annotations
    if annotations.get(revisions.REVISION) != revision:
        annotations = {**annotations, revisions.REVISION: revision}
    elif status is deployment.status:
        return
    rollout.update_status(
        replace(deployment, metadata=replace(deployment.metadata, annotations=annotations), status=status)
    )


def _create_new_replica_set(rollout: Rollout, old: list[ReplicaSet], revision: int) -> ReplicaSet:
    deployment = rollout.deployment
    rs = _new_replica_set(deployment, old, revision)
    status = deployment.status
    try:
        created = rollout.server.create_object(rs)
    except AlreadyExists:
        created = _existing_or_collision(rollout, rs)
    except ApiError as error:
        _report_failed_creation(rollout, rs, error)
        raise
    else:
        if size(rs):
            rollout.record("ScalingReplicaSet", f"Scaled up replica set {rs.metadata.name} from 0 to {size(rs)}")
        if conditions.has_progress_deadline(deployment):
            message = f'Created new replica set "{rs.metadata.name}"'
            status = _progressing(rollout, "True", conditions.NEW_REPLICA_SET_CREATED, message)
    _update_revision_and_status(rollout, str(revision), status)
    return created


def _new_replica_set(deployment: Deployment, old: list[ReplicaSet], revision: int) -> ReplicaSet:
    """The ReplicaSet for the deployment's present template, with its hash in name, labels and selector."""
    template = deployment.spec.template
    hash_ = compute_hash(template, deployment.status.collision_count)
    labels = {**template.metadata.labels, revisions.POD_TEMPLATE_HASH: hash_}
    selector = deployment.spec.selector or LabelSelector()
    annotations = revisions.replica_set_annotations(deployment, {}, revision)
    desired = desired_replicas(deployment)
    return ReplicaSet(
        metadata=ObjectMeta(
            name=f"{deployment.metadata.name[: MAX_NAME_LENGTH - 1 - len(hash_)]}-{hash_}",
            namespace=deployment.metadata.namespace,
            labels=labels,
            annotations=revisions.with_replicas_annotations(annotations, desired, desired + max_surge(deployment)),
            owner_references=(controller_reference(deployment),),
        ),
        spec=ReplicaSetSpec(
            replicas=new_replica_set_size(deployment, old, 0),
            min_ready_seconds=deployment.spec.min_ready_seconds,
            selector=replace(selector, match_labels={**selector.match_labels, revisions.POD_TEMPLATE_HASH: hash_}),
            template=replace(template, metadata=replace(template.metadata, labels=labels)),
        ),
    )


def _existing_or_collision(rollout: Rollout, rs: ReplicaSet) -> ReplicaSet:
    """A ReplicaSet of that name exists: ours from before, or another template with the same hash."""
    deployment = rollout.deployment
    existing = rollout.server.find(ReplicaSet, rs.metadata.namespace, rs.metadata.name)
    assert existing is not None
    reference = controller_of(existing)
    ours = reference is not None and reference.uid == deployment.metadata.uid
    if ours and revisions.same_template(existing, deployment):
        return existing
    count = (deployment.status.collision_count or 0) + 1
    rollout.update_status(replace(deployment, status=replace(deployment.status, collision_count=count)))
    raise AlreadyExists(f'replicasets.apps "{rs.metadata.name}" already exists')


def _report_failed_creation(rollout: Rollout, rs: ReplicaSet, error: ApiError) -> None:
    if error.details.get("namespaceTerminating"):
        return
    message = f'Failed to create new replica set "{rs.metadata.name}": {error.message}'
    if conditions.has_progress_deadline(rollout.deployment):
        status = _progressing(rollout, "False", conditions.FAILED_CREATE, message)
        rollout.update_status(replace(rollout.deployment, status=status))
    rollout.record(conditions.FAILED_CREATE, message, "Warning")


def sync_paused_or_scaled(rollout: Rollout) -> None:
    """A sync that scales but does not roll: the deployment is paused, or its size changed."""
    sets = get_all_replica_sets_and_sync_revision(rollout, create=False)
    scale(rollout, sets)
    if rollout.deployment.spec.paused and revisions.DEPRECATED_ROLLBACK not in rollout.deployment.metadata.annotations:
        cleanup_deployment(rollout, sets.old)
    sync_status_only(rollout, sets)


def sync_status_only(rollout: Rollout, sets: ReplicaSets) -> None:
    """Report, and do nothing else."""
    rollout.update_status_if_changed(calculate_status(rollout, sets.all, sets.new))


def is_scaling_event(rollout: Rollout) -> bool:
    """The deployment's size is not the one that its ReplicaSets were last scaled for."""
    sets = get_all_replica_sets_and_sync_revision(rollout, create=False)
    desired = desired_replicas(rollout.deployment)
    noted = [annotated_number(rs, revisions.DESIRED_REPLICAS) for rs in sets.all if size(rs)]
    return any(number is not None and number != desired for number in noted)


def scale(rollout: Rollout, sets: ReplicaSets) -> None:
    """Scale the one active ReplicaSet, or all of them in proportion while a rollout is under way."""
    deployment = rollout.deployment
    desired = desired_replicas(deployment)
    single = _active_or_latest(sets)
    if single is not None:
        if size(single) != desired:
            scale_replica_set(rollout, single, desired)
        return
    if _is_saturated(deployment, sets.new):
        for rs in sets.old:
            if size(rs):
                scale_replica_set(rollout, rs, 0)
        return
    if deployment.spec.strategy.type == ROLLING_UPDATE:
        _scale_proportionally(rollout, [rs for rs in sets.all if size(rs)])


def _active_or_latest(sets: ReplicaSets) -> ReplicaSet | None:
    """The only ReplicaSet that asks for pods; the newest, when none does; None, when several do."""
    active = [rs for rs in sets.all if size(rs)]
    if len(active) > 1:
        return None
    if active:
        return active[0]
    return sets.new or max(sets.old, key=revisions.by_creation, default=None)


def _is_saturated(deployment: Deployment, rs: ReplicaSet | None) -> bool:
    """The new ReplicaSet has all the pods that the deployment asks for, available."""
    desired = desired_replicas(deployment)
    return (
        rs is not None
        and size(rs) == desired
        and annotated_number(rs, revisions.DESIRED_REPLICAS) == desired
        and rs.status.available_replicas == desired
    )


def _scale_proportionally(rollout: Rollout, active: list[ReplicaSet]) -> None:
    """Spread a change of size over the active ReplicaSets by their sizes; the first takes what rounding leaves."""
    deployment = rollout.deployment
    desired = desired_replicas(deployment)
    allowed = desired + max_surge(deployment) if desired else 0
    to_add = allowed - total_size(active)
    newer_first = sorted(active, key=revisions.by_creation, reverse=to_add > 0)
    ordered = sorted(newer_first, key=lambda rs: -size(rs))
    sizes, added = {}, 0
    for rs in ordered:
        share = proportion(rs, deployment, to_add, added)
        sizes[rs.metadata.name] = size(rs) + share
        added += share
    for index, rs in enumerate(ordered):
        if index == 0 and to_add:
            sizes[rs.metadata.name] = max(sizes[rs.metadata.name] + to_add - added, 0)
        scale_replica_set(rollout, rs, sizes[rs.metadata.name], force=True)


def scale_replica_set(rollout: Rollout, rs: ReplicaSet, new_size: int, force: bool = False) -> ReplicaSet:
    """Set a ReplicaSet's size and note the deployment's; with `force` the note is renewed at an equal size too."""
    deployment, old_size = rollout.deployment, size(rs)
    if old_size == new_size and not force:
        return rs
    desired = desired_replicas(deployment)
    annotations = revisions.with_replicas_annotations(rs.metadata.annotations, desired, desired + max_surge(deployment))
    if old_size == new_size and annotations is rs.metadata.annotations:
        return rs
    meta = replace(rs.metadata, annotations=annotations)
    updated = rollout.server.update_object(replace(rs, metadata=meta, spec=replace(rs.spec, replicas=new_size)))
    if old_size != new_size:
        direction = "up" if old_size < new_size else "down"
        message = f"Scaled {direction} replica set {rs.metadata.name} from {old_size} to {new_size}"
        rollout.record("ScalingReplicaSet", message)
    return updated


def cleanup_deployment(rollout: Rollout, old: Sequence[ReplicaSet]) -> None:
    """Delete the oldest ReplicaSets beyond the history limit that have no pods any more."""
    limit = rollout.deployment.spec.revision_history_limit
    if limit is None or limit == conditions.NO_DEADLINE:
        return
    alive = [rs for rs in old if rs.metadata.deletion_timestamp is None]
    alive.sort(key=lambda rs: (revisions.revision_of(rs), *revisions.by_creation(rs)))
    for rs in alive[: max(len(alive) - limit, 0)]:
        if rs.status.replicas or size(rs) or rs.metadata.generation > rs.status.observed_generation:
            continue
        rollout.delete(rs)


def calculate_status(rollout: Rollout, replica_sets: Sequence[ReplicaSet], new: ReplicaSet | None) -> DeploymentStatus:
    """The status that fits these ReplicaSets, with the Available condition."""
    deployment = rollout.deployment
    available = total_available(replica_sets)
    status = DeploymentStatus(
        observed_generation=deployment.metadata.generation,
        replicas=sum([rs.status.replicas for rs in replica_sets]),
        updated_replicas=new.status.replicas if new else 0,
        ready_replicas=sum([rs.status.ready_replicas for rs in replica_sets]),
        available_replicas=available,
        unavailable_replicas=max(total_size(replica_sets) - available, 0),
        terminating_replicas=_terminating(replica_sets),
        conditions=deployment.status.conditions,
        collision_count=deployment.status.collision_count,
    )
    if available >= desired_replicas(deployment) - max_unavailable(deployment):
        verdict = ("True", conditions.MINIMUM_AVAILABLE, "Deployment has minimum availability.")
    else:
        verdict = ("False", conditions.MINIMUM_UNAVAILABLE, "Deployment does not have minimum availability.")
    condition = conditions.new_condition(conditions.AVAILABLE, *verdict, rollout.now)
    return conditions.set_condition(status, condition)


def _terminating(replica_sets: Sequence[ReplicaSet]) -> int | None:
    """How many pods are terminating; None when a ReplicaSet does not say."""
    total = 0
    for rs in replica_sets:
        if rs.status.terminating_replicas is not None:
            total += rs.status.terminating_replicas
        elif rs.status.observed_generation:
            return None
    return total
