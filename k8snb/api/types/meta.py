"""Object metadata, owner references and label selectors (``meta/v1``).

Field names, order, presence and patch strategies are those of the Kubernetes 1.36 API.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from k8snb.api.schema import ALWAYS, EMPTY, Int64, MERGE, merge_by, named, OMIT_ZERO, RawExtension, Struct, Time, UID

ManagedFieldsOperationType = Annotated[str, named("v1.ManagedFieldsOperationType")]
LabelSelectorOperator = Annotated[str, named("v1.LabelSelectorOperator")]
ConditionStatus = Annotated[str, named("v1.ConditionStatus")]


class OwnerReference(Struct):
    api_version: Annotated[str, ALWAYS] = ""
    kind: Annotated[str, ALWAYS] = ""
    name: Annotated[str, ALWAYS] = ""
    uid: Annotated[UID, ALWAYS] = ""
    controller: bool | None = None
    block_owner_deletion: bool | None = None


class ManagedFieldsEntry(Struct):
    manager: str = ""
    operation: ManagedFieldsOperationType = ""
    api_version: str = ""
    time: Time | None = None
    fields_type: str = ""
    fields_v1: RawExtension | None = None
    subresource: str = ""


class ObjectMeta(Struct):
    name: str = ""
    generate_name: str = ""
    namespace: str = ""
    self_link: str = ""
    uid: UID = ""
    resource_version: str = ""
    generation: Int64 = 0
    creation_timestamp: Annotated[Time | None, OMIT_ZERO] = None
    deletion_timestamp: Time | None = None
    deletion_grace_period_seconds: Int64 | None = None
    labels: Mapping[str, str] = EMPTY
    annotations: Mapping[str, str] = EMPTY
    owner_references: Annotated[tuple[OwnerReference, ...], merge_by("uid")] = ()
    finalizers: Annotated[tuple[str, ...], MERGE] = ()
    managed_fields: tuple[ManagedFieldsEntry, ...] = ()


class LabelSelectorRequirement(Struct):
    key: Annotated[str, ALWAYS] = ""
    operator: Annotated[LabelSelectorOperator, ALWAYS] = ""
    values: tuple[str, ...] = ()


class LabelSelector(Struct):
    match_labels: Mapping[str, str] = EMPTY
    match_expressions: tuple[LabelSelectorRequirement, ...] = ()


class Condition(Struct):
    type: Annotated[str, ALWAYS] = ""
    status: Annotated[ConditionStatus, ALWAYS] = ""
    observed_generation: Int64 = 0
    last_transition_time: Annotated[Time | None, ALWAYS] = None
    reason: Annotated[str, ALWAYS] = ""
    message: Annotated[str, ALWAYS] = ""
