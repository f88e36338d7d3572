"""Taints and tolerations: what keeps pods off a node, and which pods do not mind.

References
----------
``staging/src/k8s.io/api/core/v1/toleration.go ToleratesTaint`` and
``staging/src/k8s.io/component-helpers/scheduling/corev1/helpers.go @ v1.36``
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from k8snb.api.types.placement import Taint, Toleration

NO_SCHEDULE, NO_EXECUTE = "NoSchedule", "NoExecute"
NOT_READY = "node.kubernetes.io/not-ready"
UNREACHABLE = "node.kubernetes.io/unreachable"
UNSCHEDULABLE = "node.kubernetes.io/unschedulable"
OUT_OF_SERVICE = "node.kubernetes.io/out-of-service"

_DECIMAL_INTEGER = re.compile(r"0|-?[1-9][0-9]*")


def tolerates(toleration: Toleration, taint: Taint) -> bool:
    """Whether a toleration covers a taint."""
    if toleration.effect and toleration.effect != taint.effect:
        return False
    if toleration.key and toleration.key != taint.key:
        return False
    if toleration.operator in ("", "Equal"):
        return toleration.value == taint.value
    return toleration.operator == "Exists" or _compares(toleration, taint)


def _compares(toleration: Toleration, taint: Taint) -> bool:
    """``Lt`` and ``Gt``: the taint's value is less, or greater, than the toleration's."""
    if not (_DECIMAL_INTEGER.fullmatch(toleration.value) and _DECIMAL_INTEGER.fullmatch(taint.value)):
        return False
    have, bound = int(taint.value), int(toleration.value)
    if toleration.operator == "Lt":
        return have < bound
    return toleration.operator == "Gt" and have > bound


def same_taint(one: Taint, other: Taint) -> bool:
    """Two taints are the same when key and effect are."""
    return one.key == other.key and one.effect == other.effect


def changed_taints(taints: Iterable[Taint], add: Iterable[Taint], remove: Iterable[Taint]) -> tuple[Taint, ...]:
    """A node's taints after some were added, or replaced, and others removed."""
    result = list(taints)
    for new in add:
        places = [i for i, old in enumerate(result) if same_taint(old, new)]
        if not places:
            result.append(new)
        for place in places:
            result[place] = new
    gone = list(remove)
    return tuple(t for t in result if not any(same_taint(t, g) for g in gone))
