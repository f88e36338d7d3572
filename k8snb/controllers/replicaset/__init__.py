"""The ReplicaSet controller: as many pods as a template asks for."""

from k8snb.controllers.replicaset.controller import ReplicaSetController

__all__ = ["ReplicaSetController"]
