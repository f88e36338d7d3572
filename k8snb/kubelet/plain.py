"""Plain pods: no init containers, probes, hooks, scripts or configuration; they start, run for ever, and stop.

Most pods of a simulation are plain, and live the life that `PodWorker` would give them with a fraction of its work.
As soon as something else happens to one (a pull that fails, an exit, a changed image, a node that goes down) a worker
takes it over.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial
from typing import NamedTuple, TYPE_CHECKING

from k8snb.api.pods import TERMINAL_PHASES
from k8snb.api.types.containers import Container
from k8snb.api.types.pod import Pod, PodSpec
from k8snb.api.types.pod_status import PodStatus
from k8snb.kubelet import plain_status as statuses
from k8snb.kubelet.configuration import needs_configuration
from k8snb.kubelet.images import Say
from k8snb.kubelet.program import Program
from k8snb.kubelet.runtime import KILLED, SANDBOX_MS
from k8snb.kubelet.security import must_not_be_root
from k8snb.kubelet.service_times import ServiceTime
from k8snb.kubelet.termination import MINIMUM_GRACE_SECONDS
from k8snb.machinery.deletion import DeleteOptions
from k8snb.machinery.server import EPOCH_MS
from k8snb.sim.process import Process, Steps

if TYPE_CHECKING:
    from k8snb.kubelet.node import NodeKubelet


class Started(NamedTuple):
    """A container that a plain pod has started."""

    container: Container
    program: Program
    at_ms: int
    run: ServiceTime


class PlainState(NamedTuple):
    """What a worker has to know of the plain pod that it takes over; ``under_way`` waits for the next listing."""

    ip: str
    containers: tuple[Started, ...]
    status: PodStatus
    last_sync_ms: int
    under_way: Pod | None


def is_plain(spec: PodSpec) -> bool:
    """Whether pods of this spec need no worker while nothing happens to them."""
    return not (
        spec.init_containers
        or spec.ephemeral_containers
        or spec.readiness_gates
        or spec.volumes
        or spec.host_network
        or spec.active_deadline_seconds is not None
    ) and all(_is_plain_container(c) and not must_not_be_root(spec, c) for c in spec.containers)


def _is_plain_container(container: Container) -> bool:
    return not (
        container.liveness_probe is not None
        or container.readiness_probe is not None
        or container.startup_probe is not None
        or container.lifecycle is not None
        or container.restart_policy is not None
        or container.restart_policy_rules
        or container.volume_mounts
        or container.image_pull_policy == "Never"
        or needs_configuration(container)
        or any(variable.name == "SIM" for variable in container.env)
    )


class PlainPod:
    """One plain pod on one node."""

    __slots__ = (
        "_cause",
        "_ip",
        "_last_sync_ms",
        "_process",
        "_runs",
        "_sending",
        "_sent",
        "_started",
        "_status",
        "_taken_over",
        "_under_way",
        "finished",
        "node",
        "pod",
    )

    def __init__(self, node: NodeKubelet, pod: Pod) -> None:
        self.node = node
        self.pod = pod
        self.finished = False
        self._cause = node.server.store.cause
        self._ip = ""
        self._started: list[Started] = []
        self._status = self._sent = pod.status
        self._sending = self._runs = self._taken_over = False
        self._last_sync_ms = -10_000
        self._under_way: Pod | None = None
        self._process: Process | None = Process(node.loop, self._start(), self._enter)

    def _enter(self) -> None:
        store = self.node.server.store
        store.actor, store.cause = self.node.actor, self._cause

    # -- what happens outside

    def update(self, pod: Pod) -> None:
        """The API server has another version of the pod."""
        old, self.pod = self.pod, pod
        deleted = pod.metadata.deletion_timestamp is not None and old.metadata.deletion_timestamp is None
        ended = pod.status.phase in TERMINAL_PHASES and self._status.phase not in TERMINAL_PHASES
        if self._runs and deleted:
            self._cause = self.node.server.store.cause
            self._process = Process(self.node.loop, self._stop(), self._enter)
        elif (self._runs and pod.spec is not old.spec) or ((self._runs or not self._ip) and (deleted or ended)):
            self.node.take_over(self).wake()  # ... but what has begun to start is started first, as it was

    def remove(self) -> None:
        """The API server has the pod no more; if it was not stopped, a worker sees to that."""
        if not self.finished:
            self.node.take_over(self).remove()

    def hand_over(self) -> PlainState:
        """Do nothing any more: a worker goes on from here."""
        self._taken_over = True
        if self._process is not None:
            self._process.cancel()
        under_way = self._under_way if self._last_sync_ms > self.node.loop.now_ms else None
        return PlainState(self._ip, tuple(self._started), self._status, self._last_sync_ms, under_way)

    # -- its life

    def _start(self) -> Steps[None]:
        node, pod = self.node, self.pod
        self._set(node.creating_status(pod))
        yield node.durations.mount_ms(node.loop.now_ms) + SANDBOX_MS
        self._ip, sandbox_since, listed_ms = node.address(), node.server.time, node.relist_after(node.loop.now_ms)
        told = False  # of the sandbox; where nothing takes its time, what follows is sent with it
        for container in pod.spec.containers:
            path = _path(container.name)
            present = node.images.use_present(container, self._say_of(path))
            if not told and not (present and len(pod.spec.containers) == 1):
                told = True
                self._set(statuses.with_sandbox(self._status, self.pod.metadata.generation, sandbox_since))
            if not present:
                error = yield from node.images.ensure_missing(pod, container, self._say_of(path))
                if error is not None:
                    node.say(pod, path, "Warning", "Failed", f"Error: {error.reason}")
                    node.take_over(self, {container.name: error})
                    return
            yield node.durations.create_ms()
            node.say(pod, path, "Normal", "Created", "Container created")
            now_ms = node.loop.now_ms
            run = node.service.started(pod.metadata.uid, container.name, now_ms)
            self._started.append(Started(container, node.program(pod, container, 0), now_ms, run))
            node.say(pod, path, "Normal", "Started", "Container started")
        seconds = [_second(started.at_ms) for started in self._started]
        now = node.server.time
        self._set(statuses.running(self.pod, self._status, self._ip, sandbox_since, seconds, now))
        self._runs, self._last_sync_ms = True, node.loop.now_ms
        if listed_ms <= node.loop.now_ms:  # the sandbox was listed meanwhile: the next listing is to bring a sync
            self._under_way, self._last_sync_ms = self.pod, node.relist_after(node.loop.now_ms)
        if self.pod.metadata.deletion_timestamp is not None:
            self._last_sync_ms = -1  # what was just started is listed at once
            yield from self._stop()
            return
        self._process = None  # nothing goes on in it until it stops
        if self.pod.spec is not pod.spec:
            self._last_sync_ms = -1
            node.take_over(self).wake()

    def _stop(self) -> Steps[None]:
        node, begin_ms = self.node, self.node.loop.now_ms
        listed_ms = node.relist_after(self._last_sync_ms)
        if self._last_sync_ms == begin_ms or listed_ms > begin_ms:
            yield listed_ms - begin_ms
        self._set(statuses.terminating(self.pod, self._status))
        for container in self.pod.spec.containers:
            node.say(self.pod, _path(container.name), "Normal", "Killing", _stopping(container.name))
        grace = max(self.pod.metadata.deletion_grace_period_seconds or 0, MINIMUM_GRACE_SECONDS)
        begin_ms, ends = node.loop.now_ms, [_end(started.program, grace) for started in self._started]
        self._note_end(begin_ms, [begin_ms + after_ms for _, after_ms in ends])
        yield max(after_ms for _, after_ms in ends)
        codes = [(code, _second(begin_ms + after_ms)) for code, after_ms in ends]
        self._set(statuses.ended(self.pod, self._status, codes, node.server.time))
        yield node.relist_after(node.loop.now_ms) - node.loop.now_ms
        self.finished, self._process = True, None
        self._send_soon()

    def _note_end(self, asked_ms: int, ended_ms: Sequence[int]) -> None:
        """Note until when the containers can be reached; those that ignore the signal, to their end."""
        for started, end_ms in zip(self._started, ended_ms, strict=True):
            if started.program.term is not None:
                started.run.refuse(asked_ms)
            started.run.end(end_ms)

    def _say_of(self, path: str) -> Say:
        return partial(self.node.say, self.pod, path)

    def _set(self, status: PodStatus) -> None:
        self._status = status
        self._send_soon()

    def _send_soon(self) -> None:
        if not self._sending:
            self._sending = True
            self.node.sender.soon(self._send)

    def _send(self) -> None:
        self._sending = False
        if self._taken_over:
            return
        self._enter()
        server = self.node.server
        if self._status is not self._sent:
            self._sent = self._status
            self.pod = server.set_pod_status(self.pod, self._status)
        if self.finished:
            server.delete_object(self.pod, DeleteOptions(grace_period_seconds=0))


@lru_cache(1024)
def _path(name: str) -> str:
    return f"spec.containers{{{name}}}"


@lru_cache(1024)
def _stopping(name: str) -> str:
    return f"Stopping container {name}"


def _end(program: Program, grace: int) -> tuple[int, int]:
    """With which code a container exits that is asked to stop, and after how many milliseconds."""
    term_ms = None if program.term is None else round(program.term * 1000)
    return (program.term_exit, term_ms) if term_ms is not None and term_ms < grace * 1000 else (KILLED, grace * 1000)


def _second(time_ms: int) -> int:
    return EPOCH_MS + time_ms // 1000 * 1000
