"""The pod garbage collector: pods that no kubelet will ever end."""

from k8snb.controllers.podgc.controller import PodGarbageCollector

__all__ = ["PodGarbageCollector"]
