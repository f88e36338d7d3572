"""Where a pod may run: affinity, tolerations, taints and topology spread.

Field names, order, presence and patch strategies are those of the Kubernetes 1.36 API.
"""

from __future__ import annotations

from typing import Annotated

from k8snb.api.schema import ALWAYS, Int32, Int64, named, Struct, Time
from k8snb.api.types.meta import LabelSelector

NodeSelectorOperator = Annotated[str, named("v1.NodeSelectorOperator")]
TolerationOperator = Annotated[str, named("v1.TolerationOperator")]
TaintEffect = Annotated[str, named("v1.TaintEffect")]
UnsatisfiableConstraintAction = Annotated[str, named("v1.UnsatisfiableConstraintAction")]
NodeInclusionPolicy = Annotated[str, named("v1.NodeInclusionPolicy")]


class NodeSelectorRequirement(Struct):
    key: Annotated[str, ALWAYS] = ""
    operator: Annotated[NodeSelectorOperator, ALWAYS] = ""
    values: tuple[str, ...] = ()


class NodeSelectorTerm(Struct):
    match_expressions: tuple[NodeSelectorRequirement, ...] = ()
    match_fields: tuple[NodeSelectorRequirement, ...] = ()


class NodeSelector(Struct):
    node_selector_terms: Annotated[tuple[NodeSelectorTerm, ...], ALWAYS] = ()


class PreferredSchedulingTerm(Struct):
    weight: Annotated[Int32, ALWAYS] = 0
    preference: NodeSelectorTerm = NodeSelectorTerm()


class NodeAffinity(Struct):
    required_during_scheduling_ignored_during_execution: NodeSelector | None = None
    preferred_during_scheduling_ignored_during_execution: tuple[PreferredSchedulingTerm, ...] = ()


class PodAffinityTerm(Struct):
    label_selector: LabelSelector | None = None
    namespaces: tuple[str, ...] = ()
    topology_key: Annotated[str, ALWAYS] = ""
    namespace_selector: LabelSelector | None = None
    match_label_keys: tuple[str, ...] = ()
    mismatch_label_keys: tuple[str, ...] = ()


class WeightedPodAffinityTerm(Struct):
    weight: Annotated[Int32, ALWAYS] = 0
    pod_affinity_term: PodAffinityTerm = PodAffinityTerm()


class PodAffinity(Struct):
    required_during_scheduling_ignored_during_execution: tuple[PodAffinityTerm, ...] = ()
    preferred_during_scheduling_ignored_during_execution: tuple[WeightedPodAffinityTerm, ...] = ()


class PodAntiAffinity(Struct):
    required_during_scheduling_ignored_during_execution: tuple[PodAffinityTerm, ...] = ()
    preferred_during_scheduling_ignored_during_execution: tuple[WeightedPodAffinityTerm, ...] = ()


class Affinity(Struct):
    node_affinity: NodeAffinity | None = None
    pod_affinity: PodAffinity | None = None
    pod_anti_affinity: PodAntiAffinity | None = None


class Toleration(Struct):
    key: str = ""
    operator: TolerationOperator = ""
    value: str = ""
    effect: TaintEffect = ""
    toleration_seconds: Int64 | None = None


class Taint(Struct):
    key: Annotated[str, ALWAYS] = ""
    value: str = ""
    effect: Annotated[TaintEffect, ALWAYS] = ""
    time_added: Time | None = None


class TopologySpreadConstraint(Struct):
    max_skew: Annotated[Int32, ALWAYS] = 0
    topology_key: Annotated[str, ALWAYS] = ""
    when_unsatisfiable: Annotated[UnsatisfiableConstraintAction, ALWAYS] = ""
    label_selector: LabelSelector | None = None
    min_domains: Int32 | None = None
    node_affinity_policy: NodeInclusionPolicy | None = None
    node_taints_policy: NodeInclusionPolicy | None = None
    match_label_keys: tuple[str, ...] = ()
