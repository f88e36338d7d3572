"""The TTL controller: finished jobs are deleted when their time is over."""

from k8snb.controllers.ttlafterfinished.controller import TTLAfterFinishedController

__all__ = ["TTLAfterFinishedController"]
