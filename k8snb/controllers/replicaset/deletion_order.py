"""Which pods go first when there are too many.

References
----------
``pkg/controller/controller_utils.go ActivePodsWithRanks.Less`` and
``pkg/controller/replicaset/replica_set.go getPodsToDelete @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping
from heapq import nsmallest
from typing import Any

from k8snb.api.integers import integer
from k8snb.api.pods import condition_of, is_ready, max_restarts, sidecar_restarts
from k8snb.api.types.pod import Pod
from k8snb.machinery.owned_pods import DELETION_COST, OwnedPods

_PHASE_ORDER = {"Pending": 0, "Unknown": 1, "Running": 2}


def pods_to_delete(pods: OwnedPods, neighbours: Mapping[str, int], count: int, now: int) -> list[Pod]:
    """The `count` pods to delete of those that a ReplicaSet has.

    Parameters
    ----------
    neighbours
        By node, the active pods of all ReplicaSets of the same owner: pods on crowded nodes go first.
    now
        The present, in milliseconds since the epoch.

    Notes
    -----
    Pods that are not settled go before those that are. Among settled ones the crowd on their node decides first, so
    that only the most crowded nodes need a closer look.
    """

    def rank(pod: Pod) -> tuple[Any, ...]:
        return _rank(pod, neighbours.get(pod.spec.node_name, 0), now)

    if count >= pods.active_count:
        return list(pods.active.values())
    if pods.with_cost:
        return nsmallest(count, pods.active.values(), key=rank)
    chosen = nsmallest(count, pods.unsettled.values(), key=rank)
    crowds: dict[int, list[str]] = {}
    for node in pods.settled:
        crowds.setdefault(neighbours.get(node, 0), []).append(node)
    for crowd in sorted(crowds, reverse=True):
        if len(chosen) >= count:
            break
        crowded = [pod for node in crowds[crowd] for pod in pods.settled[node].values()]
        missing = count - len(chosen)
        chosen += crowded if len(crowded) <= missing else nsmallest(missing, crowded, key=lambda p: _age_rank(p, now))
    return chosen


def _rank(pod: Pod, neighbours: int, now: int) -> tuple[Any, ...]:
    """A key that sorts the first pod to delete first."""
    return (
        bool(pod.spec.node_name),
        _PHASE_ORDER.get(pod.status.phase, 0),
        is_ready(pod),
        deletion_cost(pod),
        -neighbours,
        *_age_rank(pod, now),
    )


def _age_rank(pod: Pod, now: int) -> tuple[Any, ...]:
    """The part of the key by which settled pods on equally crowded nodes differ."""
    ready = condition_of(pod, "Ready")
    ready_since = ready.last_transition_time if ready is not None and ready.status == "True" else None
    return (
        _logarithmic_age(ready_since, now),
        -max_restarts(pod),
        -sidecar_restarts(pod),
        _logarithmic_age(pod.metadata.creation_timestamp, now),
        pod.metadata.uid,
    )


def deletion_cost(pod: Pod) -> int:
    """The cost that the pod's annotation gives, 0 without one or with one that is no number."""
    return integer(pod.metadata.annotations.get(DELETION_COST, ""), 32) or 0


def _logarithmic_age(since: int | None, now: int) -> int:
    """Ages are compared by their magnitude only, so that not always the youngest goes; younger sorts first."""
    nanoseconds = 0 if since is None else (now - since) * 1_000_000
    return nanoseconds.bit_length() - 1 if nanoseconds > 0 else -1
