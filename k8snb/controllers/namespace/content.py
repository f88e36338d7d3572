"""Deleting everything in a namespace, pods first, and saying what is left.

References
----------
``pkg/controller/namespace/deletion/namespaced_resources_deleter.go deleteAllContent @ v1.36``
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from k8snb.api.pods import is_terminal
from k8snb.api.resources import find, Resource, RESOURCES
from k8snb.api.schema import KubernetesObject
from k8snb.api.types.config import Namespace
from k8snb.api.types.pod import Pod
from k8snb.errors import ApiError, NotFound
from k8snb.machinery.deletion import DeleteOptions
from k8snb.machinery.server import ApiServer

FINALIZER_ESTIMATE_SECONDS = 15


class Content:
    """What was found when a namespace's objects were deleted.

    ``estimate_seconds`` is how long what remains may take to go.
    """

    def __init__(self) -> None:
        self.remaining: dict[Resource, int] = {}
        self.finalizers: Counter[str] = Counter()
        self.faults: list[str] = []
        self.estimate_seconds = 0
        self.pods_remain = False


def delete_all_content(server: ApiServer, namespace: Namespace) -> Content:
    """Delete what is in a namespace; nothing but pods, as long as there are any."""
    content = Content()
    pods = find("pods")
    assert pods is not None
    _delete_all(server, namespace, pods, content)
    content.pods_remain = bool(content.remaining)
    if not content.pods_remain:
        for resource in RESOURCES:
            if resource.namespaced and resource is not pods:
                _delete_all(server, namespace, resource, content)
    return content


def _delete_all(server: ApiServer, namespace: Namespace, resource: Resource, content: Content) -> None:
    name = namespace.metadata.name
    objects = server.list(resource, name)
    estimate = _graceful_seconds(server, namespace, objects)
    for obj in objects:
        try:
            server.delete_object(obj, DeleteOptions(propagation_policy="Background"))
        except NotFound:
            continue
        except ApiError as error:
            content.faults.append(error.message)
    left = server.list(resource, name)
    if not left:
        return
    finalizers = Counter(f for obj in left for f in obj.metadata.finalizers)
    if not estimate and finalizers:
        estimate = FINALIZER_ESTIMATE_SECONDS
    elif not estimate:
        group_version = f"{resource.group}/{resource.version}, Resource={resource.plural}"
        content.faults.append(f"unexpected items still remain in namespace: {name} for gvr: {group_version}")
    content.remaining[resource] = len(left)
    content.finalizers.update(finalizers)
    content.estimate_seconds = max(content.estimate_seconds, estimate)


def _graceful_seconds(server: ApiServer, namespace: Namespace, objects: Iterable[KubernetesObject]) -> int:
    """How long the pods may take, unless that time has passed since the namespace was deleted."""
    pods = (o for o in objects if isinstance(o, Pod) and not is_terminal(o))
    estimate = max((p.spec.termination_grace_period_seconds or 0 for p in pods), default=0)
    deleted = namespace.metadata.deletion_timestamp
    assert deleted is not None
    return 0 if server.time - deleted >= estimate * 1000 else estimate
