"""Watches claims, volumes and storage classes, binds claims to volumes, and reclaims the volumes of claims that went.

References
----------
``pkg/controller/volume/persistentvolume/pv_controller.go syncClaim, syncVolume, pv_controller_base.go @ v1.36``
"""

from __future__ import annotations

from typing import ClassVar

from msgspec.structs import replace

from k8snb.api.claims import (
    AVAILABLE,
    BIND_COMPLETED,
    BOUND,
    claims_of,
    class_of_claim,
    LOST,
    names_no_class,
    PENDING,
    PROVISIONED_BY,
    SELECTED_NODE,
    WAIT_FOR_FIRST_CONSUMER,
    waits_for_first_consumer,
)
from k8snb.api.pods import is_terminal
from k8snb.api.schema import KubernetesObject
from k8snb.api.types.claims import PersistentVolumeClaim, StorageClass
from k8snb.api.types.persistent_volume import ObjectReference, PersistentVolume
from k8snb.api.types.pod import Pod
from k8snb.api.volume_matching import is_bound_to, modes_differ
from k8snb.controllers.persistentvolume.binding import Binder
from k8snb.controllers.persistentvolume.cache import ObjectCache, VolumeCache
from k8snb.controllers.persistentvolume.matching import find_best_match, mismatch
from k8snb.controllers.persistentvolume.protection import PODS_BY_CLAIM
from k8snb.controllers.persistentvolume.provisioning import Provisioning
from k8snb.controllers.persistentvolume.reclaim import DELETE, Reclaimer
from k8snb.machinery.admission.storage import default_class
from k8snb.machinery.controller import Controller, Environment, key_of

RESYNC_MS = 15_000


class PersistentVolumeController(Controller):
    """Binds claims and volumes.

    Its queue holds the keys of claims, ``namespace/name``, and the names of volumes.

    Notes
    -----
    Every 15 seconds all claims that are not bound are looked at again. Only then does such a claim find a volume or a
    storage class that came after it, as under the real controller. One queue holds claims and volumes, which the real
    controller keeps apart.
    """

    name: ClassVar[str] = "persistentvolume-controller"

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        claims = self.claim_informer = self.informers.of(PersistentVolumeClaim)
        volumes = self.volume_informer = self.informers.of(PersistentVolume)
        self.classes = self.informers.of(StorageClass)
        self.pods = self.informers.of(Pod)
        self.pods.add_index(PODS_BY_CLAIM, claims_of)
        self.claims = ObjectCache(claims.cache.values())
        self.volumes = VolumeCache(volumes.cache.values())
        self.binder = Binder(self.server, self.claims, self.volumes)
        self.provisioning = Provisioning(self.server, self.recorder, self.claims)
        self.reclaimer = Reclaimer(self.server, self.recorder, self.binder, self.provisioning)
        claims.add_handler(self._on_change)
        volumes.add_handler(self._on_change)
        volumes.add_handler(self._on_volume)
        self.classes.add_handler(self._on_class)

    # -- watching

    def _on_change(
        self, old: PersistentVolumeClaim | PersistentVolume | None, new: PersistentVolumeClaim | PersistentVolume | None
    ) -> None:
        changed = new if new is not None else old
        assert changed is not None
        self.enqueue(changed)

    def _on_volume(self, old: PersistentVolume | None, new: PersistentVolume | None) -> None:
        if new is not None and new.status.phase == AVAILABLE and (old is None or old.status.phase != AVAILABLE):
            self._expect_resync()

    def _on_class(self, _old: StorageClass | None, new: StorageClass | None) -> None:
        if new is not None:
            self._expect_resync()

    def _expect_resync(self) -> None:
        """Something is there that claims may have been waiting for: their next resync may matter."""
        for claim in self.claim_informer.cache.values():
            if claim.status.phase == PENDING:
                self._resync_later(key_of(claim), background=False)

    def _resync_later(self, key: str, background: bool = True) -> None:
        self.queue.add_after(key, RESYNC_MS - self.now_ms % RESYNC_MS, background=background)

    # -- syncing

    def sync(self, key: str) -> None:
        """Bind a claim, or bring a volume in line with the claim that it names."""
        if "/" in key:
            self._sync_claim_by_key(key)
        else:
            self._sync_volume_by_key(key)

    def _sync_claim_by_key(self, key: str) -> None:
        claim, is_new = self.claim_informer.get(key), self.claims.get(key) is None
        if claim is None:
            gone = self.claims.forget(key)
            if gone is not None and gone.spec.volume_name:
                self.queue.add(gone.spec.volume_name)
        elif not self.claims.store(claim):
            return  # the news of a later version, which the controller wrote itself, are on their way
        elif BIND_COMPLETED in claim.metadata.annotations:
            self._sync_bound_claim(claim)
            if claim.status.phase == LOST:
                self._resync_later(key)  # its volume may come back
        elif not self._sync_unbound_claim(claim, is_new) and claim.metadata.deletion_timestamp is None:
            self._resync_later(key)

    def _sync_volume_by_key(self, name: str) -> None:
        volume = self.volume_informer.get(name)
        if volume is not None:
            if self.volumes.store(volume):
                self._sync_volume(volume)
            return
        gone = self.volumes.forget(name)
        if gone is not None and gone.spec.claim_ref is not None:
            self.queue.add(f"{gone.spec.claim_ref.namespace}/{gone.spec.claim_ref.name}")

    def _sync_unbound_claim(self, claim: PersistentVolumeClaim, is_new: bool) -> bool:
        """Find a volume for a claim, or ask for one; tells whether it is about to be bound."""
        if claim.spec.volume_name:
            return self._bind_to_requested(claim, claim.spec.volume_name)
        name = class_of_claim(claim)
        delays = waits_for_first_consumer(claim, self.classes.cache)
        volume = find_best_match(claim, self.volumes.offered_to(key_of(claim)), delays)
        if volume is not None:
            self.binder.bind(volume, claim)
            return True
        if self._assign_default_class(claim):
            return True
        if delays and SELECTED_NODE not in claim.metadata.annotations:
            self._say_that_it_waits(claim, is_new)
        elif name:
            return self.provisioning.provision(claim, name, self.classes.get(name))
        else:
            message = "no persistent volumes available for this claim and no storage class is set"
            self.recorder.event(claim, "Normal", "FailedBinding", message)
        self.binder.set_claim_status(claim, PENDING, None)
        return False

    def _assign_default_class(self, claim: PersistentVolumeClaim) -> bool:
        """Give a claim that names no class the default one, if there is one by now."""
        if not names_no_class(claim):
            return False
        default = default_class(self.classes.cache.values())
        if default is None:
            return False
        self.server.update_object(replace(claim, spec=replace(claim.spec, storage_class_name=default)))
        return True

    def _say_that_it_waits(self, claim: PersistentVolumeClaim, is_new: bool) -> None:
        """Say whom the claim waits for.

        Pods that were created after a claim are not there yet when that is looked at first: here they are, for requests
        take no time.
        """
        users = list(self.pods.by_index(PODS_BY_CLAIM, key_of(claim)).values())
        if is_new:
            users = [pod for pod in users if _version(pod) < _version(claim)]
        waiting = [pod.metadata.name for pod in users if not pod.spec.node_name and not is_terminal(pod)]
        if not waiting:
            message = "waiting for first consumer to be created before binding"
            self.recorder.event(claim, "Normal", WAIT_FOR_FIRST_CONSUMER, message)
            return
        noun = "pod" if len(waiting) == 1 else "pods"
        message = f"waiting for {noun} {','.join(waiting)} to be scheduled"
        self.recorder.event(claim, "Normal", "WaitForPodScheduled", message)

    def _bind_to_requested(self, claim: PersistentVolumeClaim, name: str) -> bool:
        """Bind a claim to the volume that it asks for by name, if that is there and free; tells whether it was."""
        volume = self.volumes.get(name)
        if volume is not None:
            problem = self._problem_with_requested(claim, volume)
            if problem is None:
                self.binder.bind(volume, claim)
                return True
            reason, message = problem
            self.recorder.event(claim, "Warning", reason, message)
        self.binder.set_claim_status(claim, PENDING, None)
        return False

    def _problem_with_requested(self, claim: PersistentVolumeClaim, volume: PersistentVolume) -> tuple[str, str] | None:
        """Why a claim cannot have the volume that it asks for: the event's reason and message."""
        name = volume.metadata.name
        if volume.spec.claim_ref is None:
            problem = mismatch(volume, claim)
            return ("VolumeMismatch", f'Cannot bind to requested volume "{name}": {problem}') if problem else None
        if is_bound_to(volume, claim):
            return None
        return "FailedBinding", f'volume "{name}" already bound to a different claim.'

    def _sync_bound_claim(self, claim: PersistentVolumeClaim) -> None:
        """A claim that was bound keeps its volume, or is lost."""
        if not claim.spec.volume_name:
            self._lose(
                claim, "ClaimLost", "Bound claim has lost reference to PersistentVolume. Data on the volume is lost!"
            )
            return
        volume = self.volumes.get(claim.spec.volume_name)
        if volume is None:
            self._lose(claim, "ClaimLost", "Bound claim has lost its PersistentVolume. Data on the volume is lost!")
        elif volume.spec.claim_ref is None or volume.spec.claim_ref.uid == claim.metadata.uid:
            self.binder.bind(volume, claim)
        else:
            message = "Two claims are bound to the same volume, this one is bound incorrectly"
            self._lose(claim, "ClaimMisbound", message)

    def _lose(self, claim: PersistentVolumeClaim, reason: str, message: str) -> None:
        if claim.status.phase != LOST:
            lost = self.binder.set_claim_status(claim, LOST, None)
            self.recorder.event(lost, "Warning", reason, message)

    def _sync_volume(self, volume: PersistentVolume) -> None:
        reference = volume.spec.claim_ref
        if reference is None or not reference.uid:
            self.binder.set_volume_phase(volume, AVAILABLE)
            return
        claim = self._claim_of(reference)
        if claim is None:
            self.reclaimer.release(volume)
        elif not claim.spec.volume_name:
            self._offer(volume, claim)
        elif claim.spec.volume_name == volume.metadata.name:
            self.binder.set_volume_phase(volume, BOUND)
        elif PROVISIONED_BY in volume.metadata.annotations and volume.spec.persistent_volume_reclaim_policy == DELETE:
            self.reclaimer.release(volume)  # made for the claim, which got another one
        else:
            self.binder.unbind(volume)

    def _claim_of(self, reference: ObjectReference) -> PersistentVolumeClaim | None:
        """The claim that a volume names; one that is not known is asked for, lest its volume be reclaimed."""
        claim = self.claims.get(f"{reference.namespace}/{reference.name}")
        if claim is None or claim.metadata.uid != reference.uid:
            claim = self.server.find(PersistentVolumeClaim, reference.namespace, reference.name)
        return claim if claim is not None and claim.metadata.uid == reference.uid else None

    def _offer(self, volume: PersistentVolume, claim: PersistentVolumeClaim) -> None:
        """The claim that a volume names is not bound yet: let it look at the volume."""
        if not modes_differ(claim, volume):
            self.enqueue(claim)
            return
        name = claim.metadata.name
        message = (
            f'Cannot bind PersistentVolume to requested PersistentVolumeClaim "{name}" due to incompatible volumeMode.'
        )
        self.recorder.event(volume, "Warning", "VolumeMismatch", message)
        name = volume.metadata.name
        message = (
            f'Cannot bind PersistentVolume "{name}" to requested PersistentVolumeClaim due to incompatible volumeMode.'
        )
        self.recorder.event(claim, "Warning", "VolumeMismatch", message)


def _version(obj: KubernetesObject) -> int:
    return int(obj.metadata.resource_version)
