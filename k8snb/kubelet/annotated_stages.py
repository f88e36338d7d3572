"""The stages of a pod that lives by annotations: when each is due, and what then happens.

A stage has a moment (from the pod's annotations) and what happens then. A pod can be in several at once: wait to become
ready and run towards its exit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TYPE_CHECKING

from k8snb.api.pods import is_ready, is_terminal
from k8snb.api.types.pod import Pod
from k8snb.kubelet.annotated_timing import RUN

if TYPE_CHECKING:
    from k8snb.kubelet.annotated import AnnotatedKubelet


class Stage(NamedTuple):
    """One thing that will happen to a pod: when, what it does, and how many requests that takes.

    `stages_of` says which pods are in it.
    """

    name: str
    moment: Callable[[AnnotatedKubelet, Pod], int | None]
    act: Callable[[AnnotatedKubelet, Pod], None]
    requests: int = 1


START = Stage(
    "start",
    lambda kubelet, pod: kubelet.timing.start(pod, kubelet.record(pod).bound_ms),
    lambda kubelet, pod: kubelet.start(pod),
)
BECOME_READY = Stage(
    "ready",
    lambda kubelet, pod: kubelet.timing.ready(pod, kubelet.record(pod).started_ms),
    lambda kubelet, pod: kubelet.become_ready(pod),
)
EXIT = Stage(
    "exit",
    lambda kubelet, pod: kubelet.timing.exit(pod, kubelet.record(pod).started_ms),
    lambda kubelet, pod: kubelet.exit_by_itself(pod),
)
RESTART = Stage(
    "restart",
    lambda kubelet, pod: kubelet.timing.restart(pod, kubelet.record(pod).restart_ms),
    lambda kubelet, pod: kubelet.restart(pod),
)
STOP = Stage(
    "stop",
    lambda kubelet, pod: kubelet.timing.stop(pod, kubelet.record(pod).deleted_ms),
    lambda kubelet, pod: kubelet.stop(pod),
    requests=2,
)


def stages_of(pod: Pod) -> tuple[Stage, ...]:
    """The stages that a pod is in."""
    if pod.metadata.deletion_timestamp is not None:
        return (STOP,)
    status = pod.status
    if is_terminal(pod):
        return ()
    if not status.container_statuses:
        return (START,)
    reasons = [c.state.waiting.reason for c in status.container_statuses if c.state.waiting is not None]
    if reasons:
        return (RESTART,) if "CrashLoopBackOff" in reasons else ()
    exits = (EXIT,) if RUN in pod.metadata.annotations else ()
    return exits if is_ready(pod) else (BECOME_READY, *exits)
