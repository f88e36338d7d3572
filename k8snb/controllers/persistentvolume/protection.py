"""Claims that a pod uses and volumes that are bound cannot go: a finalizer holds them until they can.

References
----------
``pkg/controller/volume/pvcprotection/pvc_protection_controller.go`` and
``pkg/controller/volume/pvprotection/pv_protection_controller.go @ v1.36``
"""

from __future__ import annotations

from typing import ClassVar, TypeVar

from msgspec.structs import replace

from k8snb.api.claims import BOUND, claims_of
from k8snb.api.schema import KubernetesObject
from k8snb.api.types.claims import PersistentVolumeClaim
from k8snb.api.types.persistent_volume import PersistentVolume
from k8snb.api.types.pod import Pod
from k8snb.machinery.admission.storage import CLAIM_PROTECTION, VOLUME_PROTECTION
from k8snb.machinery.controller import Controller, Environment

T = TypeVar("T", bound=KubernetesObject)

PODS_BY_CLAIM = "claim"
LIVE_LIST_MS = 7  # before a claim goes, the API server is asked whether there is a pod that the cache does not know yet


class ClaimProtectionController(Controller):
    """Lets a deleted claim go when no pod on a node uses it any more."""

    name: ClassVar[str] = "pvc-protection-controller"

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.claims = self.informers.of(PersistentVolumeClaim)
        self.pods = self.informers.of(Pod)
        self.pods.add_index(PODS_BY_CLAIM, claims_of)
        self.claims.add_handler(self._on_claim)
        self.pods.add_handler(self._on_pod)

    def _on_claim(self, _old: PersistentVolumeClaim | None, new: PersistentVolumeClaim | None) -> None:
        if new is not None and (_is_held(new, CLAIM_PROTECTION) or _lacks(new, CLAIM_PROTECTION)):
            self.enqueue(new)

    def _on_pod(self, old: Pod | None, new: Pod | None) -> None:
        if new is None and old is not None:
            for key in claims_of(old):
                self.queue.add_after(key, LIVE_LIST_MS)

    def sync(self, key: str) -> None:
        """Add the finalizer to a claim that lacks it, or take it off one that was deleted and is not used."""
        claim = self.claims.get(key)
        if claim is None:
            return
        if _is_held(claim, CLAIM_PROTECTION):
            users = self.pods.by_index(PODS_BY_CLAIM, key)
            if not any(pod.spec.node_name for pod in users.values()):
                self.server.update_object(_without_finalizer(claim, CLAIM_PROTECTION))
        elif _lacks(claim, CLAIM_PROTECTION):
            self.server.update_object(_with_finalizer(claim, CLAIM_PROTECTION))


class VolumeProtectionController(Controller):
    """Lets a deleted volume go when it is not bound any more."""

    name: ClassVar[str] = "pv-protection-controller"

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.volumes = self.informers.of(PersistentVolume)
        self.volumes.add_handler(self._on_volume)

    def _on_volume(self, _old: PersistentVolume | None, new: PersistentVolume | None) -> None:
        if new is not None and (_is_held(new, VOLUME_PROTECTION) or _lacks(new, VOLUME_PROTECTION)):
            self.enqueue(new)

    def sync(self, key: str) -> None:
        """Add the finalizer to a volume that lacks it, or take it off one that was deleted and is not bound."""
        volume = self.volumes.get(key)
        if volume is None:
            return
        if _is_held(volume, VOLUME_PROTECTION):
            if volume.status.phase != BOUND:
                self.server.update_object(_without_finalizer(volume, VOLUME_PROTECTION))
        elif _lacks(volume, VOLUME_PROTECTION):
            self.server.update_object(_with_finalizer(volume, VOLUME_PROTECTION))


def _is_held(obj: KubernetesObject, finalizer: str) -> bool:
    return obj.metadata.deletion_timestamp is not None and finalizer in obj.metadata.finalizers


def _lacks(obj: KubernetesObject, finalizer: str) -> bool:
    return obj.metadata.deletion_timestamp is None and finalizer not in obj.metadata.finalizers


def _without_finalizer(obj: T, finalizer: str) -> T:
    finalizers = tuple(f for f in obj.metadata.finalizers if f != finalizer)
    return replace(obj, metadata=replace(obj.metadata, finalizers=finalizers))


def _with_finalizer(obj: T, finalizer: str) -> T:
    return replace(obj, metadata=replace(obj.metadata, finalizers=(*obj.metadata.finalizers, finalizer)))
