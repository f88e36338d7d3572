"""Sees to it that every active namespace has the ConfigMap with the cluster's certificates, which are empty here.

References
----------
``pkg/controller/certificates/rootcacertpublisher/publisher.go @ v1.36``
"""

from __future__ import annotations

from typing import ClassVar

from msgspec.structs import replace

from k8snb.api.types.config import ConfigMap, Namespace
from k8snb.api.types.meta import ObjectMeta
from k8snb.errors import Forbidden, NotFound
from k8snb.machinery.controller import Controller, Environment

NAME = "kube-root-ca.crt"
DATA = {"ca.crt": ""}
ABOUT = "kubernetes.io/description"
DESCRIPTION = (
    "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the "
    "internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes "
    "clusters."
)


class RootCACertPublisher(Controller):
    """Creates the ConfigMap where it is missing, and puts it right where somebody changed it."""

    name: ClassVar[str] = "root-ca-cert-publisher"

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.namespaces = self.informers.of(Namespace)
        self.config_maps = self.informers.of(ConfigMap)
        self.namespaces.add_handler(self._on_namespace)
        self.config_maps.add_handler(self._on_config_map)

    def _on_namespace(self, _old: Namespace | None, new: Namespace | None) -> None:
        if new is not None and new.status.phase == "Active":
            self.enqueue(new)

    def _on_config_map(self, old: ConfigMap | None, new: ConfigMap | None) -> None:
        changed = old or new
        if changed is not None and changed.metadata.name == NAME:
            self.queue.add(changed.metadata.namespace)

    def sync(self, key: str) -> None:
        """Create or correct a namespace's ConfigMap."""
        present = self.config_maps.get(f"{key}/{NAME}")
        if present is None:
            self._create(key)
        elif present.data != DATA or not present.metadata.annotations.get(ABOUT):
            annotations = {**present.metadata.annotations, ABOUT: DESCRIPTION}
            meta = replace(present.metadata, annotations=annotations)
            self.server.update_object(replace(present, metadata=meta, data=DATA))

    def _create(self, namespace: str) -> None:
        meta = ObjectMeta(name=NAME, namespace=namespace, annotations={ABOUT: DESCRIPTION})
        try:
            self.server.create_object(ConfigMap(metadata=meta, data=DATA))
        except NotFound:
            return
        except Forbidden as error:
            if not error.details.get("namespaceTerminating"):
                raise
