"""Keeps a pod that names its node off all others.

References
----------
``pkg/scheduler/framework/plugins/nodename/node_name.go @ v1.36``
"""

from __future__ import annotations

from typing import ClassVar

from k8snb.scheduler.framework import Cycle, NodeFilter, Plugin
from k8snb.scheduler.node_info import NodeInfo
from k8snb.scheduler.status import Status, unresolvable


class NodeName(Plugin):
    """Checks ``spec.nodeName``, which a pod that still waits normally has not."""

    name: ClassVar[str] = "NodeName"

    def pre_filter(self, cycle: Cycle) -> NodeFilter | None:
        """Nothing to check for a pod that names no node."""
        wanted = cycle.pod.pod.spec.node_name
        return _NodeNameFilter(wanted) if wanted else None


class _NodeNameFilter(NodeFilter):
    def __init__(self, wanted: str) -> None:
        self.wanted = wanted

    def check(self, node: NodeInfo) -> Status | None:
        return None if node.name == self.wanted else _REFUSAL


_REFUSAL = unresolvable(NodeName.name, "node(s) didn't match the requested node name")
