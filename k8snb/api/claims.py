"""The words of storage, and what claims and volumes say of themselves: API server, controllers and scheduler ask here.

References
----------
``staging/src/k8s.io/component-helpers/storage/volume/pv_helpers.go`` and
``staging/src/k8s.io/component-helpers/storage/ephemeral/ephemeral.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from k8snb.api.pods import controller_of
from k8snb.api.types.claims import PersistentVolumeClaim, StorageClass
from k8snb.api.types.persistent_volume import PersistentVolume
from k8snb.api.types.pod import Pod
from k8snb.api.types.volumes import Volume

BETA_CLASS = "volume.beta.kubernetes.io/storage-class"
IS_DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
BETA_IS_DEFAULT_CLASS = "storageclass.beta.kubernetes.io/is-default-class"
BIND_COMPLETED = "pv.kubernetes.io/bind-completed"
BOUND_BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller"
PROVISIONED_BY = "pv.kubernetes.io/provisioned-by"
SELECTED_NODE = "volume.kubernetes.io/selected-node"
STORAGE_PROVISIONER = "volume.kubernetes.io/storage-provisioner"
BETA_STORAGE_PROVISIONER = "volume.beta.kubernetes.io/storage-provisioner"

NO_PROVISIONER = "kubernetes.io/no-provisioner"
IMMEDIATE, WAIT_FOR_FIRST_CONSUMER = "Immediate", "WaitForFirstConsumer"
PENDING, BOUND, LOST = "Pending", "Bound", "Lost"
AVAILABLE, RELEASED, FAILED = "Available", "Released", "Failed"


def class_of_claim(claim: PersistentVolumeClaim) -> str:
    """The storage class that a claim asks for, its beta annotation first; the empty name asks for none."""
    return claim.metadata.annotations.get(BETA_CLASS, claim.spec.storage_class_name or "")


def class_of_volume(volume: PersistentVolume) -> str:
    """The storage class of a volume."""
    return volume.metadata.annotations.get(BETA_CLASS, volume.spec.storage_class_name)


def names_no_class(claim: PersistentVolumeClaim) -> bool:
    """Whether a claim leaves its class to the cluster; to ask for none is something else."""
    return claim.spec.storage_class_name is None and BETA_CLASS not in claim.metadata.annotations


def is_default_class(storage_class: StorageClass) -> bool:
    """Whether claims that name no class get this one."""
    annotations = storage_class.metadata.annotations
    return "true" in (annotations.get(IS_DEFAULT_CLASS), annotations.get(BETA_IS_DEFAULT_CLASS))


def waits_for_first_consumer(claim: PersistentVolumeClaim, classes: Mapping[str, StorageClass]) -> bool:
    """Whether a claim is not bound before the scheduler has chosen a node for a pod that uses it."""
    storage_class = classes.get(class_of_claim(claim))
    return storage_class is not None and storage_class.volume_binding_mode == WAIT_FOR_FIRST_CONSUMER


def is_bound(claim: PersistentVolumeClaim) -> bool:
    """Whether a claim has its volume for good."""
    return bool(claim.spec.volume_name) and BIND_COMPLETED in claim.metadata.annotations


def claim_name_of(pod_name: str, volume: Volume) -> str:
    """The claim behind a volume of a pod, named by it or made for it; empty when it is of another sort."""
    if volume.persistent_volume_claim is not None:
        return volume.persistent_volume_claim.claim_name
    return f"{pod_name}-{volume.name}" if volume.ephemeral is not None else ""


def claims_of(pod: Pod) -> Sequence[str]:
    """The keys, ``namespace/name``, of the claims that a pod mounts."""
    volumes, meta = pod.spec.volumes, pod.metadata
    if not volumes:
        return ()
    names: Iterable[str] = (claim_name_of(meta.name, volume) for volume in volumes)
    return [f"{meta.namespace}/{name}" for name in dict.fromkeys(names) if name]


def problem_of_ownership(claim: PersistentVolumeClaim, pod: Pod) -> str:
    """Why a claim is not the one that was made for a pod's ephemeral volume; empty when it is."""
    owner = controller_of(claim)
    if owner is not None and owner.uid == pod.metadata.uid:
        return ""
    theirs, mine = claim.metadata, pod.metadata
    return (
        f"PVC {theirs.namespace}/{theirs.name} was not created for pod {mine.namespace}/{mine.name} (pod is not owner)"
    )
