"""What every cluster has before anybody does anything: namespaces, the API server's own service, a storage class."""

from __future__ import annotations

from typing import Any

from k8snb.api.claims import IS_DEFAULT_CLASS
from k8snb.api.resources import BY_KIND
from k8snb.api.validation.config import SYSTEM_PRIORITIES
from k8snb.controllers.kubernetesservice import manifest as kubernetes_service
from k8snb.machinery.server import ApiServer

NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")
_DESCRIPTIONS = {
    "system-cluster-critical": (
        "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary."
    ),
    "system-node-critical": "Used for system critical pods that must not be moved from their current node.",
}

_OBJECTS: tuple[dict[str, Any], ...] = (
    *({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in NAMESPACES),
    {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": "standard", "annotations": {IS_DEFAULT_CLASS: "true"}},
        "provisioner": "k8snb.dev/sim",
        "volumeBindingMode": "Immediate",
    },
    kubernetes_service(),
    *(
        {
            "apiVersion": "scheduling.k8s.io/v1",
            "kind": "PriorityClass",
            "metadata": {"name": name},
            "value": value,
            "description": _DESCRIPTIONS[name],
        }
        for name, value in SYSTEM_PRIORITIES.items()
    ),
)


def create_base_objects(server: ApiServer) -> None:
    """Create the objects of an empty cluster."""
    for body in _OBJECTS:
        resource = BY_KIND[body["kind"]]
        server.create(resource, "default" if resource.namespaced else "", body)
