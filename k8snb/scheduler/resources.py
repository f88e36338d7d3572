"""How much of each resource a pod asks for, and a node has.

References
----------
``staging/src/k8s.io/component-helpers/resource/helpers.go PodRequests, AggregateContainerRequests @ v1.36``
``pkg/scheduler/framework/types.go Resource, PodInfo.CalculateResource, getNonMissingContainerRequests @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, ROUND_CEILING
from typing import NamedTuple

from k8snb.api.quantity import number_of
from k8snb.api.types.containers import Container, ResourceRequirements
from k8snb.api.types.pod import PodSpec

CPU = "cpu"
MEMORY = "memory"
PODS = "pods"
EPHEMERAL_STORAGE = "ephemeral-storage"
HUGE_PAGES_PREFIX = "hugepages-"
ATTACHABLE_VOLUMES_PREFIX = "attachable-volumes-"
NATIVE_NAMESPACE = "kubernetes.io/"
QUOTA_PREFIX = "requests."

DEFAULT_MILLI_CPU_REQUEST = 100
DEFAULT_MEMORY_REQUEST = 200 * 1024 * 1024
# What scoring counts for a container that asks for nothing, so that such pods do not pile up on one node.
DEFAULT_REQUESTS: Mapping[str, Decimal] = {
    CPU: Decimal(DEFAULT_MILLI_CPU_REQUEST) / 1000,
    MEMORY: Decimal(DEFAULT_MEMORY_REQUEST),
}

Requests = dict[str, Decimal]


class Amounts(NamedTuple):
    """Amounts of resources in the scheduler's units; ``scalars`` are the extended and huge-page resources."""

    milli_cpu: int = 0
    memory: int = 0
    ephemeral_storage: int = 0
    scalars: tuple[tuple[str, int], ...] = ()
    pods: int = 0

    @property
    def nothing_requested(self) -> bool:
        """Whether a request of these amounts asks for no resource at all."""
        return not (self.milli_cpu or self.memory or self.ephemeral_storage or self.scalars)


class Demand(NamedTuple):
    """What a pod's containers ask for, as filters, accounting and scores count it."""

    requests: Amounts
    non_zero_cpu: int
    non_zero_memory: int
    scored_cpu: int
    scored_memory: int


def amounts_of(resource_list: Mapping[str, str]) -> Amounts:
    """The amounts in a resource list, such as a node's allocatable."""
    return _amounts({name: number_of(text) for name, text in resource_list.items()})


def demand_of(spec: PodSpec) -> Demand:
    """What the pods of a spec ask for."""
    requests = pod_requests(spec)
    missing: Mapping[str, Decimal] = DEFAULT_REQUESTS
    if _pod_level_requests_set(spec.resources):
        missing = {name: amount for name, amount in DEFAULT_REQUESTS.items() if name not in requests}
    non_zero = _amounts(pod_requests(spec, missing=missing))
    scored = _amounts(pod_requests(spec, missing=DEFAULT_REQUESTS, pod_level=False))
    return Demand(_amounts(requests), non_zero.milli_cpu, non_zero.memory, scored.milli_cpu, scored.memory)


def pod_requests(spec: PodSpec, *, missing: Mapping[str, Decimal] | None = None, pod_level: bool = True) -> Requests:
    """The requests of a pod: the containers' sum, or the most that an init container needs, plus overhead.

    Parameters
    ----------
    spec
        The pod's spec.
    missing
        What to count for a container that does not request a resource.
    pod_level
        Whether requests of the pod as a whole take the place of its containers'.

    Notes
    -----
    A container that is being resized in place counts by its spec.
    """
    requests = _container_requests(spec, missing or {})
    if pod_level and spec.resources is not None and _pod_level_requests_set(spec.resources):
        for name, text in spec.resources.requests.items():
            if _pod_level_supported(name):
                requests[name] = number_of(text)
    for name, text in spec.overhead.items():
        requests[name] = requests.get(name, Decimal()) + number_of(text)
    return requests


def is_scalar_resource(name: str) -> bool:
    """Whether a resource is counted by its name: extended, huge pages, attachable volumes, ``*kubernetes.io/*``.

    References
    ----------
    ``pkg/scheduler/util/utils.go IsScalarResourceName @ v1.36``
    """
    extended = "/" in name and NATIVE_NAMESPACE not in name and not name.startswith(QUOTA_PREFIX)
    return extended or NATIVE_NAMESPACE in name or name.startswith((HUGE_PAGES_PREFIX, ATTACHABLE_VOLUMES_PREFIX))


def _container_requests(spec: PodSpec, missing: Mapping[str, Decimal]) -> Requests:
    total: Requests = {}
    for container in spec.containers:
        _add(total, _requests_of(container, missing))
    sidecars: Requests = {}
    start: Requests = {}
    for container in spec.init_containers:
        requests = _requests_of(container, missing)
        if container.restart_policy == "Always":
            _add(total, requests)
            _add(sidecars, requests)
            requests = sidecars
        else:
            _add(requests, sidecars)
        _raise(start, requests)
    _raise(total, start)
    return total


def _requests_of(container: Container, missing: Mapping[str, Decimal]) -> Requests:
    requests = dict(missing)
    requests.update((name, number_of(text)) for name, text in container.resources.requests.items())
    return requests


def _add(total: Requests, more: Requests) -> None:
    for name, amount in more.items():
        total[name] = total.get(name, Decimal()) + amount


def _raise(total: Requests, floor: Requests) -> None:
    for name, amount in floor.items():
        if name not in total or amount > total[name]:
            total[name] = amount


def _pod_level_requests_set(resources: ResourceRequirements | None) -> bool:
    return resources is not None and any(_pod_level_supported(name) for name in resources.requests)


def _pod_level_supported(name: str) -> bool:
    return name in (CPU, MEMORY) or name.startswith(HUGE_PAGES_PREFIX)


def _amounts(numbers: Mapping[str, Decimal]) -> Amounts:
    scalars = ((name, _whole(n)) for name, n in numbers.items() if name not in _NAMED and is_scalar_resource(name))
    return Amounts(
        milli_cpu=_whole(numbers.get(CPU, _ZERO).scaleb(3)),
        memory=_whole(numbers.get(MEMORY, _ZERO)),
        ephemeral_storage=_whole(numbers.get(EPHEMERAL_STORAGE, _ZERO)),
        scalars=tuple(scalars),
        pods=_whole(numbers.get(PODS, _ZERO)),
    )


_ZERO = Decimal()
_NAMED = (CPU, MEMORY, EPHEMERAL_STORAGE, PODS)


def _whole(number: Decimal) -> int:
    return int(number.to_integral_value(ROUND_CEILING))
