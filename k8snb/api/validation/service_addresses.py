"""Rules for a service's cluster addresses and IP families.

References
----------
``pkg/apis/core/validation/validation.go ValidateServiceClusterIPsRelatedFields, validateUpgradeDowngradeClusterIPs,
validateUpgradeDowngradeIPFamilies @ v1.36``
"""

from __future__ import annotations

from typing import Any

from k8snb.api.field_errors import duplicate, FieldError, invalid, not_supported, required, typed
from k8snb.api.types.service import Service
from k8snb.api.validation.formats import is_valid_ip_legacy, parse_ip_sloppy

FAMILIES = ("IPv4", "IPv6")
POLICIES = ("PreferDualStack", "RequireDualStack", "SingleStack")
_FIXED = "may not change once set"
_CLUSTER_IPS, _FAMILIES, _POLICY = "spec.clusterIPs", "spec.ipFamilies", "spec.ipFamilyPolicy"


def family_of(text: str) -> str:
    """The family of a valid address."""
    address = parse_ip_sloppy(text)
    return "unknown" if address is None else f"IPv{address.version}"


def validate_address_fields(service: Service, old: Service | None) -> list[FieldError]:
    """The faults of the addresses and families that a service names; `old` is the version before it."""
    if service.spec.type == "ExternalName":
        return []
    spec = service.spec
    errors = _singular_and_plural(spec.cluster_ip, spec.cluster_ips)
    errors += _families(spec.ip_families)
    if spec.ip_family_policy is not None and spec.ip_family_policy not in POLICIES:
        errors.append(not_supported(_POLICY, typed(spec.ip_family_policy), POLICIES))
    malformed = _malformed(spec.cluster_ips, old.spec.cluster_ips if old else ())
    errors += malformed
    if len(spec.cluster_ips) > 2:
        errors.append(invalid(_CLUSTER_IPS, typed(spec.cluster_ips), "may only hold up to 2 values"))
    if malformed:
        return errors
    families = [family_of(ip) for ip in spec.cluster_ips]
    if len(families) > 1 and len(set(families)) < 2:
        detail = "may specify no more than one IP for each IP family"
        errors.append(invalid(_CLUSTER_IPS, typed(spec.cluster_ips), detail))
    if spec.cluster_ips != ("None",):
        errors += _mismatched(spec.cluster_ips, spec.ip_families)
    return errors


def _singular_and_plural(single: str, plural: tuple[str, ...]) -> list[FieldError]:
    if not single:
        detail = "must be empty when `clusterIP` is not specified"
        return [invalid(_CLUSTER_IPS, typed(plural), detail)] if plural else []
    if not plural:
        return [required(_CLUSTER_IPS)]
    if plural[0] != single:
        return [invalid(_CLUSTER_IPS, typed(plural), "first value must match `clusterIP`")]
    return []


def _families(families: tuple[str, ...]) -> list[FieldError]:
    errors = []
    for index, family in enumerate(families):
        if family not in FAMILIES:
            errors.append(not_supported(f"{_FAMILIES}[{index}]", typed(family), FAMILIES))
        if family in families[:index]:
            errors.append(duplicate(f"{_FAMILIES}[{index}]", typed(family)))
    return errors


def _malformed(addresses: tuple[str, ...], known: tuple[str, ...]) -> list[FieldError]:
    errors = []
    for index, text in enumerate(addresses):
        if index == 0 and text == "None":
            if len(addresses) > 1:
                errors.append(invalid(_CLUSTER_IPS, typed(addresses), "'None' must be the first and only value"))
        elif text not in known:
            errors += [invalid(f"{_CLUSTER_IPS}[{index}]", text, c) for c in is_valid_ip_legacy(text)]
    return errors


def _mismatched(addresses: tuple[str, ...], families: tuple[str, ...]) -> list[FieldError]:
    """Addresses of another family than the one given for them."""
    errors = []
    for index, (text, family) in enumerate(zip(addresses, families, strict=False)):
        if family in FAMILIES and (family_of(text) == "IPv6") != (family == "IPv6"):
            detail = f"expected an {family} value as indicated by `ipFamilies[{index}]`"
            errors.append(invalid(f"{_CLUSTER_IPS}[{index}]", text, detail))
    return errors


def validate_address_update(new: Service, old: Service) -> list[FieldError]:
    """The faults of changed addresses and families: a second one may come and go, the first stays."""
    if "ExternalName" in (new.spec.type, old.spec.type):
        return []
    return _changed_addresses(new, old) + _changed_families(new, old)


def _headless(service: Service) -> bool:
    return service.spec.cluster_ips == ("None",)


def _at(path: str, index: int, value: tuple[Any, ...], detail: str = _FIXED) -> FieldError:
    return invalid(f"{path}[{index}]", typed(value), detail)


def _release(service: Service, what: str) -> list[FieldError]:
    """A second address or family goes only from a service that says it wants one."""
    policy = service.spec.ip_family_policy
    if policy == "SingleStack":
        return []
    return [invalid(_POLICY, typed(policy), f"must be set to 'SingleStack' when releasing the secondary {what}")]


def _changed_addresses(new: Service, old: Service) -> list[FieldError]:
    before, after, errors = old.spec.cluster_ips, new.spec.cluster_ips, []
    if _headless(old) and _headless(new):
        return []
    if len(before) == len(after):
        return [_at(_CLUSTER_IPS, i, after) for i in range(len(before)) if before[i] != after[i]]
    if len(before) > len(after) and not after:
        errors.append(_at(_CLUSTER_IPS, 0, after, "primary clusterIP can not be unset"))
    if before and after and before[0] != after[0]:
        errors.append(_at(_CLUSTER_IPS, 0, after))
    if len(before) > len(after) == 1:
        errors += _release(new, "clusterIP")
    return errors


def _changed_families(new: Service, old: Service) -> list[FieldError]:
    before, after, errors = old.spec.ip_families, new.spec.ip_families, []
    if _headless(new) or _headless(old):
        return []
    if len(before) == len(after):
        return [_at(_FAMILIES, 0, after) for i in range(len(before)) if before[i] != after[i]]
    if len(before) > len(after) and not new.spec.cluster_ips:
        errors.append(_at(_FAMILIES, 0, after, "primary ipFamily can not be unset"))
    if before and after and before[0] != after[0]:
        errors.append(_at(_FAMILIES, 0, new.spec.cluster_ips))
    if len(before) > len(after) == 1:
        errors += _release(new, "ipFamily")
    return errors
