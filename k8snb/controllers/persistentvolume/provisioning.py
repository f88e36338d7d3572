"""The provisioner ``k8snb.dev/sim``: it makes a volume for a claim at once, and removes released ones.

References
----------
``pkg/controller/volume/persistentvolume/pv_controller.go provisionClaim, provisionClaimOperationExternal @ v1.36``; the
provisioner itself is one of k8snb's own
"""

from __future__ import annotations

from msgspec.structs import replace

from k8snb.api.types.claims import PersistentVolumeClaim, StorageClass
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.persistent_volume import PersistentVolume, PersistentVolumeSpec
from k8snb.api.types.volumes import HostPathVolumeSource
from k8snb.controllers.persistentvolume.binding import reference_to
from k8snb.errors import AlreadyExists
from k8snb.machinery.events import Recorder
from k8snb.machinery.server import ApiServer

PROVISIONER = "k8snb.dev/sim"
PROVISIONED_BY = "pv.kubernetes.io/provisioned-by"
STORAGE_PROVISIONER = "volume.kubernetes.io/storage-provisioner"
BETA_STORAGE_PROVISIONER = "volume.beta.kubernetes.io/storage-provisioner"
IN_TREE = "kubernetes.io/"


class Provisioning:
    """Asks for volumes in the name of the controller, and makes and removes them in that of the provisioner."""

    def __init__(self, server: ApiServer, recorder: Recorder) -> None:
        self._server = server
        self._recorder = recorder

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
            Whether there is a volume now.
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
        self._create_volume(claim, class_)
        return True

    def _fail(self, claim: PersistentVolumeClaim, message: str) -> None:
        self._recorder.event(claim, "Warning", "ProvisioningFailed", message)

    def _announce(self, claim: PersistentVolumeClaim, provisioner: str) -> PersistentVolumeClaim:
        """Note on the claim who is to make its volume."""
        meta = claim.metadata
        if meta.annotations.get(STORAGE_PROVISIONER) == provisioner:
            return claim
        annotations = {**meta.annotations, BETA_STORAGE_PROVISIONER: provisioner, STORAGE_PROVISIONER: provisioner}
        return self._server.update_object(replace(claim, metadata=replace(meta, annotations=annotations)))

    def _create_volume(self, claim: PersistentVolumeClaim, class_: StorageClass) -> None:
        try:
            self._server.create_object(new_volume(claim, class_))
        except AlreadyExists:
            return

    def remove(self, volume: PersistentVolume) -> bool:
        """Delete a released volume that the provisioner made; tells whether it is one."""
        if volume.metadata.annotations.get(PROVISIONED_BY) != PROVISIONER:
            return False
        if volume.metadata.deletion_timestamp is None:
            self._server.delete_object(volume)
        return True


def new_volume(claim: PersistentVolumeClaim, class_: StorageClass) -> PersistentVolume:
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
        ),
    )
