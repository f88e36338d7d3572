"""LimitRanger: containers get a namespace's default resources, and stay within its bounds, as pods and claims do.

References
----------
``plugin/pkg/admission/limitranger/admission.go PodMutateLimitFunc, PodValidateLimitFunc,
PersistentVolumeClaimValidateLimitFunc @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from k8snb.api.pod_resources import pod_limits, pod_requests
from k8snb.api.quantity import milli_value, number_of
from k8snb.api.schema import KubernetesObject
from k8snb.api.types.claims import PersistentVolumeClaim
from k8snb.api.types.containers import Container, ResourceRequirements
from k8snb.api.types.pod import Pod
from k8snb.api.types.quota import LimitRange, LimitRangeItem
from k8snb.machinery.admission.lifecycle import forbidden

ANNOTATION = "kubernetes.io/limit-ranger"

Amounts = Mapping[str, str]


class Asked(NamedTuple):
    """A bound on a resource, per container, pod or claim (`what`), and what is asked of it."""

    what: str
    name: str
    bound: str
    request: str | None
    limit: str | None

    def shown(self, measure: str) -> str:
        """The bound in words."""
        return f"{self.name} {measure} per {self.what} is {self.bound}"


Check = Callable[[Asked], str]


def with_default_resources(pod: Pod, ranges: Sequence[LimitRange]) -> Pod:
    """A new pod whose containers request, and are limited to, what its namespace's limit ranges say.

    Parameters
    ----------
    pod
        A defaulted pod.
    ranges
        The limit ranges of its namespace.
    """
    for limit_range in ranges:
        pod = _with_defaults_of(pod, limit_range)
    return pod


def _with_defaults_of(pod: Pod, limit_range: LimitRange) -> Pod:
    requests, limits = _defaults(limit_range)
    notes: list[str] = []
    spec = replace(
        pod.spec,
        containers=tuple(_completed(c, requests, limits, "container", notes) for c in pod.spec.containers),
        init_containers=tuple(
            _completed(c, requests, limits, "init container", notes) for c in pod.spec.init_containers
        ),
    )
    if not notes:
        return pod
    annotations = {**pod.metadata.annotations, ANNOTATION: "LimitRanger plugin set: " + "; ".join(notes)}
    return replace(pod, spec=spec, metadata=replace(pod.metadata, annotations=annotations))


def _defaults(limit_range: LimitRange) -> tuple[Amounts, Amounts]:
    requests: dict[str, str] = {}
    limits: dict[str, str] = {}
    for item in limit_range.spec.limits:
        if item.type == "Container":
            requests |= item.default_request
            limits |= item.default
    return requests, limits


def _completed(container: Container, requests: Amounts, limits: Amounts, what: str, notes: list[str]) -> Container:
    """A container with the defaults that it lacks; what it got is noted."""
    resources = container.resources
    missing_requests = {name: requests[name] for name in sorted(requests) if name not in resources.requests}
    missing_limits = {name: limits[name] for name in sorted(limits) if name not in resources.limits}
    for missing, kind in ((missing_requests, "request"), (missing_limits, "limit")):
        if missing:
            notes.append(f"{', '.join(missing)} {kind} for {what} {container.name}")
    if not missing_requests and not missing_limits:
        return container
    changed: ResourceRequirements = replace(
        resources,
        requests={**resources.requests, **missing_requests},
        limits={**resources.limits, **missing_limits},
    )
    return replace(container, resources=changed)


def check_limits(obj: KubernetesObject, ranges: Sequence[LimitRange]) -> None:
    """Refuse a pod or claim that is out of the bounds of its namespace.

    Raises
    ------
    Forbidden
        Naming every bound of the first limit range that it breaks.
    """
    for limit_range in ranges:
        faults = dict.fromkeys(fault for item in limit_range.spec.limits for fault in _faults(obj, item))
        if faults:
            said = ", ".join(faults)
            raise forbidden(obj, f"[{said}]" if len(faults) > 1 else said)


def _faults(obj: KubernetesObject, item: LimitRangeItem) -> Iterator[str]:
    if isinstance(obj, PersistentVolumeClaim) and item.type == "PersistentVolumeClaim":
        requests = obj.spec.resources.requests
        yield from _broken(item.type, item.min, _minimum, requests, {})
        yield from _broken(item.type, item.max, _maximum_request, requests, {})
    if isinstance(obj, Pod) and item.type == "Container":
        for container in (*obj.spec.containers, *obj.spec.init_containers):
            yield from _out_of_bounds(item, container.resources.requests, container.resources.limits)
    if isinstance(obj, Pod) and item.type == "Pod":
        yield from _out_of_bounds(item, pod_requests(obj.spec), pod_limits(obj.spec))


def _out_of_bounds(item: LimitRangeItem, requests: Amounts, limits: Amounts) -> Iterator[str]:
    yield from _broken(item.type, item.min, _minimum, requests, limits)
    yield from _broken(item.type, item.max, _maximum, requests, limits)
    yield from _broken(item.type, item.max_limit_request_ratio, _ratio, requests, limits)


def _broken(what: str, bounds: Amounts, check: Check, requests: Amounts, limits: Amounts) -> Iterator[str]:
    for name in sorted(bounds):
        fault = check(Asked(what, name, bounds[name], requests.get(name), limits.get(name)))
        if fault:
            yield fault


def _minimum(asked: Asked) -> str:
    said = f"minimum {asked.shown('usage')}"
    if asked.request is None:
        return f"{said}.  No request is specified"
    if _more(asked.bound, asked.request):
        return f"{said}, but request is {asked.request}"
    if asked.limit is not None and _more(asked.bound, asked.limit):
        return f"{said}, but limit is {asked.limit}"
    return ""


def _maximum(asked: Asked) -> str:
    said = f"maximum {asked.shown('usage')}"
    if asked.limit is None:
        return f"{said}.  No limit is specified"
    if _more(asked.limit, asked.bound):
        return f"{said}, but limit is {asked.limit}"
    if asked.request is not None and _more(asked.request, asked.bound):
        return f"{said}, but request is {asked.request}"
    return ""


def _maximum_request(asked: Asked) -> str:
    said = f"maximum {asked.shown('usage')}"
    if asked.request is None:
        return f"{said}.  No request is specified"
    return f"{said}, but request is {asked.request}" if _more(asked.request, asked.bound) else ""


def _ratio(asked: Asked) -> str:
    said = f"{asked.shown('max limit to request ratio')}, but"
    request, limit = number_of(asked.request or "0"), number_of(asked.limit or "0")
    if not request:
        return f"{said} no request is specified or request is 0"
    if not limit:
        return f"{said} no limit is specified or limit is 0"
    ratio = milli_value(asked.limit or "0") / milli_value(asked.request or "0")
    return f"{said} provided ratio is {ratio:f}" if ratio * 1000 > milli_value(asked.bound) else ""


def _more(one: str, other: str) -> bool:
    return number_of(one) > number_of(other)
