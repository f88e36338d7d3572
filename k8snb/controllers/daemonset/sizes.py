"""How many nodes may be without a daemon, or have two, during an update.

References
----------
``pkg/controller/daemon/util/daemonset_util.go SurgeCount, UnavailableCount, AllowsSurge`` and
``pkg/controller/daemon/update.go updatedDesiredNodeCounts @ v1.36``
"""

from __future__ import annotations

from typing import NamedTuple

from k8snb.api.intstr import scaled_value
from k8snb.api.types.apps import DaemonSet

ROLLING_UPDATE = "RollingUpdate"


class Limits(NamedTuple):
    """What an update may do at a time."""

    max_surge: int
    max_unavailable: int


def surge_count(daemon_set: DaemonSet, desired: int) -> int:
    """How many of the desired daemons may have a second pod."""
    strategy = daemon_set.spec.update_strategy
    if strategy.type != ROLLING_UPDATE or strategy.rolling_update is None:
        return 0
    return scaled_value(strategy.rolling_update.max_surge, desired, round_up=True)


def unavailable_count(daemon_set: DaemonSet, desired: int) -> int:
    """How many of the desired daemons may be unavailable."""
    strategy = daemon_set.spec.update_strategy
    if strategy.type != ROLLING_UPDATE or strategy.rolling_update is None:
        return 0
    return scaled_value(strategy.rolling_update.max_unavailable, desired, round_up=True)


def allows_surge(daemon_set: DaemonSet) -> bool:
    """Whether a node may have two pods for a while."""
    return surge_count(daemon_set, 1) > 0


def limits(daemon_set: DaemonSet, desired: int) -> Limits:
    """The limits for a number of desired daemons; one may be unavailable when neither kind of limit lets any move."""
    max_surge, max_unavailable = surge_count(daemon_set, desired), unavailable_count(daemon_set, desired)
    if desired and not max_surge and not max_unavailable:
        max_unavailable = 1
    return Limits(max_surge, max_unavailable)
