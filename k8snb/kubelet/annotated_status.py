"""What a kubelet writes into a pod's status: pure functions from one status to the next.

References
----------
``pkg/kubelet/status/generate.go`` and ``pkg/kubelet/kubelet_pods.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from msgspec.structs import replace

from k8snb.api.types.containers import Container
from k8snb.api.types.pod import Pod
from k8snb.api.types.pod_status import (
    ContainerState,
    ContainerStateRunning,
    ContainerStateTerminated,
    ContainerStateWaiting,
    ContainerStatus,
    PodCondition,
    PodIP,
    PodStatus,
)

READY, CONTAINERS_READY, SANDBOX = "Ready", "ContainersReady", "PodReadyToStartContainers"


def _container_id(pod: Pod, restarts: int) -> str:
    return f"sim://{pod.metadata.uid}/{restarts}"


def _new_container_status(pod: Pod, container: Container, state: ContainerState, ready: bool) -> ContainerStatus:
    return ContainerStatus(
        name=container.name,
        state=state,
        ready=ready,
        image=container.image,
        image_id=f"sim://{container.image}",
        container_id=_container_id(pod, 0),
        started=state.running is not None,
    )


def _set_conditions(conditions: Sequence[PodCondition], ready: bool, now: int) -> tuple[PodCondition, ...]:
    """The conditions with a new readiness; the time of a condition that stays as it is stays too."""
    present = {c.type: c for c in conditions}
    others = [c for c in conditions if c.type not in _KUBELET_CONDITIONS]
    wanted = "True" if ready else "False"
    return (
        _condition(present, "Initialized", "True", now),
        _condition(present, READY, wanted, now),
        _condition(present, CONTAINERS_READY, wanted, now),
        _condition(present, SANDBOX, "True", now),
        *others,
    )


def _condition(present: Mapping[str, PodCondition], type_: str, status: str, now: int) -> PodCondition:
    kept = present.get(type_)
    return kept if kept is not None and kept.status == status else _fresh_condition(type_, status, now)


@lru_cache(64)
def _fresh_condition(type_: str, status: str, now: int) -> PodCondition:
    """A condition that changes now; all pods that change in one second share it."""
    return PodCondition(type=type_, status=status, last_transition_time=now)


_KUBELET_CONDITIONS = ("Initialized", READY, CONTAINERS_READY, SANDBOX)


def started(pod: Pod, missing: Sequence[str], ip: str, ready: bool, now: int) -> PodStatus:
    """The containers start; those whose images are missing wait with ``ErrImagePull``."""
    running = ContainerState(running=ContainerStateRunning(started_at=now))
    statuses = []
    for container in pod.spec.containers:
        if container.image in missing:
            waiting = ContainerState(waiting=ContainerStateWaiting(reason="ErrImagePull"))
            statuses.append(_new_container_status(pod, container, waiting, False))
        else:
            statuses.append(_new_container_status(pod, container, running, ready and not missing))
    return replace(
        pod.status,
        phase="Pending" if missing else "Running",
        conditions=_set_conditions(pod.status.conditions, ready and not missing, now),
        pod_ip=ip,
        pod_ips=(PodIP(ip=ip),),
        start_time=pod.status.start_time or now,
        container_statuses=tuple(statuses),
    )


def with_readiness(pod: Pod, ready: bool, now: int) -> PodStatus:
    """All running containers, and with them the pod, become ready, or stop being so."""
    statuses = _each(pod, lambda c: replace(c, ready=ready) if c.state.running is not None else c)
    conditions = _set_conditions(pod.status.conditions, ready, now)
    return replace(pod.status, container_statuses=statuses, conditions=conditions)


def waiting_for_image(pod: Pod, reason: str, message: str) -> PodStatus:
    """The containers whose image cannot be pulled wait for another reason."""
    state = ContainerState(waiting=ContainerStateWaiting(reason=reason, message=message))
    statuses = _each(pod, lambda c: replace(c, state=state) if _waits_for_image(c) else c)
    return replace(pod.status, container_statuses=statuses)


def _waits_for_image(status: ContainerStatus) -> bool:
    waiting = status.state.waiting
    return waiting is not None and waiting.reason in ("ErrImagePull", "ImagePullBackOff")


def is_waiting_for_image(pod: Pod) -> bool:
    """A container of the pod cannot get its image."""
    return any(_waits_for_image(c) for c in pod.status.container_statuses)


def ended(pod: Pod, code: int, now: int, phase: str | None = None) -> PodStatus:
    """All containers ended with an exit code and will not run again."""
    statuses = _each(pod, lambda c: replace(c, state=_terminated(c, code, now), ready=False, started=False))
    phase = phase or ("Failed" if code else "Succeeded")
    reason = "PodCompleted" if phase == "Succeeded" else "PodFailed"
    return replace(
        pod.status,
        phase=phase,
        conditions=_ended_conditions(pod.status.conditions, reason, now),
        container_statuses=statuses,
    )


def _ended_conditions(conditions: Sequence[PodCondition], reason: str, now: int) -> tuple[PodCondition, ...]:
    """Nothing is ready any more, for a reason that names how the pod ended, and its sandbox is gone."""
    result = []
    for condition in _set_conditions(conditions, False, now):
        if condition.type in (READY, CONTAINERS_READY):
            condition = replace(condition, reason=reason)
        elif condition.type == SANDBOX:
            condition = _fresh_condition(SANDBOX, "False", now)
        result.append(condition)
    return tuple(result)


def crashed(pod: Pod, code: int, delay_seconds: int, now: int) -> PodStatus:
    """The containers ended and wait before they run again."""
    message = f"back-off {delay_seconds}s restarting failed container"
    waiting = ContainerState(waiting=ContainerStateWaiting(reason="CrashLoopBackOff", message=message))
    statuses = _each(
        pod,
        lambda c: replace(c, state=waiting, last_state=_terminated(c, code, now), ready=False, started=False),
    )
    conditions = _set_conditions(pod.status.conditions, False, now)
    return replace(pod.status, container_statuses=statuses, conditions=conditions)


def restarted(pod: Pod, ready: bool, now: int, code: int | None = None) -> PodStatus:
    """The containers run again, once more often restarted; `code` is what they ended with just now."""
    running = ContainerState(running=ContainerStateRunning(started_at=now))

    def restart(status: ContainerStatus) -> ContainerStatus:
        restarts = status.restart_count + 1
        return replace(
            status,
            state=running,
            last_state=status.last_state if code is None else _terminated(status, code, now),
            ready=ready,
            started=True,
            restart_count=restarts,
            container_id=_container_id(pod, restarts),
        )

    conditions = _set_conditions(pod.status.conditions, ready, now)
    return replace(pod.status, phase="Running", container_statuses=_each(pod, restart), conditions=conditions)


def _each(pod: Pod, change: Callable[[ContainerStatus], ContainerStatus]) -> tuple[ContainerStatus, ...]:
    return tuple(change(c) for c in pod.status.container_statuses)


def _terminated(status: ContainerStatus, code: int, now: int) -> ContainerState:
    started_at = status.state.running.started_at if status.state.running else now
    return ContainerState(
        terminated=ContainerStateTerminated(
            exit_code=code,
            reason="Error" if code else "Completed",
            started_at=started_at,
            finished_at=now,
        )
    )
