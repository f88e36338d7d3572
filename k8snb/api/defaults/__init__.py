"""What the API server fills in where an object leaves a field empty.

Defaulting happens whenever an object is read from a request; it is idempotent, and whatever stays the same is shared.

References
----------
``pkg/apis/*/v1/defaults.go``, ``zz_generated.defaults.go`` and ``conversion.go @ v1.36``
"""

from __future__ import annotations

from typing import Any, TypeVar

from k8snb.api.defaults.apps import (
    default_daemon_set,
    default_deployment,
    default_replica_set,
    default_replication_controller,
    default_stateful_set,
)
from k8snb.api.defaults.batch import default_cron_job, default_job
from k8snb.api.defaults.claims import default_claim
from k8snb.api.defaults.cluster_objects import (
    default_limit_range,
    default_namespace,
    default_node,
    default_persistent_volume,
    default_priority_class,
    default_resource_quota,
    default_secret,
    default_storage_class,
)
from k8snb.api.defaults.network import default_endpoint_slice, default_service
from k8snb.api.defaults.pod import default_pod
from k8snb.api.schema import KubernetesObject

K = TypeVar("K", bound=KubernetesObject)

_DEFAULTS: dict[str, Any] = {
    "CronJob": default_cron_job,
    "DaemonSet": default_daemon_set,
    "Deployment": default_deployment,
    "EndpointSlice": default_endpoint_slice,
    "Job": default_job,
    "LimitRange": default_limit_range,
    "Namespace": default_namespace,
    "Node": default_node,
    "PersistentVolume": default_persistent_volume,
    "PersistentVolumeClaim": default_claim,
    "Pod": default_pod,
    "PriorityClass": default_priority_class,
    "ReplicaSet": default_replica_set,
    "ReplicationController": default_replication_controller,
    "ResourceQuota": default_resource_quota,
    "Secret": default_secret,
    "Service": default_service,
    "StatefulSet": default_stateful_set,
    "StorageClass": default_storage_class,
}


def with_defaults(obj: K) -> K:
    """An object with its kind's defaults.

    Parameters
    ----------
    obj
        An object as a request has it.

    Returns
    -------
    KubernetesObject
        The object itself, where nothing was to be filled in.

    Examples
    --------
    >>> from k8snb.api.types.apps import Deployment
    >>> with_defaults(Deployment()).spec.replicas
    1
    """
    change = _DEFAULTS.get(obj.kind)
    return obj if change is None else change(obj)
