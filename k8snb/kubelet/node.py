"""The kubelet of one node: its images, its clock ticks, the workers of its pods.

References
----------
``pkg/kubelet/kubelet.go syncLoopIteration`` and ``pleg/generic.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from k8snb.api.types.containers import Container
from k8snb.api.types.node import Node
from k8snb.api.types.pod import Pod, PodSpec
from k8snb.api.types.pod_status import PodStatus
from k8snb.kubelet.backoff import Backoff
from k8snb.kubelet.durations import Durations
from k8snb.kubelet.images import Images, StartError
from k8snb.kubelet.life import Life
from k8snb.kubelet.plain import is_plain, PlainPod
from k8snb.kubelet.plain_status import creating
from k8snb.kubelet.pod_admission import chose_its_node, RejectedPod, Rejection, rejection
from k8snb.kubelet.pod_worker import PodWorker
from k8snb.kubelet.program import ImageProgram, Program, read_script, run_image, script_of, Start
from k8snb.kubelet.registry import Registry
from k8snb.kubelet.sender import Sender
from k8snb.kubelet.service_times import ServiceTimes
from k8snb.machinery.deletion import DeleteOptions
from k8snb.machinery.events import Recorder
from k8snb.machinery.server import ApiServer
from k8snb.sim.process import Signal

SYNC_MS = 1_000  # a kubelet looks for work that is due once a second
RELIST_MS = 1_001  # ... and lists its containers a second after it was done with the last listing
PHASE_MS = 960  # of the first of both


class NodeKubelet:
    """One node's kubelet.

    Parameters
    ----------
    image_programs
        What containers do, by image.
    address
        Gives the next pod's IP address.
    lives
        All pods' lives, by UID.
    sender
        Sends statuses to the API server.
    service
        Where it is noted when containers can be reached.
    """

    def __init__(
        self,
        server: ApiServer,
        name: str,
        host_ip: str,
        registry: Registry,
        durations: Durations,
        image_programs: Mapping[str, ImageProgram],
        address: Callable[[], str],
        lives: dict[str, Life],
        sender: Sender,
        service: ServiceTimes,
    ) -> None:
        self.server = server
        self.loop = server.loop
        self.name = name
        self.host_ip = host_ip
        self.actor = f"kubelet {name}"
        self.durations = durations
        self.images = Images(self.loop, registry, durations)
        self.backoff = Backoff()
        self.address = address
        self.sender = sender
        self.service = service
        self.asleep = False
        self.awake = Signal()
        self._image_programs = image_programs
        self.recorder = Recorder(server, "kubelet", name)
        self._lives = lives
        self._creating: tuple[PodSpec, int, PodStatus, PodStatus] | None = None
        self._plain_specs: dict[int, tuple[PodSpec, bool]] = {}

    def sync_after(self, time_ms: int) -> int:
        """When the kubelet looks for work that is due, for the first time later than a time."""
        return _tick_after(time_ms, SYNC_MS)

    def relist_after(self, time_ms: int) -> int:
        """When the kubelet lists its containers, for the first time later than a time."""
        return _tick_after(time_ms, RELIST_MS)

    def begin(self, pod: Pod) -> None:
        """The API server has a pod for this node."""
        if chose_its_node(pod):
            if self.asleep:
                return  # whether it fits is asked when the node is up again
            node = self.server.find(Node, "", self.name)
            rejected = None if node is None else rejection(pod, node, [life.pod for life in self._mine()])
            if rejected is not None:
                self._reject(pod, rejected)
                return
        life: Life = PlainPod(self, pod) if self._is_plain(pod) else PodWorker(self, pod)
        self._lives[pod.metadata.uid] = life

    def _reject(self, pod: Pod, rejected: Rejection) -> None:
        """Say that a pod has failed before it began."""
        self._lives[pod.metadata.uid] = RejectedPod(pod)
        store, cause = self.server.store, self.server.store.cause
        with store.on_behalf_of(self.actor, cause):
            self.say(pod, "", "Warning", rejected.reason, rejected.message)
        status = replace(
            pod.status,
            observed_generation=pod.metadata.generation,
            phase="Failed",
            reason=rejected.reason,
            message=f"Pod was rejected: {rejected.message}",
            start_time=self.server.time,
        )

        def send() -> None:
            if self.asleep:
                self._lives.pop(pod.metadata.uid, None)
                return
            with store.on_behalf_of(self.actor, cause):
                written = self.server.set_pod_status(pod, status)
                if written.metadata.deletion_timestamp is not None:  # it was deleted before it could be said
                    self.server.delete_object(written, DeleteOptions(grace_period_seconds=0))

        self.sender.soon(send)

    def _is_plain(self, pod: Pod) -> bool:
        if self.asleep or not self.durations.plain or pod.metadata.deletion_timestamp is not None:
            return False
        if pod.status.phase != "Pending" or pod.status.start_time is not None:
            return False
        known = self._plain_specs.get(id(pod.spec))
        if known is None or known[0] is not pod.spec:
            plain = is_plain(pod.spec) and not any(c.image in self._image_programs for c in pod.spec.containers)
            known = self._plain_specs[id(pod.spec)] = (pod.spec, plain)
        return known[1]

    def creating_status(self, pod: Pod) -> PodStatus:
        """The first status of a plain pod; those of one spec that are seen in one second share it."""
        now = self.server.time
        shared = self._creating
        if shared is None or shared[0] is not pod.spec or shared[1] != now or shared[2] != pod.status:
            shared = self._creating = (pod.spec, now, pod.status, creating(pod, self.host_ip, now))
        return shared[3]

    def take_over(self, plain: PlainPod, reasons: Mapping[str, StartError] | None = None) -> PodWorker:
        """Let a worker go on with a pod that is plain no more."""
        worker = PodWorker(self, plain.pod, plain.hand_over(), reasons)
        self._lives[plain.pod.metadata.uid] = worker
        return worker

    def forget(self, worker: PodWorker) -> None:
        """A worker is done; it is remembered as long as its pod is there."""
        pod = worker.pod
        self.images.forget(pod)
        self.backoff.forget(f"{pod.metadata.uid}/")
        if worker.removed:
            self._lives.pop(pod.metadata.uid, None)

    def sleep(self) -> None:
        """The node goes down: its kubelet does nothing. A node that is down already stays so."""
        if self.asleep:
            return
        for life in self._mine():
            if isinstance(life, PlainPod):
                self.take_over(life)
        self.asleep, self.awake = True, Signal()

    def wake_up(self) -> None:
        """The node is up again: its kubelet looks at all its pods, and says what it has to say."""
        self.asleep = False
        self.awake.fire()
        for life in self._mine():
            if isinstance(life, PodWorker):
                life.wake()
                life.statuses.send_soon()

    def _mine(self) -> list[Life]:
        """The pods of this node that are not over."""
        return [x for x in self._lives.values() if x.pod.spec.node_name == self.name and not x.finished]

    def say(self, pod: Pod, field_path: str, type_: str, reason: str, message: str) -> None:
        """Write an event about a pod, or one of its containers."""
        if not self.asleep:
            self.recorder.event(pod, type_, reason, message, field_path)

    def program(self, pod: Pod, container: Container, number: int) -> Program:
        """What a container does at its start `number`, counted from 0."""
        script = script_of(container)
        if script is not None:
            return read_script(script, number)
        registered = self._image_programs.get(container.image)
        if registered is not None:
            return run_image(registered, Start(number, container.name, container.image, pod.metadata.name, self.name))
        return Program(term=self.durations.term_seconds())


def _tick_after(time_ms: int, period_ms: int) -> int:
    return (time_ms - PHASE_MS) // period_ms * period_ms + PHASE_MS + period_ms
