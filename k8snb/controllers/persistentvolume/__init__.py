"""Volumes and claims: binding one to the other, making volumes for claims, and keeping both while they are in use."""

from k8snb.controllers.persistentvolume.controller import PersistentVolumeController
from k8snb.controllers.persistentvolume.protection import ClaimProtectionController, VolumeProtectionController

__all__ = ["ClaimProtectionController", "PersistentVolumeController", "VolumeProtectionController"]
