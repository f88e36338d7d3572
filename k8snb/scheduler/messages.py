"""The words of a refusal: ``0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint(s).``

References
----------
``pkg/scheduler/framework/types.go FitError.Error @ v1.36``
``pkg/scheduler/framework/interface.go NodeToStatus @ v1.36``
"""

from __future__ import annotations

from k8snb.scheduler.status import Code, Status

NO_NODES = "no nodes available to schedule pods"
NOT_HELPFUL = "Preemption is not helpful for scheduling"
NO_CLAIMS = "no new claims to deallocate"  # the plugin that is asked before preemption, for every pod without claims
NOT_ASKED = "not found"  # the same plugin, when a refusal came before its turn


class NodeStatuses:
    """Why each node was refused; ``absent`` speaks for all nodes that have no status of their own.

    Refusals of many nodes in the same words are kept as one number.
    """

    def __init__(self, absent: Status) -> None:
        self.absent = absent
        self.by_node: dict[str, Status] = {}

    def status_of(self, name: str) -> Status:
        """The refusal of a node."""
        return self.by_node.get(name, self.absent)

    def numbers(self, all_nodes: int) -> dict[Status, int]:
        """How many nodes were refused in each way."""
        numbers: dict[Status, int] = {}
        for status in self.by_node.values():
            numbers[status] = numbers.get(status, 0) + 1
        if len(self.by_node) < all_nodes:
            numbers[self.absent] = numbers.get(self.absent, 0) + all_nodes - len(self.by_node)
        return numbers


NO_REASON = Status(Code.UNSCHEDULABLE_AND_UNRESOLVABLE, ())


def fit_error(all_nodes: int, numbers: dict[Status, int], *, pre_filter: str = "", post_filter: str = "") -> str:
    """Why a pod fits on none of the nodes.

    Parameters
    ----------
    all_nodes
        The number of nodes.
    numbers
        How many nodes were refused in each way.
    pre_filter
        What is said in place of the nodes' refusals, when no node was even looked at.
    post_filter
        What came of the attempt to make room.
    """
    text = f"0/{all_nodes} nodes are available:"
    said = pre_filter or _histogram(numbers)
    if said:
        text += f" {said}."
    return f"{text} {post_filter}" if post_filter else text


def _histogram(numbers: dict[Status, int]) -> str:
    """Each reason with its number of nodes, in the order of these texts."""
    by_reason: dict[str, int] = {}
    for status, number in numbers.items():
        for reason in status.reasons:
            by_reason[reason] = by_reason.get(reason, 0) + number
    return ", ".join(sorted(f"{number} {reason}" for reason, number in by_reason.items()))
