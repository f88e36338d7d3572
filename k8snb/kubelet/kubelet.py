"""The kubelets of all nodes: for every pod bound to a node that is up, the stages of its life, each at its time.

A stage has a moment (from the pod's timing) and what happens then; `stages_of` selects the stages that a pod is in. It
can be in several at once: wait to become ready and run towards its exit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from typing import ClassVar, NamedTuple

from msgspec.structs import replace

from k8snb.api.pods import is_ready, is_terminal
from k8snb.api.types.node import Node
from k8snb.api.types.pod import Pod
from k8snb.api.types.pod_status import PodStatus
from k8snb.kubelet import status as statuses
from k8snb.kubelet.backoff import crash_loop_delay_ms, image_pull_delay_ms
from k8snb.kubelet.exits import ExitCodes
from k8snb.kubelet.node_status import healthy_node
from k8snb.kubelet.timing import AnnotatedTiming, DistributedTiming, is_annotated, RUN, Timing
from k8snb.machinery.controller import Environment, key_of
from k8snb.machinery.deletion import DeleteOptions
from k8snb.machinery.events import Recorder
from k8snb.sim.loop import NODE, Timer

PULL_BACK_OFF_SHOWN_MS = 14_000  # from a failed pull to the kubelet's next look, which says that it waits


class Stage(NamedTuple):
    """One thing that will happen to a pod: when, and what it does. `stages_of` says which pods are in it."""

    name: str
    moment: Callable[[Kubelets, Pod], int | None]
    act: Callable[[Kubelets, Pod], None]
    background: bool = False


class _PodRecord:
    """What the kubelet knows of a pod beside its status."""

    __slots__ = (
        "bound_ms",
        "deleted_ms",
        "order",
        "pull_failures",
        "restart_ms",
        "started_ms",
        "timers",
        "timing",
        "unready",
    )

    def __init__(self, order: int, now_ms: int, timing: Timing) -> None:
        self.order = order
        self.timing = timing
        self.bound_ms = now_ms
        self.started_ms = now_ms
        self.deleted_ms = now_ms
        self.restart_ms = now_ms
        self.pull_failures = 0
        self.unready = False
        self.timers: dict[str, Timer] = {}


class Kubelets:
    """One component for the kubelets of all nodes.

    Parameters
    ----------
    annotated
        Whether every pod lives by whole seconds and annotations; else only pods with such annotations do, and all
        others take their times from distributions.
    missing_images
        Patterns of images that no registry has.
    """

    name: ClassVar[str] = "kubelet"

    def __init__(self, environment: Environment, annotated: bool = False, missing_images: Sequence[str] = ()) -> None:
        self.server = environment.server
        self.loop = self.server.loop
        self.missing_images = tuple(missing_images)
        self.pods = environment.informers.of(Pod)
        self.pods.add_handler(self._on_pod)
        self.down: dict[str, None] = {}
        self._heartbeats = environment.heartbeats
        self._annotated = AnnotatedTiming()
        self._distributed = DistributedTiming(environment.streams.stream("kubelet"))
        self._all_annotated = annotated
        self._records: dict[str, _PodRecord] = {}
        self._exit_codes = ExitCodes()
        self._pulled: dict[tuple[str, str], None] = {}
        self._recorders: dict[str, Recorder] = {}
        self._order = 0
        self._exiting: list[tuple[int, int, int, Pod]] = []
        self._addresses = 0

    # -- faults

    def node_down(self, node: str) -> None:
        """A node's kubelet stops doing anything."""
        self.down[node] = None
        self._heartbeats.stop(node)

    def node_up(self, node: str) -> None:
        """A node's kubelet works again, and catches up with what it missed."""
        if self.down.pop(node, "absent") is None:
            self._heartbeats.resume(node)
            self._report_node(node)
            for pod in [p for p in self.pods.cache.values() if p.spec.node_name == node]:
                self._plan(pod)

    def _report_node(self, name: str) -> None:
        """A kubelet says that its node is well."""
        node = self.server.find(Node, "", name)
        if node is not None:
            with self.server.store.on_behalf_of(f"kubelet {name}", self.server.store.cause):
                self.server.update_status(replace(node, status=healthy_node(node.status, self.server.time)))

    def set_ready(self, pod: Pod, ready: bool) -> None:
        """Let a pod's readiness fail until it is set right again."""
        record = self._records.get(pod.metadata.uid)
        if record is not None and pod.spec.node_name not in self.down:
            record.unready = not ready
            self._strike(pod, record.timing.probe(self.loop.now_ms), self._show_readiness)

    def exit_containers(self, pod: Pod, code: int) -> None:
        """Let a pod's containers exit."""
        record = self._records.get(pod.metadata.uid)
        if record is not None and pod.spec.node_name not in self.down:
            self._strike(pod, record.timing.crash(self.loop.now_ms), lambda pod: self._handle_exit(pod, code))

    def _strike(self, pod: Pod, moment: int, act: Callable[[Pod], None]) -> None:
        """Let a fault happen to a pod at its moment, if it still runs by then."""

        def strike(cause: int) -> None:
            struck = self.pods.get(key_of(pod))
            if struck is None or struck.metadata.uid != pod.metadata.uid or struck.status.phase != "Running":
                return
            if struck.spec.node_name not in self.down:
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

    def _on_pod(self, old: Pod | None, new: Pod | None) -> None:
        if new is None:
            if old is not None:
                self._forget(old)
        elif new.spec.node_name:
            self._plan(new)

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
            record = self._records[pod.metadata.uid] = _PodRecord(self._order, self.loop.now_ms, self._timing_for(pod))
        if pod.metadata.deletion_timestamp is not None and "stop" not in record.timers:
            self._see_deletion(pod, record)
        if pod.spec.node_name in self.down:
            return
        timers, stages = record.timers, stages_of(pod)
        if timers:
            current = [stage.name for stage in stages]
            for name in [n for n in timers if n not in current]:
                timers.pop(name).cancel()
        for stage in stages:
            if stage.name not in timers:
                self._set_timer(stage, pod, record)

    def _see_deletion(self, pod: Pod, record: _PodRecord) -> None:
        record.deleted_ms = self.loop.now_ms
        if pod.spec.node_name not in self.down and self.timing(pod) is not self._annotated and _runs(pod):
            for container in pod.spec.containers:
                self._event(pod, "Normal", "Killing", f"Stopping container {container.name}")

    def _set_timer(self, stage: Stage, pod: Pod, record: _PodRecord) -> None:
        moment = stage.moment(self, pod)
        if moment is not None:
            record.timers[stage.name] = self.loop.call_at(
                moment, self._fire, stage, key_of(pod), record, self.server.store.cause,
                priority=NODE, background=stage.background,
            )  # fmt: skip

    def _fire(self, stage: Stage, key: str, record: _PodRecord, cause: int) -> None:
        record.timers.pop(stage.name, None)
        pod = self.pods.get(key)
        if pod is None or pod.spec.node_name in self.down:
            return
        store = self.server.store
        store.actor, store.cause = f"kubelet {pod.spec.node_name}", cause
        stage.act(self, pod)

    def timing(self, pod: Pod) -> Timing:
        """The timing that a pod lives by, decided when its kubelet first sees it."""
        return self._records[pod.metadata.uid].timing

    def _timing_for(self, pod: Pod) -> Timing:
        return self._annotated if self._all_annotated or is_annotated(pod) else self._distributed

    def record(self, pod: Pod) -> _PodRecord:
        """What the kubelet remembers of a pod."""
        return self._records[pod.metadata.uid]

    # -- acting

    def start(self, pod: Pod) -> None:
        """Start the containers, or fail to pull their images."""
        record = self.record(pod)
        images = [c.image for c in pod.spec.containers]
        missing = [i for i in images if any(fnmatchcase(i, pattern) for pattern in self.missing_images)]
        record.started_ms = self.loop.now_ms
        at_once = self.timing(pod).ready(pod, self.loop.now_ms) == self.loop.now_ms and not record.unready
        now = self.server.time
        self._write(pod, statuses.started(pod, missing, pod.status.pod_ip or self._address(), at_once, now))
        if missing:
            record.pull_failures += 1
        self._say_started(pod, missing)

    def _say_started(self, pod: Pod, missing: Sequence[str]) -> None:
        """The events of a start; pods that live by annotations have none."""
        if self.timing(pod) is self._annotated:
            return
        for container in pod.spec.containers:
            image = container.image
            if image in missing:
                problem = f"code = NotFound desc = failed to pull and unpack image {image!r}: not found".replace(
                    "'", '"'
                )
                self._event(pod, "Normal", "Pulling", f'Pulling image "{image}"')
                self._event(pod, "Warning", "Failed", f'Failed to pull image "{image}": rpc error: {problem}')
                self._event(pod, "Warning", "Failed", "Error: ErrImagePull")
            elif not missing:
                self._say_pulled(pod, image)
                self._event(pod, "Normal", "Created", "Container created")
                self._event(pod, "Normal", "Started", "Container started")

    def _say_pulled(self, pod: Pod, image: str) -> None:
        """The first pod of a node that needs an image pulls it; the others find it there."""
        here = (pod.spec.node_name, image)
        if here in self._pulled:
            message = f'Container image "{image}" already present on machine and can be accessed by the pod'
        else:
            self._pulled[here] = None
            seconds = f"{(self.loop.now_ms - self.record(pod).bound_ms) / 1000:g}s"
            self._event(pod, "Normal", "Pulling", f'Pulling image "{image}"')
            message = f'Successfully pulled image "{image}" in {seconds} ({seconds} including waiting).'
        self._event(pod, "Normal", "Pulled", message)

    def show_pull_back_off(self, pod: Pod) -> None:
        """Say that the kubelet waits before it tries the pull again."""
        images = [c.image for c in pod.spec.containers if c.name in _waiting_names(pod)]
        message = f'Back-off pulling image "{images[0]}"'
        self._write(pod, statuses.waiting_for_image(pod, "ImagePullBackOff", message))
        self._event(pod, "Normal", "BackOff", message)
        self._event(pod, "Warning", "Failed", "Error: ImagePullBackOff")

    def become_ready(self, pod: Pod) -> None:
        """The containers pass their readiness."""
        if not self.record(pod).unready:
            self._write(pod, statuses.with_readiness(pod, True, self.server.time))

    def exit_by_itself(self, pod: Pod) -> None:
        """The containers exit with the next code of their owner's script; of those that exit now, the eldest first."""
        if not self._exiting:
            self.loop.call_after(0, self._exit_in_order)
        created = pod.metadata.creation_timestamp or 0
        self._exiting.append((created, self.record(pod).order, self.server.store.cause, pod))

    def _exit_in_order(self) -> None:
        exiting, self._exiting = self._exiting, []
        store = self.server.store
        for _, _, cause, pod in sorted(exiting, key=lambda row: row[:2]):
            store.actor, store.cause = f"kubelet {pod.spec.node_name}", cause
            self._handle_exit(pod, self._exit_codes.next_code(pod))

    def _handle_exit(self, pod: Pod, code: int) -> None:
        """End the pod, or restart its containers: the first time at once, then after a growing delay."""
        policy, now = pod.spec.restart_policy, self.server.time
        if policy == "Never" or (policy == "OnFailure" and code == 0):
            self._write(pod, statuses.ended(pod, code, now))
            return
        record = self.record(pod)
        restarts = max((c.restart_count for c in pod.status.container_statuses), default=0)
        delay_ms = crash_loop_delay_ms(restarts)
        for name in ("ready", "exit"):
            if name in record.timers:
                record.timers.pop(name).cancel()
        if delay_ms == 0:
            record.started_ms = self.loop.now_ms
            self._write(pod, statuses.restarted(pod, False, now, code))
        else:
            record.restart_ms = self.loop.now_ms + delay_ms
            self._write(pod, statuses.crashed(pod, code, delay_ms // 1000, now))
            if self.timing(pod) is not self._annotated:
                self._event(pod, "Warning", "BackOff", self._back_off_message(pod))

    def _back_off_message(self, pod: Pod) -> str:
        meta = pod.metadata
        container = pod.spec.containers[0].name
        return f"Back-off restarting failed container {container} in pod {meta.name}_{meta.namespace}({meta.uid})"

    def restart(self, pod: Pod) -> None:
        """The back-off is over: the containers run again."""
        self.record(pod).started_ms = self.loop.now_ms
        self._write(pod, statuses.restarted(pod, False, self.server.time))

    def stop(self, pod: Pod) -> None:
        """The containers have stopped: say how the pod ended, and let it go."""
        if not is_terminal(pod):
            self._write(pod, statuses.ended(pod, 0, self.server.time, "Failed"))
        self.server.delete_object(pod, DeleteOptions(grace_period_seconds=0))

    def _write(self, pod: Pod, status: PodStatus) -> None:
        self.server.set_pod_status(pod, status)

    def _address(self) -> str:
        self._addresses += 1
        return f"10.244.{self._addresses // 250 % 250}.{self._addresses % 250 + 2}"

    def _event(self, pod: Pod, type_: str, reason: str, message: str) -> None:
        node = pod.spec.node_name
        recorder = self._recorders.get(node)
        if recorder is None:
            recorder = self._recorders[node] = Recorder(self.server, self.name, node)
        recorder.event(pod, type_, reason, message)


def _waiting_names(pod: Pod) -> list[str]:
    return [c.name for c in pod.status.container_statuses if c.state.waiting is not None]


def _runs(pod: Pod) -> bool:
    return any(c.state.running is not None for c in pod.status.container_statuses)


def _pull_back_off_moment(kubelets: Kubelets, pod: Pod) -> int | None:
    """Pods that live by annotations keep saying ErrImagePull."""
    if isinstance(kubelets.timing(pod), AnnotatedTiming):
        return None
    return kubelets.loop.now_ms + PULL_BACK_OFF_SHOWN_MS


def _pull_retry_moment(kubelets: Kubelets, pod: Pod) -> int:
    return kubelets.loop.now_ms + max(PULL_BACK_OFF_SHOWN_MS, image_pull_delay_ms(kubelets.record(pod).pull_failures))


START = Stage(
    "start",
    lambda kubelets, pod: kubelets.timing(pod).start(pod, kubelets.record(pod).bound_ms),
    Kubelets.start,
)
PULL_BACK_OFF = Stage("pull-back-off", _pull_back_off_moment, Kubelets.show_pull_back_off)
PULL_RETRY = Stage("pull-retry", _pull_retry_moment, Kubelets.start, background=True)
BECOME_READY = Stage(
    "ready",
    lambda kubelets, pod: kubelets.timing(pod).ready(pod, kubelets.record(pod).started_ms),
    Kubelets.become_ready,
)
EXIT = Stage(
    "exit",
    lambda kubelets, pod: kubelets.timing(pod).exit(pod, kubelets.record(pod).started_ms),
    Kubelets.exit_by_itself,
)
RESTART = Stage(
    "restart",
    lambda kubelets, pod: kubelets.timing(pod).restart(pod, kubelets.record(pod).restart_ms),
    Kubelets.restart,
)
STOP = Stage(
    "stop",
    lambda kubelets, pod: kubelets.timing(pod).stop(pod, kubelets.record(pod).deleted_ms),
    Kubelets.stop,
)


def stages_of(pod: Pod) -> tuple[Stage, ...]:
    """The stages that a pod is in."""
    if pod.metadata.deletion_timestamp is not None:
        return (STOP,)
    status = pod.status
    if is_terminal(pod):
        return ()
    if not status.container_statuses:
        return (START,)
    reasons = [c.state.waiting.reason for c in status.container_statuses if c.state.waiting is not None]
    if reasons:
        return tuple(_STAGE_BY_REASON[r] for r in dict.fromkeys(reasons) if r in _STAGE_BY_REASON)
    exits = (EXIT,) if RUN in pod.metadata.annotations else ()
    return exits if is_ready(pod) else (BECOME_READY, *exits)


_STAGE_BY_REASON = {"ErrImagePull": PULL_BACK_OFF, "ImagePullBackOff": PULL_RETRY, "CrashLoopBackOff": RESTART}
