"""Watches nodes, and keeps their taints and labels in line with what they report; silent nodes are the monitor's.

References
----------
``pkg/controller/nodelifecycle/node_lifecycle_controller.go @ v1.36``
"""

from __future__ import annotations

from typing import ClassVar

from msgspec.structs import replace

from k8snb.api.types.node import Node
from k8snb.api.types.pod import Pod
from k8snb.controllers.nodelifecycle.conditions import beta_labels, no_schedule_changes, ready_status
from k8snb.controllers.nodelifecycle.monitor import NodeMonitor
from k8snb.controllers.nodelifecycle.taints import swap_taints
from k8snb.controllers.nodelifecycle.zones import standing
from k8snb.machinery.controller import Controller, Environment, key_of

AT_START_MS = 100  # nodes that are there by then were registered before the cluster's time began


class NodeLifecycleController(Controller):
    """Taints nodes by their conditions, and notices when their kubelets fall silent."""

    name: ClassVar[str] = "node-controller"

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.nodes = self.informers.of(Node)
        self.monitor = NodeMonitor(self.server, environment.heartbeats, self.recorder, self.name)
        self._not_ready: dict[str, None] = {}
        self.nodes.add_handler(self._on_node)
        self.informers.of(Pod).add_handler(self._on_pod)
        environment.heartbeats.watch(self._on_heartbeats_changed)

    def _on_heartbeats_changed(self, _node: str) -> None:
        self.monitor.look_soon()

    def _on_node(self, old: Node | None, new: Node | None) -> None:
        if new is None:
            assert old is not None
            self._not_ready.pop(old.metadata.name, None)
            self.monitor.look_soon()
            return
        status = ready_status(new)
        if status in (None, "True"):
            self._not_ready.pop(new.metadata.name, None)
        else:
            self._not_ready[new.metadata.name] = None
        at_start = old is None and self.now_ms <= AT_START_MS and status == "True"
        if at_start:
            self.monitor.register(new)
        changed = not at_start and (old is None or standing(old) != standing(new))
        if changed or self.monitor.has_work(new):
            self.monitor.look_soon()
        self.enqueue(new)

    def _on_pod(self, old: Pod | None, new: Pod | None) -> None:
        """A pod that is bound to a silent node is not ready."""
        if not self._not_ready or new is None or new.spec.node_name not in self._not_ready:
            return
        if old is None or old.spec.node_name != new.spec.node_name:
            self.queue.add(f"{new.spec.node_name}/{key_of(new)}")

    def sync(self, key: str) -> None:
        """Bring a node's ``NoSchedule`` taints and old labels up to date; ``node/namespace/pod`` names a new pod."""
        name, _, pod_key = key.partition("/")
        if pod_key:
            namespace, _, pod_name = pod_key.partition("/")
            pod = self.server.find(Pod, namespace, pod_name)
            if pod is not None and name in self._not_ready:
                self.monitor.mark_pod_not_ready(pod)
            return
        node = self.nodes.get(name)
        if node is None:
            return
        swap_taints(self.server, name, *no_schedule_changes(node))
        self._reconcile_labels(name)

    def _reconcile_labels(self, name: str) -> None:
        node = self.server.find(Node, "", name)
        labels = {} if node is None else beta_labels(node)
        if node is not None and labels:
            meta = replace(node.metadata, labels={**node.metadata.labels, **labels})
            self.server.update_object(replace(node, metadata=meta))
