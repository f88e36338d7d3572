"""The kubelets of all nodes, as one component: each pod goes to the kubelet of its node.

Pods with ``k8snb.dev/`` annotations, or all pods of an annotated cluster, live by those instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from msgspec.structs import replace

from k8snb.api.types.node import Node
from k8snb.api.types.pod import Pod
from k8snb.kubelet.annotated import AnnotatedKubelet
from k8snb.kubelet.annotated_pod import AnnotatedPod
from k8snb.kubelet.annotated_timing import is_annotated
from k8snb.kubelet.durations import DrawnDurations, Durations, ExactDurations
from k8snb.kubelet.life import Life
from k8snb.kubelet.node import NodeKubelet
from k8snb.kubelet.node_status import healthy_node
from k8snb.kubelet.plain import PlainPod
from k8snb.kubelet.pod_worker import PodWorker
from k8snb.kubelet.probe_report import ProbeReport
from k8snb.kubelet.program import ImageProgram
from k8snb.kubelet.registry import Registry
from k8snb.kubelet.sender import Sender
from k8snb.kubelet.service_times import ServiceTimes
from k8snb.machinery.controller import Environment

ANNOTATED, DRAWN, EXACT = "annotated", "distributed", "exact"
MODES = (ANNOTATED, DRAWN, EXACT)


class Kubelets:
    """One component for the kubelets of all nodes.

    Parameters
    ----------
    mode
        ``annotated``: every pod lives by whole seconds and annotations; else only pods with such annotations do. All
        others take their times from distributions (``distributed``), or next to none (``exact``).
    missing_images
        Patterns of images that no registry has.
    image_programs
        What containers do, by image.
    """

    name: ClassVar[str] = "kubelet"

    def __init__(
        self,
        environment: Environment,
        mode: str,
        missing_images: Sequence[str],
        image_programs: Mapping[str, ImageProgram],
    ) -> None:
        self.server = environment.server
        self.registry = Registry(missing_images)
        self.service = ServiceTimes()
        self._all_annotated = mode == ANNOTATED
        self._durations: Durations = (
            ExactDurations() if mode == EXACT else DrawnDurations(environment.streams.stream("kubelet"))
        )
        self._image_programs = image_programs
        self._heartbeats = environment.heartbeats
        self._down: dict[str, None] = {}
        self._sender = Sender(environment.server.loop)
        self._nodes: dict[str, NodeKubelet] = {}
        self._lives: dict[str, Life] = {}
        self._addresses = 0
        self._annotated = AnnotatedKubelet(
            environment.server, self.registry, self._down, self._next_address, self.service
        )
        self._pods = environment.informers.of(Pod)
        self._pods.add_handler(self._on_pod)
        environment.informers.of(Node).add_handler(self._on_node)

    def _on_pod(self, old: Pod | None, new: Pod | None) -> None:
        if new is None:
            life = None if old is None else self._lives.get(old.metadata.uid)
            if life is not None:
                life.remove()
                if life.finished:
                    self._forget(life.pod)
            return
        life = self._lives.get(new.metadata.uid)
        if life is not None:
            if not life.finished:
                life.update(new)
        elif new.spec.node_name:
            self._begin(new)

    def _forget(self, pod: Pod) -> None:
        """A pod is gone, and its life is over."""
        del self._lives[pod.metadata.uid]
        kubelet = self._nodes.get(pod.spec.node_name)
        if kubelet is not None:
            kubelet.recorder.forget(pod.metadata.uid)

    def _begin(self, pod: Pod) -> None:
        """A kubelet sees a pod for the first time, and decides how it lives."""
        if self._all_annotated or is_annotated(pod):
            self._lives[pod.metadata.uid] = self._annotated.begin(pod)
        elif pod.spec.node_name in self._nodes or self.server.find(Node, "", pod.spec.node_name) is not None:
            self._node(pod.spec.node_name).begin(pod)

    def _on_node(self, old: Node | None, new: Node | None) -> None:
        """A new node has a kubelet, which finds the pods that wait for it."""
        if old is None and new is not None:
            self._begin_missed(new.metadata.name)

    def _begin_missed(self, node: str) -> None:
        """A kubelet finds the pods of its node that it did not begin when it saw them, or did not see."""
        for pod in [p for p in self._pods.cache.values() if p.spec.node_name == node]:
            if pod.metadata.uid not in self._lives:
                self._begin(pod)

    def _node(self, name: str) -> NodeKubelet:
        kubelet = self._nodes.get(name)
        if kubelet is None:
            number = len(self._nodes) + 2
            host_ip = f"192.168.{number // 250}.{number % 250}"
            kubelet = self._nodes[name] = NodeKubelet(
                self.server, name, host_ip, self.registry, self._durations, self._image_programs, self._next_address,
                self._lives, self._sender, self.service,
            )  # fmt: skip
            if name in self._down:
                kubelet.sleep()
        return kubelet

    def _next_address(self) -> str:
        self._addresses += 1
        return f"10.244.{self._addresses // 250 % 250}.{self._addresses % 250 + 2}"

    # -- faults

    def node_down(self, node: str) -> None:
        """A node's kubelet stops doing anything."""
        self._down[node] = None
        self.service.node_down(node, self.server.now_ms)
        self._heartbeats.stop(node)
        if node in self._nodes:
            self._nodes[node].sleep()

    def node_up(self, node: str) -> None:
        """A node's kubelet works again, and catches up with what it missed."""
        if self._down.pop(node, "absent") is None:
            self.service.node_up(node, self.server.now_ms)
            self._heartbeats.resume(node)
            self._report_node(node)
            self._annotated.catch_up([p for p in self._pods.cache.values() if p.spec.node_name == node])
            if node in self._nodes:
                self._nodes[node].wake_up()
                self._begin_missed(node)

    def _report_node(self, name: str) -> None:
        """A kubelet says that its node is well."""
        node = self.server.find(Node, "", name)
        if node is not None:
            with self.server.store.on_behalf_of(f"kubelet {name}", self.server.store.cause):
                self.server.update_status(replace(node, status=healthy_node(node.status, self.server.time)))

    def set_ready(self, pod: Pod, ready: bool) -> None:
        """Let a pod's readiness fail until it is set right again."""
        life = self._life_of(pod)
        if isinstance(life, AnnotatedPod):
            self._annotated.set_ready(pod, ready)
        elif life is not None:
            life.set_ready(ready)

    @property
    def has_unready(self) -> bool:
        """Whether a fault keeps some pod from being ready."""
        workers = [life for life in self._lives.values() if isinstance(life, PodWorker) and not life.removed]
        return any(worker.unready for worker in workers) or self._annotated.has_unready

    def exit_containers(self, pod: Pod, container: str, code: int) -> None:
        """Let one of a pod's containers exit now, or all but the init containers if none is named."""
        life = self._life_of(pod)
        if isinstance(life, AnnotatedPod):
            self._annotated.exit_containers(pod, code)
        elif life is not None:
            life.exit_containers([container] if container else [c.name for c in pod.spec.containers], code)

    def set_probe(self, pod: Pod, probe: str, failing: bool) -> None:
        """Let a pod's probes of a kind find it failing, or what they find by themselves again."""
        life = self._life_of(pod)
        if isinstance(life, PodWorker):
            life.set_probe(probe.capitalize(), failing)

    def probe_reports(self, uid: str) -> Sequence[ProbeReport]:
        """What a pod's probes have found lately; nothing for a pod whose probes nobody executes."""
        life = self._lives.get(uid)
        return life.prober.reports() if isinstance(life, PodWorker) else ()

    def _life_of(self, pod: Pod) -> PodWorker | AnnotatedPod | None:
        """The life of a pod to which something out of the ordinary happens; none on a node that is down."""
        life = self._lives.get(pod.metadata.uid)
        if life is None or life.finished or pod.spec.node_name in self._down:
            return None
        if isinstance(life, PlainPod):
            return life.node.take_over(life)
        assert isinstance(life, PodWorker | AnnotatedPod)
        return life
