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


def disrupted(pod: Pod, reason: str, message: str, now: int) -> PodStatus:
    """The pod's status with the condition that it is about to be ended; the same status if that is said already.

    Parameters
    ----------
    now
        The present, in milliseconds since the epoch.
    """
    old = condition_of(pod, DISRUPTION_TARGET)
    tracked = pod.status.observed_generation or (old is not None and old.observed_generation)
    condition = PodCondition(
        type=DISRUPTION_TARGET,
        status="True",
        observed_generation=pod.metadata.generation if tracked else 0,
        last_transition_time=old.last_transition_time if old is not None and old.status == "True" else now,
        reason=reason,
        message=message,
    )
    if old == condition:
        return pod.status
    others = (c for c in pod.status.conditions if c.type != DISRUPTION_TARGET)
    return replace(pod.status, conditions=(*others, condition))
