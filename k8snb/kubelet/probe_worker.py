"""A probe's worker: it looks at its container in its period, and says what it found.

A worker whose next looks can change nothing sets no timer: it sleeps until the pod's status or the program's answer
changes, and goes on at the tick at which it would then have looked.

References
----------
``pkg/kubelet/prober/worker.go doProbe @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from k8snb.api.pods import TERMINAL_PHASES
from k8snb.api.types.containers import Container, Probe
from k8snb.api.types.pod import Pod
from k8snb.api.types.pod_status import ContainerStateRunning, ContainerStatus, PodStatus
from k8snb.kubelet.commands import Command
from k8snb.kubelet.handlers import failure_of
from k8snb.kubelet.probe_execution import Answer, execute_probe
from k8snb.kubelet.probe_report import BEFORE_STARTUP, DELAYED, NOT_RUNNING, ON_HOLD, PROBED, ProbeReport, STOPPED
from k8snb.kubelet.probe_results import FAILURE, INITIAL, LIVENESS, ProbeResults, READINESS, STARTUP, SUCCESS
from k8snb.kubelet.probe_timer import ProbeTimer
from k8snb.kubelet.restart_policy import should_restart
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
        self._container_id = ""
        self._last_result = ""
        self._last_ms: int | None = None
        self._run = 0
        self._on_hold = False
        self._failing: _Failing | None = None
        self._awaited: Timer | None = None  # an answer
        self._missed = False  # a tick came while an answer was awaited: it counts when the answer is there
        self._timer = ProbeTimer(probed.loop, max(probe.period_seconds, 1) * 1000, self._tick)
        self._timer.begin_anew(background=False)

    # -- when to look

    def trigger(self) -> None:
        """Look now, and then in periods from now on."""
        if not self.stopped:
            self._timer.begin_anew(background=self._failing is not None)

    def status_changed(self) -> None:
        """The pod has another status: look at the next tick, unless an answer is awaited."""
        if not self.stopped and self._awaited is None:
            self._timer.hasten()

    def look_again(self) -> None:
        """What a look would find has changed: look at the next tick, unless an answer is awaited."""
        self._failing = None
        if not self.stopped and self._awaited is None:
            self._timer.set_next(background=False)

    def stop(self) -> None:
        """Look no more."""
        self.stopped = True
        self._timer.cancel()
        if self._awaited is not None:
            self._awaited.cancel()
        if self._container_id:
            self._probed.results.remove(self.kind, self._container_id)

    def _tick(self) -> None:
        if self._awaited is not None:
            self._missed = True
            return
        if self._probed.asleep():
            self._timer.set_next(background=True)
            return
        self._probed.enter()
        same = self._failing
        if same is not None and same.status is self._probed.status() and not same.running.exited.fired:
            self._probed.say(self.container, "Warning", "Unhealthy", same.message)
            self._timer.tick_again()
            return
        self._failing = None
        if not self._look():
            self.stop()

    # -- telling

    def report(self) -> ProbeReport:
        """What it found lately. A worker that sleeps would have found the same at every tick since."""
        now_ms, last_ms, run, state = self._probed.loop.now_ms, self._last_ms, self._run, self._state()
        found = find_status(self._probed.status(), self.container.name)
        if found is None or found.container_id != self._container_id:  # it has not seen this container yet
            last_ms, run = None, 0
        if state == PROBED and last_ms is not None and self._awaited is None:
            slept = max(0, now_ms - last_ms) // self._timer.period_ms
            last_ms, run = last_ms + slept * self._timer.period_ms, run + slept
        next_ms = self._timer.after(now_ms)
        if state == DELAYED and self._timer.due_ms is not None:
            next_ms = self._timer.due_ms
        result = self._probed.results.get(self.kind, self._container_id) if self._container_id else None
        return ProbeReport(
            self.container.name, self.kind, self._probe, state, self._last_result if run else "", run, last_ms,
            next_ms if state in (PROBED, DELAYED) else None, result,
        )  # fmt: skip

    def _state(self) -> str:
        """Whether it looks, or what it waits for."""
        status = self._probed.status()
        found = find_status(status, self.container.name)
        if self.stopped:
            return STOPPED
        if found is None or found.state.running is None:
            return NOT_RUNNING
        if self._on_hold and found.container_id == self._container_id:
            return ON_HOLD
        if bool(found.started) == (self.kind == STARTUP):
            return ON_HOLD if self.kind == STARTUP else BEFORE_STARTUP
        return DELAYED if self._probed.loop.now_ms < self._due_ms(found.state.running) else PROBED

    # -- looking

    def _look(self) -> bool:
        """Look once; whether to go on."""
        status = self._probed.status()
        if status.phase in TERMINAL_PHASES:
            return False
        found = find_status(status, self.container.name)
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
        due_ms = self._due_ms(found.state.running)
        if self._probed.loop.now_ms < due_ms:
            self._timer.set(self._timer.after(due_ms - 1), background=False)
            return True
        if bool(found.started) != (self.kind == STARTUP):
            self._execute()
        return True

    def _due_ms(self, running: ContainerStateRunning) -> int:
        """When the initial delay is over."""
        return (running.started_at or 0) - self._probed.epoch_ms + self._probe.initial_delay_seconds * 1000

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
            self._timer.set_next(background=False)
            return
        answer = execute_probe(self._probe, running, self._probed.fails(self.kind))
        if answer.takes_ms:
            self._timer.set_next(background=True)  # before the answer, should both be due at the same time
            self._awaited = self._probed.loop.call_after(answer.takes_ms, self._answer, answer, priority=NODE)
        else:
            self._answer(answer)

    def _answer(self, answer: Answer) -> None:
        """The probe was answered."""
        self._awaited, missed, self._missed = None, self._missed, False
        self._timer.cancel()
        if self.stopped or answer.container_id != self._container_id:
            self.status_changed()
            return
        self._probed.enter()
        result, message = SUCCESS if answer.ok else FAILURE, ""
        if not answer.ok and not self._probed.asleep():
            reason = failure_of(self._probe, self.container, self._probed.status().pod_ip, answer.late)
            message = f"{self.kind} probe failed: {reason}"
            self._probed.say(self.container, "Warning", "Unhealthy", message)
        self._run = self._run + 1 if result == self._last_result else 1
        self._last_result, self._last_ms = result, self._probed.loop.now_ms
        threshold = self._probe.success_threshold if answer.ok else self._probe.failure_threshold
        if self._run >= max(threshold, 1):
            self._probed.results.set(self.kind, answer.container_id, result)
            if self.kind == STARTUP or (self.kind == LIVENESS and not answer.ok):
                self._on_hold = True
                self._run = 0
        if not self._on_hold:
            self._plan(answer.command, message, self._run >= max(threshold, 1), missed)

    def _plan(self, command: Command, message: str, settled: bool, at_once: bool) -> None:
        """Set a timer for the next look that can say something new, or the same complaint again."""
        running, now_ms = self._probed.runtime.running(self.container.name), self._probed.loop.now_ms
        change = None if running is None else command.next_change_ms(running.age_ms)
        broken = self._last_result == SUCCESS and self._probed.fails(self.kind)  # since it was asked
        if not settled or self._last_result == FAILURE or broken:
            for_ever = settled and change is None and not broken
            self._timer.set(now_ms if at_once else self._timer.after(now_ms), background=for_ever)
            if for_ever and message and running is not None and not command.takes_ms:
                self._failing = _Failing(self._probed.status(), running, message)
        elif change is not None and running is not None:
            change_ms = running.view.started_ms + change
            self._timer.set(self._timer.after(max(now_ms, change_ms - 1)), background=False)


def find_status(status: PodStatus, name: str) -> ContainerStatus | None:
    """The status of a container that was created."""
    for statuses in (status.container_statuses, status.init_container_statuses):
        for found in statuses:
            if found.name == name and found.container_id:
                return found
    return None
