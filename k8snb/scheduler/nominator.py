"""The pods that wait for room on a node which preemption is making for them.

References
----------
``pkg/scheduler/backend/queue/nominator.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Sequence

from k8snb.scheduler.signature import PodInfo


class Nominator:
    """Which waiting pod counts on which node.

    ``generation`` changes with every nomination that begins or ends.
    """

    def __init__(self) -> None:
        self.generation = 0
        self._by_node: dict[str, dict[str, PodInfo]] = {}
        self._node_of: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._node_of)

    def node_of(self, key: str) -> str:
        """The node that a pod counts on; empty when there is none."""
        return self._node_of.get(key, "")

    def on(self, node_name: str) -> Sequence[PodInfo]:
        """The pods that count on a node, in order of their nomination."""
        return tuple(self._by_node.get(node_name, {}).values())

    def nominate(self, pod: PodInfo, node_name: str) -> None:
        """Let a pod count on a node; on none, when the name is empty."""
        if self._node_of.get(pod.key, "") == node_name:
            if node_name:
                self._by_node[node_name][pod.key] = pod
            return
        self.remove(pod.key)
        if node_name:
            self._node_of[pod.key] = node_name
            self._by_node.setdefault(node_name, {})[pod.key] = pod
            self.generation += 1

    def remove(self, key: str) -> None:
        """End a pod's nomination, if it has one."""
        node_name = self._node_of.pop(key, "")
        if node_name:
            pods = self._by_node[node_name]
            del pods[key]
            if not pods:
                del self._by_node[node_name]
            self.generation += 1
