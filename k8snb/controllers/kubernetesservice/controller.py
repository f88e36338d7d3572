"""Sees to it that the service ``kubernetes`` is there: whoever deletes it, the API server makes it anew.

Upstream looks every ten seconds, for ever. Here the first look after a deletion is the only one that is taken.

References
----------
``pkg/controlplane/controller/kubernetesservice/controller.go Run, CreateOrUpdateMasterServiceIfNeeded @ v1.36``
"""

from __future__ import annotations

from typing import Any, ClassVar

from k8snb.api.resources import BY_CLASS
from k8snb.api.types.service import Service
from k8snb.errors import AlreadyExists
from k8snb.machinery.controller import Controller, Environment, key_of

_NAMESPACE, _NAME = "default", "kubernetes"
INTERVAL_MS = 10_000


def manifest() -> dict[str, Any]:
    """The service as the API server makes it."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": _NAME, "labels": {"component": "apiserver", "provider": "kubernetes"}},
        "spec": {"clusterIP": "10.96.0.1", "ports": [{"name": "https", "port": 443, "targetPort": 6443}]},
    }


class KubernetesServiceController(Controller):
    """Creates the service ``kubernetes`` where it is missing."""

    name: ClassVar[str] = "kubernetes-service-controller"

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.services = self.informers.of(Service)
        self.services.add_handler(self._on_service)

    def _on_service(self, old: Service | None, new: Service | None) -> None:
        if new is None and old is not None and (key := key_of(old)) == f"{_NAMESPACE}/{_NAME}":
            self.queue.add_after(key, INTERVAL_MS - self.now_ms % INTERVAL_MS)

    def sync(self, key: str) -> None:
        """Create the service, unless somebody else did."""
        if self.services.get(key) is not None:
            return
        try:
            self.server.create(BY_CLASS[Service], _NAMESPACE, manifest())
        except AlreadyExists:
            return
