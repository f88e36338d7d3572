"""The volumes that a pod's containers use, and what keeps those of claims from being mounted.

References
----------
``pkg/kubelet/volumemanager/populator/desired_state_of_world_populator.go processPodVolumes, createVolumeSpec,
getPVCExtractPV, getPVSpec`` and ``pkg/volume/util/util.go GetPodVolumeNames @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping

from k8snb.api.claims import BOUND, claim_name_of, problem_of_ownership
from k8snb.api.types.claims import PersistentVolumeClaim
from k8snb.api.types.persistent_volume import PersistentVolume
from k8snb.api.types.pod import Pod
from k8snb.api.types.volumes import Volume
from k8snb.api.volume_matching import FILESYSTEM
from k8snb.machinery.admission.storage import CLAIM_PROTECTION
from k8snb.machinery.server import ApiServer


def used_volumes(pod: Pod) -> list[Volume]:
    """The volumes that a container mounts, or has as a device; others are never set up."""
    if not pod.spec.volumes:
        return []
    used = {**_mounted(pod), **_devices(pod)}
    return [volume for volume in pod.spec.volumes if volume.name in used]


def claim_problems(server: ApiServer, pod: Pod) -> Mapping[str, str]:
    """Why volumes cannot be mounted whose claims are missing or not bound, by the volumes' names."""
    problems = {volume.name: _problem(server, pod, volume) for volume in used_volumes(pod)}
    return {name: problem for name, problem in problems.items() if problem}


def _mounted(pod: Pod) -> dict[str, None]:
    spec = pod.spec
    mounts = [mount for container in (*spec.init_containers, *spec.containers) for mount in container.volume_mounts]
    mounts += [mount for container in spec.ephemeral_containers for mount in container.volume_mounts]
    return {mount.name: None for mount in mounts}


def _devices(pod: Pod) -> dict[str, None]:
    spec = pod.spec
    devices = [device for container in (*spec.init_containers, *spec.containers) for device in container.volume_devices]
    devices += [device for container in spec.ephemeral_containers for device in container.volume_devices]
    return {device.name: None for device in devices}


def _problem(server: ApiServer, pod: Pod, volume: Volume) -> str:
    namespace, name = pod.metadata.namespace, claim_name_of(pod.metadata.name, volume)
    if not name:
        return ""
    claim = server.find(PersistentVolumeClaim, namespace, name)
    problem = _problem_of_claim(claim, name)
    if claim is None or problem:
        return f"error processing PVC {namespace}/{name}: {problem}"
    unowned = problem_of_ownership(claim, pod) if volume.ephemeral is not None else ""
    if unowned:
        return unowned
    bound = server.find(PersistentVolume, "", claim.spec.volume_name)
    problem = _problem_of_volume(bound, claim)
    if bound is None or problem:
        return f"error processing PVC {namespace}/{name}: {problem}"
    return _problem_of_mode(bound, volume.name, pod)


def _problem_of_claim(claim: PersistentVolumeClaim | None, name: str) -> str:
    if claim is None:
        return f'failed to fetch PVC from API server: persistentvolumeclaims "{name}" not found'
    meta = claim.metadata
    if meta.deletion_timestamp is not None and CLAIM_PROTECTION not in meta.finalizers:
        return "PVC is being deleted"
    if claim.status.phase != BOUND:
        return "PVC is not bound"
    return "" if claim.spec.volume_name else "PVC has empty pvc.Spec.VolumeName"


def _problem_of_volume(volume: PersistentVolume | None, claim: PersistentVolumeClaim) -> str:
    name = claim.spec.volume_name
    if volume is None:
        return f'failed to fetch PV {name} from API server: persistentvolumes "{name}" not found'
    reference = volume.spec.claim_ref
    if reference is None:
        nil = "a nil pv.Spec.ClaimRef indicating it is not yet bound to the claim"
        return f"found PV object {name} but it has {nil}"
    if reference.uid != claim.metadata.uid:
        return f"found PV object {name} but its pv.Spec.ClaimRef.UID {reference.uid} does not point to claim.UID " + (
            claim.metadata.uid
        )
    return ""


def _problem_of_mode(volume: PersistentVolume, name: str, pod: Pod) -> str:
    """A file system is mounted, a block device is not."""
    mode = volume.spec.volume_mode or FILESYSTEM
    if name in _mounted(pod) and mode != FILESYSTEM:
        return f"volume {name} has volumeMode {mode}, but is specified in volumeMounts"
    if name in _devices(pod) and mode == FILESYSTEM:
        return f"volume {name} has volumeMode {mode}, but is specified in volumeDevices"
    return ""
