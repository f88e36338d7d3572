"""Defaults that a pod has beyond those of its template: requests from limits, host ports, service links.

References
----------
``pkg/apis/core/v1/defaults.go SetDefaults_Pod, defaultPodRequests, defaultHugePagePodLimits @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from k8snb.api.defaults.pod_spec import default_pod_spec, without_old_annotations
from k8snb.api.defaults.sharing import each, given, revised
from k8snb.api.quantity import add, number_of
from k8snb.api.schema import EMPTY
from k8snb.api.types.containers import Container, ContainerPort, ResourceRequirements
from k8snb.api.types.pod import Pod, PodSpec
from k8snb.api.types.pod_status import PodIP, PodStatus

Quantities = Mapping[str, str]
_HUGE_PAGES = "hugepages-"


def default_pod(pod: Pod) -> Pod:
    """A pod with its defaults."""
    spec = revised(
        pod.spec,
        containers=each(pod.spec.containers, _requests_from_limits),
        init_containers=each(pod.spec.init_containers, _requests_from_limits),
        enable_service_links=True if pod.spec.enable_service_links is None else pod.spec.enable_service_links,
    )
    spec = revised(spec, resources=given(spec.resources, lambda resources: _default_pod_level(spec, resources)))
    if spec.host_network:
        spec = revised(
            spec,
            containers=each(spec.containers, _host_ports),
            init_containers=each(spec.init_containers, _host_ports),
        )
    spec = default_pod_spec(spec)
    grace = spec.termination_grace_period_seconds
    if grace is not None and grace < 0:
        spec = revised(spec, termination_grace_period_seconds=1)
    return revised(pod, metadata=without_old_annotations(pod.metadata), spec=spec, status=_default_status(pod.status))


def _default_status(status: PodStatus) -> PodStatus:
    """The one address and the list of addresses agree; where they do not, the one counts."""
    if status.pod_ip and (not status.pod_ips or status.pod_ips[0].ip != status.pod_ip):
        return revised(status, pod_ips=(PodIP(ip=status.pod_ip),))
    if status.pod_ips and not status.pod_ip:
        return revised(status, pod_ip=status.pod_ips[0].ip)
    return status


def _requests_from_limits(container: Container) -> Container:
    resources = container.resources
    missing = {name: q for name, q in resources.limits.items() if name not in resources.requests}
    if not missing and (resources.limits is EMPTY or resources.requests is not EMPTY):
        return container
    return revised(container, resources=revised(resources, requests={**resources.requests, **missing}))


def _host_ports(container: Container) -> Container:
    return revised(container, ports=each(container.ports, _host_port))


def _host_port(port: ContainerPort) -> ContainerPort:
    return revised(port, host_port=port.host_port or port.container_port)


def _default_pod_level(spec: PodSpec, resources: ResourceRequirements) -> ResourceRequirements:
    """Pod-level limits of huge pages and pod-level requests, out of those of the containers.

    Nothing is filled in unless the pod-level resources are given in part.
    """
    if not resources.limits and not resources.requests:
        return resources
    pages = {
        name: q
        for name, q in container_total(spec, "limits").items()
        if name.startswith(_HUGE_PAGES) and name not in resources.requests and name not in resources.limits
    }
    limits = {**resources.limits, **pages} if pages else resources.limits
    if not limits:
        return resources
    requests = dict(resources.requests)
    for name, quantity in container_total(spec, "requests").items():
        if name in ("cpu", "memory"):
            requests.setdefault(name, quantity)
    for name, quantity in limits.items():
        if is_pod_level_resource(name):
            requests.setdefault(name, quantity)
    changed = requests != dict(resources.requests)
    return revised(resources, limits=limits, requests=requests if changed else resources.requests)


def is_pod_level_resource(name: str) -> bool:
    """Whether a resource can be asked for by the pod as a whole."""
    return name in ("cpu", "memory") or name.startswith(_HUGE_PAGES)


def container_total(spec: PodSpec, what: Literal["limits", "requests"]) -> dict[str, str]:
    """What a pod's containers take together.

    Containers and sidecars run at once; an init container runs beside the sidecars that started before it.

    References
    ----------
    ``staging/src/k8s.io/component-helpers/resource/helpers.go AggregateContainerRequests @ v1.36``
    """
    total: dict[str, str] = {}
    for container in spec.containers:
        _add(total, getattr(container.resources, what))
    sidecars: dict[str, str] = {}
    largest: dict[str, str] = {}
    for container in spec.init_containers:
        wanted = getattr(container.resources, what)
        if container.restart_policy == "Always":
            _add(total, wanted)
            _add(sidecars, wanted)
            _raise(largest, sidecars)
        else:
            together = dict(sidecars)
            _add(together, wanted)
            _raise(largest, together)
    _raise(total, largest)
    return total


def _add(total: dict[str, str], more: Quantities) -> None:
    for name, quantity in more.items():
        total[name] = add(total[name], quantity) if name in total else quantity


def _raise(total: dict[str, str], other: Quantities) -> None:
    for name, quantity in other.items():
        if name not in total or number_of(quantity) > number_of(total[name]):
            total[name] = quantity
