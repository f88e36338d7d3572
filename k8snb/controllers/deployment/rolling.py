"""Rolling update: new pods up and old pods down, within the fences that surge and unavailability set.

References
----------
``pkg/controller/deployment/rolling.go @ v1.36``
"""

from __future__ import annotations

from k8snb.api.types.apps import ReplicaSet
from k8snb.controllers.deployment import revisions
from k8snb.controllers.deployment.progress import deployment_complete, sync_rollout_status
from k8snb.controllers.deployment.rollout import ReplicaSets, Rollout
from k8snb.controllers.deployment.sizes import (
    desired_replicas,
    max_unavailable,
    new_replica_set_size,
    size,
    total_available,
    total_size,
)
from k8snb.controllers.deployment.sync import (
    cleanup_deployment,
    get_all_replica_sets_and_sync_revision,
    scale_replica_set,
)
from k8snb.errors import ApiError


def rollout_rolling(rollout: Rollout) -> None:
    """One step of a rolling update: up if there is room, else down if enough pods are available."""
    sets = get_all_replica_sets_and_sync_revision(rollout, create=True)
    moved = _reconcile_new_replica_set(rollout, sets) or _old_ones_moved(rollout, sets)
    if not moved and deployment_complete(rollout.deployment, rollout.deployment.status):
        cleanup_deployment(rollout, sets.old)
    sync_rollout_status(rollout, sets)


def _reconcile_new_replica_set(rollout: Rollout, sets: ReplicaSets) -> bool:
    """Scale the new ReplicaSet as far as surge allows; returns whether it was scaled."""
    new, deployment = sets.new, rollout.deployment
    assert new is not None
    desired = desired_replicas(deployment)
    if size(new) == desired:
        return False
    wanted = desired if size(new) > desired else new_replica_set_size(deployment, sets.all, size(new))
    if wanted == size(new):
        return False
    scale_replica_set(rollout, new, wanted)
    return True


def _old_ones_moved(rollout: Rollout, sets: ReplicaSets) -> bool:
    """Whether an old ReplicaSet was scaled down; one that could not be brings itself up again by its next change."""
    try:
        return _reconcile_old_replica_sets(rollout, sets)
    except ApiError:
        return False


def _reconcile_old_replica_sets(rollout: Rollout, sets: ReplicaSets) -> bool:
    """Scale the old ReplicaSets down as far as availability allows; returns whether any was scaled.

    With 10 replicas and at most 2 unavailable, at least 8 stay available. An old pod that is not available can go at
    once; new pods that are not available yet count against the room.
    """
    new, deployment = sets.new, rollout.deployment
    assert new is not None
    old = [rs for rs in sets.old if size(rs)]
    if not old:
        return False
    min_available = desired_replicas(deployment) - max_unavailable(deployment)
    new_unavailable = size(new) - new.status.available_replicas
    room = total_size(sets.all) - min_available - new_unavailable
    if room <= 0:
        return False
    old.sort(key=revisions.by_creation)
    cleaned = _cleanup_unhealthy_replicas(rollout, old, room)
    if cleaned is None:
        return False
    return cleaned + _scale_down_available(rollout, old, new, min_available) > 0


def _cleanup_unhealthy_replicas(rollout: Rollout, old: list[ReplicaSet], maximum: int) -> int | None:
    """Take away old pods that are not available, oldest ReplicaSet first; `old` follows.

    Returns
    -------
    int or None
        How many are taken away. None when a ReplicaSet still counts pods as available that it was just told to give
        up: nothing more is done before its status has caught up.
    """
    cleaned = 0
    for index, rs in enumerate(old):
        if cleaned >= maximum:
            break
        unhealthy = size(rs) - rs.status.available_replicas
        if unhealthy < 0:
            return None
        count = min(maximum - cleaned, unhealthy)
        if count:
            old[index] = scale_replica_set(rollout, rs, size(rs) - count)
            cleaned += count
    return cleaned


def _scale_down_available(rollout: Rollout, old: list[ReplicaSet], new: ReplicaSet, min_available: int) -> int:
    """Take away old pods as long as enough others are available, oldest ReplicaSet first."""
    room = total_available([*old, new]) - min_available
    scaled_down = 0
    for rs in old:
        count = min(size(rs), room - scaled_down)
        if count > 0:
            scale_replica_set(rollout, rs, size(rs) - count)
            scaled_down += count
    return scaled_down
