"""What a delete request makes of an object: gone at once, marked and waited for, or held by finalizers.

References
----------
``staging/src/k8s.io/apiserver/pkg/registry/rest/delete.go BeforeDelete`` and
``registry/generic/registry/store.go deletionFinalizersForGarbageCollection, markAsDeleting @ v1.36``
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from k8snb.api.schema import KubernetesObject
from k8snb.api.types.config import Namespace
from k8snb.api.types.event import Event
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.pod import Pod

ORPHAN, FOREGROUND = "orphan", "foregroundDeletion"
DEFAULT_GRACE_SECONDS = 30

_POLICY_FINALIZER = {"Orphan": ORPHAN, "Foreground": FOREGROUND, "Background": None}


class DeleteOptions(NamedTuple):
    """The options of a delete request.

    ``grace_period_seconds`` None leaves it to the object; ``propagation_policy`` is ``Background``, ``Foreground``,
    ``Orphan`` or None.
    """

    grace_period_seconds: int | None = None
    propagation_policy: str | None = None
    uid: str | None = None
    resource_version: str | None = None


def marked_for_deletion(obj: KubernetesObject, options: DeleteOptions, now: int) -> KubernetesObject | None:
    """The object as a delete request leaves it.

    Parameters
    ----------
    now
        The present, in milliseconds since the Unix epoch.

    Returns
    -------
    KubernetesObject or None
        None when it is to be removed at once; the very same object when nothing changes.
    """
    if isinstance(obj, Namespace):
        return _marked_namespace(obj, now)
    meta = obj.metadata
    finalizers = _finalizers(obj, options)
    grace = _grace_period(obj, options)
    already = meta.deletion_timestamp is not None
    if already and meta.deletion_grace_period_seconds:
        if grace is None or grace >= meta.deletion_grace_period_seconds:
            return _with_meta(obj, finalizers=finalizers)
        return _shortened(obj, grace, finalizers, now)
    if not already and grace:
        return _with_meta(
            obj,
            deletion_timestamp=now + grace * 1000,
            deletion_grace_period_seconds=grace,
            generation=_next_generation(meta),
            finalizers=finalizers,
        )
    if not finalizers:
        return None
    if already:
        return _with_meta(obj, finalizers=finalizers)
    return _with_meta(
        obj,
        deletion_timestamp=now,
        deletion_grace_period_seconds=0,
        generation=_next_generation(meta),
        finalizers=finalizers,
    )


def _marked_namespace(namespace: Namespace, now: int) -> Namespace | None:
    """A namespace begins to terminate, and stays until the finalizers of its spec are gone too.

    References
    ----------
    ``pkg/registry/core/namespace/storage/storage.go Delete @ v1.36``
    """
    if namespace.metadata.deletion_timestamp is None:
        meta = replace(namespace.metadata, deletion_timestamp=now)
        return replace(namespace, metadata=meta, status=replace(namespace.status, phase="Terminating"))
    return None if is_released(namespace) else namespace


def is_released(obj: KubernetesObject) -> bool:
    """The object was deleted, and neither a grace period nor a finalizer holds it any more."""
    meta = obj.metadata
    if meta.deletion_timestamp is None or meta.finalizers or meta.deletion_grace_period_seconds:
        return False
    return not (isinstance(obj, Namespace) and obj.spec.finalizers)


def _shortened(obj: KubernetesObject, grace: int, finalizers: tuple[str, ...], now: int) -> KubernetesObject | None:
    """A second request asks for a shorter grace period than the one that runs."""
    if grace == 0:
        return _with_meta(obj, deletion_grace_period_seconds=0, finalizers=finalizers) if finalizers else None
    meta = obj.metadata
    assert meta.deletion_timestamp is not None and meta.deletion_grace_period_seconds is not None
    due = meta.deletion_timestamp + (grace - meta.deletion_grace_period_seconds) * 1000
    if due < now:
        due, grace = now, 1
    return _with_meta(obj, deletion_timestamp=due, deletion_grace_period_seconds=grace, finalizers=finalizers)


def _next_generation(meta: ObjectMeta) -> int:
    return meta.generation + 1 if meta.generation else 0


def _with_meta(obj: KubernetesObject, **changes: object) -> KubernetesObject:
    meta = replace(obj.metadata, **changes)
    return obj if meta == obj.metadata else replace(obj, metadata=meta)


def _grace_period(obj: KubernetesObject, options: DeleteOptions) -> int | None:
    """The seconds that a pod is given to stop; None for everything that is not deleted gracefully.

    References
    ----------
    ``pkg/registry/core/pod/strategy.go CheckGracefulDelete @ v1.36``
    """
    if not isinstance(obj, Pod):
        return None
    wanted = options.grace_period_seconds
    if obj.metadata.deletion_timestamp is not None:
        return None if wanted is None else max(wanted, 1) if wanted < 0 else wanted
    if wanted is None:
        own = obj.spec.termination_grace_period_seconds
        wanted = DEFAULT_GRACE_SECONDS if own is None else own
    if wanted < 0:
        wanted = 1
    if not obj.spec.node_name or obj.status.phase in ("Succeeded", "Failed"):
        return 0
    return wanted


def _finalizers(obj: KubernetesObject, options: DeleteOptions) -> tuple[str, ...]:
    """The object's finalizers with those that the propagation policy asks for."""
    present = obj.metadata.finalizers
    if isinstance(obj, Event) or options.propagation_policy is None:
        return present
    wanted = _POLICY_FINALIZER[options.propagation_policy]
    kept = tuple(f for f in present if f not in (ORPHAN, FOREGROUND))
    result = (*kept, wanted) if wanted else kept
    return present if sorted(result) == sorted(present) else result
