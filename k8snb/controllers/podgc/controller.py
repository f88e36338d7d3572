"""Looks for pods whose node is gone, that go from a node out of service, or that go without ever having had a node.

The look is taken every 20 seconds, as long as there may be something to find.

References
----------
``pkg/controller/podgc/gc_controller.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from msgspec.structs import replace

from k8snb.api.pods import is_terminal
from k8snb.api.taints import OUT_OF_SERVICE
from k8snb.api.types.node import Node
from k8snb.api.types.pod import Pod
from k8snb.errors import NotFound
from k8snb.machinery.controller import Controller, Environment
from k8snb.machinery.deletion import DeleteOptions
from k8snb.machinery.disruption import disrupted

CHECK_PERIOD_MS = 20_000
QUARANTINE_MS = 40_000  # from a first look that misses a node to the end of its pods
TERMINATED_POD_THRESHOLD = 12_500
_ALL = "all"


class PodGarbageCollector(Controller):
    """Deletes, without grace, pods that would stay for ever."""

    name: ClassVar[str] = "pod-garbage-collector"

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.pods = self.informers.of(Pod)
        self.nodes = self.informers.of(Node)
        self._missed_since_ms: dict[str, int] = {}
        self._ended = 0
        self.pods.add_handler(self._on_pod)
        self.nodes.add_handler(self._on_node)

    def _on_node(self, old: Node | None, new: Node | None) -> None:
        if new is None or (old is not None and old.spec.taints != new.spec.taints and _is_out_of_service(new)):
            self._look_soon()

    def _on_pod(self, old: Pod | None, new: Pod | None) -> None:
        """Notice a pod that may need the next look. Most changes are of pods on nodes that are there."""
        if old is not None and new is not None and _is_much_the_same(old, new):
            return
        self._ended += (new is not None and is_terminal(new)) - (old is not None and is_terminal(old))
        if new is None:
            return
        terminating = new.metadata.deletion_timestamp is not None
        node_name = new.spec.node_name
        if not node_name:
            odd = terminating
        elif old is None or old.spec.node_name != node_name or terminating:
            node = self.nodes.get(node_name)
            odd = node is None or (terminating and _is_out_of_service(node))
        else:
            odd = False
        if odd or self._ended > TERMINATED_POD_THRESHOLD:
            self._look_soon()

    def _look_soon(self) -> None:
        self.queue.add_after(_ALL, CHECK_PERIOD_MS - self.now_ms % CHECK_PERIOD_MS)

    def sync(self, key: str) -> None:
        """Look at all pods."""
        assert key == _ALL
        pods = [self.pods.cache[k] for k in sorted(self.pods.cache)]
        self._collect_ended([p for p in pods if is_terminal(p)])
        for pod in pods:
            node = self.nodes.get(pod.spec.node_name)
            if pod.metadata.deletion_timestamp is not None and (
                not pod.spec.node_name or (node is not None and _is_out_of_service(node))
            ):
                self._end(pod)
        self._collect_orphans([p for p in pods if p.spec.node_name and p.spec.node_name not in self.nodes.cache])

    def _collect_ended(self, pods: list[Pod]) -> None:
        """Of very many ended pods, the oldest go."""
        pods.sort(key=lambda p: (p.status.reason != "Evicted", p.metadata.creation_timestamp or 0, p.metadata.name))
        for pod in pods[: max(len(pods) - TERMINATED_POD_THRESHOLD, 0)]:
            self._end(pod)

    def _collect_orphans(self, pods: Iterable[Pod]) -> None:
        """Pods of nodes that have been missing for a while."""
        by_node: dict[str, list[Pod]] = {}
        for pod in pods:
            by_node.setdefault(pod.spec.node_name, []).append(pod)
        missed = {node: self._missed_since_ms.get(node, self.now_ms) for node in by_node}
        for node, orphans in by_node.items():
            if self.now_ms - missed[node] >= QUARANTINE_MS:
                del missed[node]
                for pod in orphans:
                    self._end(pod, "PodGC: node no longer exists")
        self._missed_since_ms = missed
        if missed:
            self._look_soon()

    def _end(self, pod: Pod, why: str = "") -> None:
        """Mark a pod as failed, and delete it without grace."""
        if not is_terminal(pod):
            status = disrupted(pod, "DeletionByPodGC", why, self.server.time) if why else pod.status
            self.server.set_pod_status(pod, replace(status, phase="Failed"))
        try:
            self.server.delete_object(pod, DeleteOptions(grace_period_seconds=0))
        except NotFound:
            return


def _is_much_the_same(old: Pod, new: Pod) -> bool:
    same_end = old.metadata.deletion_timestamp == new.metadata.deletion_timestamp
    return old.spec is new.spec and old.status.phase == new.status.phase and same_end


def _is_out_of_service(node: Node) -> bool:
    """The node is not ready, and somebody said that it will not come back."""
    ready = any(c.type == "Ready" and c.status == "True" for c in node.status.conditions)
    return not ready and any(t.key == OUT_OF_SERVICE for t in node.spec.taints)
