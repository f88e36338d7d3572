"""Watches deployments, their ReplicaSets and the end of their pods, and decides what kind of sync is due.

References
----------
``pkg/controller/deployment/deployment_controller.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from msgspec.structs import replace

from k8snb.api.pods import controller_of
from k8snb.api.types.apps import Deployment, ReplicaSet
from k8snb.api.types.meta import LabelSelector
from k8snb.api.types.pod import Pod
from k8snb.controllers.deployment import conditions
from k8snb.controllers.deployment.progress import deployment_timed_out, progress_check_delay
from k8snb.controllers.deployment.recreate import rollout_recreate
from k8snb.controllers.deployment.rollback import rollback, rollback_revision
from k8snb.controllers.deployment.rolling import rollout_rolling
from k8snb.controllers.deployment.rollout import Rollout
from k8snb.controllers.deployment.sizes import RECREATE
from k8snb.controllers.deployment.sync import (
    get_all_replica_sets_and_sync_revision,
    is_scaling_event,
    sync_paused_or_scaled,
    sync_status_only,
)
from k8snb.errors import ApiError
from k8snb.machinery.at_rest import AtRest
from k8snb.machinery.controller import Controller, Environment
from k8snb.machinery.owners import owner_in, Owners
from k8snb.machinery.ownership import claim

MAX_RETRIES = 15

_OWNER = "owner"


class DeploymentController(Controller):
    """Rolls a deployment's ReplicaSets from one template to the next."""

    name: ClassVar[str] = "deployment-controller"

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.deployments = self.informers.of(Deployment)
        self.replica_sets = self.informers.of(ReplicaSet)
        self.owners = Owners(self.deployments, self.enqueue)
        self.pods = self.informers.of(Pod)
        self.at_rest = AtRest()
        self.replica_sets.add_index(_OWNER, _by_owner)
        self.deployments.add_handler(self._on_deployment)
        self.replica_sets.add_handler(self._on_replica_set)
        self.ownership.watch("ReplicaSet", self._on_pod)

    # -- watching

    def _on_deployment(self, old: Deployment | None, new: Deployment | None) -> None:
        deployment = new or old
        assert deployment is not None
        self.enqueue(deployment)

    def _on_replica_set(self, old: ReplicaSet | None, new: ReplicaSet | None) -> None:
        if new is None:
            assert old is not None
            self.owners.enqueue_of(old)
            return
        deployment = self.owners.enqueue_others(old, new)
        if deployment is not None:
            self.enqueue(deployment)

    def _on_pod(self, old: Pod | None, new: Pod | None) -> None:
        """Recreate waits for the end of the last old pod, which no ReplicaSet's status tells."""
        if new is not None or old is None:
            return
        rs = owner_in(self.replica_sets, old)
        deployment = None if rs is None else self.owners.of(rs)
        if deployment is not None and deployment.spec.strategy.type == RECREATE and not self._pods_of(deployment):
            self.enqueue(deployment)

    def _pods_of(self, deployment: Deployment) -> list[Pod]:
        owned = self._owned_by(deployment.metadata.uid)
        return [pod for rs in owned for pod in self.ownership.of(rs.metadata.uid).pods.values()]

    def _owned_by(self, value: str) -> Iterable[ReplicaSet]:
        return self.replica_sets.by_index(_OWNER, value).values()

    # -- syncing

    def sync(self, key: str) -> None:
        """Scale, roll or only report, as the deployment's state asks for."""
        deployment = self.deployments.get(key)
        if deployment is None:
            self.at_rest.forget(key)
            return
        if deployment.spec.selector == LabelSelector():
            self._refuse_empty_selector(deployment)
            return
        meta = deployment.metadata
        candidates = [rs for value in (meta.uid, meta.namespace) for rs in self._owned_by(value)]
        if self._is_at_rest(key, deployment, candidates):
            return
        owned = claim(self.server, deployment, deployment.spec.selector, candidates)
        pods = self._pods_of(deployment) if deployment.spec.strategy.type == RECREATE else []
        rollout = Rollout(self.server, self.recorder, deployment, owned, pods)
        before = self.server.store.revision
        self._sync_rollout(key, rollout)
        wrote = self.server.store.revision - before
        if rollout.rolls and wrote == (rollout.stored is not deployment) and _keeps_history(rollout):
            self.at_rest.note(key, rollout.stored, *candidates)

    def _is_at_rest(self, key: str, deployment: Deployment, replica_sets: Sequence[ReplicaSet]) -> bool:
        """Whether a rollout stands as the last sync has left it, and its time is not up."""
        if not self.at_rest.holds(key, deployment, *replica_sets):
            return False
        rollout = Rollout(self.server, self.recorder, deployment, replica_sets, ())
        if deployment_timed_out(rollout, deployment.status):
            return False
        self._check_progress_later(key, rollout)
        return True

    def gives_up(self, key: str, error: ApiError, /) -> bool:
        """After so many failures in a row, and at once when nothing can be created in the namespace."""
        return bool(error.details.get("namespaceTerminating")) or self.queue.failures(key) >= MAX_RETRIES

    def _sync_rollout(self, key: str, rollout: Rollout) -> None:
        if rollout.deployment.metadata.deletion_timestamp is not None:
            sync_status_only(rollout, get_all_replica_sets_and_sync_revision(rollout, create=False))
            return
        self._check_paused_conditions(rollout)
        to_revision = rollback_revision(rollout.deployment)
        if not rollout.deployment.spec.paused and to_revision is not None:
            rollback(rollout, to_revision)
        elif rollout.deployment.spec.paused or is_scaling_event(rollout):
            sync_paused_or_scaled(rollout)
        elif rollout.deployment.spec.strategy.type == RECREATE:
            rollout_recreate(rollout)
        else:
            rollout.rolls = True
            rollout_rolling(rollout)
        if rollout.stands_still:
            self._check_progress_later(key, rollout)

    def _check_paused_conditions(self, rollout: Rollout) -> None:
        """Say in the Progressing condition that the deployment is paused or resumed, so that its deadline rests."""
        deployment = rollout.deployment
        if not conditions.has_progress_deadline(deployment):
            return
        current = conditions.find_condition(deployment.status, conditions.PROGRESSING)
        reason = current.reason if current else ""
        if reason == conditions.TIMED_OUT or deployment.spec.paused == (reason == conditions.PAUSED):
            return
        if deployment.spec.paused:
            verdict = (conditions.PAUSED, "Deployment is paused")
        else:
            verdict = (conditions.RESUMED, "Deployment is resumed")
        condition = conditions.new_condition(conditions.PROGRESSING, "Unknown", *verdict, rollout.now)
        rollout.update_status(replace(deployment, status=conditions.set_condition(deployment.status, condition)))

    def _check_progress_later(self, key: str, rollout: Rollout) -> None:
        delay = progress_check_delay(rollout)
        if delay == 0:
            self.queue.add_rate_limited(key)
        elif delay is not None:
            self.queue.check_after(key, delay)
            # A wish of before stays as well: its look may find a deadline that progress has moved since so near that
            # nothing but waiting for it is left, a second before the look that is due after it.
            self.queue.add_after(key, delay, background=True)

    def _refuse_empty_selector(self, deployment: Deployment) -> None:
        message = "This deployment is selecting all pods. A non-empty selector is required."
        self.recorder.event(deployment, "Warning", "SelectingAll", message)
        generation = deployment.metadata.generation
        if deployment.status.observed_generation < generation:
            status = replace(deployment.status, observed_generation=generation)
            self.server.update_status(replace(deployment, status=status))


def _keeps_history(rollout: Rollout) -> bool:
    """Whether there are no more old ReplicaSets than the deployment wants, so that none will be cleaned up."""
    limit = rollout.deployment.spec.revision_history_limit
    return limit is None or (rollout.sorted_sets is not None and len(rollout.sorted_sets.old) <= limit)


def _by_owner(rs: ReplicaSet) -> tuple[str, ...]:
    """The UID of the controller; the namespace of a ReplicaSet that has none."""
    reference = controller_of(rs)
    return (reference.uid,) if reference else (rs.metadata.namespace,)
