"""Watches nodes with ``NoExecute`` taints, and the pods on them.

References
----------
``pkg/controller/tainteviction/taint_eviction.go, timed_workers.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from k8snb.api.taints import NO_EXECUTE
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.node import Node
from k8snb.api.types.placement import Taint
from k8snb.api.types.pod import Pod
from k8snb.controllers.tainteviction.tolerance import FOR_EVER, tolerated_seconds
from k8snb.errors import ApiError
from k8snb.machinery.controller import Controller, Environment, key_of
from k8snb.machinery.disruption import disrupted
from k8snb.sim.loop import CONTROL, Timer

_NODE = "node/"  # what a key of the queue begins with that names a node; all others name pods


class TaintEvictionController(Controller):
    """Deletes pods that do not tolerate their node's ``NoExecute`` taints, at once or when their time is up."""

    name: ClassVar[str] = "taint-eviction-controller"

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.nodes = self.informers.of(Node)
        self.pods = self.informers.of(Pod)
        self._taints: dict[str, tuple[Taint, ...]] = {}
        self._evictions: dict[str, Timer] = {}  # of planned deletions, by pod
        self.nodes.add_handler(self._on_node)
        self.pods.add_handler(self._on_pod)

    # -- watching

    def _on_node(self, old: Node | None, new: Node | None) -> None:
        if old is None or new is None or _no_execute(old) != _no_execute(new):
            node = new or old
            assert node is not None
            self.queue.add(f"{_NODE}{node.metadata.name}")

    def _on_pod(self, old: Pod | None, new: Pod | None) -> None:
        """Only where a pod is, what it tolerates and that it goes matters, and only if some node is tainted."""
        if not self._taints and not self._evictions:
            return
        pod = new or old
        assert pod is not None
        if old is not None and new is not None and old.spec is new.spec:
            return
        if old is None or new is None or (old.spec.node_name, old.spec.tolerations) != (
            new.spec.node_name, new.spec.tolerations,
        ):  # fmt: skip
            self.queue.add(key_of(pod))

    # -- syncing

    def sync(self, key: str) -> None:
        """Look at a node whose taints changed, or at one pod."""
        if key.startswith(_NODE):
            self._handle_node(key.removeprefix(_NODE))
            return
        pod = self.pods.get(key)
        if pod is None:
            self._cancel(key)
        elif pod.spec.node_name in self._taints:
            self._process_pod(key, pod, self._taints[pod.spec.node_name])

    def _handle_node(self, name: str) -> None:
        node = self.nodes.get(name)
        taints = _no_execute(node) if node is not None else ()
        had_taints = self._taints.pop(name, None) is not None
        if node is None or not (taints or had_taints):
            return
        if taints:
            self._taints[name] = taints
        for key in self._pods_on(name):
            if taints:
                self._process_pod(key, self.pods.cache[key], taints)
            else:
                self._cancel(key)

    def _pods_on(self, node: str) -> Iterable[str]:
        return sorted(key for key, pod in self.pods.cache.items() if pod.spec.node_name == node)

    def _process_pod(self, key: str, pod: Pod, taints: tuple[Taint, ...]) -> None:
        """Delete a pod at once, plan its deletion, or take that back."""
        seconds = tolerated_seconds(pod.spec.tolerations, taints)
        if seconds == FOR_EVER:
            self._cancel(key)
        elif seconds is None:
            self._cancel(key)
            self._evict(key)
        elif key in self._evictions:
            return  # a deletion that is planned stays planned, even if less is tolerated now
        elif seconds == 0:
            self._evict(key)
        else:
            self._plan(key, seconds)

    def _plan(self, key: str, seconds: int) -> None:
        cause = self.server.store.cause
        loop = self.server.loop
        self._evictions[key] = loop.call_after(seconds * 1000, self._fire, key, cause, priority=CONTROL)

    def _fire(self, key: str, cause: int) -> None:
        del self._evictions[key]
        with self.server.store.on_behalf_of(self.name, cause):
            self._evict(key)

    def _evict(self, key: str) -> None:
        """Say why the pod is going, and delete it; a pod that is gone already is fine."""
        self._say(key, f"Marking for deletion Pod {key}")
        namespace, _, name = key.partition("/")
        pod = self.server.find(Pod, namespace, name)
        if pod is None:
            return
        message = "Taint manager: deleting due to NoExecute taint"
        status = disrupted(pod, "DeletionByTaintManager", message, self.server.time)
        if status is not pod.status:
            self.server.set_pod_status(pod, status)
        try:
            self.server.delete_object(pod)
        except ApiError:
            return

    def _cancel(self, key: str) -> None:
        timer = self._evictions.pop(key, None)
        if timer is not None:
            timer.cancel()
            self._say(key, f"Cancelling deletion of Pod {key}")

    def _say(self, key: str, message: str) -> None:
        """Record an event about a pod by its name alone, for the pod may be gone."""
        namespace, _, name = key.partition("/")
        nameless = Pod(metadata=ObjectMeta(name=name, namespace=namespace))
        self.recorder.event(nameless, "Normal", "TaintManagerEviction", message)


def _no_execute(node: Node) -> tuple[Taint, ...]:
    return tuple(taint for taint in node.spec.taints if taint.effect == NO_EXECUTE)
