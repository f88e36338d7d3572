"""How containers are stopped: their hook, their turn, the signal, the grace period, the kill.

References
----------
``pkg/kubelet/kuberuntime/kuberuntime_container.go killContainer, executePreStopHook, setTerminationGracePeriod`` and
``kuberuntime_termination_order.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from k8snb.api.types.containers import Container
from k8snb.api.types.pod import Pod
from k8snb.kubelet.hooks import execute_hook
from k8snb.kubelet.probe_results import LIVENESS, STARTUP
from k8snb.kubelet.restart_policy import is_sidecar
from k8snb.kubelet.runtime import PodRuntime, PodView, RUNNING
from k8snb.sim.loop import Loop
from k8snb.sim.process import all_of, Process, Signal, Steps, Timeout

MINIMUM_GRACE_SECONDS = 2


class Killer(NamedTuple):
    """What stopping a pod's containers takes.

    ``say`` writes an event about a container, ``enter`` says on whose behalf.
    """

    loop: Loop
    runtime: PodRuntime
    say: Callable[[Container, str, str, str], None]
    enter: Callable[[], None]

    def kill_pod(self, pod: Pod, view: PodView, grace_override: int | None) -> Steps[None]:
        """Stop all containers that run, at the same time, but sidecars after the others; then the sandbox."""
        containers = {c.name: c for c in (*pod.spec.init_containers, *pod.spec.containers)}
        names = [v.name for v in view.containers if v.state == RUNNING and v.name in containers]
        order = TerminationOrder(pod, names) if any(map(is_sidecar, pod.spec.init_containers)) else None
        killing = [
            Process(self.loop, self.kill_container(pod, containers[name], "", "", grace_override, order), self.enter)
            for name in names
        ]
        yield from all_of(killing)
        self.runtime.stop_sandbox()

    def kill_container(
        self,
        pod: Pod,
        container: Container,
        message: str = "",
        probe: str = "",
        grace_override: int | None = None,
        order: TerminationOrder | None = None,
    ) -> Steps[None]:
        """Stop one container; it is over when the container has exited."""
        self.say(container, "Normal", "Killing", message or f"Stopping container {container.name}")
        grace = grace_period(pod, container, probe) if grace_override is None else grace_override
        running = self.runtime.running(container.name)
        hook = None if container.lifecycle is None else container.lifecycle.pre_stop
        if hook is not None and grace > 0:
            execution = execute_hook(hook, running)
            takes_ms = min(execution.takes_ms, grace * 1000)
            if takes_ms:
                yield takes_ms
            if not execution.ok:
                self.say(container, "Warning", "FailedPreStopHook", "PreStopHook failed")
            grace -= takes_ms // 1000
        if order is not None and grace > 0:
            grace -= (yield from order.wait_for_turn(container.name, grace, self.loop)) // 1000
        if running is not None:
            yield from running.stop(max(grace, MINIMUM_GRACE_SECONDS) * 1000)
        if order is not None:
            order.container_terminated(container.name)


def grace_period(pod: Pod, container: Container, probe: str) -> int:
    """How many seconds a container has to stop; a probe that kills it may have a word of its own."""
    if pod.metadata.deletion_grace_period_seconds is not None:
        return pod.metadata.deletion_grace_period_seconds
    by_probe = {STARTUP: container.startup_probe, LIVENESS: container.liveness_probe}.get(probe)
    if by_probe is not None and by_probe.termination_grace_period_seconds is not None:
        return by_probe.termination_grace_period_seconds
    of_pod = pod.spec.termination_grace_period_seconds
    return MINIMUM_GRACE_SECONDS if of_pod is None else of_pod


class TerminationOrder:
    """Sidecars stop after the containers proper, and in reverse order."""

    def __init__(self, pod: Pod, running: Sequence[str]) -> None:
        self._terminated: Mapping[str, Signal] = {
            c.name: Signal() for c in (*pod.spec.containers, *pod.spec.init_containers)
        }
        for name, signal in self._terminated.items():
            if name not in running:
                signal.fire()
        before = [self._terminated[c.name] for c in pod.spec.containers]
        self._prerequisites: dict[str, list[Signal]] = {}
        for container in reversed(pod.spec.init_containers):
            if is_sidecar(container):
                self._prerequisites[container.name] = list(before)
                before = [*before, self._terminated[container.name]]

    def wait_for_turn(self, name: str, grace: int, loop: Loop) -> Steps[int]:
        """Wait until all that go before have stopped, but no longer than the grace period; the milliseconds it took."""
        begin_ms = loop.now_ms
        for signal in self._prerequisites.get(name, ()):
            left_ms = begin_ms + grace * 1000 - loop.now_ms
            if left_ms <= 0:
                break
            if not signal.fired:
                yield Timeout(signal, left_ms)
        return loop.now_ms - begin_ms

    def container_terminated(self, name: str) -> None:
        """A container has stopped: whoever waits for that goes on."""
        self._terminated[name].fire()
