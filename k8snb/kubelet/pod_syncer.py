"""What a pod's worker does: sync the pod while it lives, stop it, and say how it ended.

References
----------
``pkg/kubelet/pod_workers.go podSyncer`` and ``kubelet.go SyncPod, SyncTerminatingPod, SyncTerminatedPod @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from k8snb.api.pods import TERMINAL_PHASES
from k8snb.api.types.containers import Container
from k8snb.api.types.pod import Pod
from k8snb.kubelet.deadline import ActiveDeadline
from k8snb.kubelet.images import StartError
from k8snb.kubelet.mounting import Mounter, Mounting
from k8snb.kubelet.plain import PlainState
from k8snb.kubelet.probe_results import ProbeResults, READINESS, STARTUP, SUCCESS
from k8snb.kubelet.probe_worker import Probed, ProbeWorker
from k8snb.kubelet.prober import Prober
from k8snb.kubelet.runtime import PodRuntime, PodView
from k8snb.kubelet.status import Facts
from k8snb.kubelet.status_manager import StatusManager
from k8snb.kubelet.sync import Syncer, SyncResult
from k8snb.kubelet.termination import Killer
from k8snb.machinery.server import EPOCH_MS
from k8snb.sim.process import Steps

if TYPE_CHECKING:
    from k8snb.kubelet.pod_worker import PodWorker


class PodSyncer:
    """Syncs one pod for its worker, by what the runtime listed last.

    ``reasons`` says why containers could not be started; ``unready`` and ``failing`` are faults: no container counts as
    ready, and these kinds of probes fail.
    """

    def __init__(self, worker: PodWorker, reasons: Mapping[str, StartError] | None) -> None:
        node = worker.node
        self.reasons: dict[str, StartError] = dict(reasons or {})
        self.unready = False
        self.failing: dict[str, None] = {}
        self.results = ProbeResults(self._probe_changed)
        self.runtime = PodRuntime(node.loop, worker.pod.metadata.uid, node.service, worker.expect_change)
        self._worker = worker
        self._paths: dict[str, str] = {}
        self._mounted = False
        self._mounter = Mounter(node.loop, node.server, node.durations, self._say, worker.stopping, worker.news)
        self._deadline = ActiveDeadline(node, worker.wake)
        self.statuses = StatusManager(worker.pod, self._facts())
        self.prober = self.statuses.prober = Prober(self._probed())
        self._killer = Killer(node.loop, self.runtime, self._say_of, worker.enter)
        self._containers = Syncer(
            node.loop, node.server, self.runtime, node.images, node.durations, node.backoff, self.results, self._killer,
            self._say_of, node.program, node.address, self._sandbox_ready,
        )  # fmt: skip

    def _facts(self) -> Facts:
        worker, node = self._worker, self._worker.node
        return Facts(
            node.server, node.sender, node.host_ip, self.reasons, self.results, lambda: self.unready,
            lambda: not worker.terminated, lambda: node.asleep, self._say, worker.enter,
        )  # fmt: skip

    def _probed(self) -> Probed:
        worker, node = self._worker, self._worker.node
        return Probed(
            node.loop, EPOCH_MS, self.runtime, self.results, lambda: worker.pod, lambda: self.statuses.status,
            self._say_of, lambda: node.asleep, worker.enter, lambda kind: kind in self.failing,
        )  # fmt: skip

    def take_over(self, plain: PlainState) -> None:
        """Go on with a pod that was plain so far."""
        self.statuses.take_over(plain.status)
        if plain.ip:
            self._mounted = True
            self.runtime.run_sandbox(plain.ip)
            for container, program, at_ms, _ in plain.containers:
                self.runtime.start(container.name, container.image, 0, program, at_ms)

    # -- events

    def _say(self, type_: str, reason: str, message: str) -> None:
        """Write an event about the pod."""
        self._worker.node.say(self._worker.pod, "", type_, reason, message)

    def _say_of(self, container: Container, type_: str, reason: str, message: str) -> None:
        """Write an event about one of its containers."""
        pod, path = self._worker.pod, self._paths.get(container.name)
        if path is None:
            init = any(c.name == container.name for c in pod.spec.init_containers)
            path = f"spec.{'initContainers' if init else 'containers'}{{{container.name}}}"
            self._paths[container.name] = path
        self._worker.node.say(pod, path, type_, reason, message)

    # -- news

    def _sandbox_ready(self) -> None:
        """The sandbox is there, before any image is pulled: say so."""
        self.statuses.set_sandbox_ready(self._worker.pod)

    def _probe_changed(self, kind: str, container_id: str, result: str) -> None:
        if kind == READINESS:
            self.statuses.set_readiness(self._worker.pod, container_id, result == SUCCESS)
        elif kind == STARTUP:
            self.statuses.set_startup(self._worker.pod, container_id, result == SUCCESS)
        self._worker.probe_changed(kind, result)

    def show(self, pod: Pod, view: PodView) -> None:
        """Let the status say what there is, and do nothing about it."""
        self.statuses.set(pod, self.statuses.generate(pod, view, terminal=False))

    def unready_probes(self) -> list[ProbeWorker]:
        """The readiness probes of running containers that are not ready."""
        found = [
            self.prober.find(status.name, READINESS)
            for status in self.statuses.status.container_statuses
            if not status.ready and status.state.running is not None
        ]
        return [worker for worker in found if worker is not None]

    # -- what a worker does

    def sync_pod(self, pod: Pod, view: PodView) -> Steps[SyncResult | None]:
        """Bring a pod to what it asks for; None: it has ended."""
        self.show(pod, view)
        status = self.statuses.status
        if status.phase in TERMINAL_PHASES:
            return None
        deadline_ms = self.statuses.deadline_ms(pod)
        self._deadline.watch(None if deadline_ms is None else deadline_ms - EPOCH_MS)
        mounting = yield from self._mount(pod)
        if mounting is not Mounting.MOUNTED:
            return SyncResult(unmounted=mounting is Mounting.FAILED)
        probes_ended = self.prober.add_pod(pod)
        restarting = any(c.type == "AllContainersRestarting" and c.status == "True" for c in status.conditions)
        result = yield from self._containers.sync_pod(pod, view, restarting)
        result.probes_ended = probes_ended
        for name, error in result.started.items():
            if error is None:
                self.reasons.pop(name, None)
            else:
                self.reasons[name] = error
        if restarting and not result.errors:
            self._worker.wake()
        return result

    def _mount(self, pod: Pod) -> Steps[Mounting]:
        """Set the pod up."""
        if not self._mounted:
            self._mounted = True
            if not (yield from self._mounter.set_up()):
                return Mounting.STOPPED
        return (yield from self._mounter.mount(pod))

    def sync_terminating_pod(self, pod: Pod, view: PodView) -> Steps[None]:
        """Stop everything that runs."""
        self._deadline.stop()
        self.show(pod, view)
        self.prober.stop_liveness_and_startup(pod)
        yield from self._killer.kill_pod(pod, view, self._grace_override(pod))
        self.prober.stop()
        self.statuses.set(pod, self.statuses.generate(pod, self.runtime.list(), terminal=True))

    def _grace_override(self, pod: Pod) -> int | None:
        """The grace period of the deletion, at least a second; None: each container's own."""
        grace = pod.metadata.deletion_grace_period_seconds
        if grace is None and self._worker.removed:
            grace = pod.spec.termination_grace_period_seconds
        return None if grace is None else max(grace, 1)

    def sync_terminated_pod(self, pod: Pod, view: PodView) -> None:
        """Say how it ended; a pod that was deleted may go."""
        self.statuses.set(pod, self.statuses.generate(pod, view, terminal=True))
        self.statuses.terminate(pod)
