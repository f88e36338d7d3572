"""Watches claims, volumes and storage classes, binds claims to volumes, and reclaims the volumes of claims that went.

References
----------
``pkg/controller/volume/persistentvolume/pv_controller.go syncClaim, syncVolume, pv_controller_base.go @ v1.36``
"""

from __future__ import annotations

from typing import ClassVar

from msgspec.structs import replace

from k8snb.api.pods import is_terminal
from k8snb.api.types.claims import PersistentVolumeClaim, StorageClass
from k8snb.api.types.persistent_volume import PersistentVolume
from k8snb.api.types.pod import Pod
from k8snb.controllers.persistentvolume.binding import (
    AVAILABLE,
    BIND_COMPLETED,
    Binder,
    BOUND,
    LOST,
    PENDING,
)
from k8snb.controllers.persistentvolume.matching import (
    BETA_CLASS,
    class_of_claim,
    find_best_match,
    is_bound_to,
    mismatch,
    modes_differ,
)
from k8snb.controllers.persistentvolume.protection import claims_of, PODS_BY_CLAIM
from k8snb.controllers.persistentvolume.provisioning import PROVISIONED_BY, Provisioning
from k8snb.controllers.persistentvolume.reclaim import DELETE, Reclaimer
from k8snb.machinery.admission.storage import default_class
from k8snb.machinery.controller import Controller, Environment

SELECTED_NODE = "volume.kubernetes.io/selected-node"
WAIT_FOR_FIRST_CONSUMER = "WaitForFirstConsumer"
RESYNC_MS = 15_000  # claims that wait are looked at again so often


class PersistentVolumeController(Controller):
    """Binds claims and volumes.

    Its queue holds the keys of claims, ``namespace/name``, and the names of volumes.

    Notes
    -----
    The real controller notices a volume or a storage class that a waiting claim could use with its next resync, up to
    15 seconds later; this one looks at once.
    """

    name: ClassVar[str] = "persistentvolume-controller"

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.claims = self.informers.of(PersistentVolumeClaim)
        self.volumes = self.informers.of(PersistentVolume)
        self.classes = self.informers.of(StorageClass)
        self.pods = self.informers.of(Pod)
        self.pods.add_index(PODS_BY_CLAIM, claims_of)
        self.binder = Binder(self.server)
        self.provisioning = Provisioning(self.server, self.recorder)
        self.reclaimer = Reclaimer(self.server, self.recorder, self.binder, self.provisioning)
        self.claims.add_handler(self._on_claim)
        self.volumes.add_handler(self._on_volume)
        self.classes.add_handler(self._on_class)

    # -- watching

    def _on_claim(self, old: PersistentVolumeClaim | None, new: PersistentVolumeClaim | None) -> None:
        if new is not None:
            self.enqueue(new)
        elif old is not None and old.spec.volume_name:
            self.queue.add(old.spec.volume_name)

    def _on_volume(self, old: PersistentVolume | None, new: PersistentVolume | None) -> None:
        if new is not None:
            self.enqueue(new)
            if new.status.phase == AVAILABLE and (old is None or old.status.phase != AVAILABLE):
                self._enqueue_waiting_claims()
        elif old is not None and old.spec.claim_ref is not None:
            self.queue.add(f"{old.spec.claim_ref.namespace}/{old.spec.claim_ref.name}")

    def _on_class(self, _old: StorageClass | None, new: StorageClass | None) -> None:
        if new is not None:
            self._enqueue_waiting_claims()

    def _enqueue_waiting_claims(self) -> None:
        for claim in self.claims.cache.values():
            if claim.status.phase == PENDING:
                self.enqueue(claim)

    # -- syncing

    def sync(self, key: str) -> None:
        """Bind a claim, or bring a volume in line with the claim that it names."""
        if "/" not in key:
            volume = self.volumes.get(key)
            if volume is not None:
                self._sync_volume(volume)
            return
        claim = self.claims.get(key)
        if claim is None:
            return
        if BIND_COMPLETED in claim.metadata.annotations:
            self._sync_bound_claim(claim)
            return
        if not self._sync_unbound_claim(claim) and claim.metadata.deletion_timestamp is None:
            self.queue.add_after(key, RESYNC_MS, background=True)

    def _sync_unbound_claim(self, claim: PersistentVolumeClaim) -> bool:
        """Find a volume for a claim, or ask for one; tells whether it is about to be bound."""
        if claim.spec.volume_name:
            return self._bind_to_requested(claim, claim.spec.volume_name)
        name = class_of_claim(claim)
        class_ = self.classes.get(name) if name else None
        delays = class_ is not None and class_.volume_binding_mode == WAIT_FOR_FIRST_CONSUMER
        volume = find_best_match(claim, self.volumes.cache.values(), delays)
        if volume is not None:
            self.binder.bind(volume, claim)
            return True
        if self._assign_default_class(claim):
            return True
        if delays and SELECTED_NODE not in claim.metadata.annotations:
            self._say_that_it_waits(claim)
        elif name:
            return self.provisioning.provision(claim, name, class_)
        else:
            message = "no persistent volumes available for this claim and no storage class is set"
            self.recorder.event(claim, "Normal", "FailedBinding", message)
        self.binder.set_claim_status(claim, PENDING, None)
        return False

    def _assign_default_class(self, claim: PersistentVolumeClaim) -> bool:
        """Give a claim that names no class the default one, if there is one by now."""
        if claim.spec.storage_class_name is not None or BETA_CLASS in claim.metadata.annotations:
            return False
        default = default_class(self.classes.cache.values())
        if default is None:
            return False
        self.server.update_object(replace(claim, spec=replace(claim.spec, storage_class_name=default)))
        return True

    def _say_that_it_waits(self, claim: PersistentVolumeClaim) -> None:
        key = f"{claim.metadata.namespace}/{claim.metadata.name}"
        users = self.pods.by_index(PODS_BY_CLAIM, key).values()
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
            if reference is not None:
                self.queue.add(f"{reference.namespace}/{reference.name}")
            return
        claim = self.server.find(PersistentVolumeClaim, reference.namespace, reference.name)
        if claim is None or claim.metadata.uid != reference.uid:
            self.reclaimer.release(volume)
        elif not claim.spec.volume_name:
            self._offer(volume, claim)
        elif claim.spec.volume_name == volume.metadata.name:
            self.binder.set_volume_phase(volume, BOUND)
        elif PROVISIONED_BY in volume.metadata.annotations and volume.spec.persistent_volume_reclaim_policy == DELETE:
            self.reclaimer.release(volume)  # made for the claim, which got another one
        else:
            self.binder.unbind(volume)

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
