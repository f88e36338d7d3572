"""What an object uses of a resource quota, and which quotas it counts against.

Simplified: a deleted pod counts until it is gone, even when its node is lost for longer than its grace period.

References
----------
``pkg/quota/v1/evaluator/core/{pods,services,persistent_volume_claims}.go``,
``staging/src/k8s.io/apiserver/pkg/quota/v1/generic/evaluator.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from k8snb.api.pod_resources import Amounts, pod_limits, pod_requests
from k8snb.api.pods import is_terminal
from k8snb.api.qos import BEST_EFFORT, pod_qos
from k8snb.api.quantity import canonical, value
from k8snb.api.resources import BY_CLASS, Resource, RESOURCES
from k8snb.api.schema import KubernetesObject
from k8snb.api.types.claims import PersistentVolumeClaim
from k8snb.api.types.event import Event
from k8snb.api.types.placement import PodAffinityTerm
from k8snb.api.types.pod import Pod, PodSpec
from k8snb.api.types.quota import ResourceQuotaSpec, ScopedResourceSelectorRequirement
from k8snb.api.types.service import Service

_COMPUTE = ("cpu", "memory", "ephemeral-storage")
_POD_RESOURCES = (
    "count/pods",
    "pods",
    *_COMPUTE,
    *(f"{what}.{name}" for what in ("requests", "limits") for name in _COMPUTE),
)
_MUST_SPECIFY = ("cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory")
_HUGE_PAGES = "hugepages-"
_SERVICE_RESOURCES = ("count/services", "services", "services.nodeports", "services.loadbalancers")
_CLAIM_RESOURCES = ("persistentvolumeclaims", "requests.storage")
_BY_CLASS = ".storageclass.storage.k8s.io/"
_ALIASES = ("configmaps", "resourcequotas", "replicationcontrollers", "secrets")


def quota_resources(resource: Resource, names: Iterable[str]) -> list[str]:
    """Those of the names in a quota that objects of a resource use."""
    if resource.cls is Pod:
        return [
            n
            for n in names
            if n in _POD_RESOURCES or n.startswith((_HUGE_PAGES, f"requests.{_HUGE_PAGES}")) or _is_extended(n)
        ]
    if resource.cls is Service:
        return [n for n in names if n in _SERVICE_RESOURCES]
    if resource.cls is PersistentVolumeClaim:
        suffixes = tuple(f"{_BY_CLASS}{r}" for r in _CLAIM_RESOURCES)
        return [n for n in names if n == f"count/{resource.plural}" or n in _CLAIM_RESOURCES or n.endswith(suffixes)]
    return [n for n in names if n in _counts(resource)]


def _is_extended(name: str) -> bool:
    return name.startswith("requests.") and "/" in name and "kubernetes.io/" not in name


def _counts(resource: Resource) -> tuple[str, ...]:
    count = f"count/{resource.qualified}"
    return (count, resource.plural) if resource.plural in _ALIASES else (count,)


def quota_kinds(names: Iterable[str]) -> list[Resource]:
    """The resources whose objects use something that a quota names."""
    given = list(names)
    return [r for r in RESOURCES if r.namespaced and r.cls is not Event and quota_resources(r, given)]


def usage_of(obj: KubernetesObject) -> Amounts:
    """What an object uses, by the names that quotas have for it."""
    if isinstance(obj, Pod):
        return {"count/pods": "1"} if is_terminal(obj) else {"count/pods": "1", **pod_usage(obj.spec)}
    if isinstance(obj, Service):
        return _service_usage(obj)
    if isinstance(obj, PersistentVolumeClaim):
        return _claim_usage(obj)
    return dict.fromkeys(_counts(BY_CLASS[type(obj)]), "1")


def pod_usage(spec: PodSpec) -> Amounts:
    """What a pod uses while it lives."""
    return _compute_usage(pod_requests(spec), pod_limits(spec))


def _compute_usage(requests: Mapping[str, str], limits: Mapping[str, str]) -> Amounts:
    usage = {"pods": "1"}
    for name in _COMPUTE:
        if name in requests:
            usage[name] = usage[f"requests.{name}"] = requests[name]
        if name in limits:
            usage[f"limits.{name}"] = limits[name]
    for name, amount in requests.items():
        if name.startswith(_HUGE_PAGES):
            usage[name] = amount
        if name.startswith(_HUGE_PAGES) or _is_extended(f"requests.{name}"):
            usage[f"requests.{name}"] = amount
    return usage


def _service_usage(service: Service) -> Amounts:
    spec = service.spec
    usage = {"count/services": "1", "services": "1", "services.loadbalancers": "0", "services.nodeports": "0"}
    if spec.type == "NodePort":
        usage["services.nodeports"] = str(len(spec.ports))
    if spec.type == "LoadBalancer":
        usage["services.loadbalancers"] = "1"
        counted = spec.ports if spec.allocate_load_balancer_node_ports is not False else ()
        named = sum(1 for p in spec.ports if p.node_port)
        usage["services.nodeports"] = str(len(counted) or named)
    return usage


def _claim_usage(claim: PersistentVolumeClaim) -> Amounts:
    usage = {"persistentvolumeclaims": "1", "count/persistentvolumeclaims": "1"}
    wanted = claim.spec.resources.requests.get("storage")
    if wanted is not None:
        whole = canonical(wanted)
        usage["requests.storage"] = str(value(whole)) if whole.endswith(("m", "u", "n")) else whole
    storage_class = claim.spec.storage_class_name
    if storage_class:
        usage |= {f"{storage_class}{_BY_CLASS}{name}": usage[name] for name in _CLAIM_RESOURCES if name in usage}
    return usage


def missing_amounts(spec: PodSpec, names: Iterable[str]) -> str:
    """What a pod must specify under a quota that counts these names: ``limits.cpu for: c``; empty when nothing."""
    if spec.resources is not None and (spec.resources.requests or spec.resources.limits):
        return ""
    wanted = sorted(n for n in names if n in _MUST_SPECIFY)
    missing: dict[str, set[str]] = {}
    for container in (*spec.containers, *spec.init_containers):
        given = _compute_usage(container.resources.requests, container.resources.limits)
        for name in wanted:
            if name not in given:
                missing.setdefault(name, set()).add(container.name)
    return "; ".join(f"{name} for: {','.join(sorted(missing[name]))}" for name in sorted(missing))


def in_scope(obj: KubernetesObject, spec: ResourceQuotaSpec) -> bool:
    """Whether a quota's scopes select an object; only pods and claims are selected by any."""
    if not all(
        _scope_holds(obj, ScopedResourceSelectorRequirement(scope_name=s, operator="Exists")) for s in spec.scopes
    ):
        return False
    selector = spec.scope_selector
    return selector is None or all(_scope_holds(obj, r) for r in selector.match_expressions)


def is_long_running(pod: Pod) -> bool:
    """Whether a pod has no deadline: ``NotTerminating`` in the words of quotas."""
    deadline = pod.spec.active_deadline_seconds
    return deadline is None or deadline < 0


def _scope_holds(obj: KubernetesObject, requirement: ScopedResourceSelectorRequirement) -> bool:
    if isinstance(obj, PersistentVolumeClaim):
        name = obj.spec.volume_attributes_class_name or ""
        return requirement.scope_name == "VolumeAttributesClass" and _name_selected(name, requirement)
    if not isinstance(obj, Pod):
        return False
    scope = requirement.scope_name
    if scope == "PriorityClass":
        return _name_selected(obj.spec.priority_class_name, requirement)
    if scope in ("Terminating", "NotTerminating"):
        return is_long_running(obj) == (scope == "NotTerminating")
    if scope in ("BestEffort", "NotBestEffort"):
        return (pod_qos(obj.spec) == BEST_EFFORT) == (scope == "BestEffort")
    return scope == "CrossNamespacePodAffinity" and any(t.namespaces or t.namespace_selector for t in _terms(obj))


def _name_selected(name: str, requirement: ScopedResourceSelectorRequirement) -> bool:
    operator = requirement.operator
    if operator == "Exists":
        return bool(name)
    if operator == "DoesNotExist":
        return not name
    chosen = bool(name) and name in requirement.values
    return chosen if operator == "In" else not chosen


def _terms(pod: Pod) -> list[PodAffinityTerm]:
    affinity = pod.spec.affinity
    terms: list[PodAffinityTerm] = []
    for part in (affinity.pod_affinity, affinity.pod_anti_affinity) if affinity else ():
        if part is not None:
            terms += part.required_during_scheduling_ignored_during_execution
            terms += (t.pod_affinity_term for t in part.preferred_during_scheduling_ignored_during_execution)
    return terms
