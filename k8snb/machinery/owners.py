"""Whose an object is: what a controller has to look at when an object of another kind changes.

References
----------
``pkg/controller/{replicaset/replica_set.go, daemon/daemon_controller.go, deployment/deployment_controller.go,
job/job_controller.go, statefulset/stateful_set.go} resolveControllerRef, updatePod, updateReplicaSet @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from k8snb.api.pods import controller_of
from k8snb.api.schema import KubernetesObject
from k8snb.api.selectors import matches
from k8snb.api.types.meta import LabelSelector, OwnerReference
from k8snb.machinery.informer import Informer

T = TypeVar("T", bound=KubernetesObject)


def changes_hands(old: KubernetesObject | None, new: KubernetesObject) -> bool:
    """Whether another controller than before, or none, controls an object."""
    return (
        old is not None
        and old.metadata.owner_references is not new.metadata.owner_references
        and controller_of(old) != controller_of(new)
    )


def owner_in(informer: Informer[T], obj: KubernetesObject) -> T | None:
    """The object that controls another, if it is of the informer's kind and still there."""
    reference = controller_of(obj)
    return None if reference is None else _named(informer, reference, obj.metadata.namespace)


def _named(informer: Informer[T], reference: OwnerReference, namespace: str) -> T | None:
    if reference.kind != informer.kind:
        return None
    owner = informer.get(f"{namespace}/{reference.name}")
    return owner if owner is not None and owner.metadata.uid == reference.uid else None


def _selector_of(owner: Any) -> LabelSelector | None:
    selector: LabelSelector | None = owner.spec.selector
    return selector


class Owners(Generic[T]):
    """The objects of one kind, as the owners of others.

    Parameters
    ----------
    informer
        Where the owners are found.
    enqueue
        Called with an owner that has to be looked at.
    selector
        Which orphans an owner would adopt.
    """

    def __init__(
        self,
        informer: Informer[T],
        enqueue: Callable[[T], None],
        selector: Callable[[T], LabelSelector | None] = _selector_of,
    ) -> None:
        self._informer = informer
        self._enqueue = enqueue
        self._selector = selector

    def of(self, obj: KubernetesObject) -> T | None:
        """The owner that controls an object."""
        return owner_in(self._informer, obj)

    def enqueue_of(self, obj: KubernetesObject) -> None:
        """Have the owner of an object looked at."""
        owner = self.of(obj)
        if owner is not None:
            self._enqueue(owner)

    def enqueue_possible(self, orphan: KubernetesObject) -> None:
        """Have all owners looked at that would adopt an orphan."""
        for owner in self._informer.cache.values():
            same_namespace = owner.metadata.namespace == orphan.metadata.namespace
            if same_namespace and matches(self._selector(owner), orphan.metadata.labels):
                self._enqueue(owner)

    def enqueue_others(self, old: KubernetesObject | None, new: KubernetesObject) -> T | None:
        """Have those looked at that an object was taken from, or that may adopt it; its owner is up to the caller.

        An orphan that nobody adopted is offered again only when its labels change.

        Returns
        -------
        KubernetesObject or None
            The owner that controls the object now.
        """
        reference = controller_of(new)
        changed = changes_hands(old, new)
        if changed:
            assert old is not None
            self.enqueue_of(old)
        if reference is not None:
            return _named(self._informer, reference, new.metadata.namespace)
        if old is None or changed or old.metadata.labels != new.metadata.labels:
            self.enqueue_possible(new)
        return None
