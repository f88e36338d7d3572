"""Deletes finished jobs, and with them their pods, ``ttlSecondsAfterFinished`` after they finished.

References
----------
``pkg/controller/ttlafterfinished/ttlafterfinished_controller.go @ v1.36``
"""

from __future__ import annotations

from typing import ClassVar

from k8snb.api.jobs import finished_condition
from k8snb.api.types.batch import Job
from k8snb.errors import NotFound
from k8snb.machinery.controller import Controller, Environment, key_of
from k8snb.machinery.deletion import DeleteOptions
from k8snb.machinery.server import EPOCH_MS


class TTLAfterFinishedController(Controller):
    """Deletes finished jobs when their time is over."""

    name: ClassVar[str] = "ttl-after-finished-controller"

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.jobs = self.informers.of(Job)
        self.jobs.add_handler(self._on_job)

    def _on_job(self, old: Job | None, new: Job | None) -> None:  # noqa: ARG002
        if new is not None and _expires_at(new) is not None:
            self.enqueue(new)

    def sync(self, key: str) -> None:
        """Delete a job whose time is over; look again later at one whose time runs."""
        job = self.jobs.get(key)
        if job is None or not self._is_expired(job):
            return
        fresh = self.server.find(Job, job.metadata.namespace, job.metadata.name)
        if fresh is None or not self._is_expired(fresh):
            return
        try:
            options = DeleteOptions(propagation_policy="Foreground", uid=fresh.metadata.uid)
            self.server.delete_object(fresh, options)
        except NotFound:
            return

    def _is_expired(self, job: Job) -> bool:
        expires_at = _expires_at(job)
        if expires_at is None:
            return False
        left_ms = expires_at - EPOCH_MS - self.now_ms
        if left_ms > 0:
            self.queue.add_after(key_of(job), left_ms)
        return left_ms <= 0


def _expires_at(job: Job) -> int | None:
    """When a finished job's time is over, in milliseconds since the epoch; None while it has no such time."""
    ttl, finished = job.spec.ttl_seconds_after_finished, finished_condition(job)
    if ttl is None or finished is None or finished.last_transition_time is None:
        return None
    return None if job.metadata.deletion_timestamp is not None else finished.last_transition_time + ttl * 1000
