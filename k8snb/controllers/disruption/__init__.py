"""The disruption controller: how many pods each disruption budget can spare."""

from k8snb.controllers.disruption.controller import DisruptionController

__all__ = ["DisruptionController"]
