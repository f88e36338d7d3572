"""How far a rollout is, in kubectl's words.

References
----------
``staging/src/k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go @ v1.36``
"""

from __future__ import annotations

from typing import NamedTuple

from k8snb.api.schema import KubernetesObject
from k8snb.api.types.apps import DaemonSet, Deployment, StatefulSet
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.revisions import revision_of


class Status(NamedTuple):
    """What is said of a rollout, and whether it is done."""

    text: str
    done: bool


def status_of(obj: KubernetesObject, revision: int) -> Status:
    """The status of a workload's rollout.

    Parameters
    ----------
    revision
        The deployment's revision that is asked for; 0: whichever.

    Raises
    ------
    KubectlError
        When the rollout failed, or cannot be followed.
    """
    if isinstance(obj, Deployment):
        return _deployment(obj, revision)
    if isinstance(obj, DaemonSet):
        return _daemon_set(obj)
    assert isinstance(obj, StatefulSet)
    return _stateful_set(obj)


def _deployment(obj: Deployment, revision: int) -> Status:
    name, spec, status = obj.metadata.name, obj.spec, obj.status
    running = revision_of(obj)
    if revision > 0 and running != revision:
        raise KubectlError(f"desired revision ({revision}) is different from the running revision ({running})")
    if obj.metadata.generation > status.observed_generation:
        return Status("Waiting for deployment spec update to be observed...", False)
    if any(c.type == "Progressing" and c.reason == "ProgressDeadlineExceeded" for c in status.conditions):
        raise KubectlError(f'deployment "{name}" exceeded its progress deadline')
    waiting = f'Waiting for deployment "{name}" rollout to finish:'
    if spec.replicas is not None and status.updated_replicas < spec.replicas:
        updated = f"{status.updated_replicas} out of {spec.replicas}"
        return Status(f"{waiting} {updated} new replicas have been updated...", False)
    if status.replicas > status.updated_replicas:
        old = status.replicas - status.updated_replicas
        return Status(f"{waiting} {old} old replicas are pending termination...", False)
    if status.available_replicas < status.updated_replicas:
        available = f"{status.available_replicas} of {status.updated_replicas}"
        return Status(f"{waiting} {available} updated replicas are available...", False)
    return Status(f'deployment "{name}" successfully rolled out', True)


def _daemon_set(obj: DaemonSet) -> Status:
    name, status = obj.metadata.name, obj.status
    if obj.spec.update_strategy.type != "RollingUpdate":
        raise KubectlError("rollout status is only available for RollingUpdate strategy type")
    if obj.metadata.generation > status.observed_generation:
        return Status("Waiting for daemon set spec update to be observed...", False)
    waiting = f'Waiting for daemon set "{name}" rollout to finish:'
    desired = status.desired_number_scheduled
    if status.updated_number_scheduled < desired:
        updated = f"{status.updated_number_scheduled} out of {desired}"
        return Status(f"{waiting} {updated} new pods have been updated...", False)
    if status.number_available < desired:
        available = f"{status.number_available} of {desired}"
        return Status(f"{waiting} {available} updated pods are available...", False)
    return Status(f'daemon set "{name}" successfully rolled out', True)


def _stateful_set(obj: StatefulSet) -> Status:
    spec, status = obj.spec, obj.status
    if spec.update_strategy.type != "RollingUpdate":
        raise KubectlError("rollout status is only available for RollingUpdate strategy type")
    if not status.observed_generation or obj.metadata.generation > status.observed_generation:
        return Status("Waiting for statefulset spec update to be observed...", False)
    if spec.replicas is not None and status.ready_replicas < spec.replicas:
        return Status(f"Waiting for {spec.replicas - status.ready_replicas} pods to be ready...", False)
    rolling = spec.update_strategy.rolling_update
    if rolling is not None:
        return _partitioned(obj, rolling.partition)
    if status.update_revision != status.current_revision:
        pods = f"{status.updated_replicas} pods at revision {status.update_revision}"
        return Status(f"waiting for statefulset rolling update to complete {pods}...", False)
    pods = f"{status.current_replicas} pods at revision {status.current_revision}"
    return Status(f"statefulset rolling update complete {pods}...", True)


def _partitioned(obj: StatefulSet, partition: int | None) -> Status:
    replicas, updated = obj.spec.replicas, obj.status.updated_replicas
    if replicas is not None and partition is not None and updated < replicas - partition:
        pods = f"{updated} out of {replicas - partition} new pods"
        return Status(f"Waiting for partitioned roll out to finish: {pods} have been updated...", False)
    return Status(f"partitioned roll out complete: {updated} new pods have been updated...", True)
