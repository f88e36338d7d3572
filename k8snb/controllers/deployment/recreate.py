"""Recreate: all old pods go, and only when they are gone the new ones come.

References
----------
``pkg/controller/deployment/recreate.go @ v1.36``
"""

from __future__ import annotations

from k8snb.api.pods import controller_of, is_terminal
from k8snb.api.types.pod import Pod
from k8snb.controllers.deployment.progress import deployment_complete, sync_rollout_status
from k8snb.controllers.deployment.rollout import ReplicaSets, Rollout
from k8snb.controllers.deployment.sizes import desired_replicas, size
from k8snb.controllers.deployment.sync import (
    cleanup_deployment,
    get_all_replica_sets_and_sync_revision,
    scale_replica_set,
)


def rollout_recreate(rollout: Rollout) -> None:
    """One step: scale the old down, wait until their pods are gone, then scale the new up."""
    sets = get_all_replica_sets_and_sync_revision(rollout, create=False)
    active = [rs for rs in sets.old if size(rs)]
    for rs in active:
        scale_replica_set(rollout, rs, 0)
    if active or _old_pods_running(rollout, sets):
        sync_rollout_status(rollout, sets)
        return
    if sets.new is None:
        sets = get_all_replica_sets_and_sync_revision(rollout, create=True)
    assert sets.new is not None
    scale_replica_set(rollout, sets.new, desired_replicas(rollout.deployment))
    if deployment_complete(rollout.deployment, rollout.deployment.status):
        cleanup_deployment(rollout, sets.old)
    sync_rollout_status(rollout, sets)


def _old_pods_running(rollout: Rollout, sets: ReplicaSets) -> bool:
    """A pod of an old ReplicaSet has not ended, be it terminating."""
    if sum(rs.status.replicas for rs in sets.old) > 0:
        return True
    new_uid = sets.new.metadata.uid if sets.new else ""
    return any(_owner_uid(pod) != new_uid and not is_terminal(pod) for pod in rollout.pods)


def _owner_uid(pod: Pod) -> str:
    reference = controller_of(pod)
    return reference.uid if reference else ""
