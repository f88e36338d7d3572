"""All nodes with their pods, kept up to date one change at a time.

References
----------
``pkg/scheduler/backend/cache/cache.go, snapshot.go @ v1.36``
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Hashable

from k8snb.api.topology import HOSTNAME
from k8snb.api.types.node import Node
from k8snb.scheduler.change_log import ChangeLog
from k8snb.scheduler.node_info import ImageState, Look, NodeInfo
from k8snb.scheduler.pod_counts import PodCounts
from k8snb.scheduler.signature import PodInfo, Signature


class Snapshot:
    """The nodes, in the order in which they became known, and the pods on them.

    ``by_index`` has every node there ever was; ``priorities`` counts the pods by priority. ``generation`` counts all
    changes; ``node_changes`` has those of nodes themselves, and ``loads`` those and what pods take of them.
    ``pod_counts`` counts pods by node. ``affinity`` counts the pods, by signature, that draw other pods near or keep
    them away; ``affinity_generation`` changes with the set of these signatures.
    """

    def __init__(self) -> None:
        self.nodes: list[NodeInfo] = []
        self.by_index: list[NodeInfo] = []
        self.by_name: dict[str, NodeInfo] = {}
        self.generation = 0
        self.affinity: dict[Signature, int] = {}
        self.affinity_generation = 0
        self.images: dict[str, ImageState] = {}
        self.node_changes: ChangeLog[NodeInfo] = ChangeLog()
        self.loads: ChangeLog[NodeInfo] = ChangeLog()
        self.pod_counts = PodCounts()
        self.claims: dict[str, int] = {}
        self.priorities: dict[int, int] = {}
        self._looks: dict[Hashable, Look] = {}
        self._hostnames: dict[str, int] = {}
        self._ambiguous_hostnames = 0

    def get(self, name: str) -> NodeInfo | None:
        """The node of that name, if it is known."""
        info = self.by_name.get(name)
        return info if info is not None and info.node is not None else None

    @property
    def hostnames_are_unique(self) -> bool:
        """Whether no two nodes carry the same hostname label."""
        return not self._ambiguous_hostnames

    # Pods

    def add_pod(self, pod: PodInfo) -> None:
        """Put a pod onto the node that it names, known or not."""
        info = self.by_name.get(pod.node_name) or self._new(pod.node_name)
        info.add(pod)
        if not pod.terminating:
            self.pod_counts.add(pod.signature.peers, info)
        priority = pod.signature.priority
        self.priorities[priority] = self.priorities.get(priority, 0) + 1
        if pod.signature.uncommon:
            self._count_uncommon(pod.signature, 1)
        self._touch(info)

    def remove_pod(self, pod: PodInfo) -> None:
        """Take a pod from its node."""
        info = self.by_name[pod.node_name]
        info.remove(pod.key)
        if not pod.terminating:
            self.pod_counts.remove(pod.signature.peers, info)
        priority = pod.signature.priority
        self.priorities[priority] -= 1
        if not self.priorities[priority]:
            del self.priorities[priority]
        if pod.signature.uncommon:
            self._count_uncommon(pod.signature, -1)
        self._touch(info)
        self._forget_if_empty(info)

    def set_terminating(self, pod: PodInfo) -> None:
        """Note that a pod on a node is being deleted."""
        if not pod.terminating:
            info = self.by_name[pod.node_name]
            info.set_terminating(pod)
            self.pod_counts.remove(pod.signature.peers, info)
            self.generation += 1

    # Nodes

    def set_node(self, node: Node) -> NodeInfo:
        """Add a node, or take over its new version."""
        name = node.metadata.name
        info = self.by_name.get(name) or self._new(name)
        if info.node is None:
            insort(self.nodes, info, key=lambda n: n.index)
        else:
            self._remove_labels_and_images(info)
        info.set_node(node)
        self._add_labels_and_images(info)
        self.node_changes.note(info)
        self._touch(info)
        return info

    def refresh_node(self, node: Node) -> None:
        """Take over a version of a node that differs in nothing that decisions depend on."""
        self.by_name[node.metadata.name].node = node

    def remove_node(self, name: str) -> None:
        """Forget a node. Its pods are kept, out of sight, until they are deleted themselves."""
        info = self.by_name[name]
        self._remove_labels_and_images(info)
        info.node = None
        self.nodes.remove(info)
        self.node_changes.note(info)
        self._touch(info)
        self._forget_if_empty(info)

    def _new(self, name: str) -> NodeInfo:
        info = self.by_name[name] = NodeInfo(name, len(self.by_index))
        self.by_index.append(info)
        return info

    def _forget_if_empty(self, info: NodeInfo) -> None:
        if info.node is None and not info.pods:
            del self.by_name[info.name]

    def _touch(self, info: NodeInfo) -> None:
        self.generation += 1
        self.loads.note(info)

    def _count_uncommon(self, signature: Signature, by: int) -> None:
        for claim in signature.claims:
            self.claims[claim] = self.claims.get(claim, 0) + by
            if not self.claims[claim]:
                del self.claims[claim]
        if signature.has_affinity:
            number = self.affinity.get(signature, 0)
            self.affinity[signature] = number + by
            if not number + by:
                del self.affinity[signature]
            if not number or not number + by:
                self.affinity_generation += 1

    def _add_labels_and_images(self, info: NodeInfo) -> None:
        node = info.known_node
        hostname = info.labels.get(HOSTNAME)
        if hostname is not None:
            self._hostnames[hostname] = self._hostnames.get(hostname, 0) + 1
            self._ambiguous_hostnames += self._hostnames[hostname] > 1
        images = {}
        for image in node.status.images:
            for name in image.names:
                state = self.images.get(name)
                if state is None:
                    state = self.images[name] = ImageState(image.size_bytes)
                state.nodes[info.name] = None
                images[name] = state
        info.images = images
        info.look = self._look_of(info)

    def _look_of(self, info: NodeInfo) -> Look:
        """What a node shows but for its name; labels keep their order, for they are hardly ever in another one."""
        spec = info.known_node.spec
        others = tuple([label for label in info.labels.items() if label[0] != HOSTNAME])
        seen = (others, HOSTNAME in info.labels, spec.unschedulable, spec.taints, tuple(info.images.values()))
        return self._looks.setdefault(seen, Look())

    def _remove_labels_and_images(self, info: NodeInfo) -> None:
        hostname = info.labels.get(HOSTNAME)
        if hostname is not None:
            self._ambiguous_hostnames -= self._hostnames[hostname] > 1
            self._hostnames[hostname] -= 1
            if not self._hostnames[hostname]:
                del self._hostnames[hostname]
        for name, state in info.images.items():
            state.nodes.pop(info.name, None)
            if not state.nodes:
                self.images.pop(name, None)
        info.images = {}
