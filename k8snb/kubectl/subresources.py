"""Which subresources the kinds have.

References
----------
``pkg/registry/{apps,batch,core,policy}/rest/storage_*.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable

from k8snb.api.resources import Resource
from k8snb.api.scales import scale_of
from k8snb.api.schema import KubernetesObject
from k8snb.errors import NotFound

_WITH_SCALE = ("deployments", "replicasets", "replicationcontrollers", "statefulsets")
_WITHOUT_STATUS = (
    "configmaps",
    "controllerrevisions",
    "endpointslices",
    "events",
    "leases",
    "limitranges",
    "priorityclasses",
    "secrets",
    "serviceaccounts",
    "storageclasses",
)


def has_scale(resource: Resource) -> bool:
    """Whether a resource can be scaled."""
    return resource.plural in _WITH_SCALE


def no_such_subresource() -> NotFound:
    """The answer to a request for a subresource that is not there."""
    return NotFound("the server could not find the requested resource")


def check_readable(subresource: str, resources: Iterable[Resource]) -> None:
    """Refuse to get a subresource that a kind does not have; raises `NotFound`."""
    if not subresource:
        return
    for resource in resources:
        if subresource == "status" and resource.plural not in _WITHOUT_STATUS:
            continue
        if subresource == "scale" and has_scale(resource):
            continue
        raise no_such_subresource()


def readable(subresource: str, obj: KubernetesObject) -> KubernetesObject:
    """What is read of an object: its scale, or the whole object, which also a status is read as."""
    return scale_of(obj) if subresource == "scale" else obj
