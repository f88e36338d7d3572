"""Pods that the control plane ends: the condition that says why.

References
----------
``pkg/api/v1/pod/util.go UpdatePodCondition, CalculatePodConditionObservedGeneration @ v1.36``
"""

from __future__ import annotations

from msgspec.structs import replace

from k8snb.api.pods import condition_of
from k8snb.api.types.pod import Pod
from k8snb.api.types.pod_status import PodCondition, PodStatus

DISRUPTION_TARGET = "DisruptionTarget"


def disrupted(pod: Pod, reason: str, message: str, now: int, *, observed: bool = True) -> PodStatus:
    """The pod's status with the condition that it is about to be ended; the same status if that is said already.

    Parameters
    ----------
    now
        The present, in milliseconds since the epoch.
    observed
        Whether the condition says which generation of the pod it is about, as those of controllers do.
    """
    old = condition_of(pod, DISRUPTION_TARGET)
    condition = PodCondition(
        type=DISRUPTION_TARGET,
        status="True",
        observed_generation=pod.metadata.generation if observed else 0,
        last_transition_time=old.last_transition_time if old is not None and old.status == "True" else now,
        reason=reason,
        message=message,
    )
    if old == condition:
        return pod.status
    return with_disruption_target(pod.status, condition)


def with_disruption_target(status: PodStatus, condition: PodCondition) -> PodStatus:
    """The status with this condition in place of the one that is there, or at the end."""
    if any(c.type == DISRUPTION_TARGET for c in status.conditions):
        conditions = tuple(condition if c.type == DISRUPTION_TARGET else c for c in status.conditions)
        return replace(status, conditions=conditions)
    return replace(status, conditions=(*status.conditions, condition))
