"""The container runtime: sandboxes and containers that run their programs, and stop when asked or killed.

References
----------
``staging/src/k8s.io/cri-api/pkg/apis/services.go RuntimeService @ v1.36``: what the kubelet asks of a runtime
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from k8snb.kubelet.program import Program
from k8snb.kubelet.service_times import ServiceTime, ServiceTimes
from k8snb.sim.loop import Loop, NODE, Timer
from k8snb.sim.process import Signal, Steps

RUNNING, EXITED = "running", "exited"
KILLED = 137  # 128 and SIGKILL
SANDBOX_MS = 10  # to make a sandbox with its network
PREVIOUS_KEPT = 1  # containers of one name that are kept beside the newest


class ContainerView(NamedTuple):
    """A container as a listing shows it. Times are milliseconds of the simulation."""

    id: str
    name: str
    image: str
    attempt: int
    state: str
    started_ms: int
    finished_ms: int = 0
    exit_code: int = 0


class PodView(NamedTuple):
    """A pod as a listing shows it: its sandbox (None: there was none yet) and its containers, the newest first."""

    sandbox_ready: bool | None = None
    ip: str = ""
    containers: tuple[ContainerView, ...] = ()

    def newest(self, name: str) -> ContainerView | None:
        """The last container of a name."""
        for container in self.containers:
            if container.name == name:
                return container
        return None

    def newest_exited(self, name: str) -> ContainerView | None:
        """The last container of a name that has exited."""
        for container in self.containers:
            if container.name == name and container.state == EXITED:
                return container
        return None


def container_id(uid: str, name: str, number: int) -> str:
    """The ID of a pod's container of a name at its start `number`, counted from 0."""
    return f"sim://{uid}/{name}/{number}"


class RunningContainer:
    """One container of the runtime, from its start to its end."""

    def __init__(
        self, loop: Loop, view: ContainerView, program: Program, service: ServiceTime, changed: Callable[[], None]
    ) -> None:
        self.view = view
        self.program = program
        self.exited = Signal()
        self._loop = loop
        self._changed = changed
        self._service = service
        self._timer: Timer | None = None
        if program.run is not None:
            due = view.started_ms + round(program.run * 1000)
            self._timer = loop.call_at(due, self.end, program.exit, priority=NODE)

    @property
    def age_ms(self) -> int:
        """How long it has been running."""
        return self._loop.now_ms - self.view.started_ms

    def end(self, code: int) -> None:
        """It exits now."""
        if self.exited.fired:
            return
        if self._timer is not None:
            self._timer.cancel()
        self.view = self.view._replace(state=EXITED, finished_ms=self._loop.now_ms, exit_code=code)
        self._service.end(self._loop.now_ms)
        self._changed()
        self.exited.fire()

    def stop(self, grace_ms: int) -> Steps[None]:
        """Ask it to stop, and kill it when it takes longer than its grace period."""
        if self.exited.fired:
            return
        term = self.program.term
        if term is not None:
            self._service.refuse(self._loop.now_ms)
        if term is not None and round(term * 1000) < grace_ms:
            self._loop.call_after(round(term * 1000), self.end, self.program.term_exit, priority=NODE)
        else:
            self._loop.call_after(grace_ms, self.end, KILLED, priority=NODE)
        yield self.exited


class PodRuntime:
    """A pod's sandbox and containers on its node.

    Parameters
    ----------
    service
        Where it is noted when containers can be reached.
    changed
        Called whenever something starts or exits.
    """

    def __init__(self, loop: Loop, uid: str, service: ServiceTimes, changed: Callable[[], None]) -> None:
        self._loop = loop
        self._service = service
        self._uid = uid
        self._changed = changed
        self._sandbox_ready: bool | None = None
        self._ip = ""
        self._containers: list[RunningContainer] = []  # the newest first
        self._starts: dict[str, int] = {}

    def list(self) -> PodView:
        """The pod as it is now."""
        return PodView(self._sandbox_ready, self._ip, tuple(c.view for c in self._containers))

    def running(self, name: str) -> RunningContainer | None:
        """The running container of a name."""
        for container in self._containers:
            if container.view.name == name and container.view.state == RUNNING:
                return container
        return None

    def run_sandbox(self, ip: str) -> None:
        """The sandbox is there, with its address."""
        self._sandbox_ready, self._ip = True, ip
        self._changed()

    def stop_sandbox(self) -> None:
        """The sandbox stops."""
        if self._sandbox_ready:
            self._sandbox_ready = False
            self._changed()

    def starts(self, name: str) -> int:
        """How often a container of a name was started so far."""
        return self._starts.get(name, 0)

    def start(
        self, name: str, image: str, attempt: int, program: Program, started_ms: int | None = None
    ) -> RunningContainer:
        """Start a container, or take one over that was started before."""
        number = self._starts[name] = self.starts(name) + 1
        started_ms = self._loop.now_ms if started_ms is None else started_ms
        view = ContainerView(container_id(self._uid, name, number - 1), name, image, attempt, RUNNING, started_ms)
        service = self._service.started(self._uid, name, started_ms)
        container = RunningContainer(self._loop, view, program, service, self._changed)
        self._containers.insert(0, container)
        self._prune(name)
        self._changed()
        return container

    def remove(self, id_: str) -> None:
        """Forget a container that has exited."""
        self._containers = [c for c in self._containers if c.view.id != id_]
        self._changed()

    def remove_dead(self, name: str) -> None:
        """Of the containers of a name that have exited, keep the newest alone; the next listing shows that."""
        older = [c for c in self._containers if c.view.name == name and c.view.state == EXITED][1:]
        if older:
            self._containers = [c for c in self._containers if c not in older]
            self._changed()

    def _prune(self, name: str) -> None:
        """Keep the newest container of a name and those that exited last."""
        older = [c for c in self._containers if c.view.name == name][1 + PREVIOUS_KEPT :]
        if older:
            self._containers = [c for c in self._containers if c not in older]
