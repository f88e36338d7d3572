"""Which active pods of a job go when there are too many of them.

References
----------
``pkg/controller/job/job_controller.go activePodsForRemoval``, ``indexed_job_utils.go
appendDuplicatedIndexPodsForRemoval`` and ``pkg/controller/controller_utils.go ActivePods.Less @ v1.36``
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from k8snb.api.pods import condition_of, is_ready, max_restarts
from k8snb.api.types.batch import Job
from k8snb.api.types.pod import Pod
from k8snb.controllers.job.traits import is_indexed, valid_index

_PHASE_ORDER = {"Pending": 0, "Unknown": 1, "Running": 2}


def pods_to_remove(job: Job, active: Sequence[Pod], at_least: int) -> list[Pod]:
    """The pods whose index is none of the job's or taken by a better pod, and others up to a number."""
    removed, left = _superfluous(job, active) if is_indexed(job) else ([], list(active))
    if len(removed) < at_least:
        removed += sorted(left, key=_rank)[: at_least - len(removed)]
    return removed


def _superfluous(job: Job, active: Sequence[Pod]) -> tuple[list[Pod], list[Pod]]:
    """The pods without an index of their own, and the best pod of each index."""
    removed: list[Pod] = []
    by_index: dict[int, list[Pod]] = {}
    for pod in active:
        index = valid_index(pod, job)
        if index is None:
            removed.append(pod)
        else:
            by_index.setdefault(index, []).append(pod)
    left = []
    for index in sorted(by_index):
        *worse, best = sorted(by_index[index], key=_rank)
        removed += worse
        left.append(best)
    return removed, left


def _rank(pod: Pod) -> tuple[Any, ...]:
    """A key that sorts the first pod to remove first: those that got least far, the youngest first."""
    ready = condition_of(pod, "Ready")
    ready_since = ready.last_transition_time if ready is not None and is_ready(pod) else None
    return (
        bool(pod.spec.node_name),
        _PHASE_ORDER.get(pod.status.phase, 0),
        is_ready(pod),
        -(ready_since or 0) if ready_since else float("-inf"),
        -max_restarts(pod),
        -(pod.metadata.creation_timestamp or 0),
    )
