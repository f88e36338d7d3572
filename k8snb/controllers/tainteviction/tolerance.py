"""How long a pod may stay on a tainted node.

References
----------
``pkg/controller/tainteviction/taint_eviction.go getMinTolerationTime`` and
``pkg/apis/core/v1/helper/helpers.go GetMatchingTolerations @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from k8snb.api.taints import tolerates
from k8snb.api.types.placement import Taint, Toleration

FOR_EVER = -1


def tolerated_seconds(tolerations: Sequence[Toleration], taints: Iterable[Taint]) -> int | None:
    """For how many seconds a pod tolerates all of these taints: `FOR_EVER` for always, None for not at all."""
    used = []
    for taint in taints:
        toleration = next((t for t in tolerations if tolerates(t, taint)), None)
        if toleration is None:
            return None
        used.append(toleration)
    limits = [t.toleration_seconds for t in used if t.toleration_seconds is not None]
    return max(min(limits), 0) if limits else FOR_EVER
