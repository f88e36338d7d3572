"""Rules for requests and limits: names of resources, quantities, claims.

References
----------
``pkg/apis/core/validation/validation.go validateResourceRequirements`` and ``pkg/apis/core/helper/helpers.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable

from k8snb.api.field_errors import duplicate, FieldError, forbidden, invalid, not_found, not_supported, required, typed
from k8snb.api.quantity import canonical, milli_value, number_of, QuantityError, value
from k8snb.api.types.containers import ResourceClaim, ResourceRequirements
from k8snb.api.validation.formats import is_dns1123_label, is_qualified_name
from k8snb.api.validation.metadata import NEGATIVE

NameRule = Callable[[str, str], list[FieldError]]

HUGE_PAGES = "hugepages-"
NATIVE_DOMAIN = "kubernetes.io/"
COUNTED = (
    "pods",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "services.nodeports",
    "services.loadbalancers",
)
CONTAINER_RESOURCES = ("cpu", "memory", "ephemeral-storage")
STANDARD_RESOURCES = (
    *CONTAINER_RESOURCES,
    "storage",
    "requests.storage",
    *(f"{what}.{name}" for what in ("requests", "limits") for name in CONTAINER_RESOURCES),
    *COUNTED,
)


def is_huge_page(name: str) -> bool:
    """Whether a resource is huge pages of some size."""
    return name.startswith(HUGE_PAGES)


def is_native_resource(name: str) -> bool:
    """Whether a resource is Kubernetes' own, not an extended one."""
    return "/" not in name or NATIVE_DOMAIN in name


def is_overcommit_allowed(name: str) -> bool:
    """Whether more of a resource may be promised than there is."""
    return is_native_resource(name) and not is_huge_page(name)


def is_standard_resource(name: str) -> bool:
    """Whether a resource without a domain is one that Kubernetes knows."""
    quota_pages = name.startswith((HUGE_PAGES, f"requests.{HUGE_PAGES}"))
    return name in STANDARD_RESOURCES or quota_pages


def is_extended_resource(name: str) -> bool:
    """Whether a resource follows the standard for extended resources."""
    if is_native_resource(name) or name.startswith("requests."):
        return False
    return not is_qualified_name(f"requests.{name}")


def is_integer_resource(name: str) -> bool:
    """Whether a resource is counted in whole numbers."""
    return name in COUNTED or is_extended_resource(name)


def validate_resource_name(name: str, path: str) -> list[FieldError]:
    """The faults of a resource's name."""
    errors = [invalid(path, typed(name), c) for c in is_qualified_name(name)]
    if not errors and "/" not in name and not is_standard_resource(name):
        errors.append(invalid(path, typed(name), "must be a standard resource type or fully qualified"))
    return errors


def validate_container_resource_name(name: str, path: str) -> list[FieldError]:
    """The faults of the name of a resource that a container asks for."""
    errors = validate_resource_name(name, path)
    if "/" not in name:
        if name not in CONTAINER_RESOURCES and not is_huge_page(name):
            errors.append(invalid(path, typed(name), "must be a standard resource for containers"))
    elif not is_native_resource(name) and not is_extended_resource(name):
        errors.append(invalid(path, typed(name), "doesn't follow extended resource name standard"))
    return errors


def validate_pod_resource_name(name: str, path: str) -> list[FieldError]:
    """The faults of the name of a resource that a pod asks for as a whole."""
    errors = validate_resource_name(name, path)
    if not errors and name not in ("cpu", "memory") and not is_huge_page(name):
        errors.append(not_supported(path, typed(name), ("cpu", HUGE_PAGES, "memory")))
    return errors


def validate_nonnegative_quantity(quantity: str, path: str) -> list[FieldError]:
    """One fault where a quantity is below zero."""
    return [invalid(path, quantity, NEGATIVE)] if number_of(quantity) < 0 else []


def validate_resource_quantity(name: str, quantity: str, path: str) -> list[FieldError]:
    """The faults of how much of a resource is meant."""
    errors = validate_nonnegative_quantity(quantity, path)
    if is_integer_resource(name) and milli_value(quantity) % 1000:
        errors.append(invalid(path, quantity, "must be an integer"))
    return errors


def _is_divisible(name: str, quantity: str) -> bool:
    """Whether a quantity is a whole number of huge pages."""
    try:
        page = canonical(name.removeprefix(HUGE_PAGES))
    except QuantityError:
        return False
    return number_of(page) > 0 and milli_value(page) % 1000 == 0 and value(quantity) % value(page) == 0


def validate_container_requirements(
    requirements: ResourceRequirements, claim_names: frozenset[str], path: str
) -> list[FieldError]:
    """The faults of a container's requests and limits."""
    return _validate_requirements(requirements, validate_container_resource_name, claim_names, path)


def validate_pod_requirements(
    requirements: ResourceRequirements, claim_names: frozenset[str], path: str
) -> list[FieldError]:
    """The faults of the requests and limits of a pod as a whole."""
    return _validate_requirements(requirements, validate_pod_resource_name, claim_names, path)


def _validate_requirements(
    requirements: ResourceRequirements,
    name_rule: NameRule,
    claim_names: frozenset[str],
    path: str,
) -> list[FieldError]:
    errors = []
    for name in sorted(requirements.limits):
        quantity, place = requirements.limits[name], f"{path}.limits[{name}]"
        errors += name_rule(name, place) + validate_resource_quantity(name, quantity, place)
        errors += _huge_page_errors(name, quantity, place)
    for name in sorted(requirements.requests):
        quantity, place = requirements.requests[name], f"{path}.requests[{name}]"
        errors += name_rule(name, place) + validate_resource_quantity(name, quantity, place)
        errors += _request_against_limit(name, quantity, requirements, path)
        errors += _huge_page_errors(name, quantity, place)
    names = {**requirements.limits, **requirements.requests}
    if any(map(is_huge_page, names)) and "cpu" not in names and "memory" not in names:
        errors.append(forbidden(path, "HugePages require cpu or memory"))
    return errors + _validate_claims(requirements.claims, claim_names, f"{path}.claims")


def _request_against_limit(name: str, quantity: str, requirements: ResourceRequirements, path: str) -> list[FieldError]:
    limit = requirements.limits.get(name)
    if limit is None:
        if is_overcommit_allowed(name):
            return []
        return [required(f"{path}.limits", "Limit must be set for non overcommitable resources")]
    if number_of(quantity) != number_of(limit) and not is_overcommit_allowed(name):
        return [invalid(f"{path}.requests", quantity, f"must be equal to {name} limit of {limit}")]
    if number_of(quantity) > number_of(limit):
        return [invalid(f"{path}.requests", quantity, f"must be less than or equal to {name} limit of {limit}")]
    return []


def _huge_page_errors(name: str, quantity: str, path: str) -> list[FieldError]:
    if not is_huge_page(name) or _is_divisible(name, quantity):
        return []
    return [invalid(path, quantity, f"{quantity} is not positive integer multiple of {name}")]


def _validate_claims(claims: tuple[ResourceClaim, ...], claim_names: frozenset[str], path: str) -> list[FieldError]:
    """The faults of the claims that a container uses: each once, and among those of the pod."""
    errors: list[FieldError] = []
    seen: list[str] = []
    for index, claim in enumerate(claims):
        place = f"{path}[{index}]"
        if not claim.name:
            errors.append(required(place))
            continue
        errors += _claim_twice(claim, seen, place)
        if claim.name not in claim_names:
            known = f": {', '.join(sorted(claim_names))}" if claim_names else " which is empty"
            detail = f"must be one of the names in pod.spec.resourceClaims{known}"
            errors.append(not_found(place, claim.name)._replace(detail=detail))
    return errors


def _claim_twice(claim: ResourceClaim, seen: list[str], path: str) -> list[FieldError]:
    if claim.name in seen:
        return [duplicate(path, claim.name)]
    errors = []
    key = f"{claim.name}/{claim.request}" if claim.request else claim.name
    if claim.request:
        errors += [invalid(f"{path}.request", claim.request, c) for c in is_dns1123_label(claim.request)]
    if key in seen:
        errors.append(duplicate(path, key))
    elif not claim.request:
        errors += [duplicate(path, claim.name) for other in seen if other.partition("/")[0] == claim.name]
    seen.append(key)
    return errors
