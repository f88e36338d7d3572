"""Keeps pods waiting for their claims, and has the claims that waited for their first consumer bound where it goes."""

from k8snb.scheduler.plugins.volume_binding.binder import assume, binding_problem, revert, Waiting
from k8snb.scheduler.plugins.volume_binding.plugin import VolumeBinding
from k8snb.scheduler.plugins.volume_binding.pod_volumes import Binding, PodVolumes

__all__ = ["Binding", "PodVolumes", "VolumeBinding", "Waiting", "assume", "binding_problem", "revert"]
