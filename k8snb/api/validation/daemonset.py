"""Rules for daemon sets.

References
----------
``pkg/apis/apps/validation/validation.go ValidateDaemonSet @ v1.36``
"""

from __future__ import annotations

from k8snb.api.field_errors import FieldError, forbidden, invalid, not_supported, required, typed
from k8snb.api.selectors import matches
from k8snb.api.types.apps import DaemonSet, DaemonSetSpec, DaemonSetUpdateStrategy, RollingUpdateDaemonSet
from k8snb.api.validation.internal_form import internal_value
from k8snb.api.validation.metadata import (
    name_is_dns_subdomain,
    validate_immutable,
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
)
from k8snb.api.validation.selectors import (
    has_invalid_label_value,
    LabelSelectorOptions,
    STRICT,
    validate_label_selector,
)

_COUNTS = (
    ("current_number_scheduled", "currentNumberScheduled"),
    ("number_misscheduled", "numberMisscheduled"),
    ("desired_number_scheduled", "desiredNumberScheduled"),
    ("number_ready", "numberReady"),
    ("observed_generation", "observedGeneration"),
    ("updated_number_scheduled", "updatedNumberScheduled"),
    ("number_available", "numberAvailable"),
    ("number_unavailable", "numberUnavailable"),
    ("collision_count", "collisionCount"),
)


def validate_daemon_set(daemon_set: DaemonSet) -> list[FieldError]:
    """The faults of a daemon set."""
    errors = validate_object_meta(daemon_set.metadata, name_is_dns_subdomain, True)
    return errors + _spec(daemon_set.spec, STRICT)


def validate_daemon_set_update(new: DaemonSet, old: DaemonSet) -> list[FieldError]:
    """The faults of a daemon set's next version; its selector stays."""
    options = LabelSelectorOptions(allow_invalid_label_value=has_invalid_label_value(old.spec.selector))
    return [
        *validate_object_meta_update(new.metadata, old.metadata),
        *validate_immutable(new.spec.selector, old.spec.selector, "spec.selector"),
        *_spec(new.spec, options),
    ]


def validate_daemon_set_status_update(new: DaemonSet, old: DaemonSet) -> list[FieldError]:
    """The faults of a daemon set's next status."""
    return [
        *validate_object_meta_update(new.metadata, old.metadata),
        *validate_counts(new.status, _COUNTS),
        *validate_collision_count(new.status.collision_count, old.status.collision_count),
    ]


def _spec(spec: DaemonSetSpec, options: LabelSelectorOptions) -> list[FieldError]:
    selector, template = spec.selector, spec.template
    errors = validate_label_selector(selector, options, "spec.selector")
    if is_readable(selector) and not matches(selector, template.metadata.labels):
        errors.append(invalid("spec.template.metadata.labels", typed(template.metadata.labels), SELECTOR_MISMATCH))
    if selector is not None and not selector.match_labels and not selector.match_expressions:
        errors.append(invalid("spec.selector", selector, "empty selector is invalid for daemonset"))
    errors += validate_pod_template_spec(template, "spec.template")
    policy = template.spec.restart_policy
    if policy != "Always":
        errors.append(not_supported("spec.template.spec.restartPolicy", typed(policy), ("Always",)))
    if template.spec.active_deadline_seconds is not None:
        detail = "activeDeadlineSeconds in DaemonSet is not Supported"
        errors.append(forbidden("spec.template.spec.activeDeadlineSeconds", detail))
    errors += validate_nonnegative(spec.min_ready_seconds, "spec.minReadySeconds")
    errors += _update_strategy(spec.update_strategy, "spec.updateStrategy")
    return errors + validate_nonnegative(spec.revision_history_limit or 0, "spec.revisionHistoryLimit")


def _update_strategy(strategy: DaemonSetUpdateStrategy, path: str) -> list[FieldError]:
    if strategy.type == "OnDelete":
        return []
    if strategy.type != "RollingUpdate":
        return [not_supported(path, internal_value(strategy), ("RollingUpdate", "OnDelete"))]
    if strategy.rolling_update is None:
        return [required(f"{path}.rollingUpdate")]
    return _rolling_update(strategy.rolling_update, f"{path}.rollingUpdate")


def _rolling_update(rolling: RollingUpdateDaemonSet, path: str) -> list[FieldError]:
    unavailable, surge = rolling.max_unavailable, rolling.max_surge
    errors = validate_int_or_percent(unavailable, f"{path}.maxUnavailable")
    errors += validate_int_or_percent(surge, f"{path}.maxSurge")
    errors += validate_at_most_all(unavailable, f"{path}.maxUnavailable")
    errors += validate_at_most_all(surge, f"{path}.maxSurge")
    if number_in(unavailable) and number_in(surge):
        errors.append(invalid(f"{path}.maxSurge", typed(surge), "may not be set when maxUnavailable is non-zero"))
    if not number_in(unavailable) and not number_in(surge):
        errors.append(required(f"{path}.maxUnavailable", "cannot be 0 when maxSurge is 0"))
    return errors
