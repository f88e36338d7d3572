"""The decision from a table: which group of nodes is the best, or why none will do."""

from __future__ import annotations

from collections.abc import Sequence

from k8snb.scheduler.framework import default_normalize
from k8snb.scheduler.plugins.image_locality import image_score, ImageLocality
from k8snb.scheduler.plugins.node_affinity import NodeAffinity
from k8snb.scheduler.plugins.pod_topology_spread import PodTopologySpread
from k8snb.scheduler.plugins.pod_topology_spread.filtering import (
    exceeds_skew,
    least_count,
    NO_LABEL_REFUSAL,
    SKEW_REFUSAL,
)
from k8snb.scheduler.plugins.pod_topology_spread.scoring import (
    reversed_score,
    rounded,
    score_for_count,
    topology_weight,
)
from k8snb.scheduler.plugins.taint_toleration import TaintToleration
from k8snb.scheduler.standing import Group
from k8snb.scheduler.status import Status
from k8snb.scheduler.table import Table


def fitting_groups(table: Table) -> tuple[Sequence[Group], dict[Status, int]]:
    """The groups that keep within the hard spread constraints, and how many nodes all others are refused by."""
    if not table.hard:
        return list(table.groups), table.refusals
    refusals = dict(table.refusals)
    pairs = zip(table.hard, table.hard_domains, strict=True)
    least = [least_count(constraint, domains.pod_counts, len(domains)) for constraint, domains in pairs]
    fitting = []
    for group in table.groups:
        refusal = _spread_refusal(table, group, least)
        if refusal is None:
            fitting.append(group)
        else:
            refusals[refusal] = refusals.get(refusal, 0) + group.size
    return fitting, refusals


def _spread_refusal(table: Table, group: Group, least: Sequence[int]) -> Status | None:
    traits = group.traits
    for at, constraint in enumerate(table.hard):
        value = traits.hard[at]
        if value is None:
            return NO_LABEL_REFUSAL
        if not constraint.is_by_host:
            here = table.hard_domains[at].pods.get(value, 0)
        else:
            here = group.pods[table.hard_positions[at]] if traits.hard_counts[at] else 0
        if exceeds_skew(constraint, here, least[at], counts_itself=table.hard_itself[at]):
            return SKEW_REFUSAL
    return None


def best_nodes(table: Table, groups: Sequence[Group], all_nodes: int) -> list[int]:
    """The indexes, in order, of all nodes with the best score.

    Parameters
    ----------
    table
        The standing of the nodes.
    groups
        The groups of nodes that fit; there is at least one.
    all_nodes
        The number of nodes, fitting or not.
    """
    extra = _extra_scores(table, groups, all_nodes)
    best = -1
    tied: list[Group] = []
    for group, more in zip(groups, extra, strict=True):
        total = group.top + more
        if total > best:
            best = total
            tied = [group]
        elif total == best:
            tied.append(group)
    if len(tied) == 1:
        return tied[0].buckets[tied[0].top].copy()
    merged: list[int] = []
    for group in tied:
        merged += group.buckets[group.top]
    merged.sort()
    return merged


def _extra_scores(table: Table, groups: Sequence[Group], all_nodes: int) -> list[int]:
    """What the nodes of each group have besides their score for resources."""
    extra = _spread_scores(table, groups) if table.soft else [0] * len(groups)
    if table.has_taints:
        raw = [group.traits.taints for group in groups]
        _add(extra, default_normalize(raw, reverse=True), TaintToleration.weight)
    if table.preferred:
        raw = [group.traits.affinity for group in groups]
        _add(extra, default_normalize(raw, reverse=False), NodeAffinity.weight)
    if table.has_images:
        raw = [image_score(g.traits.images, table.containers, all_nodes) if g.traits.images else 0 for g in groups]
        _add(extra, raw, ImageLocality.weight)
    return extra


def _add(extra: list[int], scores: Sequence[int], weight: int) -> None:
    for at, score in enumerate(scores):
        extra[at] += score * weight


def _spread_scores(table: Table, groups: Sequence[Group]) -> list[int]:
    """The weighted scores for spreading of the nodes of each group."""
    raw = _crowding(table, groups)
    counted = [score for group, score in zip(groups, raw, strict=True) if not group.unlabelled]
    least, greatest = min(counted, default=0), max(counted, default=0)
    weight = PodTopologySpread.weight
    return [
        0 if group.unlabelled else reversed_score(score, least, greatest) * weight
        for group, score in zip(groups, raw, strict=True)
    ]


def _crowding(table: Table, groups: Sequence[Group]) -> list[int]:
    """The raw scores for spreading of the nodes of each group."""
    scores = [0.0] * len(groups)
    for at, constraint in enumerate(table.soft):
        if all(group.soft[at] is None for group in groups):
            continue
        max_skew, by_host, position = constraint.max_skew, constraint.is_by_host, table.soft_positions[at]
        if by_host:
            size = sum([group.size for group in groups if not group.unlabelled])
        else:
            size = len({group.soft[at] for group in groups if not group.unlabelled})
        weight = topology_weight(size)
        pods = table.soft_pods[at]
        for index, group in enumerate(groups):
            value = group.soft[at]
            if value is not None:
                here = group.pods[position] if by_host else pods.get(value, 0)
                scores[index] += score_for_count(here, max_skew, weight)
    return [rounded(score) for score in scores]
