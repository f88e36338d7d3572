"""How the nodes stand towards the pods of one signature: which are refused and why, which are alike.

Nodes that fit and differ in nothing that a score depends on form a `Group`; within a group only the score for
resources tells them apart, and the nodes with the same one share a bucket.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from msgspec import Struct

from k8snb.scheduler.domains import Domains
from k8snb.scheduler.node_info import ImageState, NodeInfo
from k8snb.scheduler.status import Status


class Traits(NamedTuple):
    """What, of a node itself, matters to the pods of a signature.

    Parameters
    ----------
    refusal
        The refusal that no pod's coming or going changes.
    taints, affinity
        The raw scores for soft taints and for preferred node affinity.
    images
        Those of the pods' images that the node has.
    hard, soft
        By spread constraint, the value of the node's label; None where it is missing.
    hard_counts, soft_counts
        By spread constraint, whether the node's pods count.
    unlabelled
        Whether the node is left out when spreading scores, for lack of a label.
    """

    refusal: Status | None
    taints: int
    affinity: int
    images: tuple[ImageState, ...]
    hard: tuple[str | None, ...]
    hard_counts: tuple[bool, ...]
    soft: tuple[str | None, ...]
    soft_counts: tuple[bool, ...]
    unlabelled: bool


HardRow = tuple[Domains, str | None, int]
SoftRow = tuple[dict[str, int], str, int]


class Kind:
    """The nodes of the same traits; ``groups`` divides them by the pods that they have.

    ``hard_rows`` and ``soft_rows`` have, of each constraint for which the nodes count, what counts the pods by
    topology, the topology of the nodes (None: each is one of its own), and the position of the pods that count.
    """

    __slots__ = ("groups", "hard_rows", "soft_rows", "traits")

    def __init__(self, traits: Traits, hard_rows: Iterable[HardRow], soft_rows: Iterable[SoftRow]) -> None:
        self.traits = traits
        self.hard_rows = tuple(hard_rows)
        self.soft_rows = tuple(soft_rows)
        self.groups: dict[tuple[int, ...], Group] = {}


class Group:
    """Nodes of one kind with the same numbers of pods, by those selectors that count per node.

    ``buckets`` holds the nodes' indexes, in order, by their score for resources; ``top`` is the best such score.
    """

    __slots__ = ("buckets", "pods", "size", "soft", "top", "traits", "unlabelled")

    def __init__(self, traits: Traits, pods: tuple[int, ...]) -> None:
        self.traits = traits
        self.soft = traits.soft
        self.unlabelled = traits.unlabelled
        self.pods = pods
        self.buckets: dict[int, list[int]] = {}
        self.size = 0
        self.top = -1

    def add(self, index: int, score: int) -> None:
        """Take a node in."""
        bucket = self.buckets.get(score)
        if bucket is None:
            self.buckets[score] = [index]
            if score > self.top:
                self.top = score
        else:
            insort(bucket, index)
        self.size += 1

    def remove(self, index: int, score: int) -> None:
        """Let a node go."""
        bucket = self.buckets[score]
        self.size -= 1
        if len(bucket) > 1:
            del bucket[bisect_left(bucket, index)]
            return
        del self.buckets[score]
        if score == self.top:
            self.top = max(self.buckets, default=-1)


class Standing(Struct, eq=False, gc=False):
    """One node: its kind, its pods by selector, and either its group and score, or why it is refused."""

    kind: Kind
    info: NodeInfo
    pods: tuple[int, ...]
    group: Group | None = None
    score: int = 0
    refusal: Status | None = None


class Names(Sequence[str]):
    """The names of the nodes of some indexes."""

    __slots__ = ("_by_index", "_indexes")

    def __init__(self, indexes: list[int], by_index: Sequence[NodeInfo]) -> None:
        self._indexes = indexes
        self._by_index = by_index

    def __len__(self) -> int:
        return len(self._indexes)

    def __getitem__(self, at: int) -> str:  # type: ignore[override]
        return self._by_index[self._indexes[at]].name
