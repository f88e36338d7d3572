"""The controllers of ReplicaSets and ReplicationControllers: as many pods as a template asks for."""

from k8snb.controllers.replicaset.controller import ReplicaSetController, ReplicationManager

__all__ = ["ReplicaSetController", "ReplicationManager"]
