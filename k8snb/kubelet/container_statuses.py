"""The statuses of containers, from what the runtime lists and what the status said before.

References
----------
``pkg/kubelet/kubelet_pods.go convertToAPIContainerStatuses @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from k8snb.api.types.containers import Container
from k8snb.api.types.pod import Pod
from k8snb.api.types.pod_status import (
    ContainerState,
    ContainerStateRunning,
    ContainerStateTerminated,
    ContainerStateWaiting,
    ContainerStatus,
    VolumeMountStatus,
)
from k8snb.kubelet.images import StartError
from k8snb.kubelet.phase import RESTARTING_ALL
from k8snb.kubelet.restart_policy import is_sidecar, should_be_restarted
from k8snb.kubelet.runtime import ContainerView, EXITED, PodView, RUNNING

REMOVED = "The container is removed because RestartAllContainers in place"

_CREATING = ContainerState(waiting=ContainerStateWaiting(reason="ContainerCreating"))
_INITIALIZING = ContainerState(waiting=ContainerStateWaiting(reason="PodInitializing"))


class Sources(NamedTuple):
    """What statuses are made of.

    ``reasons`` says why containers could not be started, ``restarting`` whether all containers are being restarted;
    ``epoch_ms`` is the time of the simulation's start.
    """

    pod: Pod
    view: PodView
    reasons: Mapping[str, StartError]
    restarting: bool
    epoch_ms: int


def container_statuses(
    sources: Sources, containers: Sequence[Container], before: Sequence[ContainerStatus], init: bool
) -> tuple[ContainerStatus, ...]:
    """The statuses of the init containers, or of the containers proper, in their order."""
    old = {status.name: status for status in before}
    statuses = [_status(sources, container, old.get(container.name), init) for container in containers]
    return tuple(statuses) if init else tuple(sorted(statuses, key=lambda status: status.name))


def _status(sources: Sources, container: Container, old: ContainerStatus | None, init: bool) -> ContainerStatus:
    views = [view for view in sources.view.containers if view.name == container.name]
    if views:
        status = _from_views(sources, container, views, old)
    else:
        status = _without_view(sources, container, old)
    newest = views[0] if views else None
    if init and newest is not None and newest.state == EXITED and newest.exit_code == 0:
        return status
    if init and newest is None and not is_sidecar(container) and _has_begun(sources):
        return status
    reason = sources.reasons.get(container.name)
    if reason is None or not should_be_restarted(container, sources.pod, sources.view):
        return status
    waiting = ContainerState(waiting=ContainerStateWaiting(reason=reason.reason, message=reason.message))
    last = status.state if status.state.terminated is not None else status.last_state
    return replace(status, state=waiting, last_state=last)


def _has_begun(sources: Sources) -> bool:
    """A container proper was created, so that the init containers are done even if they are not listed any more."""
    return any(sources.view.newest(c.name) is not None for c in sources.pod.spec.containers)


def _from_views(
    sources: Sources, container: Container, views: Sequence[ContainerView], old: ContainerStatus | None
) -> ContainerStatus:
    newest = views[0]
    state = _state(newest, sources.epoch_ms)
    restarts, last, started = newest.attempt, ContainerState(), None
    if old is not None:
        restarts = max(restarts, old.restart_count)
        if old.container_id != newest.id and old.state.terminated is not None:
            last = ContainerState(terminated=old.state.terminated)
        elif old.last_state.terminated is not None:
            last = ContainerState(terminated=old.last_state.terminated)
        if newest.state == RUNNING:
            started = old.started
            if (
                old.state.terminated is not None
                and old.restart_count >= newest.attempt
                and old.container_id != newest.id
            ):
                restarts = old.restart_count + 1
    if len(views) > 1:
        last = _state(views[1], sources.epoch_ms)
    return ContainerStatus(
        name=container.name,
        state=state,
        last_state=last,
        restart_count=restarts,
        image=newest.image,
        image_id=f"sim://{newest.image}",
        container_id=newest.id,
        started=started,
        volume_mounts=_mounts(container),
        resources=container.resources,
        allocated_resources=container.resources.requests,
    )


def _without_view(sources: Sources, container: Container, old: ContainerStatus | None) -> ContainerStatus:
    """The status of a container that the runtime does not list: it was not started yet, or removed."""
    state = _INITIALIZING if sources.pod.spec.init_containers else _CREATING
    status = ContainerStatus(name=container.name, state=state, image=container.image, volume_mounts=_mounts(container))
    if old is None:
        return status
    if sources.restarting and old.state.waiting is None:
        ended = ContainerStateTerminated(reason=RESTARTING_ALL, message=REMOVED, exit_code=137)
        return replace(
            status,
            state=ContainerState(waiting=ContainerStateWaiting(reason=RESTARTING_ALL, message=REMOVED)),
            last_state=ContainerState(terminated=ended),
            restart_count=old.restart_count + 1,
        )
    if old.state.terminated is not None:
        return old
    return replace(status, restart_count=old.restart_count, last_state=old.last_state)


def _mounts(container: Container) -> tuple[VolumeMountStatus, ...]:
    return tuple(
        VolumeMountStatus(
            name=mount.name,
            mount_path=mount.mount_path,
            read_only=mount.read_only,
            recursive_read_only="Disabled" if mount.read_only else None,
        )
        for mount in container.volume_mounts
    )


def _state(view: ContainerView, epoch_ms: int) -> ContainerState:
    if view.state == RUNNING:
        return ContainerState(running=ContainerStateRunning(started_at=_second(view.started_ms, epoch_ms)))
    return ContainerState(
        terminated=ContainerStateTerminated(
            exit_code=view.exit_code,
            reason="Error" if view.exit_code else "Completed",
            started_at=_second(view.started_ms, epoch_ms),
            finished_at=_second(view.finished_ms, epoch_ms),
            container_id=view.id,
        )
    )


def _second(time_ms: int, epoch_ms: int) -> int:
    """A time as objects record it, in whole seconds."""
    return epoch_ms + time_ms // 1000 * 1000
