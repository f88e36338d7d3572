"""TaintNodesByCondition: a new node takes no pods until it is known to be ready.

Simplified: a node that registers as ready gets no taint, which the node lifecycle controller would take off at once.

References
----------
``plugin/pkg/admission/nodetaint/admission.go @ v1.36``
"""

from __future__ import annotations

from msgspec.structs import replace

from k8snb.api.types.node import Node
from k8snb.api.types.placement import Taint

NOT_READY = Taint(key="node.kubernetes.io/not-ready", effect="NoSchedule")


def with_not_ready_taint(node: Node) -> Node:
    """A new node with the taint, unless it has it or is ready."""
    if any(c.type == "Ready" and c.status == "True" for c in node.status.conditions):
        return node
    if any((t.key, t.effect) == (NOT_READY.key, NOT_READY.effect) for t in node.spec.taints):
        return node
    return replace(node, spec=replace(node.spec, taints=(*node.spec.taints, NOT_READY)))
