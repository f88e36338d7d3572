"""The heartbeats of nodes: when each kubelet last renewed its lease, and last reported on its node.

Kubelets do so again and again, for ever. Rather than fill the log with that, only when one stops and resumes is noted;
what it wrote last follows from it. The stored objects stay as they are, and whoever asks for a Lease or a Node sees the
times that it would have by now.

References
----------
``staging/src/k8s.io/component-helpers/apimachinery/lease/controller.go`` and
``pkg/kubelet/kubelet_node_status.go updateNodeStatus @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from k8snb.api.resources import BY_CLASS
from k8snb.api.schema import KubernetesObject
from k8snb.api.types.node import Lease, Node, NodeCondition
from k8snb.machinery.server import ApiServer, EPOCH_MS

LEASES_NAMESPACE = "kube-node-lease"
RENEW_INTERVAL_MS = 3_000
REPORT_INTERVAL_MS = 300_000  # a node's status is reported so often while nothing changes

Watcher = Callable[[str], None]


class Heartbeats:
    """Which nodes' kubelets are silent, and since when."""

    def __init__(self, server: ApiServer) -> None:
        self._loop = server.loop
        self._silent_since: dict[str, int] = {}
        self._resumed: dict[str, int] = {}
        self._watchers: list[Watcher] = []
        server.views[BY_CLASS[Lease].kind] = self._renewed
        server.views[BY_CLASS[Node].kind] = self._view_of_node

    def watch(self, watcher: Watcher) -> None:
        """Call `watcher` with a node's name whenever its kubelet falls silent or speaks again."""
        self._watchers.append(watcher)

    def stop(self, node: str) -> None:
        """A node's kubelet renews its lease no more."""
        self._silent_since.setdefault(node, self._loop.now_ms)
        self._tell(node)

    def resume(self, node: str) -> None:
        """A node's kubelet renews its lease again."""
        if self._silent_since.pop(node, None) is not None:
            self._resumed[node] = self._loop.now_ms
            self._tell(node)

    def last_renewal_ms(self, node: str) -> int | None:
        """When a silent kubelet renewed its lease for the last time; None for one that keeps renewing it."""
        since = self._silent_since.get(node)
        return None if since is None else _renewal_before(since)

    def reported(self, node: Node) -> Node:
        """A node with the times of its kubelet's last report."""
        last_ms = self._silent_since.get(node.metadata.name, self._loop.now_ms)
        conditions = tuple(_reported(c, EPOCH_MS + last_ms) for c in node.status.conditions)
        if all(new is old for new, old in zip(conditions, node.status.conditions, strict=True)):
            return node
        return replace(node, status=replace(node.status, conditions=conditions))

    def _view_of_node(self, node: KubernetesObject) -> KubernetesObject:
        assert isinstance(node, Node)
        return self.reported(node)

    def _renewed(self, lease: KubernetesObject) -> KubernetesObject:
        """A lease as its node's kubelet renewed it last; any other lease as it is."""
        assert isinstance(lease, Lease)
        meta, spec = lease.metadata, lease.spec
        ours = meta.namespace == LEASES_NAMESPACE and spec.holder_identity == meta.name
        if not ours or not any(owner.kind == "Node" for owner in meta.owner_references):
            return lease
        last_ms = self.last_renewal_ms(meta.name)
        if last_ms is None:
            last_ms = max(_renewal_before(self._loop.now_ms), self._resumed.get(meta.name, 0))
        return replace(lease, spec=replace(spec, renew_time=max(spec.renew_time or 0, EPOCH_MS + last_ms)))

    def _tell(self, node: str) -> None:
        for watcher in self._watchers:
            watcher(node)


def _renewal_before(time_ms: int) -> int:
    return time_ms // RENEW_INTERVAL_MS * RENEW_INTERVAL_MS


def _reported(condition: NodeCondition, last: int) -> NodeCondition:
    """A condition as it was reported until a moment, if it is a kubelet's."""
    heartbeat = condition.last_heartbeat_time
    if heartbeat is None or not condition.reason.startswith("Kubelet"):
        return condition
    reports = (last - heartbeat) // REPORT_INTERVAL_MS
    if reports <= 0:
        return condition
    return replace(condition, last_heartbeat_time=heartbeat + reports * REPORT_INTERVAL_MS)
