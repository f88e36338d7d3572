"""The phase that a pod's containers add up to.

References
----------
``pkg/kubelet/kubelet_pods.go getPhase @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping

from k8snb.api.types.containers import Container
from k8snb.api.types.pod import PodSpec
from k8snb.api.types.pod_status import ContainerStateTerminated, ContainerStatus
from k8snb.kubelet.restart_policy import is_sidecar, should_restart

PENDING, RUNNING, SUCCEEDED, FAILED = "Pending", "Running", "Succeeded", "Failed"
RESTARTING_ALL = "RestartingAllContainers"


def phase_of(spec: PodSpec, statuses: Mapping[str, ContainerStatus], terminal: bool, initialized: bool) -> str:
    """The phase.

    Parameters
    ----------
    statuses
        The statuses of all containers, by name.
    terminal
        Nothing will run any more, whatever the restart policies say.
    initialized
        A container proper was started before.
    """
    init = [_init_verdict(c, spec, statuses.get(c.name)) for c in spec.init_containers if not is_sidecar(c)]
    if "failed" in init:
        return FAILED
    sidecars = [_sidecar_verdict(statuses.get(c.name)) for c in spec.init_containers if is_sidecar(c)]
    main = [_main_verdict(c, spec, statuses.get(c.name)) for c in spec.containers]
    both = (*sidecars, *main)
    held_back = not initialized and any(v in ("starting", "waiting", "unknown") for v in sidecars)
    if "pending" in init or held_back or "waiting" in both:
        return PENDING
    if "unknown" in both:
        return PENDING
    if any(v in ("running", "starting") for v in both):
        return RUNNING
    ends = [v for v in main if v.startswith("ended")]
    if not ends:
        return PENDING
    if not terminal and any(v.endswith("restarts") for v in ends):
        return RUNNING
    return FAILED if any("failed" in v for v in ends) else SUCCEEDED


def _last_end(status: ContainerStatus) -> ContainerStateTerminated | None:
    """How a container ended that does not run: now, or before it began to wait."""
    return status.state.terminated or (status.last_state.terminated if status.state.waiting is not None else None)


def _restarts(container: Container, spec: PodSpec, end: ContainerStateTerminated) -> bool:
    return should_restart(container, spec, end.exit_code) or end.reason == RESTARTING_ALL


def _init_verdict(container: Container, spec: PodSpec, status: ContainerStatus | None) -> str:
    """An init container proper holds the pod back (``pending``), has ``failed`` for good, or is ``done``."""
    if status is None or status.state.running is not None:
        return "pending"
    end = _last_end(status)
    if end is None:
        return "pending"
    return "done" if end.exit_code == 0 or _restarts(container, spec, end) else "failed"


def _sidecar_verdict(status: ContainerStatus | None) -> str:
    if status is None:
        return "unknown"
    if status.state.running is not None:
        return "running" if status.started else "starting"
    return "ended" if _last_end(status) is not None else "waiting"


def _main_verdict(container: Container, spec: PodSpec, status: ContainerStatus | None) -> str:
    """How a container proper stands; one that ended, whether well, and whether it will run again."""
    if status is None:
        return "unknown"
    if status.state.running is not None:
        return "running"
    end = _last_end(status)
    if end is None:
        return "waiting"
    # A container that waits after an end counts as stopped, but never as succeeded.
    well = status.state.terminated is not None and end.exit_code == 0
    return f"ended {'well' if well else 'failed'}{' restarts' if _restarts(container, spec, end) else ''}"
