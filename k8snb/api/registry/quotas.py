"""Strategies of resource quotas and limit ranges.

References
----------
``pkg/registry/core/{resourcequota,limitrange}/strategy.go @ v1.36``
"""

from __future__ import annotations

from msgspec.structs import replace

from k8snb.api.field_errors import FieldError
from k8snb.api.quantity import number_of
from k8snb.api.registry.strategy import Strategy, with_status_of, without_status
from k8snb.api.types.quota import LimitRange, ResourceQuota
from k8snb.api.validation.quota import (
    validate_limit_range,
    validate_quota,
    validate_quota_status_update,
    validate_quota_update,
)

_COUNTED = ("cpu", "memory", "storage", "ephemeral-storage")


class ResourceQuotaStrategy(Strategy[ResourceQuota]):
    """A quota's status is written by admission and by its controller."""

    def prepare_create(self, obj: ResourceQuota) -> ResourceQuota:
        return without_status(obj)

    def validate_create(self, obj: ResourceQuota) -> list[FieldError]:
        return validate_quota(obj)

    def prepare_update(self, new: ResourceQuota, old: ResourceQuota) -> ResourceQuota:
        return with_status_of(new, old)

    def validate_update(self, new: ResourceQuota, old: ResourceQuota) -> list[FieldError]:
        return validate_quota_update(new, old)

    def validate_status_update(self, new: ResourceQuota, old: ResourceQuota) -> list[FieldError]:
        return validate_quota_status_update(new, old)

    def warnings_on_create(self, obj: ResourceQuota) -> list[str]:
        warnings, hard = [], obj.spec.hard
        for name in _COUNTED:
            asked = f"requests.{name}"
            if asked not in hard and name in ("cpu", "memory"):
                asked = name
            limited = f"limits.{name}"
            if asked in hard and limited in hard and number_of(hard[asked]) > number_of(hard[limited]):
                warnings.append(
                    f"ResourceQuota {asked} ({hard[asked]}) should be less than {limited} ({hard[limited]})"
                )
        return warnings


class LimitRangeStrategy(Strategy[LimitRange]):
    """A limit range without a name is named by its UID."""

    def prepare_create(self, obj: LimitRange) -> LimitRange:
        meta = obj.metadata
        return obj if meta.name else replace(obj, metadata=replace(meta, name=meta.uid))

    def validate_create(self, obj: LimitRange) -> list[FieldError]:
        return validate_limit_range(obj)

    def validate_update(self, new: LimitRange, old: LimitRange) -> list[FieldError]:  # noqa: ARG002
        return validate_limit_range(new)
