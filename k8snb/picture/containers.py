"""The containers of one pod through time, read from its statuses: a thin lane for each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from k8snb.api.types.containers import Container
from k8snb.api.types.pod import Pod
from k8snb.api.types.pod_status import ContainerStatus
from k8snb.picture.chronicle import PodTrack
from k8snb.picture.pod_state import FAILING, HARMLESS_WAITING, READY, RUNNING, STARTING, STATES, SUCCEEDED
from k8snb.picture.track import Track

INIT, SIDECAR, REGULAR = "init", "sidecar", ""


class ContainerSegment(NamedTuple):
    """A container's looks from a time on: ``state`` is an index in `STATES`, ``words`` say it as Kubernetes does."""

    time_ms: int
    state: int
    words: str
    restarts: int


class ContainerLane(NamedTuple):
    """One container's states from their times on.

    ``role`` is `INIT` (it runs once, before the others), `SIDECAR` (an init container that keeps running) or `REGULAR`.
    """

    role: str
    name: str
    segments: tuple[ContainerSegment, ...]

    @property
    def label(self) -> str:
        """The container's name, with what it is when that is something special."""
        return f"{self.role} {self.name}".strip()


def container_lanes(pod: PodTrack, end_ms: int | None) -> tuple[ContainerLane, ...]:
    """The lanes of a pod's containers: init containers and sidecars in their order, then the others.

    Parameters
    ----------
    end_ms
        When the pod's own lane ends; None: it is still there.
    """
    roles = {container.name: role for role, container in _containers(pod.objects.values[-1])}
    tracks: dict[str, Track[tuple[int, str, int]]] = {name: Track() for name in roles}
    for time, version in pod.objects:
        if end_ms is not None and time > end_ms:
            break
        for status in _statuses(version):
            if status.name in tracks:
                state, words = container_state(status, roles[status.name])
                tracks[status.name].put(time, (STATES.index(state), words, status.restart_count))
    return tuple(
        ContainerLane(roles[name], name, tuple(ContainerSegment(time, *look) for time, look in track))
        for name, track in tracks.items()
    )


def container_state(status: ContainerStatus, role: str = REGULAR) -> tuple[str, str]:
    """A container's state as one of `STATES`, and in Kubernetes' words.

    Examples
    --------
    >>> from k8snb.api.types.pod_status import ContainerState, ContainerStateTerminated
    >>> ended = ContainerStateTerminated(exit_code=137, reason="OOMKilled")
    >>> container_state(ContainerStatus(state=ContainerState(terminated=ended)))
    ('failing', 'OOMKilled, exit code 137')
    """
    waiting, ended = status.state.waiting, status.state.terminated
    if ended is not None:
        words = f"{ended.reason or 'terminated'}, exit code {ended.exit_code}"
        return (FAILING if ended.exit_code else SUCCEEDED), words
    if status.state.running is not None:
        if status.ready:
            return READY, "ready"
        if role == INIT:  # nobody asks whether it is ready
            return RUNNING, "running"
        return RUNNING, "not ready" if status.started else "not started"
    reason = waiting.reason if waiting is not None else ""
    return (STARTING if reason in HARMLESS_WAITING else FAILING), reason or "waiting"


def _statuses(pod: Pod) -> tuple[ContainerStatus, ...]:
    return (*pod.status.init_container_statuses, *pod.status.container_statuses)


def _containers(pod: Pod) -> Iterator[tuple[str, Container]]:
    for container in pod.spec.init_containers:
        yield SIDECAR if container.restart_policy == "Always" else INIT, container
    for container in pod.spec.containers:
        yield REGULAR, container
