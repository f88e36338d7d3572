"""Namespaces, configuration, accounts and priorities.

Field names, order, presence and patch strategies are those of the Kubernetes 1.36 API.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from k8snb.api.schema import ALWAYS, Bytes, EMPTY, Int32, KubernetesObject, merge_by, named, Struct, Time
from k8snb.api.types.meta import ConditionStatus, ObjectMeta
from k8snb.api.types.persistent_volume import ObjectReference
from k8snb.api.types.pod import PreemptionPolicy
from k8snb.api.types.volumes import LocalObjectReference

FinalizerName = Annotated[str, named("v1.FinalizerName")]
NamespaceConditionType = Annotated[str, named("v1.NamespaceConditionType")]
NamespacePhase = Annotated[str, named("v1.NamespacePhase")]
SecretType = Annotated[str, named("v1.SecretType")]


class NamespaceSpec(Struct):
    finalizers: tuple[FinalizerName, ...] = ()


class NamespaceCondition(Struct):
    type: Annotated[NamespaceConditionType, ALWAYS] = ""
    status: Annotated[ConditionStatus, ALWAYS] = ""
    last_transition_time: Annotated[Time | None, ALWAYS] = None
    reason: str = ""
    message: str = ""


class NamespaceStatus(Struct):
    phase: NamespacePhase = ""
    conditions: Annotated[tuple[NamespaceCondition, ...], merge_by("type")] = ()


class Namespace(KubernetesObject):
    api_version: ClassVar[str] = "v1"
    metadata: ObjectMeta = ObjectMeta()
    spec: NamespaceSpec = NamespaceSpec()
    status: NamespaceStatus = NamespaceStatus()


class ConfigMap(KubernetesObject):
    api_version: ClassVar[str] = "v1"
    metadata: ObjectMeta = ObjectMeta()
    immutable: bool | None = None
    data: Mapping[str, str] = EMPTY
    binary_data: Mapping[str, Bytes] = EMPTY


class Secret(KubernetesObject):
    api_version: ClassVar[str] = "v1"
    metadata: ObjectMeta = ObjectMeta()
    immutable: bool | None = None
    data: Mapping[str, Bytes] = EMPTY
    string_data: Mapping[str, str] = EMPTY
    type: SecretType = ""


class ServiceAccount(KubernetesObject):
    api_version: ClassVar[str] = "v1"
    metadata: ObjectMeta = ObjectMeta()
    secrets: Annotated[tuple[ObjectReference, ...], merge_by("name")] = ()
    image_pull_secrets: tuple[LocalObjectReference, ...] = ()
    automount_service_account_token: bool | None = None


class PriorityClass(KubernetesObject):
    api_version: ClassVar[str] = "scheduling.k8s.io/v1"
    metadata: ObjectMeta = ObjectMeta()
    value: Annotated[Int32, ALWAYS] = 0
    global_default: bool = False
    description: str = ""
    preemption_policy: PreemptionPolicy | None = None
