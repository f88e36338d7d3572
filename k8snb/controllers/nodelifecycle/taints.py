"""How the controller changes a node's taints: first come those that it lacks, then go those that it must not have.

These are two writes, so that a node is at no moment without a taint that keeps pods away.

References
----------
``pkg/controller/util/node/controller_utils.go SwapNodeControllerTaint`` and
``pkg/controller/controller_utils.go AddOrUpdateTaintOnNode, RemoveTaintOffNode @ v1.36``
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from k8snb.api.taints import changed_taints, NO_EXECUTE, NOT_READY, same_taint, UNREACHABLE
from k8snb.api.types.node import Node
from k8snb.api.types.placement import Taint
from k8snb.machinery.server import ApiServer

UNREACHABLE_TAINT = Taint(key=UNREACHABLE, effect=NO_EXECUTE)
NOT_READY_TAINT = Taint(key=NOT_READY, effect=NO_EXECUTE)


def no_execute_taints(status: str) -> tuple[Taint, Taint]:
    """The taint for a Ready condition of this status, and the one that must not stand beside it."""
    return (NOT_READY_TAINT, UNREACHABLE_TAINT) if status == "False" else (UNREACHABLE_TAINT, NOT_READY_TAINT)


def has_taint(node: Node, taint: Taint) -> bool:
    """Whether a node has a taint of this key and effect."""
    return any(same_taint(taint, t) for t in node.spec.taints)


def swap_taints(server: ApiServer, name: str, add: Sequence[Taint], remove: Sequence[Taint]) -> None:
    """Add taints to a node as of now, or date them anew, then remove others."""
    dated = [replace(taint, time_added=server.time) for taint in add]
    _write(server, name, dated, ())
    _write(server, name, (), remove)


def _write(server: ApiServer, name: str, add: Sequence[Taint], remove: Sequence[Taint]) -> None:
    node = server.find(Node, "", name)
    if node is None or not (add or remove):
        return
    taints = changed_taints(node.spec.taints, add, remove)
    if taints != node.spec.taints:
        server.update_object(replace(node, spec=replace(node.spec, taints=taints)))
