"""Who manages what: adopting objects that match a selector, and releasing those that no longer do.

References
----------
``pkg/controller/controller_ref_manager.go BaseControllerRefManager.ClaimObject @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from msgspec.structs import replace

from k8snb.api.pods import controller_of, controller_reference
from k8snb.api.schema import KubernetesObject
from k8snb.api.selectors import matches
from k8snb.api.types.meta import LabelSelector
from k8snb.errors import NotFound, Unclassified
from k8snb.machinery.server import ApiServer

T = TypeVar("T", bound=KubernetesObject)


def claim(
    server: ApiServer,
    owner: KubernetesObject,
    selector: LabelSelector | None,
    candidates: Iterable[T],
    finalizer: str = "",
) -> list[T]:
    """The candidates that `owner` controls, after adopting matching orphans and releasing strangers.

    Parameters
    ----------
    candidates
        Objects of the owner's namespace: its own and those without a controller.
    finalizer
        What the adopted get and the released lose beside the owner.
    """
    return [obj for obj in candidates if _claims(server, owner, selector, obj, finalizer)]


def _claims(
    server: ApiServer, owner: KubernetesObject, selector: LabelSelector | None, obj: KubernetesObject, finalizer: str
) -> bool:
    reference = controller_of(obj)
    if reference is not None:
        if reference.uid != owner.metadata.uid:
            return False
        if matches(selector, obj.metadata.labels):
            return True
        if owner.metadata.deletion_timestamp is None:
            _release(server, owner, obj, finalizer)
        return False
    if owner.metadata.deletion_timestamp is not None or not matches(selector, obj.metadata.labels):
        return False
    if obj.metadata.deletion_timestamp is not None:
        return False
    return _adopt(server, owner, obj, finalizer)


def _adopt(server: ApiServer, owner: KubernetesObject, obj: KubernetesObject, finalizer: str) -> bool:
    """Become the controller of an orphan."""
    _check_stays(server, owner, obj)
    meta = obj.metadata
    finalizers = (*meta.finalizers, finalizer) if finalizer and finalizer not in meta.finalizers else meta.finalizers
    references = (*meta.owner_references, controller_reference(owner))
    try:
        server.update_object(replace(obj, metadata=replace(meta, owner_references=references, finalizers=finalizers)))
    except NotFound:
        return False
    return True


def _check_stays(server: ApiServer, owner: KubernetesObject, obj: KubernetesObject) -> None:
    """An owner that goes by now, or is gone, adopts nothing; what else it was about to do has to wait too."""
    meta = owner.metadata
    fresh = server.find(type(owner), meta.namespace, meta.name)
    if fresh is None or fresh.metadata.uid != meta.uid or fresh.metadata.deletion_timestamp is not None:
        whose = f"{meta.namespace}/{meta.name}"
        what = f"{obj.kind} {obj.metadata.namespace}/{obj.metadata.name} ({obj.metadata.uid})"
        raise Unclassified(f"can't adopt {what}: {owner.kind} {whose} has just been deleted")


def _release(server: ApiServer, owner: KubernetesObject, obj: KubernetesObject, finalizer: str) -> None:
    """Stop being the controller of an object."""
    meta = obj.metadata
    finalizers = tuple(f for f in meta.finalizers if f != finalizer) if finalizer else meta.finalizers
    references = tuple(r for r in meta.owner_references if r.uid != owner.metadata.uid)
    try:
        server.update_object(replace(obj, metadata=replace(meta, owner_references=references, finalizers=finalizers)))
    except NotFound:
        return
