"""Probes: a worker for each, which looks at its container in its period and says what it found.

A worker whose next looks can change nothing sets no timer: it sleeps until the pod's status or the program's answer
changes, and goes on at the tick at which it would then have looked.

References
----------
``pkg/kubelet/prober/worker.go doProbe``, ``prober_manager.go AddPod, UpdatePodStatus`` and ``prober.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from k8snb.api.types.containers import Container, Probe
from k8snb.api.types.pod import Pod
from k8snb.api.types.pod_status import ContainerStatus, PodStatus
from k8snb.kubelet.commands import Command, command_of
from k8snb.kubelet.handlers import failure_of
from k8snb.kubelet.probe_report import BEFORE_STARTUP, DELAYED, NOT_RUNNING, ON_HOLD, PROBED, ProbeReport, STOPPED
from k8snb.kubelet.probe_results import FAILURE, INITIAL, LIVENESS, ProbeResults, READINESS, STARTUP, SUCCESS
from k8snb.kubelet.restart_policy import is_sidecar, should_restart
from k8snb.kubelet.runtime import PodRuntime, RunningContainer
from k8snb.sim.loop import Loop, NODE, Timer


class Probed(NamedTuple):
    """What the workers of a pod need to know of it.

    ``pod`` and ``status`` give the pod and the status that the kubelet last made of it; ``say`` writes an event about a
    container; ``asleep`` says that the kubelet does nothing; ``fails`` says that probes of a kind fail whatever
    the container does.
    """

    loop: Loop
    epoch_ms: int
    runtime: PodRuntime
    results: ProbeResults
    pod: Callable[[], Pod]
    status: Callable[[], PodStatus]
    say: Callable[[Container, str, str, str], None]
    asleep: Callable[[], bool]
    enter: Callable[[], None]
    fails: Callable[[str], bool]


class _Failing(NamedTuple):
    """A probe that fails as it failed before, as long as the pod's status and the container stay what they are."""

    status: PodStatus
    running: RunningContainer
    message: str


class ProbeWorker:
    """One probe of one container."""

    def __init__(self, probed: Probed, kind: str, container: Container, probe: Probe) -> None:
        self.kind = kind
        self.container = container
        self.stopped = False
        self._probed = probed
        self._probe = probe
        # A worker goes by the pod as it was when the worker began: it never hears of a later deletion.
        self._deleted = probed.pod().metadata.deletion_timestamp is not None
        self._period_ms = max(probe.period_seconds, 1) * 1000
        self._base_ms = probed.loop.now_ms  # ticks are so many periods after it
        self._container_id = ""
        self._last_result = ""
        self._last_ms: int | None = None
        self._run = 0
        self._on_hold = False
        self._failing: _Failing | None = None
        self._asked = False  # an answer is awaited
        self._timer: Timer | None = None
        self._set_timer(self._base_ms, background=False)

    # -- when to look

    def trigger(self) -> None:
        """Look now, and then in periods from now on."""
        if not self.stopped:
            self._base_ms = self._probed.loop.now_ms
            self._set_timer(self._base_ms, background=self._failing is not None)

    def status_changed(self) -> None:
        """The pod has another status: look at the next tick."""
        if self.stopped:
            return
        tick_ms, timer = self._tick_after(self._probed.loop.now_ms), self._timer
        idle = timer is None or timer.callback is None
        if idle or (timer is not None and timer.callback == self._tick and timer.time_ms > tick_ms):
            self._set_timer(tick_ms, background=False)

    def look_again(self) -> None:
        """What a look would find has changed: look at the next tick, unless an answer is awaited."""
        self._failing = None
        if not self.stopped and not self._asked:
            self._set_timer(self._tick_after(self._probed.loop.now_ms), background=False)

    def stop(self) -> None:
        """Look no more."""
        self.stopped = True
        self._cancel()
        if self._container_id:
            self._probed.results.remove(self.kind, self._container_id)

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _set_timer(self, time_ms: int, background: bool) -> None:
        self._cancel()
        self._timer = self._probed.loop.call_at(time_ms, self._tick, priority=NODE, background=background)

    def _tick_after(self, time_ms: int) -> int:
        """The first tick later than a time."""
        return self._base_ms + ((time_ms - self._base_ms) // self._period_ms + 1) * self._period_ms

    def _tick(self) -> None:
        self._timer = None
        if self._probed.asleep():
            self._set_timer(self._tick_after(self._probed.loop.now_ms), background=True)
            return
        self._probed.enter()
        same = self._failing
        if same is not None and same.status is self._probed.status() and not same.running.exited.fired:
            self._probed.say(self.container, "Warning", "Unhealthy", same.message)
            self._set_timer(self._probed.loop.now_ms + self._period_ms, background=True)
            return
        self._failing = None
        if not self._look():
            self.stop()

    # -- telling

    def report(self) -> ProbeReport:
        """What it found lately. A worker that sleeps would have found the same at every tick since."""
        now_ms, last_ms, run, state = self._probed.loop.now_ms, self._last_ms, self._run, self._state()
        found = _find(self._probed.status(), self.container.name)
        if found is None or found.container_id != self._container_id:  # it has not seen this container yet
            last_ms, run = None, 0
        if state == PROBED and last_ms is not None and not self._asked:
            slept = max(0, now_ms - last_ms) // self._period_ms
            last_ms, run = last_ms + slept * self._period_ms, run + slept
        next_ms = self._tick_after(now_ms)
        if state == DELAYED and self._timer is not None:
            next_ms = self._timer.time_ms
        result = self._probed.results.get(self.kind, self._container_id) if self._container_id else None
        return ProbeReport(
            self.container.name, self.kind, self._probe, state, self._last_result if run else "", run, last_ms,
            next_ms if state in (PROBED, DELAYED) else None, result,
        )  # fmt: skip

    def _state(self) -> str:
        """Whether it looks, or what it waits for."""
        status = self._probed.status()
        found = _find(status, self.container.name)
        if self.stopped:
            return STOPPED
        if found is None or found.state.running is None:
            return NOT_RUNNING
        if self._on_hold and found.container_id == self._container_id:
            return ON_HOLD
        if bool(found.started) == (self.kind == STARTUP):
            return ON_HOLD if self.kind == STARTUP else BEFORE_STARTUP
        due_ms = (found.state.running.started_at or 0) - self._probed.epoch_ms
        due_ms += self._probe.initial_delay_seconds * 1000
        return DELAYED if self._probed.loop.now_ms < due_ms else PROBED

    # -- looking

    def _look(self) -> bool:
        """Look once; whether to go on."""
        status = self._probed.status()
        if status.phase in ("Succeeded", "Failed"):
            return False
        found = _find(status, self.container.name)
        if found is None or not found.container_id:
            return True
        if found.container_id != self._container_id:
            self._begin(found.container_id)
        if self._on_hold:
            return True
        if found.state.running is None:
            return self._look_at_dead(found)
        if self._deleted and self.kind != READINESS:
            self._probed.results.set(self.kind, self._container_id, SUCCESS)
            return False
        due_ms = (found.state.running.started_at or 0) - self._probed.epoch_ms
        due_ms += self._probe.initial_delay_seconds * 1000
        if self._probed.loop.now_ms < due_ms:
            self._set_timer(self._tick_after(due_ms - 1), background=False)
            return True
        if bool(found.started) != (self.kind == STARTUP):
            self._execute()
        return True

    def _begin(self, container_id: str) -> None:
        """There is a new container."""
        results = self._probed.results
        if self._container_id:
            results.remove(self.kind, self._container_id)
        self._container_id = container_id
        results.set(self.kind, container_id, INITIAL[self.kind])
        self._on_hold = False

    def _look_at_dead(self, found: ContainerStatus) -> bool:
        if self._container_id:
            self._probed.results.set(self.kind, self._container_id, FAILURE)
        ended = found.state.terminated
        if ended is None:
            return True
        return should_restart(self.container, self._probed.pod().spec, ended.exit_code)

    def _execute(self) -> None:
        """Execute the probe, and go on when its answer is there."""
        running = self._probed.runtime.running(self.container.name)
        if running is None or running.view.id != self._container_id:
            self._set_timer(self._tick_after(self._probed.loop.now_ms), background=False)
            return
        command = self._command(running.program.serve)
        outcome, timeout_ms = command.execute(running.age_ms), max(self._probe.timeout_seconds, 1) * 1000
        in_time = outcome.takes_ms <= timeout_ms
        takes_ms = outcome.takes_ms if in_time else timeout_ms
        if takes_ms:
            self._asked = True
            self._timer = self._probed.loop.call_after(
                takes_ms, self._answer, self._container_id, command, outcome.ok and in_time, not in_time, priority=NODE
            )
        else:
            self._answer(self._container_id, command, outcome.ok, False)

    def _command(self, serve: str) -> Command:
        if self._probed.fails(self.kind):
            return Command(0)
        return command_of(self._probe.exec.command if self._probe.exec is not None else tuple(serve.split()))

    def _answer(self, container_id: str, command: Command, ok: bool, late: bool) -> None:
        """The probe was answered."""
        self._timer, self._asked = None, False
        if self.stopped or container_id != self._container_id:
            self.status_changed()
            return
        self._probed.enter()
        result, message = SUCCESS if ok else FAILURE, ""
        if not ok and not self._probed.asleep():
            reason = failure_of(self._probe, self.container, self._probed.status().pod_ip, late)
            message = f"{self.kind} probe failed: {reason}"
            self._probed.say(self.container, "Warning", "Unhealthy", message)
        self._run = self._run + 1 if result == self._last_result else 1
        self._last_result, self._last_ms = result, self._probed.loop.now_ms
        threshold = self._probe.success_threshold if ok else self._probe.failure_threshold
        if self._run >= max(threshold, 1):
            self._probed.results.set(self.kind, container_id, result)
            if self.kind == STARTUP or (self.kind == LIVENESS and not ok):
                self._on_hold = True
                self._run = 0
        if not self._on_hold:
            self._plan(command, message, settled=self._run >= max(threshold, 1))

    def _plan(self, command: Command, message: str, settled: bool) -> None:
        """Set a timer for the next look that can say something new, or the same complaint again."""
        running, now_ms = self._probed.runtime.running(self.container.name), self._probed.loop.now_ms
        change = None if running is None else command.next_change_ms(running.age_ms)
        broken = self._last_result == SUCCESS and self._probed.fails(self.kind)  # since it was asked
        if not settled or self._last_result == FAILURE or broken:
            for_ever = settled and change is None and not broken
            self._set_timer(self._tick_after(now_ms), background=for_ever)
            if for_ever and message and running is not None and not command.takes_ms:
                self._failing = _Failing(self._probed.status(), running, message)
        elif change is not None and running is not None:
            change_ms = running.view.started_ms + change
            self._set_timer(self._tick_after(max(now_ms, change_ms - 1)), background=False)


def _find(status: PodStatus, name: str) -> ContainerStatus | None:
    for statuses in (status.container_statuses, status.init_container_statuses):
        for found in statuses:
            if found.name == name and found.container_id:
                return found
    return None


class Prober:
    """The probe workers of a pod."""

    def __init__(self, probed: Probed) -> None:
        self._probed = probed
        self._workers: dict[tuple[str, str], ProbeWorker] = {}

    def add_pod(self, pod: Pod) -> bool:
        """Make the workers that are missing, up to the first that is there.

        Returns
        -------
        bool
            A worker was missing because its container has ended for good. The kubelet makes another one every time; it
            finds out the same, and that is news, so that the pod is synced again with the next listing.
        """
        ended = False
        sidecars = [c for c in pod.spec.init_containers if is_sidecar(c)]
        for container in (*pod.spec.containers, *sidecars):
            for kind, probe in probes_of(container):
                if self.find(container.name, kind) is not None:
                    return ended
                if self._has_ended(pod, container):
                    ended = True
                else:
                    self._workers[container.name, kind] = ProbeWorker(self._probed, kind, container, probe)
        return ended

    def _has_ended(self, pod: Pod, container: Container) -> bool:
        found = _find(self._probed.status(), container.name)
        end = None if found is None else found.state.terminated
        return end is not None and not should_restart(container, pod.spec, end.exit_code)

    def find(self, name: str, kind: str) -> ProbeWorker | None:
        """The worker of a container's probe, while it works."""
        worker = self._workers.get((name, kind))
        return None if worker is None or worker.stopped else worker

    def look_again(self, kind: str) -> None:
        """What the probes of a kind would find has changed."""
        for worker in self._workers.values():
            if worker.kind == kind:
                worker.look_again()

    def reports(self) -> list[ProbeReport]:
        """What each probe found lately."""
        return [worker.report() for worker in self._workers.values()]

    def status_changed(self) -> None:
        """The pod has another status."""
        for worker in self._workers.values():
            worker.status_changed()

    def stop_liveness_and_startup(self, pod: Pod) -> None:
        """The pod is being stopped: its containers proper are only asked for their readiness."""
        names = [c.name for c in pod.spec.containers]
        for (name, kind), worker in self._workers.items():
            if name in names and kind != READINESS:
                worker.stop()

    def stop(self) -> None:
        """Nothing is probed any more."""
        for worker in self._workers.values():
            worker.stop()


def has_probe(pod: Pod, kind: str) -> bool:
    """Whether a container of the pod has a probe of a kind: ``liveness``, ``readiness`` or ``startup``."""
    sidecars = (c for c in pod.spec.init_containers if is_sidecar(c))
    return any(kind == k.lower() for c in (*pod.spec.containers, *sidecars) for k, _ in probes_of(c))


def probes_of(container: Container) -> Iterator[tuple[str, Probe]]:
    """A container's probes with their kinds, in the order in which they matter."""
    rows = (
        (STARTUP, container.startup_probe),
        (READINESS, container.readiness_probe),
        (LIVENESS, container.liveness_probe),
    )
    for kind, probe in rows:
        if probe is not None:
            yield kind, probe
