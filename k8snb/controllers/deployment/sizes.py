"""The arithmetic of a rollout: how many pods there may be more, how many fewer, and each ReplicaSet's share.

References
----------
``pkg/controller/deployment/util/deployment_util.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from k8snb.api.integers import integer
from k8snb.api.intstr import scaled_value
from k8snb.api.types.apps import Deployment, ReplicaSet
from k8snb.controllers.deployment.revisions import MAX_REPLICAS

ROLLING_UPDATE, RECREATE = "RollingUpdate", "Recreate"


def desired_replicas(deployment: Deployment) -> int:
    """How many pods the deployment asks for."""
    return deployment.spec.replicas or 0


def size(rs: ReplicaSet) -> int:
    """How many pods the ReplicaSet asks for."""
    return rs.spec.replicas or 0


def total_size(replica_sets: Iterable[ReplicaSet]) -> int:
    """How many pods the ReplicaSets ask for together."""
    return sum([rs.spec.replicas or 0 for rs in replica_sets])


def total_available(replica_sets: Iterable[ReplicaSet]) -> int:
    """How many available pods the ReplicaSets report together."""
    return sum([rs.status.available_replicas for rs in replica_sets])


@lru_cache(256)
def resolve_fenceposts(max_surge: int | str | None, max_unavailable: int | str | None, desired: int) -> tuple[int, int]:
    """The numbers that surge and unavailability come to.

    A surge is rounded up and an unavailability down. When both come to 0, no rollout could ever proceed, so that one
    pod may be unavailable.

    Examples
    --------
    >>> resolve_fenceposts("25%", "25%", 10), resolve_fenceposts("25%", "25%", 1), resolve_fenceposts(0, "10%", 5)
    ((3, 2), (1, 0), (0, 1))
    """
    surge = scaled_value(max_surge, desired, round_up=True)
    unavailable = scaled_value(max_unavailable, desired, round_up=False)
    return surge, 1 if surge == 0 and unavailable == 0 else unavailable


def _fenceposts(deployment: Deployment) -> tuple[int, int]:
    rolling = deployment.spec.strategy.rolling_update
    if deployment.spec.strategy.type != ROLLING_UPDATE or rolling is None:
        return 0, 0
    return resolve_fenceposts(rolling.max_surge, rolling.max_unavailable, desired_replicas(deployment))


def max_surge(deployment: Deployment) -> int:
    """How many pods there may be above the desired number."""
    return _fenceposts(deployment)[0]


def max_unavailable(deployment: Deployment) -> int:
    """How many of the desired pods may be unavailable."""
    desired = desired_replicas(deployment)
    return min(_fenceposts(deployment)[1], desired) if desired else 0


def new_replica_set_size(deployment: Deployment, replica_sets: Sequence[ReplicaSet], new_size: int) -> int:
    """How large the new ReplicaSet, which is of `new_size`, may be now.

    Of 4 replicas with a surge of 1, while the old ReplicaSet still has 4: 4 + 1 - 4 = 1.
    """
    desired = desired_replicas(deployment)
    if deployment.spec.strategy.type == RECREATE:
        return desired
    room = desired + max_surge_of_rollout(deployment) - total_size(replica_sets)
    if room <= 0:
        return new_size
    return new_size + min(room, desired - new_size)


def max_surge_of_rollout(deployment: Deployment) -> int:
    """The surge as it is written, which a rollout obeys."""
    rolling = deployment.spec.strategy.rolling_update
    return scaled_value(rolling.max_surge if rolling else None, desired_replicas(deployment), round_up=True)


def proportion(rs: ReplicaSet, deployment: Deployment, to_add: int, added: int) -> int:
    """The ReplicaSet's share of `to_add` pods (negative: to take away), of which `added` are given to others already.

    A ReplicaSet of 3 of 10 pods in a deployment that grows from 10 to 20 gets 3 more.
    """
    if size(rs) == 0 or to_add in (0, added):
        return 0
    share, allowed = _fraction(rs, deployment), to_add - added
    return min(share, allowed) if to_add > 0 else max(share, allowed)


def _fraction(rs: ReplicaSet, deployment: Deployment) -> int:
    desired = desired_replicas(deployment)
    if desired == 0:
        return -size(rs)
    before = annotated_number(rs, MAX_REPLICAS) or deployment.status.replicas
    if before == 0:
        return 0
    # Go rounds halves away from zero.
    return int(size(rs) * (desired + max_surge(deployment)) / before + 0.5) - size(rs)


def annotated_number(rs: ReplicaSet, annotation: str) -> int | None:
    """The number in an annotation; None when there is none."""
    text = rs.metadata.annotations.get(annotation, "")
    number = integer(text, 32)
    return None if number is None or number < 0 else number
