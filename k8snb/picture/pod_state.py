"""What a pod looks like: one word for its state, and the reason that Kubernetes gives."""

from __future__ import annotations

from typing import NamedTuple

from k8snb.api.types.pod import Pod
from k8snb.api.types.pod_status import ContainerStatus, PodStatus

READY, RUNNING, STARTING, TERMINATING, FAILING, SUCCEEDED = (
    "ready",
    "running",
    "starting",
    "terminating",
    "failing",
    "succeeded",
)
STATES = (READY, RUNNING, STARTING, TERMINATING, FAILING, SUCCEEDED)

_HARMLESS_WAITING = ("ContainerCreating", "PodInitializing", "")


class PodState(NamedTuple):
    """A pod's looks: ``word`` is one of `STATES`, ``reason`` Kubernetes' own (``ImagePullBackOff``) or empty."""

    word: str
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.word} ({self.reason})" if self.reason else self.word


def pod_state(pod: Pod) -> PodState:
    """Judge a pod as kubectl's STATUS column does, in the six words that the pictures draw."""
    status = pod.status
    if pod.metadata.deletion_timestamp is not None:
        return PodState(TERMINATING)
    if status.phase == "Succeeded":
        return PodState(SUCCEEDED, status.reason)
    if status.phase == "Failed":
        return PodState(FAILING, status.reason or _exit_reason(status) or "Failed")
    trouble = _trouble(status)
    if trouble:
        return PodState(FAILING, trouble)
    if status.phase == "Running":
        return PodState(READY) if is_ready(status) else PodState(RUNNING, "not ready")
    return PodState(STARTING, _waiting_reason(status))


def is_ready(status: PodStatus) -> bool:
    """Whether the Ready condition is true."""
    return any(c.type == "Ready" and c.status == "True" for c in status.conditions)


def _containers(status: PodStatus) -> tuple[ContainerStatus, ...]:
    return (*status.init_container_statuses, *status.container_statuses)


def _trouble(status: PodStatus) -> str:
    """The reason why a container cannot run, if one cannot."""
    for container in _containers(status):
        waiting, terminated = container.state.waiting, container.state.terminated
        if waiting is not None and waiting.reason not in _HARMLESS_WAITING:
            return waiting.reason
        if terminated is not None and terminated.exit_code != 0:
            return terminated.reason or "Error"
    return ""


def _exit_reason(status: PodStatus) -> str:
    for container in _containers(status):
        terminated = container.state.terminated
        if terminated is not None and terminated.reason:
            return terminated.reason
    return ""


def _waiting_reason(status: PodStatus) -> str:
    """Why a pod is not running yet: no node fits, or its containers are being made."""
    for condition in status.conditions:
        if condition.type == "PodScheduled" and condition.status == "False":
            return condition.reason
    for container in _containers(status):
        if container.state.waiting is not None and container.state.waiting.reason:
            return container.state.waiting.reason
    return "Pending"
