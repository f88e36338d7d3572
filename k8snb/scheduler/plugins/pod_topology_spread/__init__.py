"""Spreads pods of a sort over nodes, zones and other topologies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from k8snb.scheduler.framework import Cycle, NodeFilter, Plugin, Scorer
from k8snb.scheduler.node_info import NodeInfo
from k8snb.scheduler.plugins.pod_topology_spread.constraints import hard_constraints, soft_constraints
from k8snb.scheduler.plugins.pod_topology_spread.filtering import PLUGIN, SpreadFilter
from k8snb.scheduler.plugins.pod_topology_spread.scoring import SpreadScorer


class PodTopologySpread(Plugin):
    """``DoNotSchedule`` constraints filter; ``ScheduleAnyway`` and the default ones score."""

    name: ClassVar[str] = PLUGIN
    weight: ClassVar[int] = 2

    def pre_filter(self, cycle: Cycle) -> NodeFilter | None:
        """A filter, when the pod has hard constraints."""
        constraints = hard_constraints(cycle.pod.signature)
        if not constraints:
            return None
        spread = SpreadFilter(cycle.pod.signature, constraints)
        spread.count(cycle.snapshot.nodes)
        return spread

    def pre_score(self, cycle: Cycle, nodes: Sequence[NodeInfo]) -> Scorer | None:
        """A scorer, when the pod has soft constraints or gets the default ones."""
        signature = cycle.pod.signature
        constraints = soft_constraints(signature, cycle.listers)
        if not constraints:
            return None
        own = bool(signature.spec.topology_spread_constraints)
        spread = SpreadScorer(signature, constraints, needs_all_labels=own)
        spread.count(nodes, cycle.snapshot.nodes)
        return spread
