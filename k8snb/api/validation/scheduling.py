"""Rules for tolerations, topology spread and scheduling gates.

References
----------
``pkg/apis/core/validation/validation.go ValidateTolerations, validateTopologySpreadConstraints @ v1.36``
"""

from __future__ import annotations

from k8snb.api.field_errors import duplicate, FieldError, invalid, not_supported, required, typed
from k8snb.api.types.placement import Toleration, TopologySpreadConstraint
from k8snb.api.types.pod import PodSchedulingGate
from k8snb.api.validation.affinity import validate_match_label_keys
from k8snb.api.validation.formats import is_qualified_name, is_valid_label_value
from k8snb.api.validation.metadata import validate_label_name
from k8snb.api.validation.selectors import validate_label_selector

TAINT_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_ACTIONS = ("DoNotSchedule", "ScheduleAnyway")
_POLICIES = ("Honor", "Ignore")


def validate_tolerations(tolerations: tuple[Toleration, ...], path: str) -> list[FieldError]:
    """The faults of tolerations."""
    errors = []
    for index, toleration in enumerate(tolerations):
        errors += _validate_toleration(toleration, f"{path}[{index}]")
    return errors


def _validate_toleration(toleration: Toleration, path: str) -> list[FieldError]:
    errors = validate_label_name(toleration.key, f"{path}.key") if toleration.key else []
    if not toleration.key and toleration.operator != "Exists":
        detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
        errors.append(invalid(f"{path}.operator", typed(toleration.operator), detail))
    if toleration.toleration_seconds is not None and toleration.effect != "NoExecute":
        detail = "effect must be 'NoExecute' when `tolerationSeconds` is set"
        errors.append(invalid(f"{path}.effect", typed(toleration.effect), detail))
    errors += _validate_operator(toleration, f"{path}.operator")
    if toleration.effect and toleration.effect not in TAINT_EFFECTS:
        errors.append(not_supported(f"{path}.effect", typed(toleration.effect), TAINT_EFFECTS))
    return errors


def _validate_operator(toleration: Toleration, path: str) -> list[FieldError]:
    """The faults of how a toleration's value is compared; comparing numbers is behind a gate that is off."""
    operator, value = toleration.operator, toleration.value
    if operator in ("", "Equal"):
        complaints = is_valid_label_value(value)
        return [invalid(path, value, ";".join(complaints))] if complaints else []
    if operator == "Exists":
        return [invalid(path, value, "value must be empty when `operator` is 'Exists'")] if value else []
    known = ("Equal", "Exists", "Lt", "Gt") if operator in ("Lt", "Gt") else ("Equal", "Exists")
    return [not_supported(path, typed(operator), known)]


def validate_topology_spread(constraints: tuple[TopologySpreadConstraint, ...], path: str) -> list[FieldError]:
    """The faults of the constraints that spread pods over a topology."""
    errors = []
    for index, constraint in enumerate(constraints):
        place = f"{path}[{index}]"
        errors += _validate_constraint(constraint, place)
        kind = (constraint.topology_key, constraint.when_unsatisfiable)
        if kind in [(c.topology_key, c.when_unsatisfiable) for c in constraints[index + 1 :]]:
            errors.append(duplicate(f"{place}.{{topologyKey, whenUnsatisfiable}}", f"{{{kind[0]}, {kind[1]}}}"))
        errors += _validate_domains_and_policies(constraint, place)
        keys, selector = constraint.match_label_keys, constraint.label_selector
        errors += validate_match_label_keys(keys, (), selector, place)
        errors += validate_label_selector(selector, path=f"{place}.labelSelector")
    return errors


def _validate_constraint(constraint: TopologySpreadConstraint, path: str) -> list[FieldError]:
    errors = []
    if constraint.max_skew <= 0:
        errors.append(invalid(f"{path}.maxSkew", constraint.max_skew, "must be greater than zero"))
    if not constraint.topology_key:
        errors.append(required(f"{path}.topologyKey", "can not be empty"))
    action = constraint.when_unsatisfiable
    if action not in _ACTIONS:
        errors.append(not_supported(f"{path}.whenUnsatisfiable", typed(action), _ACTIONS))
    return errors


def _validate_domains_and_policies(constraint: TopologySpreadConstraint, path: str) -> list[FieldError]:
    errors = []
    domains, action = constraint.min_domains, constraint.when_unsatisfiable
    if domains is not None:
        if domains <= 0:
            errors.append(invalid(f"{path}.minDomains", domains, "must be greater than zero"))
        if action != "DoNotSchedule":
            detail = f"can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {action}"
            errors.append(invalid(f"{path}.minDomains", domains, detail))
    policies = (
        ("nodeAffinityPolicy", constraint.node_affinity_policy),
        ("nodeTaintsPolicy", constraint.node_taints_policy),
    )
    for name, policy in policies:
        if policy is not None and policy not in _POLICIES:
            errors.append(not_supported(f"{path}.{name}", typed(policy), _POLICIES))
    return errors


def validate_scheduling_gates(gates: tuple[PodSchedulingGate, ...], path: str) -> list[FieldError]:
    """The faults of the gates that hold a pod back from scheduling."""
    errors = []
    seen: list[str] = []
    for index, gate in enumerate(gates):
        errors += [invalid(f"{path}[{index}]", gate.name, c) for c in is_qualified_name(gate.name)]
        if gate.name in seen:
            errors.append(duplicate(f"{path}[{index}]", gate.name))
        seen.append(gate.name)
    return errors
