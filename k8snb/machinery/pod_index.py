"""The index by which controllers find their pods: by the UID of the controller, orphans by namespace."""

from __future__ import annotations

from k8snb.api.pods import controller_of
from k8snb.api.types.pod import Pod

PODS_BY_CONTROLLER = "controller"
ORPHANS = "orphans/"  # followed by the namespace


def pods_by_controller(pod: Pod) -> tuple[str, ...]:
    """The index values of a pod."""
    reference = controller_of(pod)
    return (reference.uid,) if reference else (ORPHANS + pod.metadata.namespace,)
