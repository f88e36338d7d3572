"""One sync of a pod's containers: sandbox, init containers, containers.

References
----------
``pkg/kubelet/kuberuntime/kuberuntime_manager.go SyncPod, doBackOff`` and
``kuberuntime_container.go startContainer @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from k8snb.api.go_duration import format_duration
from k8snb.api.types.containers import Container
from k8snb.api.types.pod import Pod
from k8snb.kubelet.actions import compute_pod_actions, PodActions
from k8snb.kubelet.backoff import Backoff
from k8snb.kubelet.configuration import missing_configuration, needs_configuration
from k8snb.kubelet.durations import Durations
from k8snb.kubelet.hooks import execute_hook, full_name, post_start_message
from k8snb.kubelet.images import Images, StartError
from k8snb.kubelet.probe_results import ProbeResults
from k8snb.kubelet.program import Program
from k8snb.kubelet.restart_policy import is_sidecar
from k8snb.kubelet.runtime import PodRuntime, PodView, RUNNING, RunningContainer, SANDBOX_MS
from k8snb.kubelet.security import root_problem
from k8snb.kubelet.termination import Killer
from k8snb.machinery.server import ApiServer
from k8snb.sim.loop import Loop
from k8snb.sim.process import Steps


@dataclass(slots=True)
class SyncResult:
    """What a sync did: the containers that it tried to start, with what went wrong, and whether it did anything.

    ``probes_ended``: it made probe workers that find their containers ended for good. ``unmounted``: it got no further
    than the volumes.
    """

    started: dict[str, StartError | None] = field(default_factory=dict)
    acted: bool = False
    probes_ended: bool = False
    unmounted: bool = False

    @property
    def errors(self) -> list[StartError]:
        """What went wrong."""
        return [error for error in self.started.values() if error is not None]


class Syncer(NamedTuple):
    """What syncing a pod's containers takes.

    ``program`` gives what a container does at a start, ``address`` the next pod's IP address, ``sandbox_ready`` is
    called when the sandbox is there.
    """

    loop: Loop
    server: ApiServer
    runtime: PodRuntime
    images: Images
    durations: Durations
    backoff: Backoff
    results: ProbeResults
    killer: Killer
    say: Callable[[Container, str, str, str], None]
    program: Callable[[Pod, Container, int], Program]
    address: Callable[[], str]
    sandbox_ready: Callable[[], None]

    def sync_pod(self, pod: Pod, view: PodView, restart_all: bool) -> Steps[SyncResult]:
        """Bring the containers to what the pod asks for, going by what the runtime listed."""
        actions, result = compute_pod_actions(pod, view, self.results, restart_all), SyncResult()
        if actions.kill_pod:
            result.acted = True
            yield from self.killer.kill_pod(pod, view, None)
        else:
            yield from self._kill(pod, actions, result)
            yield from self._reset(pod, actions, result)
        if actions.create_sandbox:
            result.acted = True
            yield SANDBOX_MS
            self.runtime.run_sandbox(self.address())
            self.sandbox_ready()
        for container in actions.start_init:
            error = yield from self._start(pod, container, view, result)
            if error is not None and not is_sidecar(container):
                return result
        for container in actions.start:
            yield from self._start(pod, container, view, result)
        return result

    def _kill(self, pod: Pod, actions: PodActions, result: SyncResult) -> Steps[None]:
        for kill in actions.kill:
            result.acted = True
            yield from self.killer.kill_container(pod, kill.container, kill.message, kill.probe)

    def _reset(self, pod: Pod, actions: PodActions, result: SyncResult) -> Steps[None]:
        """Remove all containers, so that they begin anew."""
        for container, listed in actions.reset:
            result.acted = True
            if listed.state == RUNNING:
                yield from self.killer.kill_container(pod, container, "killing", "", 0)
            self.runtime.remove(listed.id)

    def _start(self, pod: Pod, container: Container, view: PodView, result: SyncResult) -> Steps[StartError | None]:
        result.acted = True
        error = self._back_off(pod, container, view)
        if error is None:
            error = yield from self._start_container(pod, container, view)
        result.started[container.name] = error
        return error

    def _back_off(self, pod: Pod, container: Container, view: PodView) -> StartError | None:
        """Whether a container that crashed has to wait before it runs again; if not, the next time it waits longer."""
        exited = view.newest_exited(container.name)
        if exited is None:
            return None
        key, now_ms = f"{pod.metadata.uid}/{container.name}/{container.image}", self.loop.now_ms
        if not self.backoff.in_back_off_since(key, exited.finished_ms, now_ms):
            self.backoff.next(key, exited.finished_ms, now_ms)
            return None
        name, delay_ms = full_name(pod), self.backoff.get(key)
        complaint = f"Back-off restarting failed container {container.name} in pod {name}"
        self.say(container, "Warning", "BackOff", complaint)
        delay = format_duration(delay_ms)
        message = f"back-off {delay} restarting failed container={container.name} pod={name}"
        return StartError("CrashLoopBackOff", message, exited.finished_ms + delay_ms)

    def _start_container(self, pod: Pod, container: Container, view: PodView) -> Steps[StartError | None]:
        def say(type_: str, reason: str, message: str) -> None:
            self.say(container, type_, reason, message)

        error = yield from self.images.ensure(pod, container, say)
        if error is not None:
            say("Warning", "Failed", f"Error: {error.reason}")
            return error
        problem = missing_configuration(self.server, pod, container) if needs_configuration(container) else ""
        problem = problem or root_problem(pod, container)
        if problem:
            say("Warning", "Failed", f"Error: {problem}")
            return StartError("CreateContainerConfigError", problem)
        newest = view.newest(container.name)
        attempt = 0 if newest is None else newest.attempt + 1
        yield self.durations.create_ms()
        say("Normal", "Created", "Container created")
        program = self.program(pod, container, self.runtime.starts(container.name))
        running = self.runtime.start(container.name, container.image, attempt, program)
        say("Normal", "Started", "Container started")
        return (yield from self._post_start(pod, container, running))

    def _post_start(self, pod: Pod, container: Container, running: RunningContainer) -> Steps[StartError | None]:
        """Run the hook after the start; a container whose hook fails is killed."""
        hook = None if container.lifecycle is None else container.lifecycle.post_start
        if hook is None:
            return None
        execution = execute_hook(hook, running)
        if execution.takes_ms:
            yield execution.takes_ms
        if execution.ok:
            return None
        self.say(container, "Warning", "FailedPostStartHook", "PostStartHook failed")
        yield from self.killer.kill_container(pod, container, "FailedPostStartHook")
        return StartError("PostStartHookError", post_start_message(pod, container, hook))
