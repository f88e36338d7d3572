"""Strategy of pods: a new one is pending, its affinity and spreading follow its labels, its gates are reported.

References
----------
``pkg/registry/core/pod/strategy.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from k8snb.api.field_errors import FieldError
from k8snb.api.qos import pod_qos
from k8snb.api.registry.app_armor import with_app_armor_fields
from k8snb.api.registry.pod_warnings import pod_warnings
from k8snb.api.registry.strategy import SpecStrategy, with_generation
from k8snb.api.registry.workloads import name_warnings
from k8snb.api.types.meta import LabelSelector, LabelSelectorRequirement
from k8snb.api.types.placement import (
    Affinity,
    PodAffinity,
    PodAffinityTerm,
    PodAntiAffinity,
    TopologySpreadConstraint,
    WeightedPodAffinityTerm,
)
from k8snb.api.types.pod import Pod, PodSpec
from k8snb.api.types.pod_status import PodCondition, PodStatus
from k8snb.api.validation.pod import validate_pod_create, validate_pod_status_update, validate_pod_update

_GATED = "Scheduling is blocked due to non-empty scheduling gates"

Labels = Mapping[str, str]


class PodStrategy(SpecStrategy[Pod]):
    """A changed spec is a new generation."""

    def prepare_create(self, obj: Pod) -> Pod:
        spec = _with_label_keys(with_app_armor_fields(obj), obj.metadata.labels)
        status = PodStatus(phase="Pending", qos_class=pod_qos(spec), conditions=_gated(obj))
        return with_generation(replace(obj, spec=spec, status=status), 1)

    def validate_create(self, obj: Pod) -> list[FieldError]:
        return validate_pod_create(obj)

    def validate_update(self, new: Pod, old: Pod) -> list[FieldError]:
        return validate_pod_update(new, old)

    def prepare_status_update(self, new: Pod, old: Pod) -> Pod:
        meta = replace(new.metadata, deletion_timestamp=None, owner_references=old.metadata.owner_references)
        status = new.status if new.status.qos_class else replace(new.status, qos_class=old.status.qos_class)
        return replace(new, metadata=meta, spec=old.spec, status=status)

    def validate_status_update(self, new: Pod, old: Pod) -> list[FieldError]:
        return validate_pod_status_update(new, old)

    def warnings_on_create(self, obj: Pod) -> list[str]:
        return name_warnings(obj.metadata.name, "the Pod's hostname") + pod_warnings(obj)


def _gated(pod: Pod) -> tuple[PodCondition, ...]:
    if not pod.spec.scheduling_gates:
        return ()
    since = pod.metadata.creation_timestamp
    return (
        PodCondition(
            type="PodScheduled", status="False", reason="SchedulingGated", message=_GATED, last_transition_time=since
        ),
    )


def _with_label_keys(spec: PodSpec, labels: Labels) -> PodSpec:
    """A spec whose affinity and spreading compare pods with this one's own values of the keys that they name."""
    affinity, spread = spec.affinity, spec.topology_spread_constraints
    if affinity is not None:
        affinity = _affinity(affinity, labels)
    if spread:
        spread = tuple(_constraint(c, labels) for c in spread)
    if affinity == spec.affinity and spread == spec.topology_spread_constraints:
        return spec
    return replace(spec, affinity=affinity, topology_spread_constraints=spread)


def _affinity(affinity: Affinity, labels: Labels) -> Affinity:
    towards, away = affinity.pod_affinity, affinity.pod_anti_affinity
    if towards is not None:
        towards = replace(towards, **_terms(towards, labels))
    if away is not None:
        away = replace(away, **_terms(away, labels))
    return replace(affinity, pod_affinity=towards, pod_anti_affinity=away)


def _terms(
    affinity: PodAffinity | PodAntiAffinity, labels: Labels
) -> dict[str, tuple[PodAffinityTerm, ...] | tuple[WeightedPodAffinityTerm, ...]]:
    return {
        "required_during_scheduling_ignored_during_execution": tuple(
            _term(t, labels) for t in affinity.required_during_scheduling_ignored_during_execution
        ),
        "preferred_during_scheduling_ignored_during_execution": tuple(
            replace(t, pod_affinity_term=_term(t.pod_affinity_term, labels))
            for t in affinity.preferred_during_scheduling_ignored_during_execution
        ),
    }


def _term(term: PodAffinityTerm, labels: Labels) -> PodAffinityTerm:
    added = _requirements(term.match_label_keys, "In", labels) + _requirements(
        term.mismatch_label_keys, "NotIn", labels
    )
    if term.label_selector is None or not added:
        return term
    return replace(term, label_selector=_extended(term.label_selector, added))


def _constraint(constraint: TopologySpreadConstraint, labels: Labels) -> TopologySpreadConstraint:
    added = _requirements(constraint.match_label_keys, "In", labels)
    if constraint.label_selector is None or not added:
        return constraint
    return replace(constraint, label_selector=_extended(constraint.label_selector, added))


def _requirements(keys: Iterable[str], operator: str, labels: Labels) -> tuple[LabelSelectorRequirement, ...]:
    return tuple(
        LabelSelectorRequirement(key=key, operator=operator, values=(labels[key],)) for key in keys if key in labels
    )


def _extended(selector: LabelSelector, added: tuple[LabelSelectorRequirement, ...]) -> LabelSelector:
    return replace(selector, match_expressions=(*selector.match_expressions, *added))
