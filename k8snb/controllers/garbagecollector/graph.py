"""The graph of owners and dependents, kept up to date object by object.

References
----------
``pkg/controller/garbagecollector/graph.go, graph_builder.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from k8snb.api.schema import KubernetesObject


class Node(NamedTuple):
    """An object in the graph: its kind and its key."""

    kind: str
    key: str


class Graph:
    """Who depends on whom, by the UIDs of owners."""

    def __init__(self) -> None:
        self._dependents: dict[str, dict[Node, bool]] = {}
        self._known: dict[str, Node] = {}

    def learn(self, node: Node, obj: KubernetesObject) -> None:
        """An object came, or got other owners."""
        self._known[obj.metadata.uid] = node
        for reference in obj.metadata.owner_references:
            self._dependents.setdefault(reference.uid, {})[node] = bool(reference.block_owner_deletion)

    def forget_owners(self, node: Node, obj: KubernetesObject) -> None:
        """Take back the dependence of an object on its owners."""
        for reference in obj.metadata.owner_references:
            dependents = self._dependents.get(reference.uid)
            if dependents is not None:
                dependents.pop(node, None)
                if not dependents:
                    del self._dependents[reference.uid]

    def forget(self, node: Node, obj: KubernetesObject) -> None:
        """An object is gone."""
        self._known.pop(obj.metadata.uid, None)
        self.forget_owners(node, obj)

    def node_of(self, uid: str) -> Node | None:
        """The object with a UID, if it is there."""
        return self._known.get(uid)

    def dependents(self, uid: str) -> Iterable[Node]:
        """What depends on the object with a UID."""
        return tuple(self._dependents.get(uid, ()))

    def blocking(self, uid: str) -> Mapping[Node, bool]:
        """What the object with a UID has to wait for when it is deleted in the foreground."""
        return {node: True for node, blocks in self._dependents.get(uid, {}).items() if blocks}
