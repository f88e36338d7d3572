"""What has become of the owners that an object names.

References
----------
``pkg/controller/garbagecollector/garbagecollector.go isDangling, classifyReferences @ v1.36``
"""

from __future__ import annotations

from typing import NamedTuple

from k8snb.api.resources import BY_KIND
from k8snb.api.schema import KubernetesObject
from k8snb.api.types.meta import OwnerReference
from k8snb.machinery.deletion import FOREGROUND
from k8snb.machinery.server import key_for
from k8snb.machinery.store import Store


class Owners(NamedTuple):
    """An object's owner references: to owners that are there, that are not, and that wait for their dependents."""

    solid: list[OwnerReference]
    dangling: list[OwnerReference]
    waiting: list[OwnerReference]


def classify_references(store: Store, obj: KubernetesObject) -> Owners | None:
    """Sort an object's owner references; None when one of them cannot be judged."""
    owners = Owners([], [], [])
    for reference in obj.metadata.owner_references:
        resource = BY_KIND.get(reference.kind)
        if resource is None or resource.api_version != reference.api_version:
            return None
        if resource.namespaced and not obj.metadata.namespace:
            return None
        owner = store.tables[resource.kind].get(key_for(resource, obj.metadata.namespace, reference.name))
        if owner is None or owner.metadata.uid != reference.uid:
            owners.dangling.append(reference)
        elif waits_for_dependents(owner):
            owners.waiting.append(reference)
        else:
            owners.solid.append(reference)
    return owners


def waits_for_dependents(obj: KubernetesObject) -> bool:
    """The object is being deleted, and goes only after its dependents."""
    return obj.metadata.deletion_timestamp is not None and FOREGROUND in obj.metadata.finalizers
