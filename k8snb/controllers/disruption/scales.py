"""How many pods the controller of a pod asks for.

References
----------
``pkg/controller/disruption/disruption.go getExpectedScale, finders @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeVar

from k8snb.api.pods import controller_of
from k8snb.api.resources import BY_KIND
from k8snb.api.types.apps import Deployment, ReplicaSet, ReplicationController, StatefulSet
from k8snb.api.types.meta import OwnerReference
from k8snb.api.types.pod import Pod
from k8snb.errors import K8snbError
from k8snb.machinery.informer import Informers

Scaled = ReplicaSet | StatefulSet | ReplicationController | Deployment
T = TypeVar("T", ReplicaSet, StatefulSet, ReplicationController, Deployment)


class ScaleError(K8snbError):
    """The number of pods that should be there cannot be told."""


class Scale(NamedTuple):
    """A controller, and how many pods it asks for."""

    uid: str
    replicas: int


class Total(NamedTuple):
    """What all controllers of some pods ask for, and the pods that have none."""

    replicas: int
    unmanaged: list[str]


class Scales:
    """Finds the controllers of pods in the caches."""

    def __init__(self, informers: Informers) -> None:
        self._informers = informers
        for cls in (ReplicaSet, StatefulSet, ReplicationController, Deployment):
            informers.of(cls)

    def total(self, pods: Iterable[Pod]) -> Total:
        """Add up the controllers of pods, each once.

        Raises
        ------
        ScaleError
            When a pod's controller is gone, or has no number of replicas.
        """
        scales: dict[str, int] = {}
        seen: dict[str, None] = {}
        unmanaged: list[str] = []
        for pod in pods:
            reference = controller_of(pod)
            if reference is None:
                unmanaged.append(pod.metadata.name)
            elif reference.uid not in seen:
                seen[reference.uid] = None
                scale = self._scale(reference, pod.metadata.namespace)
                if scale is None:
                    raise ScaleError(f'found no controllers for pod "{pod.metadata.name}"')
                scales[scale.uid] = scale.replicas
        return Total(sum(scales.values()), unmanaged)

    def _scale(self, reference: OwnerReference, namespace: str) -> Scale | None:
        group, _, _ = reference.api_version.rpartition("/")
        if (reference.kind, group) == ("ReplicaSet", "apps"):
            return self._of_replica_set(reference, namespace)
        if (reference.kind, group) == ("StatefulSet", "apps"):
            return _scale_of(self._find(StatefulSet, reference, namespace))
        if (reference.kind, group) == ("ReplicationController", ""):
            return _scale_of(self._find(ReplicationController, reference, namespace))
        if (reference.kind, group) == ("Deployment", "apps"):
            return _scale_of(self._find(Deployment, reference, namespace))
        resource = BY_KIND.get(reference.kind)
        if resource is None or resource.api_version != reference.api_version:
            raise ScaleError(f'no matches for kind "{reference.kind}" in version "{reference.api_version}"')
        raise ScaleError(f"{resource.qualified} does not implement the scale subresource")

    def _of_replica_set(self, reference: OwnerReference, namespace: str) -> Scale | None:
        """A deployment's ReplicaSets count as the deployment, for they come and go in a rollout."""
        rs = self._find(ReplicaSet, reference, namespace)
        owner = controller_of(rs) if rs is not None else None
        if owner is not None and owner.kind == "Deployment":
            deployment = self._find(Deployment, owner, namespace)
            if deployment is not None:
                return _scale_of(deployment)
        return _scale_of(rs)

    def _find(self, cls: type[T], reference: OwnerReference, namespace: str) -> T | None:
        found = self._informers.of(cls).get(f"{namespace}/{reference.name}")
        return found if found is not None and found.metadata.uid == reference.uid else None


def _scale_of(obj: Scaled | None) -> Scale | None:
    return None if obj is None else Scale(obj.metadata.uid, obj.spec.replicas or 0)
