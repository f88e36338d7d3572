"""What a sync has to do: from a pod's spec and what the runtime lists, the containers to start and to kill.

References
----------
``pkg/kubelet/kuberuntime/kuberuntime_manager.go computePodActions`` and
``kuberuntime_container.go computeInitContainerActions @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from k8snb.api.types.containers import Container
from k8snb.api.types.pod import Pod
from k8snb.kubelet.probe_results import FAILURE, LIVENESS, ProbeResults, STARTUP, SUCCESS
from k8snb.kubelet.restart_policy import (
    is_sidecar,
    should_be_restarted,
    should_restart,
    triggers_restart_all,
)
from k8snb.kubelet.runtime import ContainerView, EXITED, PodView, RUNNING

Changed = Callable[[ContainerView, Container], bool]


class Kill(NamedTuple):
    """A container to kill: the event's message, and the probe that wants it."""

    container: Container
    message: str
    probe: str = ""


@dataclass(slots=True)
class PodActions:
    """What a sync has to do, in this order."""

    kill_pod: bool = False
    create_sandbox: bool = False
    kill: list[Kill] = field(default_factory=list)
    reset: list[tuple[Container, ContainerView]] = field(default_factory=list)
    start_init: list[Container] = field(default_factory=list)
    start: list[Container] = field(default_factory=list)


def compute_pod_actions(pod: Pod, view: PodView, results: ProbeResults, restart_all: bool) -> PodActions:
    """What is to be done about a pod.

    Parameters
    ----------
    results
        What the probes came to.
    restart_all
        All containers are to be removed, and to begin anew.
    """
    if restart_all:
        return PodActions(reset=_containers_to_reset(pod, view))
    if not view.sandbox_ready:
        return _new_sandbox_actions(pod, view)
    actions = PodActions()
    initialized = _compute_init_container_actions(pod, view, results, actions)
    if actions.kill_pod or not initialized:
        return actions
    kept = 0
    for container in pod.spec.containers:
        kept += _compute_container_actions(pod, container, view, results, actions)
    if not kept and not actions.start:
        actions.kill_pod = True
        actions.start_init = []  # sidecars do not keep a pod alive
    return actions


def _new_sandbox_actions(pod: Pod, view: PodView) -> PodActions:
    """There is no sandbox, or none that is ready: make one, unless the pod is done."""
    attempted = view.sandbox_ready is not None
    if pod.spec.restart_policy == "Never" and attempted and view.containers:
        return PodActions(kill_pod=True)
    starting = [c for c in pod.spec.containers if not _is_done(pod, c, view)]
    if not starting and any(view.newest(c.name) is not None for c in pod.spec.containers):
        return PodActions(kill_pod=True)
    actions = PodActions(kill_pod=attempted, create_sandbox=True)
    if pod.spec.init_containers:
        actions.start_init = [pod.spec.init_containers[0]]
    else:
        actions.start = starting
    return actions


def _is_done(pod: Pod, container: Container, view: PodView) -> bool:
    """A container that runs once, and has succeeded."""
    newest = view.newest(container.name)
    policy = container.restart_policy or pod.spec.restart_policy
    return policy == "OnFailure" and newest is not None and newest.state == EXITED and newest.exit_code == 0


def _compute_container_actions(
    pod: Pod, container: Container, view: PodView, results: ProbeResults, actions: PodActions
) -> int:
    """Add what is to be done about a container proper; 1 if it is kept as it is."""
    newest = view.newest(container.name)
    if newest is None or newest.state != RUNNING:
        if should_be_restarted(container, pod, view):
            actions.start.append(container)
        return 0
    restart = (container.restart_policy or pod.spec.restart_policy) != "Never"
    if definition_changed(newest, container):
        message, probe, restart = f"Container {container.name} definition changed", "", True
    elif results.get(LIVENESS, newest.id) == FAILURE:
        message, probe = f"Container {container.name} failed liveness probe", LIVENESS
    elif results.get(STARTUP, newest.id) == FAILURE:
        message, probe = f"Container {container.name} failed startup probe", STARTUP
    else:
        return 1
    if restart:
        message += ", will be restarted"
        actions.start.append(container)
    actions.kill.append(Kill(container, message, probe))
    return 0


def definition_changed(view: ContainerView, container: Container) -> bool:
    """The container runs another image than its spec names now."""
    return view.image != container.image


def _compute_init_container_actions(pod: Pod, view: PodView, results: ProbeResults, actions: PodActions) -> bool:
    """Add what is to be done about the init containers, from the last on; whether the pod is initialized."""
    containers = pod.spec.init_containers
    if not containers:
        return True
    initialized = any(_runs(view.newest(c.name)) for c in pod.spec.containers)
    previously = initialized
    for index in range(len(containers) - 1, -1, -1):
        container, newest = containers[index], view.newest(containers[index].name)
        if newest is None:
            if previously and is_sidecar(container):
                actions.start_init.append(container)
            continue
        if previously and not is_sidecar(container):
            continue
        done, again = _init_container_verdict(pod, container, newest, results, actions)
        if actions.kill_pod:
            actions.start_init = []
            return False
        if done and index == len(containers) - 1:
            initialized = True
        elif done and not previously:
            actions.start_init.append(containers[index + 1])
        if again:
            actions.start_init.append(container)
        previously = True
    if not previously:
        actions.start_init.append(containers[0])
    actions.start_init.reverse()  # they start in the order of the spec
    return initialized


def _init_container_verdict(
    pod: Pod, container: Container, newest: ContainerView, results: ProbeResults, actions: PodActions
) -> tuple[bool, bool]:
    """Whether an init container lets the next one start, and whether it is to be started again."""
    if newest.state == RUNNING:
        return _sidecar_verdict(container, newest, results, actions) if is_sidecar(container) else (False, False)
    if is_sidecar(container):
        return False, True
    if newest.exit_code == 0:
        return True, False
    actions.kill_pod = not should_restart(container, pod.spec, newest.exit_code)
    return False, True


def _runs(view: ContainerView | None) -> bool:
    return view is not None and view.state == RUNNING


def _sidecar_verdict(
    container: Container, view: ContainerView, results: ProbeResults, actions: PodActions
) -> tuple[bool, bool]:
    """The verdict on a running sidecar: the next may start once it has started; it is killed when a probe fails."""
    if container.startup_probe is not None:
        startup = results.get(STARTUP, view.id)
        if startup == FAILURE:
            actions.kill.append(Kill(container, f"Init container {container.name} failed startup probe", STARTUP))
        if startup != SUCCESS:
            return False, startup == FAILURE
    if definition_changed(view, container):
        actions.kill.append(Kill(container, f"Init container {container.name} definition changed"))
        return True, True
    if container.liveness_probe is not None and results.get(LIVENESS, view.id) == FAILURE:
        actions.kill.append(Kill(container, f"Init container {container.name} failed liveness probe", LIVENESS))
        return True, True
    return True, False


def _containers_to_reset(pod: Pod, view: PodView) -> list[tuple[Container, ContainerView]]:
    """All containers there are, the init containers after the others; those that asked for it come last."""
    targets: list[tuple[Container, ContainerView]] = []
    sources: list[tuple[Container, ContainerView]] = []
    for container in (*pod.spec.containers, *pod.spec.init_containers):
        for listed in view.containers:
            if listed.name == container.name:
                source = listed.state == EXITED and triggers_restart_all(container, listed.exit_code)
                (sources if source else targets).append((container, listed))
    return targets + sources
