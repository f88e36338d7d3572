"""Which pods go first when there are too many.

References
----------
``pkg/controller/controller_utils.go ActivePodsWithRanks.Less`` and
``pkg/controller/replicaset/replica_set.go getPodsToDelete @ v1.36``
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from heapq import nsmallest
from typing import Any

from k8snb.api.pods import condition_of, is_active, max_restarts
from k8snb.api.types.pod import Pod

DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
_PHASE_ORDER = {"Pending": 0, "Unknown": 1, "Running": 2}


def pods_to_delete(pods: Sequence[Pod], related: Iterable[Pod], count: int, now: int) -> list[Pod]:
    """The `count` pods to delete of those that a ReplicaSet has.

    Parameters
    ----------
    pods
        The ReplicaSet's active pods.
    related
        The active pods of all ReplicaSets of the same owner: pods that share a node with many of them go first.
    now
        The present, in milliseconds since the epoch.
    """
    if count >= len(pods):
        return list(pods)
    on_node = Counter(pod.spec.node_name for pod in related if is_active(pod))
    return nsmallest(count, pods, key=lambda pod: _rank(pod, on_node[pod.spec.node_name], now))


def _rank(pod: Pod, neighbours: int, now: int) -> tuple[Any, ...]:
    """A key that sorts the first pod to delete first."""
    ready = condition_of(pod, "Ready")
    is_ready = ready is not None and ready.status == "True"
    ready_since = ready.last_transition_time if is_ready and ready is not None else None
    return (
        bool(pod.spec.node_name),
        _PHASE_ORDER.get(pod.status.phase, 0),
        is_ready,
        deletion_cost(pod),
        -neighbours,
        _logarithmic_age(ready_since, now),
        -max_restarts(pod),
        _logarithmic_age(pod.metadata.creation_timestamp, now),
        pod.metadata.uid,
    )


def deletion_cost(pod: Pod) -> int:
    """The cost that the pod's annotation gives, 0 without one or with one that is no number."""
    text = pod.metadata.annotations.get(DELETION_COST)
    if text is None or not text.lstrip("-").isdecimal() or len(text) > 11:
        return 0
    return int(text)


def _logarithmic_age(since: int | None, now: int) -> int:
    """Ages are compared by their magnitude only, so that not always the youngest goes; younger sorts first."""
    nanoseconds = 0 if since is None else (now - since) * 1_000_000
    return nanoseconds.bit_length() - 1 if nanoseconds > 0 else -1
