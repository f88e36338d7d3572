"""Admission of pods: priority, default tolerations, runtime classes, labels of their node's topology.

There are no runtime classes, so a pod that names one is refused; nor has a pod an account's token mounted.

References
----------
``plugin/pkg/admission/priority/admission.go``, ``plugin/pkg/admission/defaulttolerationseconds/admission.go``,
``plugin/pkg/admission/runtimeclass/admission.go``, ``plugin/pkg/admission/podtopologylabels/admission.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from k8snb.api.field_errors import go_quote
from k8snb.api.schema import EMPTY, KubernetesObject
from k8snb.api.topology import REGION, ZONE
from k8snb.api.types.config import PriorityClass
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.placement import Toleration
from k8snb.api.types.pod import Pod
from k8snb.api.validation.formats import is_path_segment_name
from k8snb.errors import Unclassified
from k8snb.machinery.admission.lifecycle import forbidden

TOLERATION_SECONDS = 300
SYSTEM_CRITICAL_PRIORITY = 2_000_000_000
_PREEMPT = "PreemptLowerPriority"
TOPOLOGY_LABELS = (ZONE, REGION)
_TOLERATED_FOR_A_WHILE = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


def _system_class(name: str, value: int, description: str) -> PriorityClass:
    meta = ObjectMeta(name=name)
    return PriorityClass(metadata=meta, value=value, description=description, preemption_policy=_PREEMPT)


SYSTEM_PRIORITY_CLASSES = (
    _system_class(
        "system-node-critical",
        SYSTEM_CRITICAL_PRIORITY + 1000,
        "Used for system critical pods that must not be moved from their current node.",
    ),
    _system_class(
        "system-cluster-critical",
        SYSTEM_CRITICAL_PRIORITY,
        "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
    ),
)


def admit_pod(pod: Pod, priority_classes: Mapping[str, PriorityClass]) -> Pod:
    """A new pod with its priority and the tolerations that every pod gets.

    Parameters
    ----------
    pod
        A defaulted pod, not yet validated.
    priority_classes
        The cluster's priority classes by name; Kubernetes' own two count even where they are not among them.

    Raises
    ------
    Forbidden
        When the pod names a priority or runtime class that is not there, or states a priority of its own.
    Unclassified
        When it names a runtime class with nothing, or with what cannot be part of a path.
    """
    pod = _with_tolerations(_with_priority(pod, priority_classes))
    if pod.spec.runtime_class_name == "":
        raise Unclassified("resource name may not be empty")
    if (runtime := pod.spec.runtime_class_name) is not None:
        if problems := is_path_segment_name(runtime):
            raise Unclassified(f"invalid resource name {go_quote(runtime)}: [{' '.join(problems)}]")
        raise forbidden(pod, f"pod rejected: RuntimeClass {go_quote(runtime)} not found")
    return pod


def admit_pod_update(new: Pod, old: Pod) -> Pod:
    """The next version of a pod: what admission set once is kept where the request leaves it out."""
    spec = new.spec
    if spec.priority is None and old.spec.priority is not None:
        spec = replace(spec, priority=old.spec.priority)
    if spec.preemption_policy is None and old.spec.preemption_policy is not None:
        spec = replace(spec, preemption_policy=old.spec.preemption_policy)
    return _with_tolerations(new if spec is new.spec else replace(new, spec=spec))


def check_pod(pod: Pod) -> None:
    """Refuse a valid new pod with an overhead, which only a runtime class can give; raises Forbidden."""
    if pod.spec.overhead is not EMPTY:
        raise forbidden(pod, "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead")


def with_topology_labels(meta: ObjectMeta, node: KubernetesObject | None) -> ObjectMeta:
    """The metadata of a pod on a node, with the zone and region that the node's labels name."""
    labels = EMPTY if node is None else node.metadata.labels
    topology = {label: labels[label] for label in TOPOLOGY_LABELS if label in labels}
    return replace(meta, labels={**meta.labels, **topology}) if topology else meta


def _with_priority(pod: Pod, classes: Mapping[str, PriorityClass]) -> Pod:
    name, priority, policy = _established(pod, classes)
    spec = pod.spec
    if spec.priority not in (None, priority):
        why = (
            f"the integer value of priority ({spec.priority}) must not be provided in pod spec; "
            f"priority admission controller computed {priority} from the given PriorityClass name"
        )
        raise forbidden(pod, why)
    if policy is not None and spec.preemption_policy not in (None, policy):
        why = (
            f"the string value of PreemptionPolicy ({spec.preemption_policy}) must not be provided in pod spec; "
            f"priority admission controller computed {policy} from the given PriorityClass name"
        )
        raise forbidden(pod, why)
    policy = spec.preemption_policy if policy is None else policy
    return replace(pod, spec=replace(spec, priority_class_name=name, priority=priority, preemption_policy=policy))


def _established(pod: Pod, classes: Mapping[str, PriorityClass]) -> tuple[str, int, str | None]:
    """The name, value and preemption policy of a pod's priority class, or of the default one."""
    name = pod.spec.priority_class_name
    if name:
        system = {c.metadata.name: c for c in SYSTEM_PRIORITY_CLASSES}
        found = classes.get(name) or system.get(name)
        if found is None:
            raise forbidden(pod, f"no PriorityClass with name {name} was found")
        return name, found.value, found.preemption_policy
    defaults = [c for c in classes.values() if c.global_default]
    if not defaults:
        return "", 0, _PREEMPT
    lowest = min(defaults, key=lambda c: c.value)
    return lowest.metadata.name, lowest.value, lowest.preemption_policy


def _with_tolerations(pod: Pod) -> Pod:
    """Unless it says otherwise, a pod stays on a node that is lost for five minutes."""
    missing = [key for key in _TOLERATED_FOR_A_WHILE if not any(_tolerates(t, key) for t in pod.spec.tolerations)]
    if not missing:
        return pod
    added = tuple(
        Toleration(key=key, operator="Exists", effect="NoExecute", toleration_seconds=TOLERATION_SECONDS)
        for key in missing
    )
    return replace(pod, spec=replace(pod.spec, tolerations=pod.spec.tolerations + added))


def _tolerates(toleration: Toleration, key: str) -> bool:
    return toleration.key in ("", key) and toleration.effect in ("", "NoExecute")
