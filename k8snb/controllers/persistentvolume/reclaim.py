"""What becomes of a volume whose claim is gone: it is kept, deleted, or offered again.

References
----------
``pkg/controller/volume/persistentvolume/pv_controller.go reclaimVolume, deleteVolumeOperation,
recycleVolumeOperation @ v1.36``
"""

from __future__ import annotations

from k8snb.api.claims import FAILED, PROVISIONED_BY, RELEASED
from k8snb.api.types.persistent_volume import PersistentVolume
from k8snb.controllers.persistentvolume.binding import Binder
from k8snb.controllers.persistentvolume.provisioning import IN_TREE, Provisioning
from k8snb.machinery.events import Recorder
from k8snb.machinery.server import ApiServer

DELETE, RECYCLE, RETAIN = "Delete", "Recycle", "Retain"
HOST_PATH_DELETABLE = "/tmp/"  # the only place in which the plugin deletes anything


class Reclaimer:
    """Carries reclaim policies out."""

    def __init__(self, server: ApiServer, recorder: Recorder, binder: Binder, provisioning: Provisioning) -> None:
        self._server = server
        self._recorder = recorder
        self._binder = binder
        self._provisioning = provisioning

    def release(self, volume: PersistentVolume) -> None:
        """Mark a volume as released, unless it says already that something went wrong, and reclaim it."""
        if volume.status.phase not in (RELEASED, FAILED):
            volume = self._binder.set_volume_phase(volume, RELEASED)
        policy = volume.spec.persistent_volume_reclaim_policy
        if policy == DELETE:
            self._delete(volume)
        elif policy == RECYCLE:
            self._recycle(volume)

    def _delete(self, volume: PersistentVolume) -> None:
        provisioner = volume.metadata.annotations.get(PROVISIONED_BY, "")
        external = volume.spec.csi is not None or (provisioner and not provisioner.startswith(IN_TREE))
        if self._provisioning.remove(volume) or external:
            return
        problem = _deletion_problem(volume)
        if problem:
            self._fail(volume, "VolumeFailedDelete", problem)
        elif volume.metadata.deletion_timestamp is None:
            self._server.delete_object(volume)

    def _recycle(self, volume: PersistentVolume) -> None:
        if volume.spec.host_path is None and volume.spec.nfs is None:
            self._fail(volume, "VolumeFailedRecycle", "No recycler plugin found for the volume!")
            return
        self._recorder.event(volume, "Normal", "VolumeRecycled", "Volume recycled")
        self._binder.unbind(volume)

    def _fail(self, volume: PersistentVolume, reason: str, message: str) -> None:
        """Report a failure in phase and event, once."""
        if volume.status.phase != FAILED:
            failed = self._binder.set_volume_phase(volume, FAILED, message)
            self._recorder.event(failed, "Warning", reason, message)


def _deletion_problem(volume: PersistentVolume) -> str:
    """Why the controller cannot delete what is behind a volume; empty when it can."""
    host_path = volume.spec.host_path
    if host_path is None:
        name = volume.metadata.name
        return f'error getting deleter volume plugin for volume "{name}": no deletable volume plugin matched'
    if not host_path.path.startswith(HOST_PATH_DELETABLE):
        return f"host_path deleter only supports {HOST_PATH_DELETABLE}.+ but received provided {host_path.path}"
    return ""
