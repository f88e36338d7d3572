"""Asking for volumes, and the provisioner ``k8snb.dev/sim``: it makes a volume at once, and removes released ones.

References
----------
``pkg/controller/volume/persistentvolume/pv_controller.go provisionClaim, provisionClaimOperationExternal @ v1.36``; the
provisioner itself is one of k8snb's own, with the manners of
``sigs.k8s.io/sig-storage-lib-external-provisioner controller/controller.go provisionClaimOperation``
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from k8snb.api.claims import BETA_STORAGE_PROVISIONER, PROVISIONED_BY, SELECTED_NODE, STORAGE_PROVISIONER
from k8snb.api.types.claims import PersistentVolumeClaim, StorageClass
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.node import Node
from k8snb.api.types.persistent_volume import PersistentVolume, PersistentVolumeSpec, VolumeNodeAffinity
from k8snb.api.types.volumes import HostPathVolumeSource
from k8snb.api.volume_matching import reference_to
from k8snb.controllers.persistentvolume.cache import ObjectCache
from k8snb.controllers.persistentvolume.topology import affinity_of
from k8snb.errors import AlreadyExists
from k8snb.machinery.events import Recorder
from k8snb.machinery.server import ApiServer

PROVISIONER = "k8snb.dev/sim"
IN_TREE = "kubernetes.io/"


class Provisioning:
    """Asks for volumes in the name of the controller, and makes and removes them in that of the provisioner."""

    def __init__(self, server: ApiServer, recorder: Recorder, claims: ObjectCache[PersistentVolumeClaim]) -> None:
        self._server = server
        self._recorder = recorder
        self._claims = claims

    def provision(self, claim: PersistentVolumeClaim, name: str, class_: StorageClass | None) -> bool:
        """Ask the provisioner of a storage class for a volume; only that of k8snb answers.

        Parameters
        ----------
        name
            The name of the class.
        class_
            The class, if there is one of that name.

        Returns
        -------
        bool
            Whether there is a volume now, or whether the claim has changed and is looked at again anyway.
        """
        if class_ is None:
            self._fail(claim, f'storageclass.storage.k8s.io "{name}" not found')
            return False
        if class_.provisioner.startswith(IN_TREE):
            self._fail(claim, f"no volume plugin matched name: {class_.provisioner}")
            return False
        claim = self._announce(claim, class_.provisioner)
        message = (
            f"Waiting for a volume to be created either by the external provisioner '{class_.provisioner}' or manually "
            "by the system administrator. If volume creation is delayed, please verify that the provisioner is running "
            "and correctly registered."
        )
        self._recorder.event(claim, "Normal", "ExternalProvisioning", message)
        if class_.provisioner != PROVISIONER:
            return False
        self._make_volume(claim, class_)
        return True

    def _fail(self, claim: PersistentVolumeClaim, message: str) -> None:
        self._recorder.event(claim, "Warning", "ProvisioningFailed", message)

    def _announce(self, claim: PersistentVolumeClaim, provisioner: str) -> PersistentVolumeClaim:
        """Note on the claim who is to make its volume."""
        meta = claim.metadata
        if meta.annotations.get(STORAGE_PROVISIONER) == provisioner:
            return claim
        annotations = {**meta.annotations, BETA_STORAGE_PROVISIONER: provisioner, STORAGE_PROVISIONER: provisioner}
        return self._annotate(claim, annotations)

    def _annotate(self, claim: PersistentVolumeClaim, annotations: Mapping[str, str]) -> PersistentVolumeClaim:
        written = self._server.update_object(replace(claim, metadata=replace(claim.metadata, annotations=annotations)))
        self._claims.store(written)
        return written

    def _make_volume(self, claim: PersistentVolumeClaim, class_: StorageClass) -> None:
        """Make the volume where the claim's pod goes. If that node is gone, the scheduler has to choose another."""
        selected = claim.metadata.annotations.get(SELECTED_NODE)
        node = self._server.find(Node, "", selected) if selected is not None else None
        if selected is not None and node is None:
            why = f'failed to provision volume with StorageClass "{class_.metadata.name}": node "{selected}" not found'
            self._fail(claim, why)
            self._annotate(claim, {k: v for k, v in claim.metadata.annotations.items() if k != SELECTED_NODE})
            return
        try:
            self._server.create_object(new_volume(claim, class_, affinity_of(class_, node)))
        except AlreadyExists:
            return

    def remove(self, volume: PersistentVolume) -> bool:
        """Delete a released volume that the provisioner made; tells whether it is one."""
        if volume.metadata.annotations.get(PROVISIONED_BY) != PROVISIONER:
            return False
        if volume.metadata.deletion_timestamp is None:
            self._server.delete_object(volume)
        return True


def new_volume(
    claim: PersistentVolumeClaim, class_: StorageClass, affinity: VolumeNodeAffinity | None
) -> PersistentVolume:
    """The volume for a claim, not stored yet."""
    name = f"pv-{claim.metadata.uid}"
    return PersistentVolume(
        metadata=ObjectMeta(name=name, annotations={PROVISIONED_BY: PROVISIONER}),
        spec=PersistentVolumeSpec(
            capacity={"storage": claim.spec.resources.requests.get("storage", "0")},
            host_path=HostPathVolumeSource(path=f"/var/lib/k8snb/{name}", type=""),
            access_modes=claim.spec.access_modes,
            claim_ref=reference_to(claim),
            persistent_volume_reclaim_policy=class_.reclaim_policy or "Delete",
            storage_class_name=class_.metadata.name,
            mount_options=class_.mount_options,
            volume_mode=claim.spec.volume_mode,
            node_affinity=affinity,
        ),
    )
