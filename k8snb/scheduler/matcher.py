"""Which pods a selector selects, asked once for all that are alike."""

from __future__ import annotations

from k8snb.api.selectors import Selector
from k8snb.scheduler.labels import selects
from k8snb.scheduler.node_info import NodeInfo
from k8snb.scheduler.signature import Peers


class Matcher:
    """Counts the pods of one namespace that a selector selects; an empty selector counts none."""

    def __init__(self, selector: Selector | None, namespace: str) -> None:
        self.selector = selector if selector is not None and selector.requirements else None
        self.namespace = namespace
        self._known: dict[Peers, bool] = {}

    def is_for(self, peers: Peers) -> bool:
        """Whether pods count; `matches` remembers it."""
        return peers.namespace == self.namespace and selects(self.selector, peers.labels)

    def matches(self, peers: Peers) -> bool:
        """Whether pods count."""
        known = self._known.get(peers)
        if known is None:
            known = self._known[peers] = self.is_for(peers)
        return known

    def count(self, node: NodeInfo) -> int:
        """How many pods on a node count; those being deleted do not.

        References
        ----------
        ``pkg/scheduler/framework/plugins/podtopologyspread/common.go countPodsMatchSelector @ v1.36``
        """
        if self.selector is None:
            return 0
        total, known = 0, self._known
        for peers, number in node.live.items():
            counts = known.get(peers)
            if self.matches(peers) if counts is None else counts:
                total += number
        return total
