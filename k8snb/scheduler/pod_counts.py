"""How many pods that a selector selects each node has, counted as they come and go.

Many tables look at the same pods, and at each decision; so what they count is counted once, one pod at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from k8snb.api.selectors import Selector
from k8snb.scheduler.change_log import ChangeLog
from k8snb.scheduler.matcher import Matcher
from k8snb.scheduler.node_info import NodeInfo
from k8snb.scheduler.signature import Peers

_EQUAL = ("=", "==", "in")


class PodCount:
    """The pods that a matcher matches, by node; those that are being deleted do not count.

    ``changes`` says on which nodes their number changed.
    """

    __slots__ = ("_by_node", "changes", "matcher", "users")

    def __init__(self, matcher: Matcher) -> None:
        self.changes: ChangeLog[NodeInfo] = ChangeLog()
        self.users = 0
        self.matcher = matcher
        self._by_node: dict[NodeInfo, int] = {}

    def on(self, info: NodeInfo) -> int:
        """How many pods on a node count."""
        return self._by_node.get(info, 0)

    def change(self, info: NodeInfo, by: int) -> None:
        """So many pods came to a node, or went."""
        number = self._by_node.get(info, 0) + by
        if number:
            self._by_node[info] = number
        else:
            del self._by_node[info]
        self.changes.note(info)


class _Known:
    """Peers of which there are pods: how many, and what counts them."""

    __slots__ = ("counted_by", "pods")

    def __init__(self, counted_by: list[PodCount]) -> None:
        self.pods = 0
        self.counted_by = counted_by


class PodCounts:
    """All counts that somebody uses.

    Nearly all selectors begin with a label that has to have one value, by which those that may match are found.
    """

    def __init__(self) -> None:
        self._counts: dict[tuple[Selector | None, str], PodCount] = {}
        self._by_first: dict[tuple[str, str] | None, dict[PodCount, None]] = {}
        self._peers: dict[Peers, _Known] = {}

    def use(self, selector: Selector | None, namespace: str, nodes: Iterable[NodeInfo]) -> PodCount:
        """The count for a selector and a namespace, until it is given back; `nodes` are all that have pods."""
        count = self._counts.get((selector, namespace))
        if count is None:
            count = self._counts[selector, namespace] = PodCount(Matcher(selector, namespace))
            self._by_first.setdefault(_first_label(selector), {})[count] = None
            self._count_all(count, nodes)
        count.users += 1
        return count

    def give_back(self, count: PodCount) -> None:
        """Somebody uses a count no more."""
        count.users -= 1
        if not count.users:
            for key in [key for key, known in self._counts.items() if known is count]:
                del self._counts[key]
                del self._by_first[_first_label(key[0])][count]
            for known in self._peers.values():
                if count in known.counted_by:
                    known.counted_by.remove(count)

    def _count_all(self, count: PodCount, nodes: Iterable[NodeInfo]) -> None:
        counted = [peers for peers in self._peers if count.matcher.is_for(peers)]
        if not counted:
            return
        for peers in counted:
            self._peers[peers].counted_by.append(count)
        for info in nodes:
            for peers in counted:
                number = info.live.get(peers)
                if number:
                    count.change(info, number)

    def add(self, peers: Peers, info: NodeInfo) -> None:
        """A pod came to a node."""
        known = self._peers.get(peers)
        if known is None:
            known = self._peers[peers] = _Known([c for c in self._candidates(peers) if c.matcher.is_for(peers)])
        known.pods += 1
        for count in known.counted_by:
            count.change(info, 1)

    def _candidates(self, peers: Peers) -> Iterator[PodCount]:
        for label in (None, *peers.labels.items()):
            yield from self._by_first.get(label, ())

    def remove(self, peers: Peers, info: NodeInfo) -> None:
        """A pod went from a node, or is being deleted."""
        known = self._peers[peers]
        known.pods -= 1
        for count in known.counted_by:
            count.change(info, -1)
        if not known.pods:
            del self._peers[peers]


def _first_label(selector: Selector | None) -> tuple[str, str] | None:
    """The label that a selector's first requirement wants, if it wants exactly one."""
    if selector is None or not selector.requirements:
        return None
    first = selector.requirements[0]
    return (first.key, first.values[0]) if first.operator in _EQUAL and len(first.values) == 1 else None
