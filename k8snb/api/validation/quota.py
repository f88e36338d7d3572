"""Rules for resource quotas and limit ranges.

References
----------
``pkg/apis/core/validation/validation.go ValidateResourceQuota, ValidateLimitRange``,
``pkg/apis/core/helper/helpers.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isinf

from k8snb.api.field_errors import duplicate, FieldError, forbidden, invalid, required, typed
from k8snb.api.quantity import milli_value, number_of, value
from k8snb.api.types.quota import (
    LimitRange,
    LimitRangeItem,
    ResourceQuota,
    ResourceQuotaSpec,
    ScopedResourceSelectorRequirement,
)
from k8snb.api.validation.formats import is_qualified_name
from k8snb.api.validation.internal_form import internal_value
from k8snb.api.validation.metadata import (
    IMMUTABLE,
    name_is_dns_subdomain,
    validate_object_meta,
    validate_object_meta_update,
)
from k8snb.api.validation.resources import (
    is_overcommit_allowed,
    is_standard_resource,
    validate_container_resource_name,
    validate_resource_name,
    validate_resource_quantity,
)

POD_SCOPES = ("Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass")
CROSS_NAMESPACE = "CrossNamespacePodAffinity"
VOLUME_CLASS = "VolumeAttributesClass"
SCOPES = (*POD_SCOPES, VOLUME_CLASS, CROSS_NAMESPACE)
LIMIT_TYPES = ("Pod", "Container", "PersistentVolumeClaim")

_COMPUTE = ("cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory")
_CONFLICTS = (("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating"))
_ONLY_EXISTS = (
    "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, "
    "ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"
)
_UNSUPPORTED = "unsupported scope applied to resource"
_LARGEST_MILLI = (2**63 - 1) // 1000

Resources = Mapping[str, str]


def _is_quota_resource(name: str) -> bool:
    return name != "storage" and is_standard_resource(name)


def validate_quota(quota: ResourceQuota) -> list[FieldError]:
    """The faults of a resource quota."""
    errors = validate_object_meta(quota.metadata, name_is_dns_subdomain, True)
    errors += _spec(quota.spec)
    return errors + _amounts(quota.status.hard, "status.hard") + _amounts(quota.status.used, "status.used")


def validate_quota_update(new: ResourceQuota, old: ResourceQuota) -> list[FieldError]:
    """The faults of a resource quota's next version; its scopes stay."""
    errors = validate_object_meta_update(new.metadata, old.metadata) + _spec(new.spec)
    if set(new.spec.scopes) != set(old.spec.scopes):
        errors.append(invalid("spec.scopes", typed(new.spec.scopes), IMMUTABLE))
    return errors


def validate_quota_status_update(new: ResourceQuota, old: ResourceQuota) -> list[FieldError]:
    """The faults of a resource quota's next status."""
    errors = validate_object_meta_update(new.metadata, old.metadata)
    return errors + _amounts(new.status.hard, "status.hard") + _amounts(new.status.used, "status.used")


def _spec(spec: ResourceQuotaSpec) -> list[FieldError]:
    errors = _amounts(spec.hard, "spec.hard") + _scopes(spec)
    if spec.scope_selector is not None:
        errors += _scope_selector(spec, "spec.scopeSelector.matchExpressions")
    return errors


def _amounts(resources: Resources, path: str) -> list[FieldError]:
    errors = []
    for name in sorted(resources):
        place = f"{path}[{name}]"
        errors += validate_resource_name(name, place)
        if "/" not in name and not _is_quota_resource(name):
            errors.append(invalid(place, typed(name), "must be a standard resource for quota"))
        errors += validate_resource_quantity(name, resources[name], place)
    return errors


def _scope_fits(scope: str, name: str) -> bool:
    """Whether what a scope selects uses a resource at all."""
    if not _is_quota_resource(name):
        return True
    if scope == "BestEffort":
        return name == "pods"
    if scope in (*POD_SCOPES, CROSS_NAMESPACE):
        return name == "pods" or name in _COMPUTE
    return scope != VOLUME_CLASS or name in ("persistentvolumeclaims", "requests.storage")


def _scopes(spec: ResourceQuotaSpec) -> list[FieldError]:
    errors = []
    for scope in spec.scopes:
        if scope not in SCOPES:
            errors.append(invalid("spec.scopes", typed(spec.scopes), "unsupported scope"))
        misfits = [name for name in spec.hard if not _scope_fits(scope, name)]
        errors += [invalid("spec.scopes", typed(spec.scopes), _UNSUPPORTED) for _ in misfits]
    return errors + _conflicts(set(spec.scopes), spec, "spec.scopes")


def _conflicts(scopes: set[str], spec: ResourceQuotaSpec, path: str) -> list[FieldError]:
    clashes = [pair for pair in _CONFLICTS if scopes.issuperset(pair)]
    return [invalid(path, typed(spec.scopes), "conflicting scopes") for _ in clashes]


def _scope_selector(spec: ResourceQuotaSpec, path: str) -> list[FieldError]:
    selector = spec.scope_selector
    assert selector is not None
    errors = []
    for requirement in selector.match_expressions:
        if requirement.scope_name not in SCOPES:
            errors.append(invalid(f"{path}.scopeName", typed(requirement.scope_name), "unsupported scope"))
        misfits = [name for name in spec.hard if not _scope_fits(requirement.scope_name, name)]
        errors += [invalid(path, internal_value(selector), _UNSUPPORTED) for _ in misfits]
        errors += _scope_requirement(requirement, path)
    return errors + _conflicts({r.scope_name for r in selector.match_expressions}, spec, path)


def _scope_requirement(requirement: ScopedResourceSelectorRequirement, path: str) -> list[FieldError]:
    operator, errors = requirement.operator, []
    only_exists = requirement.scope_name in (*POD_SCOPES[:4], CROSS_NAMESPACE)
    if only_exists and operator != "Exists":
        errors.append(invalid(f"{path}.operator", typed(operator), _ONLY_EXISTS))
    if operator in ("In", "NotIn"):
        if not requirement.values:
            detail = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"
            errors.append(required(f"{path}.values", detail))
    elif operator in ("Exists", "DoesNotExist"):
        if requirement.values:
            detail = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"
            errors.append(invalid(f"{path}.values", typed(requirement.values), detail))
    else:
        errors.append(invalid(f"{path}.operator", typed(operator), "not a valid selector operator"))
    return errors


def validate_limit_range(limits: LimitRange) -> list[FieldError]:
    """The faults of a limit range."""
    errors = validate_object_meta(limits.metadata, name_is_dns_subdomain, True)
    seen = set()
    for index, item in enumerate(limits.spec.limits):
        path = f"spec.limits[{index}]"
        errors += _limit_type(item.type, f"{path}.type")
        if item.type in seen:
            errors.append(duplicate(f"{path}.type", typed(item.type)))
        seen.add(item.type)
        errors += _limit_names(item, path)
        for name in sorted({**item.max, **item.min, **_defaults(item), **item.max_limit_request_ratio}):
            errors += _limit_amounts(item, name, path)
    return errors


def _limit_type(type_: str, path: str) -> list[FieldError]:
    errors = [invalid(path, typed(type_), c) for c in is_qualified_name(type_)]
    if not errors and "/" not in type_ and type_ not in LIMIT_TYPES:
        errors.append(invalid(path, typed(type_), "must be a standard limit type or fully qualified"))
    return errors


def _defaults(item: LimitRangeItem) -> Resources:
    return {} if item.type == "Pod" else {**item.default, **item.default_request}


def _limit_names(item: LimitRangeItem, path: str) -> list[FieldError]:
    """The faults of the names of resources in an entry, and of entries that its type does not have."""
    errors = _names(item, item.max, f"{path}.max") + _names(item, item.min, f"{path}.min")
    if item.type == "Pod":
        detail = "may not be specified when `type` is 'Pod'"
        given = (("default", item.default), ("defaultRequest", item.default_request))
        errors += [forbidden(f"{path}.{name}", detail) for name, resources in given if resources]
    else:
        errors += _names(item, item.default, f"{path}.default")
        errors += _names(item, item.default_request, f"{path}.defaultRequest")
    if item.type == "PersistentVolumeClaim" and "storage" not in item.min and "storage" not in item.max:
        detail = "either minimum or maximum storage value is required, but neither was provided"
        errors.append(required(f"{path}.limits", detail))
    return errors + _names(item, item.max_limit_request_ratio, f"{path}.maxLimitRequestRatio")


def _names(item: LimitRangeItem, resources: Resources, path: str) -> list[FieldError]:
    rule = validate_container_resource_name if item.type in ("Pod", "Container") else validate_resource_name
    return [e for name in sorted(resources) for e in rule(name, f"{path}[{name}]")]


def _above(one: str | None, other: str | None) -> bool:
    """Whether both are given and the first is the larger one."""
    return one is not None and other is not None and number_of(one) > number_of(other)


def _limit_amounts(item: LimitRangeItem, name: str, path: str) -> list[FieldError]:
    """The faults of an entry's amounts of one resource, compared with each other."""
    low, high = item.min.get(name), item.max.get(name)
    default, request = (None, None) if item.type == "Pod" else (item.default.get(name), item.default_request.get(name))
    ratio = item.max_limit_request_ratio.get(name)
    minimum, asked, given = f"{path}.min[{name}]", f"{path}.defaultRequest[{name}]", f"{path}.default[{name}]"
    rows = (
        (minimum, low, low, high, f"min value {low} is greater than max value {high}"),
        (asked, request, low, request, f"min value {low} is greater than default request value {request}"),
        (asked, request, request, high, f"default request value {request} is greater than max value {high}"),
        (
            asked,
            request,
            request,
            default,
            f"default request value {request} is greater than default limit value {default}",
        ),
        (given, low, low, default, f"min value {low} is greater than default value {default}"),
        (given, high, default, high, f"default value {default} is greater than max value {high}"),
    )
    errors = [invalid(place, shown, detail) for place, shown, one, other, detail in rows if _above(one, other)]
    if ratio is not None:
        errors += _ratio(ratio, low, high, f"{path}.maxLimitRequestRatio[{name}]")
    differ = default is not None and request is not None and number_of(default) != number_of(request)
    if differ and not is_overcommit_allowed(name):
        detail = f"default value {default} must equal to defaultRequest value {request} in {name}"
        errors.append(invalid(asked, request, detail))
    return errors


def _ratio(ratio: str, low: str | None, high: str | None, path: str) -> list[FieldError]:
    """The faults of how far a limit may be above its request."""
    errors = []
    if number_of(ratio) < 1:
        errors.append(invalid(path, ratio, f"ratio {ratio} is less than 1"))
    if low is None or high is None:
        return errors
    if max(map(value, (ratio, low, high))) < _LARGEST_MILLI:
        wanted, least, most = milli_value(ratio) / 1000, milli_value(low), milli_value(high)
    else:
        wanted, least, most = float(value(ratio)), value(low), value(high)
    limit = most / least if least else float("inf") * most  # no number where both are zero
    if wanted > limit:
        shown = "-Inf" if isinf(limit) else f"{limit:f}"
        errors.append(invalid(path, ratio, f"ratio {ratio} is greater than max/min = {shown}"))
    return errors
