"""The statuses of a plain pod: the same as the general way makes, put together from parts that pods share.

References
----------
``pkg/kubelet/kubelet_pods.go generateAPIPodStatus @ v1.36``
"""

from __future__ import annotations

from collections.abc import Sequence
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
    HostIP,
    PodCondition,
    PodIP,
    PodStatus,
)
from k8snb.kubelet.conditions import (
    CONTAINERS_READY,
    INITIALIZED,
    OWNED,
    READY,
    SANDBOX,
    SCHEDULED,
    shared_condition,
    TRUE,
    Verdict,
)
from k8snb.kubelet.phase import FAILED, SUCCEEDED
from k8snb.kubelet.runtime import container_id

_CREATING = ContainerState(waiting=ContainerStateWaiting(reason="ContainerCreating"))
_UNREADY: Verdict = ("False", "ContainersNotReady", "")


def creating(pod: Pod, host_ip: str, now: int) -> PodStatus:
    """The kubelet has seen the pod; nothing runs yet. `now` is in milliseconds since the epoch, in whole seconds."""
    generation = pod.metadata.generation
    containers = tuple([(c.name, c.image) for c in pod.spec.containers])
    scheduled = _since(pod.status.conditions, SCHEDULED, now)
    conditions = _creating_conditions(generation, containers, scheduled, now)
    return PodStatus(
        observed_generation=generation,
        phase="Pending",
        conditions=_with_foreign(pod, conditions),
        host_ip=host_ip,
        host_ips=_host_ips(host_ip),
        start_time=pod.status.start_time or now,
        container_statuses=_creating_containers(containers),
        qos_class=pod.status.qos_class,
        nominated_node_name=pod.status.nominated_node_name,
    )


def with_sandbox(status: PodStatus, generation: int, now: int) -> PodStatus:
    """The sandbox is there, and images are pulled."""
    others = [c for c in status.conditions if c.type != SANDBOX]
    return replace(status, conditions=(*others, _condition(SANDBOX, TRUE, generation, now)))


def running(pod: Pod, status: PodStatus, ip: str, sandbox_since: int, started: Sequence[int], now: int) -> PodStatus:
    """All containers run, and are ready; `started` says since when each does, in whole seconds since the epoch."""
    generation, uid = pod.metadata.generation, pod.metadata.uid
    rows = sorted(zip(pod.spec.containers, started, strict=True), key=lambda row: row[0].name)
    statuses = tuple(_running_container(uid, container, since) for container, since in rows)
    old = status.conditions
    initialized, scheduled = _since(old, INITIALIZED, now), _since(old, SCHEDULED, now)
    conditions = _running_conditions(generation, sandbox_since, initialized, scheduled, now)
    return replace(
        status,
        phase="Running",
        conditions=_with_foreign(pod, conditions),
        pod_ip=ip,
        pod_ips=(PodIP(ip=ip),),
        container_statuses=statuses,
        observed_generation=generation,
    )


def terminating(pod: Pod, status: PodStatus) -> PodStatus:
    """The kubelet has seen that the pod is to stop, which is a generation of its own."""
    generation = pod.metadata.generation
    return replace(status, observed_generation=generation, conditions=_of_generation(status.conditions, generation))


def ended(pod: Pod, status: PodStatus, ends: Sequence[tuple[int, int]], now: int) -> PodStatus:
    """All containers have stopped; `ends` gives the code and the whole second since the epoch of each."""
    generation = pod.metadata.generation
    by_name = dict(zip((c.name for c in pod.spec.containers), ends, strict=True))
    statuses = tuple(_ended_container(s, *by_name[s.name]) for s in status.container_statuses)
    phase = FAILED if any(code for code, _ in ends) else SUCCEEDED
    old = status.conditions
    initialized, scheduled = _since(old, INITIALIZED, now), _since(old, SCHEDULED, now)
    conditions = _ended_conditions(generation, phase, initialized, scheduled, now)
    return replace(
        status,
        phase=phase,
        conditions=_with_foreign(pod, conditions),
        container_statuses=statuses,
        observed_generation=generation,
    )


@lru_cache(256)
def _of_generation(conditions: tuple[PodCondition, ...], generation: int) -> tuple[PodCondition, ...]:
    return tuple(replace(c, observed_generation=generation) if c.type in OWNED else c for c in conditions)


@lru_cache(256)
def _creating_conditions(
    generation: int, containers: tuple[tuple[str, str], ...], scheduled_since: int | None, now: int
) -> tuple[PodCondition, ...]:
    unready = _unready(tuple(name for name, _ in containers))
    return (
        _condition(SANDBOX, ("False", "", ""), generation, now),
        _condition(INITIALIZED, TRUE, generation, now),
        _condition(READY, unready, generation, now),
        _condition(CONTAINERS_READY, unready, generation, now),
        _condition(SCHEDULED, TRUE, generation, scheduled_since),
    )


@lru_cache(256)
def _running_conditions(
    generation: int, sandbox_since: int, initialized_since: int | None, scheduled_since: int | None, now: int
) -> tuple[PodCondition, ...]:
    return (
        _condition(SANDBOX, TRUE, generation, sandbox_since),
        _condition(INITIALIZED, TRUE, generation, initialized_since),
        _condition(READY, TRUE, generation, now),
        _condition(CONTAINERS_READY, TRUE, generation, now),
        _condition(SCHEDULED, TRUE, generation, scheduled_since),
    )


@lru_cache(256)
def _ended_conditions(
    generation: int, phase: str, initialized_since: int | None, scheduled_since: int | None, now: int
) -> tuple[PodCondition, ...]:
    reason = "PodFailed" if phase == FAILED else "PodCompleted"
    unready: Verdict = ("False", reason, "")
    return (
        _condition(SANDBOX, ("False", "", ""), generation, now),
        _condition(INITIALIZED, TRUE if phase == FAILED else ("True", reason, ""), generation, initialized_since),
        _condition(READY, unready, generation, now),
        _condition(CONTAINERS_READY, unready, generation, now),
        _condition(SCHEDULED, TRUE, generation, scheduled_since),
    )


def _with_foreign(pod: Pod, conditions: tuple[PodCondition, ...]) -> tuple[PodCondition, ...]:
    """The kubelet's conditions, after those of others; most pods have none, and share the tuple."""
    foreign = [c for c in pod.status.conditions if c.type not in OWNED]
    return (*foreign, *conditions) if foreign else conditions


def _condition(type_: str, verdict: Verdict, generation: int, since: int | None) -> PodCondition:
    return shared_condition(type_, *verdict, generation, since)


def _since(conditions: Sequence[PodCondition], type_: str, now: int) -> int | None:
    for condition in conditions:
        if condition.type == type_:
            return condition.last_transition_time
    return now


@lru_cache(1024)
def _unready(names: tuple[str, ...]) -> Verdict:
    return "False", "ContainersNotReady", f"containers with unready status: [{' '.join(names)}]"


@lru_cache(1024)
def _host_ips(host_ip: str) -> tuple[HostIP, ...]:
    return (HostIP(ip=host_ip),)


@lru_cache(1024)
def _creating_containers(containers: tuple[tuple[str, str], ...]) -> tuple[ContainerStatus, ...]:
    """By name; `containers` are names and images."""
    return tuple(
        ContainerStatus(name=name, state=_CREATING, image=image, started=False) for name, image in sorted(containers)
    )


@lru_cache(64)
def _running_state(since: int) -> ContainerState:
    return ContainerState(running=ContainerStateRunning(started_at=since))


@lru_cache(256)
def _image_id(image: str) -> str:
    return f"sim://{image}"


def _running_container(uid: str, container: Container, since: int) -> ContainerStatus:
    return ContainerStatus(
        name=container.name,
        state=_running_state(since),
        ready=True,
        image=container.image,
        image_id=_image_id(container.image),
        container_id=container_id(uid, container.name, 0),
        started=True,
        resources=container.resources,
        allocated_resources=container.resources.requests,
    )


def _ended_container(status: ContainerStatus, code: int, finished: int) -> ContainerStatus:
    state = ContainerStateTerminated(
        exit_code=code,
        reason="Error" if code else "Completed",
        started_at=status.state.running.started_at if status.state.running is not None else finished,
        finished_at=finished,
        container_id=status.container_id,
    )
    return replace(status, state=ContainerState(terminated=state), ready=False, started=False)
