"""A pod's worker: it syncs the pod, stops it, and says that it is over, one thing after the other.

References
----------
``pkg/kubelet/pod_workers.go podWorkerLoop, completeWork``, ``kubelet.go SyncPod, SyncTerminatingPod,
SyncTerminatedPod`` and ``pleg/generic.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from k8snb.api.pods import TERMINAL_PHASES
from k8snb.api.types.containers import Container
from k8snb.api.types.pod import Pod
from k8snb.kubelet.images import StartError
from k8snb.kubelet.listing import Listing
from k8snb.kubelet.mounting import Mounter
from k8snb.kubelet.plain import PlainState
from k8snb.kubelet.probe_results import LIVENESS, ProbeResults, READINESS, STARTUP, SUCCESS
from k8snb.kubelet.probes import Probed, Prober, ProbeWorker
from k8snb.kubelet.requeue import Requeue
from k8snb.kubelet.runtime import PodRuntime
from k8snb.kubelet.status import Facts
from k8snb.kubelet.status_manager import StatusManager
from k8snb.kubelet.sync import Syncer, SyncResult
from k8snb.kubelet.termination import Killer
from k8snb.machinery.server import EPOCH_MS
from k8snb.sim.loop import NODE
from k8snb.sim.process import Process, Signal, Steps

if TYPE_CHECKING:
    from k8snb.kubelet.node import NodeKubelet


class PodWorker:
    """One pod on one node, from the moment its kubelet sees it until it is gone."""

    def __init__(
        self,
        node: NodeKubelet,
        pod: Pod,
        plain: PlainState | None = None,
        reasons: Mapping[str, StartError] | None = None,
    ) -> None:
        self.node = node
        self.pod = pod
        self.unready = False
        self._failing: dict[str, None] = {}  # the kinds of probes that fail whatever the containers do
        self.terminating = False
        self.terminated = False
        self.finished = False
        self.removed = False
        self.runtime = PodRuntime(node.loop, pod.metadata.uid, node.service, self._expect_change)
        self._listing = Listing(node, self.runtime.list, self.wake, self.runtime.remove_dead)
        self._mounted = False
        self._work = True
        self._wakeup = Signal()
        self._reasons: dict[str, StartError] = dict(reasons or {})
        self._paths: dict[str, str] = {}
        self._requeue = Requeue(node, self.wake, self._unready)
        self._mounter = Mounter(node.loop, node.server, node.durations, self.say, self._stopping, self._news)
        self._stopped: Pod | None = None
        self._under_way: Pod | None = None  # a sync of it waits for the next listing
        self._cause = node.server.store.cause
        self.results = ProbeResults(self._probe_changed)
        self.statuses = StatusManager(pod, self._facts())
        self.prober = Prober(self._probed())
        self.statuses.prober = self.prober
        killer = Killer(node.loop, self.runtime, self.say_of, self._enter)
        self._killer = killer
        self._syncer = Syncer(
            node.loop, node.server, self.runtime, node.images, node.durations, node.backoff, self.results, killer,
            self.say_of, node.program, node.address, self._sandbox_ready,
        )  # fmt: skip
        if plain is not None:
            self._take_over(plain)
        self.process = Process(node.loop, self._live(), self._enter)

    def _take_over(self, plain: PlainState) -> None:
        """Go on with a pod that was plain so far; what failed to start is looked at with the next listing."""
        self.statuses.take_over(plain.status)
        if not plain.ip:
            self._listing.note_sync(self.node.loop.now_ms)  # one that was broken off
            return
        self._mounted = True
        self.runtime.run_sandbox(plain.ip)
        for container, program, at_ms, _ in plain.containers:
            self.runtime.start(container.name, container.image, 0, program, at_ms)
        if not self._reasons:
            self._listing.relist()
            self._listing.note_sync(plain.last_sync_ms)
        self._work = False

    def _facts(self) -> Facts:
        return Facts(
            self.node.server, self.node.sender, self.node.host_ip, self._reasons, self.results, lambda: self.unready,
            lambda: not self.terminated, lambda: self.node.asleep, self.say, self._enter,
        )  # fmt: skip

    def _probed(self) -> Probed:
        return Probed(
            self.node.loop, EPOCH_MS, self.runtime, self.results, lambda: self.pod, lambda: self.statuses.status,
            self.say_of, lambda: self.node.asleep, self._enter, lambda kind: kind in self._failing,
        )  # fmt: skip

    def _enter(self) -> None:
        """What is written now is written by this kubelet."""
        store = self.node.server.store
        store.actor, store.cause = self.node.actor, self._cause

    # -- what happens outside

    def update(self, pod: Pod) -> None:
        """The API server has another version of the pod; a status alone is nothing new."""
        old, self.pod, self._cause = self.pod, pod, self.node.server.store.cause
        deleted = old.metadata.deletion_timestamp != pod.metadata.deletion_timestamp
        if (
            deleted
            or old.spec is not pod.spec
            or old.metadata.annotations != pod.metadata.annotations
            or (pod.status.phase in TERMINAL_PHASES and not self.terminating)
        ):
            self.wake()

    def remove(self) -> None:
        """The API server has the pod no more: whatever still runs of it is stopped."""
        if self.finished:
            return
        self.removed, self._cause = True, self.node.server.store.cause
        self.wake()

    def wake(self) -> None:
        """There is something to do."""
        self._work = True
        self._wakeup.fire()

    def say(self, type_: str, reason: str, message: str) -> None:
        """Write an event about the pod."""
        self.node.say(self.pod, "", type_, reason, message)

    def say_of(self, container: Container, type_: str, reason: str, message: str) -> None:
        """Write an event about one of its containers."""
        path = self._paths.get(container.name)
        if path is None:
            init = any(c.name == container.name for c in self.pod.spec.init_containers)
            path = f"spec.{'initContainers' if init else 'containers'}{{{container.name}}}"
            self._paths[container.name] = path
        self.node.say(self.pod, path, type_, reason, message)

    def _sandbox_ready(self) -> None:
        """The sandbox is there, before any image is pulled: say so."""
        self.statuses.set_sandbox_ready(self.pod)

    def _probe_changed(self, kind: str, container_id: str, result: str) -> None:
        if kind == READINESS:
            self.statuses.set_readiness(self.pod, container_id, result == SUCCESS)
        elif kind == STARTUP:
            self.statuses.set_startup(self.pod, container_id, result == SUCCESS)
        if kind == LIVENESS and result == SUCCESS:
            return
        if self._work:  # a worker that was told already hears of this when it has begun, and syncs once more
            self.node.loop.call_after(0, self.wake, priority=NODE)
        else:
            self.wake()

    def _expect_change(self) -> None:
        self._listing.expect_change()

    def set_ready(self, ready: bool) -> None:
        """Let all containers count as not ready, or as what their probes say again."""
        self.unready = not ready
        self.statuses.set(self.pod, self.statuses.generate(self.pod, self._listing.view, terminal=False))

    def set_probe(self, kind: str, failing: bool) -> None:
        """Let the probes of a kind fail, or find again what they find by themselves."""
        self._failing.pop(kind, None)
        if failing:
            self._failing[kind] = None
        self.prober.look_again(kind)

    def exit_containers(self, code: int) -> None:
        """Let the running containers exit now."""
        for container in self.pod.spec.containers:
            running = self.runtime.running(container.name)
            if running is not None:
                running.end(code)

    # -- the worker's life

    def _live(self) -> Steps[None]:
        while not self.finished:
            if not self._work:
                self._wakeup = Signal()
                yield self._wakeup
            self._work = False
            while self.node.asleep:
                yield self.node.awake
            if self._under_way is not None and not self.terminating:
                yield from self._sync_under_way(self._under_way)
            self._decide()
            pod, terminating, terminated = self.pod, self.terminating, self.terminated
            yield from self._listing.newer()
            if terminated:
                self._sync_terminated(self._stopped or pod)
            elif terminating:
                yield from self._sync_terminating(pod)
                self._stopped = pod
                self.terminated = self._work = True
                self._listing.note_sync(self.node.loop.now_ms)
            else:
                yield from self._sync(pod)
        self.node.forget(self)

    def _decide(self) -> None:
        """A pod that was deleted, removed or has ended is to be stopped."""
        ended = self.pod.status.phase in TERMINAL_PHASES
        if self.removed or ended or self.pod.metadata.deletion_timestamp is not None:
            self.terminating = True

    def _sync(self, pod: Pod) -> Steps[None]:
        result = yield from self._sync_pod(pod)
        self._listing.note_sync(self.node.loop.now_ms)
        if result is None:  # it has ended by itself
            self.terminating = self._work = True
            return
        if result.acted and not result.errors:
            self._listing.relist()
        if result.errors:
            self._requeue.after_errors(result.errors, self._reasons)
        else:
            self._requeue.regularly()
        self._under_way = pod if result.probes_ended else None
        if result.probes_ended and (result.errors or self._unready()):
            self._requeue.with_next_listing(self._go_on_syncing)

    def _sync_under_way(self, pod: Pod) -> Steps[None]:
        """Probes that ended at once had asked for a sync; it knows nothing of the news that came meanwhile."""
        yield from self._listing.next()
        yield from self._sync(pod)

    def _go_on_syncing(self) -> None:
        """There is no other news: the sync that was asked for is the next."""
        self._under_way = None
        self._listing.relist()
        self.wake()

    def _sync_pod(self, pod: Pod) -> Steps[SyncResult | None]:
        """Bring a pod to what it asks for; None: it has ended."""
        status = self.statuses.generate(pod, self._listing.view, terminal=False)
        self._requeue.note_shown(self._reasons)
        self.statuses.set(pod, status)
        if status.phase in TERMINAL_PHASES:
            return None
        deadline_ms = self.statuses.deadline_ms(pod)
        self._requeue.watch_deadline(None if deadline_ms is None else deadline_ms - EPOCH_MS)
        if not (yield from self._mount(pod)):
            return SyncResult()
        probes_ended = self.prober.add_pod(pod)
        restarting = any(c.type == "AllContainersRestarting" and c.status == "True" for c in status.conditions)
        result = yield from self._syncer.sync_pod(pod, self._listing.view, restarting)
        result.probes_ended = probes_ended
        for name, error in result.started.items():
            if error is None:
                self._reasons.pop(name, None)
            else:
                self._reasons[name] = error
        if restarting and not result.errors:
            self.wake()
        return result

    def _mount(self, pod: Pod) -> Steps[bool]:
        """Set the pod up; False when it is to be stopped meanwhile."""
        if not self._mounted:
            self._mounted = True
            if not (yield from self._mounter.set_up()):
                return False
        return (yield from self._mounter.mount(pod))

    def _stopping(self) -> bool:
        self._decide()
        return self.terminating

    def _news(self) -> Signal:
        """A signal that fires with the next thing that is heard of the pod."""
        self._wakeup = Signal()
        return self._wakeup

    def _unready(self) -> list[ProbeWorker]:
        """The probes of running containers that are not ready."""
        found = [
            self.prober.find(status.name, READINESS)
            for status in self.statuses.status.container_statuses
            if not status.ready and status.state.running is not None
        ]
        return [worker for worker in found if worker is not None]

    def _sync_terminating(self, pod: Pod) -> Steps[None]:
        """Stop everything that runs."""
        self._requeue.stop()
        self.statuses.set(pod, self.statuses.generate(pod, self._listing.view, terminal=False))
        self.prober.stop_liveness_and_startup(pod)
        yield from self._killer.kill_pod(pod, self._listing.view, self._grace_override(pod))
        self.prober.stop()
        self.statuses.set(pod, self.statuses.generate(pod, self.runtime.list(), terminal=True))

    def _grace_override(self, pod: Pod) -> int | None:
        """The grace period of the deletion, at least a second; None: each container's own."""
        grace = pod.metadata.deletion_grace_period_seconds
        if grace is None and self.removed:
            grace = pod.spec.termination_grace_period_seconds
        return None if grace is None else max(grace, 1)

    def _sync_terminated(self, pod: Pod) -> None:
        """Say how it ended; a pod that was deleted may go."""
        self.statuses.set(pod, self.statuses.generate(pod, self._listing.view, terminal=True))
        self.statuses.terminate(pod)
        self.finished = True
