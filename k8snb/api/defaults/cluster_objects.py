"""Defaults of namespaces, nodes, secrets, quotas, limit ranges, priority and storage classes, persistent volumes.

References
----------
``pkg/apis/core/v1/defaults.go``, ``pkg/apis/storage/v1/defaults.go``, ``pkg/apis/scheduling/v1/defaults.go @ v1.36``
"""

from __future__ import annotations

from k8snb.api.defaults.quantities import default_resource_list
from k8snb.api.defaults.sharing import each, given, revised
from k8snb.api.defaults.volumes import (
    default_azure_disk,
    default_host_path,
    default_iscsi,
    default_rbd,
    default_scale_io,
)
from k8snb.api.schema import EMPTY
from k8snb.api.types.claims import StorageClass
from k8snb.api.types.config import Namespace, PriorityClass, Secret
from k8snb.api.types.node import Node
from k8snb.api.types.persistent_volume import PersistentVolume
from k8snb.api.types.quota import LimitRange, LimitRangeItem, ResourceQuota

NAME_LABEL = "kubernetes.io/metadata.name"


def default_namespace(namespace: Namespace) -> Namespace:
    """A namespace: active, and labelled with its name."""
    meta = namespace.metadata
    if meta.name and meta.labels.get(NAME_LABEL) != meta.name:
        meta = revised(meta, labels={**meta.labels, NAME_LABEL: meta.name})
    status = revised(namespace.status, phase=namespace.status.phase or "Active")
    return revised(namespace, metadata=meta, status=status)


def default_node(node: Node) -> Node:
    """A node: all of its capacity can be allocated unless it says otherwise; its pod ranges agree."""
    spec, status = node.spec, node.status
    if spec.pod_cidr and (not spec.pod_cidrs or spec.pod_cidrs[0] != spec.pod_cidr):
        spec = revised(spec, pod_cidrs=(spec.pod_cidr,))
    elif spec.pod_cidrs and not spec.pod_cidr:
        spec = revised(spec, pod_cidr=spec.pod_cidrs[0])
    allocatable = status.capacity if status.allocatable is EMPTY else status.allocatable
    status = revised(
        status,
        capacity=default_resource_list(status.capacity),
        allocatable=default_resource_list(allocatable),
    )
    return revised(node, spec=spec, status=status)


def default_secret(secret: Secret) -> Secret:
    """A secret: opaque, unless it says otherwise."""
    return revised(secret, type=secret.type or "Opaque")


def default_resource_quota(quota: ResourceQuota) -> ResourceQuota:
    """A quota, its quantities rounded."""
    status = revised(
        quota.status,
        hard=default_resource_list(quota.status.hard),
        used=default_resource_list(quota.status.used),
    )
    return revised(quota, spec=revised(quota.spec, hard=default_resource_list(quota.spec.hard)), status=status)


def default_limit_range(limit_range: LimitRange) -> LimitRange:
    """A limit range with its items' defaults."""
    return revised(limit_range, spec=revised(limit_range.spec, limits=each(limit_range.spec.limits, _limit_item)))


def _limit_item(item: LimitRangeItem) -> LimitRangeItem:
    """For containers the largest value is the default limit; a default request is the default limit or the least."""
    default, request = item.default, item.default_request
    if item.type == "Container":
        default = {**item.max, **default}
        request = {**item.min, **default, **request}
    return revised(
        item,
        max=default_resource_list(item.max),
        min=default_resource_list(item.min),
        default=default_resource_list(item.default if default == item.default else default),
        default_request=default_resource_list(item.default_request if request == item.default_request else request),
        max_limit_request_ratio=default_resource_list(item.max_limit_request_ratio),
    )


def default_priority_class(priority_class: PriorityClass) -> PriorityClass:
    """A priority class: it preempts, unless it says otherwise."""
    policy = priority_class.preemption_policy
    return revised(priority_class, preemption_policy="PreemptLowerPriority" if policy is None else policy)


def default_storage_class(storage_class: StorageClass) -> StorageClass:
    """A storage class: volumes are bound at once and deleted after use, unless it says otherwise."""
    reclaim, binding = storage_class.reclaim_policy, storage_class.volume_binding_mode
    return revised(
        storage_class,
        reclaim_policy="Delete" if reclaim is None else reclaim,
        volume_binding_mode="Immediate" if binding is None else binding,
    )


def default_persistent_volume(volume: PersistentVolume) -> PersistentVolume:
    """A persistent volume with its defaults."""
    spec = volume.spec
    spec = revised(
        spec,
        capacity=default_resource_list(spec.capacity),
        persistent_volume_reclaim_policy=spec.persistent_volume_reclaim_policy or "Retain",
        volume_mode="Filesystem" if spec.volume_mode is None else spec.volume_mode,
        host_path=given(spec.host_path, default_host_path),
        rbd=given(spec.rbd, default_rbd),
        iscsi=given(spec.iscsi, default_iscsi),
        azure_disk=given(spec.azure_disk, default_azure_disk),
        scale_io=given(spec.scale_io, default_scale_io),
    )
    status = revised(volume.status, phase=volume.status.phase or "Pending")
    return revised(volume, spec=spec, status=status)
