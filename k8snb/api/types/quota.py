"""Resource quotas and limit ranges.

Field names, order, presence and patch strategies are those of the Kubernetes 1.36 API.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from k8snb.api.schema import ALWAYS, EMPTY, KubernetesObject, named, Quantity, Struct
from k8snb.api.types.meta import ObjectMeta

ResourceQuotaScope = Annotated[str, named("v1.ResourceQuotaScope")]
ScopeSelectorOperator = Annotated[str, named("v1.ScopeSelectorOperator")]
LimitType = Annotated[str, named("v1.LimitType")]


class ScopedResourceSelectorRequirement(Struct):
    scope_name: Annotated[ResourceQuotaScope, ALWAYS] = ""
    operator: Annotated[ScopeSelectorOperator, ALWAYS] = ""
    values: tuple[str, ...] = ()


class ScopeSelector(Struct):
    match_expressions: tuple[ScopedResourceSelectorRequirement, ...] = ()


class ResourceQuotaSpec(Struct):
    hard: Annotated[Mapping[str, Quantity], named("v1.ResourceList")] = EMPTY
    scopes: tuple[ResourceQuotaScope, ...] = ()
    scope_selector: ScopeSelector | None = None


class ResourceQuotaStatus(Struct):
    hard: Annotated[Mapping[str, Quantity], named("v1.ResourceList")] = EMPTY
    used: Annotated[Mapping[str, Quantity], named("v1.ResourceList")] = EMPTY


class ResourceQuota(KubernetesObject):
    api_version: ClassVar[str] = "v1"
    metadata: ObjectMeta = ObjectMeta()
    spec: ResourceQuotaSpec = ResourceQuotaSpec()
    status: ResourceQuotaStatus = ResourceQuotaStatus()


class LimitRangeItem(Struct):
    type: Annotated[LimitType, ALWAYS] = ""
    max: Annotated[Mapping[str, Quantity], named("v1.ResourceList")] = EMPTY
    min: Annotated[Mapping[str, Quantity], named("v1.ResourceList")] = EMPTY
    default: Annotated[Mapping[str, Quantity], named("v1.ResourceList")] = EMPTY
    default_request: Annotated[Mapping[str, Quantity], named("v1.ResourceList")] = EMPTY
    max_limit_request_ratio: Annotated[Mapping[str, Quantity], named("v1.ResourceList")] = EMPTY


class LimitRangeSpec(Struct):
    limits: Annotated[tuple[LimitRangeItem, ...], ALWAYS] = ()


class LimitRange(KubernetesObject):
    api_version: ClassVar[str] = "v1"
    metadata: ObjectMeta = ObjectMeta()
    spec: LimitRangeSpec = LimitRangeSpec()
