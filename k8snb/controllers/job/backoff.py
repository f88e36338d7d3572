"""How long a job waits before it replaces failed pods: 10 s, doubled with each failure since the last success.

References
----------
``pkg/controller/job/backoff_utils.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from k8snb.api.pods import condition_of
from k8snb.api.types.pod import Pod
from k8snb.controllers.job.traits import index_failure_count, index_ignored_failure_count

POD_FAILURE_BACK_OFF_MS = 10_000
MAX_POD_FAILURE_BACK_OFF_MS = 600_000


class BackoffRecord(NamedTuple):
    """The failures since the last success, and when the last of them was, in milliseconds since the epoch."""

    failures: int = 0
    last_failure: int | None = None

    def after(self, succeeded: Sequence[Pod], failed: Sequence[Pod]) -> BackoffRecord:
        """The record after more pods succeeded or failed; a failure before the last success does not count."""
        times = sorted(finished_time(pod) for pod in failed)
        if not succeeded:
            return BackoffRecord(self.failures + len(times), times[-1]) if times else self
        last_success = max(finished_time(pod) for pod in succeeded)
        later = [time for time in times if time > last_success]
        return BackoffRecord(len(later), later[-1] if later else None)

    def remaining_ms(self, now: int) -> int:
        """How long the job still waits."""
        return _remaining_ms(self.failures, self.last_failure, now)


def remaining_ms_of_index(last_failed: Pod | None, now: int) -> int:
    """How long an index still waits for the successor of its pod that failed last."""
    if last_failed is None:
        return 0
    failures = index_failure_count(last_failed) + index_ignored_failure_count(last_failed) + 1
    return _remaining_ms(failures, finished_time(last_failed), now)


def _remaining_ms(failures: int, last_failure: int | None, now: int) -> int:
    if failures == 0 or last_failure is None:
        return 0
    delay = min(POD_FAILURE_BACK_OFF_MS << min(failures - 1, 10), MAX_POD_FAILURE_BACK_OFF_MS)
    return max(0, delay - (now - last_failure))


def finished_time(pod: Pod) -> int:
    """When a pod ended: its last container did, or it stopped being ready, or it was deleted."""
    return _containers_finished(pod) or _unready_since(pod) or _deleted_at(pod) or pod.metadata.creation_timestamp or 0


def _containers_finished(pod: Pod) -> int | None:
    sidecars = [c.name for c in pod.spec.init_containers if c.restart_policy == "Always"]
    statuses = [
        *pod.status.container_statuses,
        *(s for s in pod.status.init_container_statuses if s.name in sidecars),
    ]
    times = [s.state.terminated.finished_at if s.state.terminated is not None else None for s in statuses]
    return None if None in times else max((time for time in times if time is not None), default=None)


def _unready_since(pod: Pod) -> int | None:
    ready = condition_of(pod, "Ready")
    return ready.last_transition_time if ready is not None and ready.status == "False" else None


def _deleted_at(pod: Pod) -> int | None:
    meta = pod.metadata
    if meta.deletion_timestamp is None:
        return None
    return meta.deletion_timestamp - (meta.deletion_grace_period_seconds or 0) * 1000
