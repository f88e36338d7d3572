"""A pod's worker: it syncs the pod, stops it, and says that it is over, one thing after the other.

References
----------
``pkg/kubelet/pod_workers.go UpdatePod, podWorkerLoop, completeWork`` and ``pleg/generic.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from k8snb.api.pods import TERMINAL_PHASES
from k8snb.api.types.pod import Pod
from k8snb.kubelet.images import StartError
from k8snb.kubelet.listing import Listing
from k8snb.kubelet.plain import PlainState
from k8snb.kubelet.pod_syncer import PodSyncer
from k8snb.kubelet.probe_results import LIVENESS, SUCCESS
from k8snb.kubelet.requeue import Requeue
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
        self.terminating = False
        self.terminated = False
        self.finished = False
        self.removed = False
        self._cause = node.server.store.cause
        self._work = True
        self._wakeup = Signal()
        self._stopped: Pod | None = None
        self._under_way: Pod | None = None  # a sync of it waits for the next listing
        self._syncer = syncer = PodSyncer(self, reasons)
        self.statuses, self.prober = syncer.statuses, syncer.prober
        self._listing = Listing(node, syncer.runtime.list, self.wake, syncer.runtime.remove_dead)
        self._requeue = Requeue(node, self.wake, syncer.unready_probes)
        if plain is not None:
            self._take_over(plain)
        self.process = Process(node.loop, self._live(), self.enter)

    def _take_over(self, plain: PlainState) -> None:
        """Go on with a pod that was plain so far; what failed to start is looked at with the next listing."""
        self._syncer.take_over(plain)
        if not plain.ip:
            self._listing.note_sync(self.node.loop.now_ms)  # one that was broken off
            return
        if not self._syncer.reasons:
            self._listing.look()
            self._listing.note_sync(min(plain.last_sync_ms, self.node.loop.now_ms))
        self._under_way = plain.under_way
        self._work = plain.under_way is not None

    def enter(self) -> None:
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

    def probe_changed(self, kind: str, result: str) -> None:
        """A probe has come to another result."""
        if kind == LIVENESS and result == SUCCESS:
            return
        if self._work:  # a worker that was told already hears of this when it has begun, and syncs once more
            self.node.loop.call_after(0, self.wake, priority=NODE)
        else:
            self.wake()

    def expect_change(self) -> None:
        """Something started or exited: the next listing will show it."""
        self._listing.expect_change()

    def stopping(self) -> bool:
        """Whether the pod is to be stopped."""
        self._decide()
        return self.terminating

    def news(self) -> Signal:
        """A signal that fires with the next thing that is heard of the pod."""
        self._wakeup = Signal()
        return self._wakeup

    # -- faults

    @property
    def unready(self) -> bool:
        """Whether a fault keeps the containers from being ready."""
        return self._syncer.unready

    def set_ready(self, ready: bool) -> None:
        """Let all containers count as not ready, or as what their probes say again."""
        self._syncer.unready = not ready
        self._syncer.show(self.pod, self._listing.view)

    def set_probe(self, kind: str, failing: bool) -> None:
        """Let the probes of a kind fail, or find again what they find by themselves."""
        self._syncer.failing.pop(kind, None)
        if failing:
            self._syncer.failing[kind] = None
        self.prober.look_again(kind)

    def exit_containers(self, names: Sequence[str], code: int) -> None:
        """Let those of these containers that run exit now."""
        for name in names:
            running = self._syncer.runtime.running(name)
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
                self._syncer.sync_terminated_pod(self._stopped or pod, self._listing.view)
                self.finished = True
            elif terminating:
                self._requeue.stop()
                yield from self._syncer.sync_terminating_pod(pod, self._listing.view)
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
        self._requeue.note_shown(self._syncer.reasons)
        result = yield from self._syncer.sync_pod(pod, self._listing.view)
        self._listing.note_sync(self.node.loop.now_ms)
        if result is None:  # it has ended by itself
            self.terminating = self._work = True
            return
        if result.acted and not result.errors:
            self._listing.request()
        if result.errors or result.unmounted:
            self._requeue.after_errors(result.errors, self._syncer.reasons)
        else:
            self._requeue.regularly()
        self._under_way = pod if result.probes_ended else None
        if result.probes_ended and (result.errors or self._syncer.unready_probes()):
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
