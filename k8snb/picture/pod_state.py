"""What a pod looks like: one word for its state, and the reason that Kubernetes gives."""

from __future__ import annotations

from typing import NamedTuple

from k8snb.api.types.pod import Pod
from k8snb.api.types.pod_status import ContainerStatus, PodStatus
from k8snb.kubectl.printers.kinds.pods import status_word

READY, RUNNING, STARTING, TERMINATING, FAILING, SUCCEEDED = (
    "ready",
    "running",
    "starting",
    "terminating",
    "failing",
    "succeeded",
)
STATES = (READY, RUNNING, STARTING, TERMINATING, FAILING, SUCCEEDED)
HARMLESS_WAITING = ("ContainerCreating", "PodInitializing", "")

_UNTROUBLED = ("Running", "NotReady", "Completed", "Pending")  # what STATUS says when another container is well


class PodState(NamedTuple):
    """A pod's looks: ``word`` is one of `STATES`, ``reason`` Kubernetes' own (``ImagePullBackOff``) or empty."""

    word: str
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.word} ({self.reason})" if self.reason else self.word


def pod_state(pod: Pod) -> PodState:
    """Judge a pod in the six words that the pictures draw; the reason is the word of kubectl's STATUS column."""
    status = pod.status
    if pod.metadata.deletion_timestamp is not None:
        return PodState(TERMINATING)
    if status.phase == "Succeeded":
        return PodState(SUCCEEDED, status.reason)
    if status.phase == "Failed":
        return PodState(FAILING, status.reason or status_word(pod))
    trouble = _trouble(status)
    if trouble:
        word = status_word(pod)
        return PodState(FAILING, trouble if word in _UNTROUBLED else word)
    if status.phase == "Running":
        return PodState(READY) if is_ready(status) else PodState(RUNNING, "not ready")
    return PodState(STARTING, _waiting_reason(pod))


def is_ready(status: PodStatus) -> bool:
    """Whether the Ready condition is true."""
    return any(c.type == "Ready" and c.status == "True" for c in status.conditions)


def _containers(status: PodStatus) -> tuple[ContainerStatus, ...]:
    return (*status.init_container_statuses, *status.container_statuses)


def _trouble(status: PodStatus) -> str:
    """The reason why a container cannot run, if one cannot."""
    for container in _containers(status):
        waiting, terminated = container.state.waiting, container.state.terminated
        if waiting is not None and waiting.reason not in HARMLESS_WAITING:
            return waiting.reason
        if terminated is not None and terminated.exit_code != 0:
            return terminated.reason or "Error"
    return ""


def _waiting_reason(pod: Pod) -> str:
    """Why a pod is not running yet: no node fits, or its containers are being made."""
    for condition in pod.status.conditions:
        if condition.type == "PodScheduled" and condition.status == "False":
            return condition.reason
    return status_word(pod) or "Pending"
