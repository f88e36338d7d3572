"""Questions that everybody asks about a pod, and about who owns an object.

References
----------
``pkg/api/v1/pod/util.go`` and ``pkg/controller/controller_utils.go @ v1.36``
"""

from __future__ import annotations

from k8snb.api.schema import KubernetesObject
from k8snb.api.types.meta import OwnerReference
from k8snb.api.types.pod import Pod
from k8snb.api.types.pod_status import PodCondition

TERMINAL_PHASES = ("Succeeded", "Failed")


def condition_of(pod: Pod, type_: str) -> PodCondition | None:
    """The pod's condition of a type, if it has one."""
    for condition in pod.status.conditions:
        if condition.type == type_:
            return condition
    return None


def is_ready(pod: Pod) -> bool:
    """The pod's Ready condition is true."""
    for condition in pod.status.conditions:
        if condition.type == "Ready":
            return condition.status == "True"
    return False


def is_available(pod: Pod, min_ready_seconds: int, now: int) -> bool:
    """The pod has been ready for so many seconds; `now` in milliseconds since the epoch."""
    ready = condition_of(pod, "Ready")
    if ready is None or ready.status != "True":
        return False
    since = ready.last_transition_time
    return min_ready_seconds == 0 or (since is not None and since + min_ready_seconds * 1000 <= now)


def available_at(pod: Pod, min_ready_seconds: int) -> int | None:
    """When a ready pod becomes available, in milliseconds since the epoch; None while it is not ready."""
    ready = condition_of(pod, "Ready")
    if ready is None or ready.status != "True" or ready.last_transition_time is None:
        return None
    return ready.last_transition_time + min_ready_seconds * 1000


def is_terminal(pod: Pod) -> bool:
    """The pod has ended, one way or the other."""
    return pod.status.phase in TERMINAL_PHASES


def is_terminating(pod: Pod) -> bool:
    """The pod was deleted and has not ended yet."""
    return pod.metadata.deletion_timestamp is not None and pod.status.phase not in TERMINAL_PHASES


def is_active(pod: Pod) -> bool:
    """The pod has neither ended nor been deleted."""
    return pod.metadata.deletion_timestamp is None and pod.status.phase not in TERMINAL_PHASES


def max_restarts(pod: Pod) -> int:
    """The highest restart count among the pod's containers."""
    restarts = 0
    for status in pod.status.container_statuses:
        if status.restart_count > restarts:
            restarts = status.restart_count
    return restarts


def sidecar_restarts(pod: Pod) -> int:
    """The highest restart count among the init containers that run beside the others."""
    if not pod.spec.init_containers:
        return 0
    sidecars = [c.name for c in pod.spec.init_containers if c.restart_policy == "Always"]
    return max((c.restart_count for c in pod.status.init_container_statuses if c.name in sidecars), default=0)


def controller_of(obj: KubernetesObject) -> OwnerReference | None:
    """The owner reference of the one controller that manages an object."""
    for reference in obj.metadata.owner_references:
        if reference.controller:
            return reference
    return None


def controller_reference(owner: KubernetesObject) -> OwnerReference:
    """The reference by which `owner` controls what it creates."""
    return OwnerReference(
        api_version=owner.api_version,
        kind=owner.kind,
        name=owner.metadata.name,
        uid=owner.metadata.uid,
        controller=True,
        block_owner_deletion=True,
    )
