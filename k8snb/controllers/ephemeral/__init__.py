"""The ephemeral volume controller: claims that live as long as the pod that asks for them."""

from k8snb.controllers.ephemeral.controller import EphemeralVolumeController

__all__ = ["EphemeralVolumeController"]
