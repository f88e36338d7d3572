"""Pods that live by annotations: for every one on a node that is up, the stages of its life, each at its whole second.

`stages_of` selects the stages that a pod is in. There are no events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from k8snb.api.pods import is_ready, is_terminal
from k8snb.api.types.pod import Pod
from k8snb.api.types.pod_status import PodStatus
from k8snb.kubelet import annotated_status as statuses
from k8snb.kubelet.annotated_pod import AnnotatedPod
from k8snb.kubelet.annotated_record import PodRecord
from k8snb.kubelet.annotated_stages import EXIT, Stage, stages_of, STOP
from k8snb.kubelet.annotated_timing import AnnotatedTiming, back_off_ms, next_slot
from k8snb.kubelet.annotated_turns import Turns, wait_ms, WRITE_MS
from k8snb.kubelet.exits import ExitCodes
from k8snb.kubelet.registry import Registry
from k8snb.kubelet.service_times import ServiceTimes
from k8snb.machinery.controller import key_of
from k8snb.machinery.deletion import DeleteOptions
from k8snb.machinery.server import ApiServer
from k8snb.sim.loop import NODE


class AnnotatedKubelet:
    """The kubelet of all pods that live by annotations.

    Parameters
    ----------
    down
        The nodes whose kubelets do nothing.
    address
        Gives the next pod's IP address.
    service
        Where it is noted when containers can be reached.
    """

    def __init__(
        self,
        server: ApiServer,
        registry: Registry,
        down: Mapping[str, None],
        address: Callable[[], str],
        service: ServiceTimes,
    ) -> None:
        self.server = server
        self.loop = server.loop
        self.timing: AnnotatedTiming = AnnotatedTiming()
        self._registry = registry
        self._down = down
        self._address = address
        self._service = service
        self._pods: dict[str, Pod] = {}
        self._records: dict[str, PodRecord] = {}
        self._exit_codes = ExitCodes()
        self._order = 0
        self._exiting: list[tuple[int, int, int, Pod]] = []
        self._turns = Turns()

    # -- faults

    def catch_up(self, pods: Iterable[Pod]) -> None:
        """A node is up again: go on with its pods."""
        for pod in pods:
            if pod.metadata.uid in self._records:
                self._plan(pod)

    def set_ready(self, pod: Pod, ready: bool) -> None:
        """Let a pod's readiness fail until it is set right again."""
        record = self._records.get(pod.metadata.uid)
        if record is not None and pod.spec.node_name not in self._down:
            record.unready = not ready
            self._strike(pod, self.timing.probe(self.loop.now_ms), self._show_readiness)

    @property
    def has_unready(self) -> bool:
        """Whether a fault keeps some pod from being ready."""
        return any(record.unready for record in self._records.values())

    def exit_containers(self, pod: Pod, code: int) -> None:
        """Let a pod's containers exit."""
        if pod.metadata.uid in self._records and pod.spec.node_name not in self._down:
            self._strike(pod, self.timing.crash(self.loop.now_ms), lambda pod: self._handle_exit(pod, code))

    def _strike(self, pod: Pod, moment: int, act: Callable[[Pod], None]) -> None:
        """Let a fault happen to a pod at its moment, if it still runs by then."""

        def strike(cause: int) -> None:
            struck = self._pods.get(key_of(pod))
            if struck is None or struck.metadata.uid != pod.metadata.uid or struck.status.phase != "Running":
                return
            if struck.spec.node_name not in self._down:
                with self.server.store.on_behalf_of(f"kubelet {struck.spec.node_name}", cause):
                    act(struck)

        if moment <= self.loop.now_ms:
            strike(self.server.store.cause)
        else:
            self.loop.call_at(moment, strike, self.server.store.cause, priority=NODE)

    def _show_readiness(self, pod: Pod) -> None:
        """Say whether a pod is ready, after a fault of its readiness began or ended."""
        ready = not self.record(pod).unready
        if is_ready(pod) != ready:
            self._write(pod, statuses.with_readiness(pod, ready, self.server.time))

    # -- planning

    def begin(self, pod: Pod) -> AnnotatedPod:
        """The API server has a new pod for this kubelet."""
        life = AnnotatedPod(self, pod)
        self.see(pod)
        return life

    def see(self, pod: Pod) -> None:
        """The API server has a pod that is new or changed."""
        self._pods[key_of(pod)] = pod
        self._plan(pod)

    def remove(self, pod: Pod) -> None:
        """The API server has a pod no more."""
        key = key_of(pod)
        if key in self._pods and self._pods[key].metadata.uid == pod.metadata.uid:
            del self._pods[key]
        self._forget(pod)

    def _forget(self, pod: Pod) -> None:
        record = self._records.pop(pod.metadata.uid, None)
        if record is not None:
            for timer in record.timers.values():
                timer.cancel()

    def _plan(self, pod: Pod) -> None:
        """Set a timer for every stage that the pod is in, and cancel those of stages that it has left."""
        record = self._records.get(pod.metadata.uid)
        if record is None:
            self._order += 1
            record = self._records[pod.metadata.uid] = PodRecord(self._order, self.loop.now_ms)
        if pod.metadata.deletion_timestamp is not None and "stop" not in record.timers:
            record.deleted_ms = self.loop.now_ms
            for run in self._service.of(pod.metadata.uid):
                run.refuse(self.loop.now_ms)
        if pod.spec.node_name in self._down:
            return
        timers, stages = record.timers, stages_of(pod)
        if timers:
            current = [stage.name for stage in stages]
            if record.exit_code is not None:
                current.append(EXIT.name)
            for name in [n for n in timers if n not in current]:
                timers.pop(name).cancel()
        for stage in stages:
            if stage.name not in timers:
                self._set_timer(stage, pod, record)

    def _set_timer(self, stage: Stage, pod: Pod, record: PodRecord) -> None:
        moment = stage.moment(self, pod)
        if moment is None:
            return
        if moment < self.loop.now_ms:  # the kubelet was down by then
            moment = next_slot(self.loop.now_ms, moment % 1000)
        wait = 0 if stage is EXIT else self._turns.next(moment, stage.requests)  # who exits together is known only then
        record.timers[stage.name] = self.loop.call_at(
            moment + wait, self._fire, stage, key_of(pod), record, self.server.store.cause, moment,
            priority=NODE,
        )  # fmt: skip

    def _fire(self, stage: Stage, key: str, record: PodRecord, cause: int, moment: int) -> None:
        record.timers.pop(stage.name, None)
        self._turns.forget(moment)
        pod = self._pods.get(key)
        if pod is not None and self._acts(pod, cause):
            stage.act(self, pod)

    def _acts(self, pod: Pod, cause: int) -> bool:
        """Whether the pod's node is up; what is written from here on is then its kubelet's."""
        if pod.spec.node_name in self._down:
            return False
        store = self.server.store
        store.actor, store.cause = f"kubelet {pod.spec.node_name}", cause
        return True

    def record(self, pod: Pod) -> PodRecord:
        """What the kubelet remembers of a pod."""
        return self._records[pod.metadata.uid]

    # -- acting

    def start(self, pod: Pod) -> None:
        """Start the containers, or fail to pull their images."""
        record = self.record(pod)
        images = [c.image for c in pod.spec.containers]
        missing = [i for i in images if self._registry.problem(i)]
        record.started_ms = self.loop.now_ms
        address, now = pod.status.pod_ip or self._address(), self.server.time
        self._write(pod, statuses.started(pod, missing, address, record.ready_at_once(pod), now))
        if not missing:
            self._note_start(pod)

    def become_ready(self, pod: Pod) -> None:
        """The containers pass their readiness."""
        if not self.record(pod).unready:
            self._write(pod, statuses.with_readiness(pod, True, self.server.time))

    def exit_by_itself(self, pod: Pod) -> None:
        """The containers exit with the next code of their owner's script; of those that exit now, the eldest first.

        That they did is written a moment later, whatever is asked of the pod meanwhile.
        """
        if not self._exiting:
            self.loop.call_after(0, self._exit_in_order)
        created = pod.metadata.creation_timestamp or 0
        self._exiting.append((created, self.record(pod).order, self.server.store.cause, pod))

    def _exit_in_order(self) -> None:
        exiting, self._exiting = self._exiting, []
        for turn, (_, _, cause, pod) in enumerate(sorted(exiting, key=lambda row: row[:2])):
            record = self._records.get(pod.metadata.uid)
            if record is None:
                continue
            if record.exit_code is None:  # else its node went down before it could say so
                record.exit_code = self._exit_codes.next_code(pod)
            if EXIT.name in record.timers:  # its node went down and came back in this very moment
                record.timers.pop(EXIT.name).cancel()
            record.timers[EXIT.name] = self.loop.call_after(
                WRITE_MS + wait_ms(turn), self._exit, key_of(pod), record, record.exit_code, cause, priority=NODE
            )

    def _exit(self, key: str, record: PodRecord, code: int, cause: int) -> None:
        del record.timers[EXIT.name]
        pod = self._pods[key]
        if self._acts(pod, cause):
            self._handle_exit(pod, code)

    def _handle_exit(self, pod: Pod, code: int) -> None:
        """End the pod, or restart its containers: the first time at once, then after a growing delay."""
        self._service.end_all(pod.metadata.uid, self.loop.now_ms)
        policy, now, record = pod.spec.restart_policy, self.server.time, self.record(pod)
        self._forget_exit(pod, record)
        if policy == "Never" or (policy == "OnFailure" and code == 0):
            self._write(pod, statuses.ended(pod, code, now))
            return
        restarts = max((c.restart_count for c in pod.status.container_statuses), default=0)
        delay_ms = back_off_ms(restarts)
        if delay_ms == 0:
            record.started_ms = self.loop.now_ms
            self._write(pod, statuses.restarted(pod, record.ready_at_once(pod), now, code))
            self._note_start(pod)
        else:
            record.restart_ms = self.loop.now_ms + delay_ms
            self._write(pod, statuses.crashed(pod, code, delay_ms // 1000, now))

    def _forget_exit(self, pod: Pod, record: PodRecord) -> None:
        """The containers have exited: they neither exit once more nor become ready."""
        record.exit_code = None
        self._exiting = [row for row in self._exiting if row[3].metadata.uid != pod.metadata.uid]
        for name in ("ready", EXIT.name):
            if name in record.timers:
                record.timers.pop(name).cancel()

    def restart(self, pod: Pod) -> None:
        """The back-off is over: the containers run again."""
        record = self.record(pod)
        record.started_ms = self.loop.now_ms
        self._write(pod, statuses.restarted(pod, record.ready_at_once(pod), self.server.time))
        self._note_start(pod)

    def stop(self, pod: Pod) -> None:
        """The containers have stopped: say how the pod ended, and let it go."""
        self._service.end_all(pod.metadata.uid, self.loop.now_ms)
        if is_terminal(pod):
            self._let_go(pod)
            return
        record = self.record(pod)
        record.timers[STOP.name] = self.loop.call_after(
            WRITE_MS, self._let_go_later, key_of(pod), record, self.server.store.cause, priority=NODE
        )
        self._write(pod, statuses.ended(pod, 0, self.server.time, "Failed"))

    def _let_go_later(self, key: str, record: PodRecord, cause: int) -> None:
        del record.timers[STOP.name]
        pod = self._pods[key]
        if self._acts(pod, cause):
            self._let_go(pod)

    def _let_go(self, pod: Pod) -> None:
        self.server.delete_object(pod, DeleteOptions(grace_period_seconds=0))

    def _note_start(self, pod: Pod) -> None:
        for container in pod.spec.containers:
            self._service.started(pod.metadata.uid, container.name, self.loop.now_ms)

    def _write(self, pod: Pod, status: PodStatus) -> None:
        self.server.set_pod_status(pod, status)
