"""One look at one deployment: what a sync works on, and how it writes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from k8snb.api.types.apps import Deployment, DeploymentStatus, ReplicaSet
from k8snb.api.types.pod import Pod
from k8snb.errors import NotFound
from k8snb.machinery.events import Recorder
from k8snb.machinery.server import ApiServer


class ReplicaSets(NamedTuple):
    """A deployment's ReplicaSets: the one of its present template, if there is one, and the others."""

    new: ReplicaSet | None
    old: list[ReplicaSet]

    @property
    def all(self) -> list[ReplicaSet]:
        """Old and new."""
        return [*self.old, self.new] if self.new else list(self.old)


class Rollout:
    """A deployment with its ReplicaSets and pods, as the cache had them when the sync began.

    ``deployment`` follows the sync's own status writes, but keeps the resource version that it was read at: a second
    write in one sync conflicts, and the sync is repeated on a fresh cache. ``stored`` is what the API server has of it
    now. ``sorted_sets`` are its ReplicaSets, once a look at them found nothing to write.
    """

    def __init__(
        self,
        server: ApiServer,
        recorder: Recorder,
        deployment: Deployment,
        replica_sets: Sequence[ReplicaSet],
        pods: Sequence[Pod],
    ) -> None:
        self.server = server
        self.deployment = self.stored = deployment
        self.replica_sets = replica_sets
        self.pods = pods
        self.sorted_sets: ReplicaSets | None = None
        self.rolls = False  # it is neither scaled, paused, rolled back nor recreated
        self.stands_still = False  # the sync found nothing to write
        self._recorder = recorder

    @property
    def now(self) -> int:
        """The present as conditions record it, in milliseconds since the epoch."""
        return self.server.time

    def record(self, reason: str, message: str, type_: str = "Normal") -> None:
        """Record an event of the deployment."""
        self._recorder.event(self.deployment, type_, reason, message)

    def update_status(self, deployment: Deployment) -> None:
        """Write the deployment's status and annotations."""
        self.stored = self.server.update_status(deployment)
        self.deployment = deployment

    def update_status_if_changed(self, status: DeploymentStatus) -> bool:
        """Write a status unless it is the present one; returns whether it was written."""
        if status == self.deployment.status:
            return False
        self.update_status(replace(self.deployment, status=status))
        return True

    def delete(self, rs: ReplicaSet) -> None:
        """Delete a ReplicaSet, if it is still there."""
        try:
            self.server.delete_object(rs)
        except NotFound:
            return
