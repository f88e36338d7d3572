"""Rules for nodes: taints, resources, addresses of pods.

References
----------
``pkg/apis/core/validation/validation.go ValidateNode, ValidateNodeUpdate @ v1.36``
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from operator import ne

from k8snb.api.field_errors import (
    duplicate,
    FieldError,
    forbidden,
    go_quote,
    internal_error,
    invalid,
    not_supported,
    required,
    typed,
)
from k8snb.api.types.node import ConfigMapNodeConfigSource, Node, NodeConfigSource
from k8snb.api.types.placement import Taint
from k8snb.api.validation.claims import NOT_POSITIVE
from k8snb.api.validation.formats import (
    is_config_map_key,
    is_valid_cidr_legacy,
    is_valid_label_value,
    parse_cidr_sloppy,
)
from k8snb.api.validation.internal_form import internal_value
from k8snb.api.validation.metadata import (
    name_is_dns_label,
    name_is_dns_subdomain,
    validate_label_name,
    validate_object_meta,
    validate_object_meta_update,
)
from k8snb.api.validation.resources import validate_resource_quantity

EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_FEATURE = re.compile(r"[A-Z][a-zA-Z0-9]*(/[a-zA-Z][a-zA-Z0-9]*)*")
_FEATURE_SIZE = 253
_CIDR_FIXED = 'node updates may not change podCIDR except from "" to valid'
_PROVIDER_FIXED = 'node updates may not change providerID except from "" to valid'


def validate_node(node: Node) -> list[FieldError]:
    """The faults of a node."""
    errors = validate_object_meta(node.metadata, name_is_dns_subdomain, False)
    errors += validate_taints(node.spec.taints, "metadata.taints")  # the path that upstream gives them
    errors += _resources(node)
    swap = node.status.node_info.swap
    if swap is not None and swap.capacity is not None and swap.capacity <= 0:
        errors.append(invalid("metadata.nodeSwapStatus.capacity", swap.capacity, NOT_POSITIVE))
    errors += _declared_features(node.status.declared_features, "status.declaredFeatures")
    return errors + _pod_cidrs(node.spec.pod_cidrs, "spec.podCIDRs")


def _resources(node: Node) -> list[FieldError]:
    return [
        *_quantities(node.status.capacity, "status.capacity"),
        *_quantities(node.status.allocatable, "status.allocatable"),
    ]


def _quantities(resources: Mapping[str, str], path: str) -> list[FieldError]:
    return [
        e for name in sorted(resources) for e in validate_resource_quantity(name, resources[name], f"{path}.{name}")
    ]


def validate_taints(taints: tuple[Taint, ...], path: str) -> list[FieldError]:
    """The faults of a node's taints; a key may have an effect once."""
    errors = []
    seen = set()
    for index, taint in enumerate(taints):
        place = f"{path}[{index}]"
        errors += validate_label_name(taint.key, f"{place}.key")
        if complaints := is_valid_label_value(taint.value):
            errors.append(invalid(f"{place}.value", taint.value, ";".join(complaints)))
        errors += _effect(taint.effect, f"{place}.effect")
        if (taint.key, taint.effect) in seen:
            detail = "taints must be unique by key and effect pair"
            errors.append(duplicate(place, internal_value(taint))._replace(detail=detail))
        seen.add((taint.key, taint.effect))
    return errors


def _effect(effect: str, path: str) -> list[FieldError]:
    if not effect:
        return [required(path)]
    return [] if effect in EFFECTS else [not_supported(path, typed(effect), EFFECTS)]


def _declared_features(features: tuple[str, ...], path: str) -> list[FieldError]:
    errors = []
    for index, feature in enumerate(features):
        place = f"{path}[{index}]"
        if index and feature == features[index - 1]:
            errors.append(duplicate(place, feature))
        elif index and feature < features[index - 1]:
            errors.append(invalid(place, feature, "list must be sorted alphabetically"))
        detail = ""
        if len(feature.encode()) > _FEATURE_SIZE:
            detail = f"must be no more than {_FEATURE_SIZE} characters"
        elif not _FEATURE.fullmatch(feature):
            detail = (
                "must start with an UpperCamelCase segment, with subsequent segments separated by '/' (e.g., MyFeature "
                "or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes"
            )
        if detail:
            errors.append(invalid(place, feature, f"invalid feature name {go_quote(feature)}: {detail}"))
    return errors


def _pod_cidrs(cidrs: tuple[str, ...], path: str) -> list[FieldError]:
    errors = [invalid(f"{path}[{i}]", text, c) for i, text in enumerate(cidrs) for c in is_valid_cidr_legacy(text)]
    if len(cidrs) < 2:
        return errors
    networks = [parse_cidr_sloppy(text) for text in cidrs]
    for index, network in enumerate(networks):
        if network is None:
            why = f"invalid CIDR[{index}]: <nil> (invalid CIDR address: {cidrs[index]})"
            detail = f"invalid PodCIDRs. failed to check with dual stack with error:{why}"
            errors.append(internal_error(path, detail))
            break
    families = {network.version for network in networks if network}
    if None in networks or len(families) < 2 or len(cidrs) > 2:
        errors.append(invalid(path, typed(cidrs), "may specify no more than one CIDR for each IP family"))
    return errors


def validate_node_update(new: Node, old: Node) -> list[FieldError]:
    """The faults of a node's next version; what identifies its machine stays."""
    errors = validate_object_meta_update(new.metadata, old.metadata)
    errors += _resources(new)
    errors += _declared_features(new.status.declared_features, "status.declaredFeatures")
    for index, address in enumerate(new.status.addresses):
        if address in new.status.addresses[:index]:
            errors.append(duplicate(f"status.addresses[{index}]", internal_value(address)))
    errors += _changed_cidrs(new.spec.pod_cidrs, old.spec.pod_cidrs)
    if old.spec.provider_id and old.spec.provider_id != new.spec.provider_id:
        errors.append(forbidden("spec.providerID", _PROVIDER_FIXED))
    if new.spec.config_source is not None:
        errors += _config_source(new.spec.config_source, "spec.configSource")
    errors += validate_taints(new.spec.taints, "metadata.taints")
    if new.spec.external_id != old.spec.external_id:
        errors.append(forbidden("spec.externalID", "may not be updated"))
    return errors


def _changed_cidrs(new: tuple[str, ...], old: tuple[str, ...]) -> list[FieldError]:
    changed = 1 if len(new) != len(old) else sum(map(ne, new, old))
    return [forbidden("spec.podCIDRs", _CIDR_FIXED)] * changed if old else []


def _config_source(source: NodeConfigSource, path: str) -> list[FieldError]:
    if source.config_map is None:
        return [invalid(path, internal_value(source), "exactly one reference subfield must be non-nil")]
    return _config_map_source(source.config_map, f"{path}.configMap")


def _config_map_source(source: ConfigMapNodeConfigSource, path: str) -> list[FieldError]:
    errors = []
    if source.uid:
        errors.append(forbidden(f"{path}.uid", "uid must not be set in spec"))
    if source.resource_version:
        errors.append(forbidden(f"{path}.resourceVersion", "resourceVersion must not be set in spec"))
    for name, value, check in (
        ("namespace", source.namespace, name_is_dns_label),
        ("name", source.name, name_is_dns_subdomain),
        ("kubeletConfigKey", source.kubelet_config_key, is_config_map_key),
    ):
        complaints = check(value) if value else []
        errors += [invalid(f"{path}.{name}", value, c) for c in complaints]
        if not value:
            errors.append(required(f"{path}.{name}"))
    return errors
