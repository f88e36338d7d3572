"""Rules for stateful sets.

References
----------
``pkg/apis/apps/validation/validation.go ValidateStatefulSet, ValidateStatefulSetUpdate @ v1.36``
"""

from __future__ import annotations

from msgspec.structs import replace

from k8snb.api.field_errors import FieldError, forbidden, invalid, not_supported, required, typed
from k8snb.api.selectors import matches
from k8snb.api.types.apps import (
    RollingUpdateStatefulSetStrategy,
    StatefulSet,
    StatefulSetPersistentVolumeClaimRetentionPolicy,
    StatefulSetSpec,
    StatefulSetUpdateStrategy,
)
from k8snb.api.types.pod import PodTemplateSpec
from k8snb.api.types.volumes import PersistentVolumeClaimVolumeSource, Volume
from k8snb.api.validation.claims import validate_claim_spec
from k8snb.api.validation.formats import is_dns1123_label
from k8snb.api.validation.internal_form import internal_value
from k8snb.api.validation.metadata import (
    name_is_dns_label,
    validate_nonnegative,
    validate_object_meta,
    validate_object_meta_update,
)
from k8snb.api.validation.pod_template import SELECTOR_MISMATCH, validate_pod_template_spec
from k8snb.api.validation.rolling import (
    is_readable,
    number_in,
    validate_at_most_all,
    validate_collision_count,
    validate_counts,
    validate_int_or_percent,
    validate_not_above,
    validate_workload_selector,
)

_MUTABLE = (
    "replicas",
    "template",
    "update_strategy",
    "min_ready_seconds",
    "ordinals",
    "revision_history_limit",
    "persistent_volume_claim_retention_policy",
)
_FIXED = (
    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', "
    "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
)
_KEEPING = ("Retain", "Delete")
_PARTS = (
    ("ready_replicas", "readyReplicas"),
    ("current_replicas", "currentReplicas"),
    ("updated_replicas", "updatedReplicas"),
    ("available_replicas", "availableReplicas"),
)
_COUNTS = (
    ("replicas", "replicas"),
    *_PARTS,
    ("observed_generation", "observedGeneration"),
    ("collision_count", "collisionCount"),
)


def validate_stateful_set(stateful_set: StatefulSet) -> list[FieldError]:
    """The faults of a stateful set."""
    errors = validate_object_meta(stateful_set.metadata, name_is_dns_label, True)
    return errors + _spec(stateful_set.spec, new=True)


def validate_stateful_set_update(new: StatefulSet, old: StatefulSet) -> list[FieldError]:
    """The faults of a stateful set's next version; most of its spec stays."""
    errors = validate_object_meta_update(new.metadata, old.metadata)
    errors += _spec(new.spec, new=False, check_template=not _spec(old.spec, new=False))
    kept = replace(new.spec, **{name: getattr(old.spec, name) for name in _MUTABLE})
    if kept != old.spec:
        errors.append(forbidden("spec", _FIXED))
    return errors


def validate_stateful_set_status_update(new: StatefulSet, old: StatefulSet) -> list[FieldError]:
    """The faults of a stateful set's next status."""
    status = new.status
    available = _PARTS[3:]
    return [
        *validate_counts(status, _COUNTS),
        *validate_not_above(status, _PARTS, status.replicas),
        *validate_not_above(status, available, status.ready_replicas, "cannot be greater than status.readyReplicas"),
        *validate_object_meta_update(new.metadata, old.metadata),
        *validate_collision_count(status.collision_count, old.status.collision_count),
    ]


def _spec(spec: StatefulSetSpec, *, new: bool, check_template: bool = True) -> list[FieldError]:
    """The faults of a spec; an old one may keep a name and claims that no new one may have."""
    errors = _pod_management(spec.pod_management_policy)
    errors += _update_strategy(spec.update_strategy, "spec.updateStrategy")
    errors += _retention(spec.persistent_volume_claim_retention_policy, "spec.persistentVolumeClaimRetentionPolicy")
    if new:
        for index, claim in enumerate(spec.volume_claim_templates):
            errors += validate_claim_spec(claim.spec, f"spec.volumeClaimTemplates[{index}].spec")
    errors += validate_nonnegative(spec.replicas or 0, "spec.replicas")
    errors += validate_nonnegative(spec.min_ready_seconds, "spec.minReadySeconds")
    if spec.ordinals is not None:
        errors += validate_nonnegative(spec.ordinals.start, "spec.ordinals.start")
    if new and spec.service_name:
        errors += [invalid("spec.serviceName", spec.service_name, c) for c in is_dns1123_label(spec.service_name)]
    errors += validate_workload_selector(spec.selector, "statefulset")
    if is_readable(spec.selector):
        errors += _template(spec, check_template)
    else:
        errors.append(invalid("spec.selector", spec.selector, ""))
    policy = spec.template.spec.restart_policy
    if policy != "Always":
        errors.append(not_supported("spec.template.spec.restartPolicy", typed(policy), ("Always",)))
    if spec.template.spec.active_deadline_seconds is not None:
        detail = "activeDeadlineSeconds in StatefulSet is not Supported"
        errors.append(forbidden("spec.template.spec.activeDeadlineSeconds", detail))
    return errors


def _pod_management(policy: str) -> list[FieldError]:
    path = "spec.podManagementPolicy"
    if not policy:
        return [required(path)]
    if policy in ("OrderedReady", "Parallel"):
        return []
    return [invalid(path, typed(policy), "must be 'OrderedReady' or 'Parallel'")]


def _update_strategy(strategy: StatefulSetUpdateStrategy, path: str) -> list[FieldError]:
    rolling = strategy.rolling_update
    if not strategy.type:
        return [required(path)]
    if strategy.type == "OnDelete":
        detail = "only allowed for updateStrategy 'RollingUpdate'"
        return [] if rolling is None else [invalid(f"{path}.rollingUpdate", internal_value(rolling), detail)]
    if strategy.type != "RollingUpdate":
        return [invalid(path, internal_value(strategy), "must be 'RollingUpdate' or 'OnDelete'")]
    return [] if rolling is None else _rolling_update(rolling, f"{path}.rollingUpdate")


def _rolling_update(rolling: RollingUpdateStatefulSetStrategy, path: str) -> list[FieldError]:
    errors = validate_nonnegative(rolling.partition or 0, f"{path}.partition")
    unavailable, place = rolling.max_unavailable, f"{path}.maxUnavailable"
    if unavailable is not None:
        errors += validate_int_or_percent(unavailable, place)
        if number_in(unavailable) == 0:
            errors.append(invalid(place, typed(unavailable), "cannot be 0"))
        errors += validate_at_most_all(unavailable, place)
    return errors


def _retention(policy: StatefulSetPersistentVolumeClaimRetentionPolicy | None, path: str) -> list[FieldError]:
    if policy is None:
        return []
    values = ((policy.when_deleted, "whenDeleted"), (policy.when_scaled, "whenScaled"))
    return [not_supported(f"{path}.{name}", typed(v), _KEEPING) for v, name in values if v not in _KEEPING]


def _template(spec: StatefulSetSpec, check: bool) -> list[FieldError]:
    labels, errors = spec.template.metadata.labels, []
    selector = spec.selector
    empty = selector is not None and not selector.match_labels and not selector.match_expressions
    if not empty and not matches(selector, labels):
        errors.append(invalid("spec.template.metadata.labels", typed(labels), SELECTOR_MISMATCH))
    if check:
        errors += validate_pod_template_spec(_with_claims(spec), "spec.template")
    return errors


def _with_claims(spec: StatefulSetSpec) -> PodTemplateSpec:
    """The template as pods get it: with a volume a claim, without the names that the controller gives."""
    volumes = {
        claim.metadata.name: Volume(
            name=claim.metadata.name,
            persistent_volume_claim=PersistentVolumeClaimVolumeSource(claim_name=claim.metadata.name),
        )
        for claim in spec.volume_claim_templates
    }
    pod = spec.template.spec
    others = tuple(v for v in pod.volumes if v.name not in volumes)
    pod = replace(pod, subdomain="", hostname="", volumes=(*volumes.values(), *others))
    return replace(spec.template, spec=pod)
