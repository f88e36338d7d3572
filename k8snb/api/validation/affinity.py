"""Rules for node and pod affinity.

References
----------
``pkg/apis/core/validation/validation.go validateAffinity, ValidateNodeSelector, validatePodAffinityTerm @ v1.36``
"""

from __future__ import annotations

from k8snb.api.field_errors import FieldError, forbidden, invalid, required, typed
from k8snb.api.types.meta import LabelSelector
from k8snb.api.types.placement import (
    Affinity,
    NodeAffinity,
    NodeSelector,
    NodeSelectorRequirement,
    NodeSelectorTerm,
    PodAffinity,
    PodAffinityTerm,
    PodAntiAffinity,
)
from k8snb.api.validation.formats import is_valid_label_value
from k8snb.api.validation.metadata import name_is_dns_label, name_is_dns_subdomain, validate_label_name
from k8snb.api.validation.selectors import validate_label_selector

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_WEIGHT_WRONG = "must be in the range 1-100"
_OPERATOR_WRONG = "not a valid selector operator"


def validate_affinity(affinity: Affinity | None, path: str) -> list[FieldError]:
    """The faults of a pod's affinity."""
    errors: list[FieldError] = []
    if affinity is None:
        return errors
    if affinity.node_affinity is not None:
        errors += _validate_node_affinity(affinity.node_affinity, f"{path}.nodeAffinity")
    if affinity.pod_affinity is not None:
        errors += _validate_pod_affinity(affinity.pod_affinity, f"{path}.podAffinity")
    if affinity.pod_anti_affinity is not None:
        errors += _validate_pod_affinity(affinity.pod_anti_affinity, f"{path}.podAntiAffinity")
    return errors


def _validate_node_affinity(affinity: NodeAffinity, path: str) -> list[FieldError]:
    errors = []
    needed = affinity.required_during_scheduling_ignored_during_execution
    if needed is not None:
        errors += validate_node_selector(needed, f"{path}.{_REQUIRED}")
    for index, term in enumerate(affinity.preferred_during_scheduling_ignored_during_execution):
        place = f"{path}.{_PREFERRED}[{index}]"
        if not 1 <= term.weight <= 100:
            errors.append(invalid(f"{place}.weight", term.weight, _WEIGHT_WRONG))
        # values that no label can have are let pass: they do no harm where nothing is required
        errors += _validate_term(term.preference, f"{place}.preference", check_values=False)
    return errors


def validate_node_selector(selector: NodeSelector, path: str, check_values: bool = True) -> list[FieldError]:
    """The faults of a node selector: terms of which a node must match one."""
    if not selector.node_selector_terms:
        return [required(f"{path}.nodeSelectorTerms", "must have at least one node selector term")]
    errors = []
    for index, term in enumerate(selector.node_selector_terms):
        errors += _validate_term(term, f"{path}.nodeSelectorTerms[{index}]", check_values)
    return errors


def _validate_term(term: NodeSelectorTerm, path: str, check_values: bool) -> list[FieldError]:
    errors = []
    for index, requirement in enumerate(term.match_expressions):
        errors += _validate_requirement(requirement, f"{path}.matchExpressions[{index}]", check_values)
    for index, requirement in enumerate(term.match_fields):
        errors += _validate_field_requirement(requirement, f"{path}.matchFields[{index}]")
    return errors


def _validate_requirement(requirement: NodeSelectorRequirement, path: str, check_values: bool) -> list[FieldError]:
    operator, values = requirement.operator, requirement.values
    errors = []
    if operator in ("In", "NotIn"):
        if not values:
            errors.append(required(f"{path}.values", "must be specified when `operator` is 'In' or 'NotIn'"))
    elif operator in ("Exists", "DoesNotExist"):
        if values:
            detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
            errors.append(forbidden(f"{path}.values", detail))
    elif operator in ("Gt", "Lt"):
        if len(values) != 1:
            detail = "must be specified single value when `operator` is 'Lt' or 'Gt'"
            errors.append(required(f"{path}.values", detail))
    else:
        errors.append(invalid(f"{path}.operator", typed(operator), _OPERATOR_WRONG))
    errors += validate_label_name(requirement.key, f"{path}.key")
    for index, value in enumerate(values if check_values else ()):
        errors += [invalid(f"{path}.values[{index}]", value, c) for c in is_valid_label_value(value)]
    return errors


def _validate_field_requirement(requirement: NodeSelectorRequirement, path: str) -> list[FieldError]:
    errors = []
    if requirement.operator not in ("In", "NotIn"):
        errors.append(invalid(f"{path}.operator", typed(requirement.operator), _OPERATOR_WRONG))
    elif len(requirement.values) != 1:
        detail = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
        errors.append(required(f"{path}.values", detail))
    if requirement.key != "metadata.name":
        return [*errors, invalid(f"{path}.key", requirement.key, "not a valid field selector key")]
    for index, value in enumerate(requirement.values):
        errors += [invalid(f"{path}.values[{index}]", value, c) for c in name_is_dns_subdomain(value)]
    return errors


def _validate_pod_affinity(affinity: PodAffinity | PodAntiAffinity, path: str) -> list[FieldError]:
    errors = []
    for index, term in enumerate(affinity.required_during_scheduling_ignored_during_execution):
        errors += _validate_pod_term(term, f"{path}.{_REQUIRED}[{index}]")
    for index, weighted in enumerate(affinity.preferred_during_scheduling_ignored_during_execution):
        place = f"{path}.{_PREFERRED}[{index}]"
        if not 1 <= weighted.weight <= 100:
            errors.append(invalid(f"{place}.weight", weighted.weight, _WEIGHT_WRONG))
        errors += _validate_pod_term(weighted.pod_affinity_term, f"{place}.podAffinityTerm")
    return errors


def _validate_pod_term(term: PodAffinityTerm, path: str) -> list[FieldError]:
    errors = validate_label_selector(term.label_selector, path=f"{path}.labelSelector")
    errors += validate_label_selector(term.namespace_selector, path=f"{path}.namespaceSelector")
    for name in term.namespaces:
        errors += [invalid(f"{path}.namespace", name, c) for c in name_is_dns_label(name)]
    errors += validate_match_label_keys(term.match_label_keys, term.mismatch_label_keys, term.label_selector, path)
    if not term.topology_key:
        errors.append(required(f"{path}.topologyKey", "can not be empty"))
    return errors + validate_label_name(term.topology_key, f"{path}.topologyKey")


def validate_match_label_keys(
    match: tuple[str, ...], mismatch: tuple[str, ...], selector: LabelSelector | None, path: str
) -> list[FieldError]:
    """The faults of label keys whose values a term takes from the incoming pod.

    The API server has already merged them into the selector's expressions; a key that stands there twice was also
    given by the user.
    """
    errors = _validate_label_keys(match, selector, f"{path}.matchLabelKeys")
    errors += _validate_label_keys(mismatch, selector, f"{path}.mismatchLabelKeys")
    if selector is not None:
        places = {key: index for index, key in enumerate(match)}
        seen = list(selector.match_labels)
        for expression in selector.match_expressions:
            key = expression.key
            if key in places and key in seen:
                detail = "exists in both matchLabelKeys and labelSelector"
                errors.append(invalid(f"{path}[{places[key]}]", key, detail))
            seen.append(key)
    for index, key in enumerate(match):
        if key in mismatch:
            detail = "exists in both matchLabelKeys and mismatchLabelKeys"
            errors.append(invalid(f"{path}.matchLabelKeys[{index}]", key, detail))
    return errors


def _validate_label_keys(keys: tuple[str, ...], selector: LabelSelector | None, path: str) -> list[FieldError]:
    if keys and selector is None:
        return [forbidden(path, "must not be specified when labelSelector is not set")]
    errors = []
    for index, key in enumerate(keys):
        errors += validate_label_name(key, f"{path}[{index}]")
    return errors
