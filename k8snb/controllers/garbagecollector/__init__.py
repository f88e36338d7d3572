"""The garbage collector: what nobody owns any more goes."""

from k8snb.controllers.garbagecollector.controller import GarbageCollector

__all__ = ["GarbageCollector"]
