"""The garbage collector: what becomes of objects whose owners are deleted."""

from k8snb.controllers.garbagecollector.controller import GarbageCollector

__all__ = ["GarbageCollector"]
