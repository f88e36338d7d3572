"""Keeps pods off nodes that are cordoned.

References
----------
``pkg/scheduler/framework/plugins/nodeunschedulable/node_unschedulable.go @ v1.36``
"""

from __future__ import annotations

from typing import ClassVar

from k8snb.api.types.placement import Taint
from k8snb.scheduler.framework import Cycle, NodeFilter, Plugin
from k8snb.scheduler.labels import tolerates
from k8snb.scheduler.node_info import NodeInfo
from k8snb.scheduler.status import Status, unresolvable

UNSCHEDULABLE_TAINT = Taint(key="node.kubernetes.io/unschedulable", effect="NoSchedule")


class NodeUnschedulable(Plugin):
    """A pod that tolerates the taint of cordoned nodes also tolerates their ``spec.unschedulable``."""

    name: ClassVar[str] = "NodeUnschedulable"

    def pre_filter(self, cycle: Cycle) -> NodeFilter | None:
        """Nothing to check for a pod that tolerates cordoned nodes."""
        return None if tolerates(cycle.pod.signature.tolerations, UNSCHEDULABLE_TAINT) else _CORDONED_FILTER


class _CordonedFilter(NodeFilter):
    def check(self, node: NodeInfo) -> Status | None:
        return _REFUSAL if node.known_node.spec.unschedulable else None


_CORDONED_FILTER = _CordonedFilter()
_REFUSAL = unresolvable(NodeUnschedulable.name, "node(s) were unschedulable")
