"""Keeps pods off nodes where a port of the node that they want is taken.

References
----------
``pkg/scheduler/framework/plugins/nodeports/node_ports.go @ v1.36``
"""

from __future__ import annotations

from typing import ClassVar

from k8snb.api.types.containers import ContainerPort
from k8snb.scheduler.framework import Cycle, NodeFilter, Plugin
from k8snb.scheduler.node_info import NodeInfo
from k8snb.scheduler.status import Status, unschedulable


class NodePorts(Plugin):
    """Checks ``hostPort``."""

    name: ClassVar[str] = "NodePorts"

    def pre_filter(self, cycle: Cycle) -> NodeFilter | None:
        """Nothing to check for a pod without host ports."""
        ports = cycle.pod.signature.host_ports
        return _PortsFilter(ports) if ports else None


class _PortsFilter(NodeFilter):
    def __init__(self, ports: tuple[ContainerPort, ...]) -> None:
        self.ports = ports

    def check(self, node: NodeInfo) -> Status | None:
        return _REFUSAL if any(node.port_conflicts(port) for port in self.ports) else None


_REFUSAL = unschedulable(NodePorts.name, "node(s) didn't have free ports for the requested pod ports")
