"""The quality of service class of a pod, by what its containers ask for.

References
----------
``pkg/apis/core/helper/qos/qos.go ComputePodQOS @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from k8snb.api.quantity import number_of
from k8snb.api.types.containers import ResourceRequirements
from k8snb.api.types.pod import PodSpec

GUARANTEED, BURSTABLE, BEST_EFFORT = "Guaranteed", "Burstable", "BestEffort"
_COUNTED = ("cpu", "memory")


def pod_qos(spec: PodSpec) -> str:
    """``Guaranteed``, ``Burstable`` or ``BestEffort``.

    Guaranteed means that every container has limits for CPU and memory and asks for exactly them.

    Examples
    --------
    >>> pod_qos(PodSpec())
    'BestEffort'
    """
    if spec.resources is not None:
        parts = [spec.resources]
    else:
        parts = [c.resources for c in (*spec.containers, *spec.init_containers)]
    requests, limits = _total(p.requests for p in parts), _total(p.limits for p in parts)
    if not requests and not limits:
        return BEST_EFFORT
    limited = all(_has_both(part) for part in parts)
    if limited and len(requests) == len(limits) and all(limits.get(k) == v for k, v in requests.items()):
        return GUARANTEED
    return BURSTABLE


def _total(lists: Iterable[Mapping[str, str]]) -> dict[str, Decimal]:
    """The sums of CPU and memory; a resource of which there is none is left out."""
    sums: dict[str, Decimal] = {}
    for resources in lists:
        for name in _COUNTED:
            amount = number_of(resources[name]) if name in resources else Decimal(0)
            if amount > 0:
                sums[name] = sums.get(name, Decimal(0)) + amount
    return sums


def _has_both(part: ResourceRequirements) -> bool:
    return all(name in part.limits and number_of(part.limits[name]) > 0 for name in _COUNTED)
