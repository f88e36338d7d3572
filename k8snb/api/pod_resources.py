"""What a pod asks for in all: the sum of its containers, or the most that one of its init containers needs.

References
----------
``staging/src/k8s.io/component-helpers/resource/helpers.go PodRequests, PodLimits @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from k8snb.api.quantity import add, number_of
from k8snb.api.types.containers import Container, ResourceRequirements
from k8snb.api.types.pod import PodSpec

Amounts = dict[str, str]
What = Literal["requests", "limits"]
_POD_LEVEL = ("cpu", "memory")


def pod_requests(spec: PodSpec) -> Amounts:
    """The requests of a pod, with its overhead.

    Examples
    --------
    >>> one = Container(resources=ResourceRequirements(requests={"cpu": "100m"}))
    >>> pod_requests(PodSpec(containers=(one, one)))
    {'cpu': '200m'}
    """
    requests = _of_containers(spec, "requests")
    requests.update(_of_pod(spec, "requests"))
    _add(requests, spec.overhead)
    return requests


def pod_limits(spec: PodSpec) -> Amounts:
    """The limits of a pod; its overhead counts where there is a limit."""
    limits = _of_containers(spec, "limits")
    limits.update(_of_pod(spec, "limits"))
    _add(limits, {name: v for name, v in spec.overhead.items() if number_of(limits.get(name, "0"))})
    return limits


def _of_pod(spec: PodSpec, what: What) -> Amounts:
    given: Mapping[str, str] = getattr(spec.resources or ResourceRequirements(), what)
    return {name: v for name, v in given.items() if name in _POD_LEVEL or name.startswith("hugepages-")}


def _of_containers(spec: PodSpec, what: What) -> Amounts:
    total: Amounts = {}
    for container in spec.containers:
        _add(total, _amounts(container, what))
    sidecars: Amounts = {}
    peak: Amounts = {}
    for container in spec.init_containers:
        needed = dict(sidecars)
        _add(needed, _amounts(container, what))
        if container.restart_policy == "Always":
            _add(total, _amounts(container, what))
            sidecars = needed
        _raise(peak, needed)
    _raise(total, peak)
    return total


def _amounts(container: Container, what: What) -> Mapping[str, str]:
    amounts: Mapping[str, str] = getattr(container.resources, what)
    return amounts


def _add(total: Amounts, more: Mapping[str, str]) -> None:
    for name, amount in more.items():
        total[name] = add(total[name], amount) if name in total else amount


def _raise(total: Amounts, other: Mapping[str, str]) -> None:
    for name, amount in other.items():
        if name not in total or number_of(amount) > number_of(total[name]):
            total[name] = amount
