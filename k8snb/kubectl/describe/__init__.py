"""What ``kubectl describe`` says of an object.

References
----------
``staging/src/k8s.io/kubectl/pkg/describe/describe.go describerMap @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from k8snb.api.schema import KubernetesObject
from k8snb.api.types.apps import DaemonSet, Deployment, ReplicaSet, ReplicationController, StatefulSet
from k8snb.api.types.batch import CronJob, Job
from k8snb.api.types.claims import PersistentVolumeClaim, StorageClass
from k8snb.api.types.config import ConfigMap, Namespace, PriorityClass, Secret, ServiceAccount
from k8snb.api.types.node import Node
from k8snb.api.types.persistent_volume import PersistentVolume
from k8snb.api.types.pod import Pod
from k8snb.api.types.policy import PodDisruptionBudget
from k8snb.api.types.quota import LimitRange, ResourceQuota
from k8snb.api.types.served import Endpoints
from k8snb.api.types.service import EndpointSlice, Service
from k8snb.kubectl.describe import batch, config, nodes, pods, services, storage, workloads
from k8snb.kubectl.describe.context import Context
from k8snb.kubectl.describe.generic import describe_object
from k8snb.kubectl.describe.writer import Writer
from k8snb.machinery.server import Reader

__all__ = ["describe"]

Describer = Callable[[Writer, Context, Any], None]

_DESCRIBERS: Mapping[type[KubernetesObject], Describer] = {
    Pod: pods.describe_pod,
    Deployment: workloads.describe_deployment,
    ReplicaSet: workloads.describe_replica_set,
    ReplicationController: workloads.describe_replication_controller,
    StatefulSet: workloads.describe_stateful_set,
    DaemonSet: workloads.describe_daemon_set,
    PodDisruptionBudget: workloads.describe_disruption_budget,
    Job: batch.describe_job,
    CronJob: batch.describe_cron_job,
    Service: services.describe_service,
    Endpoints: services.describe_endpoints,
    EndpointSlice: services.describe_endpoint_slice,
    Node: nodes.describe_node,
    Namespace: config.describe_namespace,
    ResourceQuota: config.describe_quota,
    LimitRange: config.describe_limit_range,
    Secret: config.describe_secret,
    ConfigMap: config.describe_config_map,
    ServiceAccount: config.describe_service_account,
    PriorityClass: config.describe_priority_class,
    PersistentVolume: storage.describe_persistent_volume,
    PersistentVolumeClaim: storage.describe_persistent_volume_claim,
    StorageClass: storage.describe_storage_class,
}


def describe(reader: Reader, obj: KubernetesObject, now_ms: int, *, show_events: bool = True) -> str:
    """The description of an object.

    Parameters
    ----------
    reader
        The cluster, now or at a past moment: events, pods and the like are looked up there.
    obj
        What to describe.
    now_ms
        The present, milliseconds since the Unix epoch.
    show_events
        End with the events about the object. kubectl leaves them out where it describes several objects.
    """
    w = Writer()
    _DESCRIBERS.get(type(obj), describe_object)(w, Context(reader, now_ms, show_events), obj)
    return w.text
