"""Strategies of namespaces, configuration, accounts, priorities and nodes.

References
----------
``pkg/registry/core/{namespace,configmap,secret,serviceaccount,node}/strategy.go``,
``pkg/registry/scheduling/priorityclass/strategy.go @ v1.36``
"""

from __future__ import annotations

import base64

from msgspec.structs import replace

from k8snb.api.field_errors import FieldError
from k8snb.api.registry.strategy import Strategy, with_generation, with_status_of
from k8snb.api.registry.value_warnings import network_warnings
from k8snb.api.schema import EMPTY
from k8snb.api.types.config import (
    ConfigMap,
    Namespace,
    NamespaceSpec,
    NamespaceStatus,
    PriorityClass,
    Secret,
    ServiceAccount,
)
from k8snb.api.types.node import Node
from k8snb.api.types.persistent_volume import ObjectReference
from k8snb.api.validation import config, node

KUBERNETES_FINALIZER = "kubernetes"
NAME_LABEL = "kubernetes.io/metadata.name"


class NamespaceStrategy(Strategy[Namespace]):
    """A new namespace is active, labelled with its name and held by Kubernetes' finalizer."""

    def prepare_create(self, obj: Namespace) -> Namespace:
        finalizers = obj.spec.finalizers
        if KUBERNETES_FINALIZER not in finalizers:
            finalizers = (*finalizers, KUBERNETES_FINALIZER)
        return replace(
            _labelled(obj), spec=NamespaceSpec(finalizers=finalizers), status=NamespaceStatus(phase="Active")
        )

    def validate_create(self, obj: Namespace) -> list[FieldError]:
        return config.validate_namespace(obj)

    def prepare_update(self, new: Namespace, old: Namespace) -> Namespace:
        return replace(_labelled(new), spec=old.spec, status=old.status)

    def validate_update(self, new: Namespace, old: Namespace) -> list[FieldError]:
        return config.validate_namespace_update(new, old)

    def validate_status_update(self, new: Namespace, old: Namespace) -> list[FieldError]:
        return config.validate_namespace_status_update(new, old)


def _labelled(namespace: Namespace) -> Namespace:
    meta = namespace.metadata
    if meta.labels.get(NAME_LABEL) == meta.name:
        return namespace
    return replace(namespace, metadata=replace(meta, labels={**meta.labels, NAME_LABEL: meta.name}))


class ConfigMapStrategy(Strategy[ConfigMap]):
    """Config maps are stored as they come."""

    def validate_create(self, obj: ConfigMap) -> list[FieldError]:
        return config.validate_config_map(obj)

    def validate_update(self, new: ConfigMap, old: ConfigMap) -> list[FieldError]:
        return config.validate_config_map_update(new, old)


class SecretStrategy(Strategy[Secret]):
    """Text entries become data; a secret keeps its type where an update names none."""

    def prepare_create(self, obj: Secret) -> Secret:
        return _with_encoded_text(obj)

    def validate_create(self, obj: Secret) -> list[FieldError]:
        return config.validate_secret(obj)

    def prepare_update(self, new: Secret, old: Secret) -> Secret:
        new = _with_encoded_text(new)
        return new if new.type else replace(new, type=old.type)

    def validate_update(self, new: Secret, old: Secret) -> list[FieldError]:
        return config.validate_secret_update(new, old)

    def warnings_on_create(self, obj: Secret) -> list[str]:
        return _secret_warnings(obj)

    def warnings_on_update(self, new: Secret, old: Secret) -> list[str]:  # noqa: ARG002
        return _secret_warnings(new)


def _with_encoded_text(secret: Secret) -> Secret:
    """``stringData`` is only a way to write ``data``."""
    if not secret.string_data:
        return secret if secret.string_data is EMPTY else replace(secret, string_data=EMPTY)
    encoded = {key: base64.b64encode(text.encode()).decode() for key, text in secret.string_data.items()}
    return replace(secret, data={**secret.data, **encoded}, string_data=EMPTY)


def _secret_warnings(secret: Secret) -> list[str]:
    """A certificate and a key must be PEM; whether they belong together is not looked at."""
    if secret.type != "kubernetes.io/tls":
        return []
    for entry, name in (("tls.crt", "certificate"), ("tls.key", "key")):
        if b"-----BEGIN" not in base64.b64decode(secret.data.get(entry, "")):
            return [f"tls: failed to find any PEM data in {name} input"]
    return []


class ServiceAccountStrategy(Strategy[ServiceAccount]):
    """References to secrets keep nothing but the name."""

    def prepare_create(self, obj: ServiceAccount) -> ServiceAccount:
        return replace(obj, secrets=tuple(ObjectReference(name=s.name) for s in obj.secrets))

    def validate_create(self, obj: ServiceAccount) -> list[FieldError]:
        return config.validate_service_account(obj)

    def prepare_update(self, new: ServiceAccount, old: ServiceAccount) -> ServiceAccount:  # noqa: ARG002
        return self.prepare_create(new)

    def validate_update(self, new: ServiceAccount, old: ServiceAccount) -> list[FieldError]:
        return config.validate_service_account_update(new, old)


class PriorityClassStrategy(Strategy[PriorityClass]):
    """A priority class has one generation."""

    def prepare_create(self, obj: PriorityClass) -> PriorityClass:
        return with_generation(obj, 1)

    def validate_create(self, obj: PriorityClass) -> list[FieldError]:
        return config.validate_priority_class(obj)

    def validate_update(self, new: PriorityClass, old: PriorityClass) -> list[FieldError]:
        return config.validate_priority_class_update(new, old)


class NodeStrategy(Strategy[Node]):
    """A new node may bring its status; later the status is written apart."""

    def prepare_create(self, obj: Node) -> Node:
        return replace(obj, spec=replace(obj.spec, config_source=None), status=replace(obj.status, config=None))

    def validate_create(self, obj: Node) -> list[FieldError]:
        return node.validate_node(obj)

    def prepare_update(self, new: Node, old: Node) -> Node:
        if old.spec.config_source is None:
            new = replace(new, spec=replace(new.spec, config_source=None))
        return with_status_of(new, old)

    def validate_update(self, new: Node, old: Node) -> list[FieldError]:
        return node.validate_node(new) + node.validate_node_update(new, old)

    def validate_status_update(self, new: Node, old: Node) -> list[FieldError]:
        return node.validate_node_update(new, old)

    def warnings_on_create(self, obj: Node) -> list[str]:
        return _node_warnings(obj)

    def warnings_on_update(self, new: Node, old: Node) -> list[str]:  # noqa: ARG002
        return _node_warnings(new)


def _node_warnings(obj: Node) -> list[str]:
    warnings = []
    if obj.spec.config_source is not None:
        warnings.append("spec.configSource: the feature is removed")
    if obj.spec.external_id:
        warnings.append("spec.externalID: this field is deprecated, and is unused by Kubernetes")
    for index, cidr in enumerate(obj.spec.pod_cidrs):
        warnings += network_warnings(cidr, f"spec.podCIDRs[{index}]")
    return warnings
