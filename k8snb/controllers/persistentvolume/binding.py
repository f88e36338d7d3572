"""Binding a volume to a claim, and taking that back.

References
----------
``pkg/controller/volume/persistentvolume/pv_controller.go bind, unbindVolume, updateClaimStatus, updateVolumePhase
@ v1.36``
"""

from __future__ import annotations

from msgspec.structs import replace

from k8snb.api.claims import AVAILABLE, BIND_COMPLETED, BOUND, BOUND_BY_CONTROLLER
from k8snb.api.types.claims import PersistentVolumeClaim, PersistentVolumeClaimStatus
from k8snb.api.types.persistent_volume import PersistentVolume
from k8snb.api.volume_matching import bound_to_claim
from k8snb.controllers.persistentvolume.cache import ObjectCache
from k8snb.machinery.server import ApiServer


class Binder:
    """Writes both sides of a binding; what is said already is not written again.

    Parameters
    ----------
    claims, volumes
        Take over what is written.
    """

    def __init__(
        self, server: ApiServer, claims: ObjectCache[PersistentVolumeClaim], volumes: ObjectCache[PersistentVolume]
    ) -> None:
        self._server = server
        self._claims = claims
        self._volumes = volumes

    def bind(self, volume: PersistentVolume, claim: PersistentVolumeClaim) -> None:
        """Bind a volume and a claim to each other: the volume first, so that nobody else gets it."""
        bound = bound_to_claim(volume, claim)
        if bound is not volume:
            bound = self._update_volume(bound)
        volume = self.set_volume_phase(bound, BOUND)
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
        self.set_volume_phase(self._update_volume(free), AVAILABLE)

    def _update_volume(self, volume: PersistentVolume) -> PersistentVolume:
        written = self._server.update_object(volume)
        self._volumes.store(written)
        return written

    def _bind_claim(self, claim: PersistentVolumeClaim, volume: PersistentVolume) -> PersistentVolumeClaim:
        meta, name = claim.metadata, volume.metadata.name
        annotations = {**meta.annotations, BIND_COMPLETED: "yes"}
        if claim.spec.volume_name != name:
            annotations.setdefault(BOUND_BY_CONTROLLER, "yes")
        if claim.spec.volume_name == name and annotations == meta.annotations:
            return claim
        spec = replace(claim.spec, volume_name=name)
        written = self._server.update_object(replace(claim, metadata=replace(meta, annotations=annotations), spec=spec))
        self._claims.store(written)
        return written

    def set_volume_phase(self, volume: PersistentVolume, phase: str, message: str = "") -> PersistentVolume:
        """Report a volume's phase."""
        status = volume.status
        if status.phase == phase:
            return volume
        status = replace(status, phase=phase, message=message, last_phase_transition_time=self._server.time)
        written = self._server.update_status(replace(volume, status=status))
        self._volumes.store(written)
        return written

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
        if new == status:
            return claim
        written = self._server.update_status(replace(claim, status=new))
        self._claims.store(written)
        return written
