"""What pods ask of a node, summed up over their containers.

References
----------
``staging/src/k8s.io/component-helpers/resource/helpers.go PodRequests, PodLimits @ v1.36``
``staging/src/k8s.io/kubectl/pkg/util/resource/resource.go ExtractContainerResourceValue @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from k8snb.api import quantity
from k8snb.api.types.containers import Container, ResourceFieldSelector
from k8snb.api.types.pod import Pod

Amounts = dict[str, str]

_POD_LEVEL = ("cpu", "memory")
_HUGE_PAGES = "hugepages-"


def pod_requests(pod: Pod) -> Amounts:
    """The requests of a pod by resource."""
    found = _sum(pod, "requests")
    if pod.spec.resources is not None:
        found |= _pod_level(pod.spec.resources.requests)
    return add(found, pod.spec.overhead)


def pod_limits(pod: Pod) -> Amounts:
    """The limits of a pod by resource."""
    found = _sum(pod, "limits")
    if pod.spec.resources is not None:
        found |= _pod_level(pod.spec.resources.limits)
    return add(found, {k: v for k, v in pod.spec.overhead.items() if quantity.number_of(found.get(k, "0"))})


def add(amounts: Amounts, more: Mapping[str, str]) -> Amounts:
    """The sum of two lists of amounts."""
    return amounts | {k: quantity.add(amounts[k], v) if k in amounts else v for k, v in more.items()}


def _most(amounts: Amounts, others: Mapping[str, str]) -> Amounts:
    larger = {k: v for k, v in others.items() if k not in amounts or _number(v) > _number(amounts[k])}
    return amounts | larger


def _number(text: str) -> Decimal:
    return quantity.number_of(text)


def _pod_level(amounts: Mapping[str, str]) -> Amounts:
    return {k: v for k, v in amounts.items() if k in _POD_LEVEL or k.startswith(_HUGE_PAGES)}


def _given(container: Container, which: str) -> Mapping[str, str]:
    return container.resources.requests if which == "requests" else container.resources.limits


def _sum(pod: Pod, which: str) -> Amounts:
    """The containers and sidecars together; or what the init containers need one after the other, if that is more."""
    found: Amounts = {}
    for container in pod.spec.containers:
        found = add(found, _given(container, which))
    sidecars: Amounts = {}
    largest: Amounts = {}
    for container in pod.spec.init_containers:
        own = _given(container, which)
        if container.restart_policy == "Always":
            found, sidecars = add(found, own), add(sidecars, own)
            largest = _most(largest, sidecars)
        else:
            largest = _most(largest, add(dict(own), sidecars))
    return _most(found, largest)


def container_value(selector: ResourceFieldSelector, container: Container) -> str:
    """The amount that an environment variable takes from its container's resources, in units of the divisor."""
    which, _, name = selector.resource.partition(".")
    if which not in ("requests", "limits"):
        return ""
    if name not in ("cpu", "memory", "ephemeral-storage") and not name.startswith(_HUGE_PAGES):
        return ""
    amount = _given(container, which).get(name, "0")
    divisor = selector.divisor if quantity.number_of(selector.divisor) else "1"
    count = quantity.milli_value if name == "cpu" else quantity.value
    return str(-(-count(amount) // count(divisor)))
