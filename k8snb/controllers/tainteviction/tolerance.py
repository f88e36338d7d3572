"""How long a pod may stay on a tainted node.

References
----------
``pkg/controller/tainteviction/taint_eviction.go getMinTolerationTime`` and
``staging/src/k8s.io/component-helpers/scheduling/corev1/helpers.go GetMatchingTolerations @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from k8snb.api.taints import tolerates
from k8snb.api.types.placement import Taint, Toleration

FOR_EVER = -1


def tolerated_seconds(tolerations: Sequence[Toleration], taints: Iterable[Taint]) -> int:
    """For how many seconds a pod tolerates all of these taints: 0 for not at all, `FOR_EVER` for always."""
    used = []
    for taint in taints:
        toleration = next((t for t in tolerations if tolerates(t, taint)), None)
        if toleration is None:
            return 0
        used.append(toleration)
    limits = [t.toleration_seconds for t in used if t.toleration_seconds is not None]
    return max(min(limits), 0) if limits else FOR_EVER
