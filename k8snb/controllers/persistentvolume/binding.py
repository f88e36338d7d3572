"""Binding a volume to a claim, and taking that back.

References
----------
``pkg/controller/volume/persistentvolume/pv_controller.go bind, unbindVolume, updateClaimStatus, updateVolumePhase`` and
``staging/src/k8s.io/component-helpers/storage/volume/pv_helpers.go GetBindVolumeToClaim @ v1.36``
"""

from __future__ import annotations

from msgspec.structs import replace

from k8snb.api.types.claims import PersistentVolumeClaim, PersistentVolumeClaimStatus
from k8snb.api.types.persistent_volume import ObjectReference, PersistentVolume
from k8snb.controllers.persistentvolume.matching import is_bound_to
from k8snb.machinery.server import ApiServer

BIND_COMPLETED = "pv.kubernetes.io/bind-completed"
BOUND_BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller"

PENDING, BOUND, LOST = "Pending", "Bound", "Lost"
AVAILABLE, RELEASED, FAILED = "Available", "Released", "Failed"


class Binder:
    """Writes both sides of a binding; what is said already is not written again."""

    def __init__(self, server: ApiServer) -> None:
        self._server = server

    def bind(self, volume: PersistentVolume, claim: PersistentVolumeClaim) -> None:
        """Bind a volume and a claim to each other: the volume first, so that nobody else gets it."""
        volume = self._bind_volume(volume, claim)
        volume = self.set_volume_phase(volume, BOUND)
        self.set_claim_status(self._bind_claim(claim, volume), BOUND, volume)

    def unbind(self, volume: PersistentVolume) -> None:
        """Make a volume available again; one that its user reserved for a claim stays reserved by name."""
        meta, reference = volume.metadata, volume.spec.claim_ref
        if BOUND_BY_CONTROLLER in meta.annotations:
            annotations = {k: v for k, v in meta.annotations.items() if k != BOUND_BY_CONTROLLER}
            volume = replace(volume, metadata=replace(meta, annotations=annotations))
            reference = None
        elif reference is not None:
            reference = replace(reference, uid="")
        free = replace(volume, spec=replace(volume.spec, claim_ref=reference))
        self.set_volume_phase(self._server.update_object(free), AVAILABLE)

    def _bind_volume(self, volume: PersistentVolume, claim: PersistentVolumeClaim) -> PersistentVolume:
        reference, meta = volume.spec.claim_ref, volume.metadata
        if reference is not None and reference.uid == claim.metadata.uid:
            return volume
        if not is_bound_to(volume, claim) and BOUND_BY_CONTROLLER not in meta.annotations:
            meta = replace(meta, annotations={**meta.annotations, BOUND_BY_CONTROLLER: "yes"})
        spec = replace(volume.spec, claim_ref=reference_to(claim))
        return self._server.update_object(replace(volume, metadata=meta, spec=spec))

    def _bind_claim(self, claim: PersistentVolumeClaim, volume: PersistentVolume) -> PersistentVolumeClaim:
        meta, name = claim.metadata, volume.metadata.name
        annotations = {**meta.annotations, BIND_COMPLETED: "yes"}
        if claim.spec.volume_name != name:
            annotations.setdefault(BOUND_BY_CONTROLLER, "yes")
        if claim.spec.volume_name == name and annotations == meta.annotations:
            return claim
        spec = replace(claim.spec, volume_name=name)
        return self._server.update_object(replace(claim, metadata=replace(meta, annotations=annotations), spec=spec))

    def set_volume_phase(self, volume: PersistentVolume, phase: str, message: str = "") -> PersistentVolume:
        """Report a volume's phase."""
        status = volume.status
        if status.phase == phase:
            return volume
        status = replace(status, phase=phase, message=message, last_phase_transition_time=self._server.time)
        return self._server.update_status(replace(volume, status=status))

    def set_claim_status(
        self, claim: PersistentVolumeClaim, phase: str, volume: PersistentVolume | None
    ) -> PersistentVolumeClaim:
        """Report a claim's phase, and what it has of its volume; without one, nothing."""
        status = claim.status
        if volume is None:
            new = PersistentVolumeClaimStatus(phase=phase, conditions=status.conditions)
        else:
            new = replace(status, phase=phase, access_modes=volume.spec.access_modes)
            if status.phase != phase:
                new = replace(
                    new,
                    capacity=volume.spec.capacity,
                    current_volume_attributes_class_name=volume.spec.volume_attributes_class_name,
                )
        return claim if new == status else self._server.update_status(replace(claim, status=new))


def reference_to(claim: PersistentVolumeClaim) -> ObjectReference:
    """The reference by which a volume names its claim."""
    meta = claim.metadata
    return ObjectReference(
        kind="PersistentVolumeClaim",
        namespace=meta.namespace,
        name=meta.name,
        uid=meta.uid,
        api_version="v1",
        resource_version=meta.resource_version,
    )
