"""The other objects that decisions depend on, by kind and key, as the scheduler has heard of them.

References
----------
``staging/src/k8s.io/client-go/listers @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast, TypeVar

from k8snb.api.schema import KubernetesObject
from k8snb.api.types.apps import ReplicaSet, ReplicationController, StatefulSet
from k8snb.api.types.claims import PersistentVolumeClaim, StorageClass
from k8snb.api.types.config import Namespace
from k8snb.api.types.persistent_volume import PersistentVolume
from k8snb.api.types.policy import PodDisruptionBudget
from k8snb.api.types.service import Service
from k8snb.scheduler.assume_cache import AssumeCache

T = TypeVar("T", bound=KubernetesObject)

LISTED: tuple[type[KubernetesObject], ...] = (
    Service,
    ReplicationController,
    ReplicaSet,
    StatefulSet,
    Namespace,
    PersistentVolumeClaim,
    PersistentVolume,
    StorageClass,
    PodDisruptionBudget,
)


class Listers:
    """Objects by kind, and within a kind by key: ``namespace/name``, or ``name`` for those without a namespace.

    ``generation`` changes whenever something that decisions depend on may have changed: selectors that spreading goes
    by, the labels of namespaces, claims, volumes and classes. ``claims`` and ``volumes`` are as bindings that are under
    way will leave them.
    """

    def __init__(self) -> None:
        self.generation = 0
        self._tables: dict[str, dict[str, KubernetesObject]] = {cls.__name__: {} for cls in LISTED}
        self.claims = AssumeCache(self.of(PersistentVolumeClaim), key_of)
        self.volumes = AssumeCache(self.of(PersistentVolume), key_of)

    def of(self, cls: type[T]) -> Mapping[str, T]:
        """The objects of a kind."""
        return cast(Mapping[str, T], self._tables[cls.__name__])

    def set(self, obj: KubernetesObject) -> None:
        """Add an object, or take over its new version."""
        table, key = self._tables[obj.kind], key_of(obj)
        old, table[key] = table.get(key), obj
        if old is None or _watched(old) is not _watched(obj):
            self.generation += 1

    def remove(self, obj: KubernetesObject) -> None:
        """Forget an object."""
        if self._tables[obj.kind].pop(key_of(obj), None) is not None:
            self.generation += 1


def key_of(obj: KubernetesObject) -> str:
    """The key of an object in its table."""
    meta = obj.metadata
    return f"{meta.namespace}/{meta.name}" if meta.namespace else meta.name


def _watched(obj: KubernetesObject) -> object:
    """The part of an object that decisions depend on; of budgets none, for they matter to victims only."""
    if isinstance(obj, Service | ReplicationController | ReplicaSet | StatefulSet):
        return obj.spec.selector
    if isinstance(obj, Namespace):
        return obj.metadata.labels
    return None if isinstance(obj, PodDisruptionBudget) else obj
