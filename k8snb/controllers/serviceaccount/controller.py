"""Sees to it that every active namespace has its default service account.

References
----------
``pkg/controller/serviceaccount/serviceaccounts_controller.go @ v1.36``
"""

from __future__ import annotations

from typing import ClassVar

from k8snb.api.types.config import Namespace, ServiceAccount
from k8snb.api.types.meta import ObjectMeta
from k8snb.errors import AlreadyExists, Forbidden
from k8snb.machinery.controller import Controller, Environment

DEFAULT = "default"


class ServiceAccountsController(Controller):
    """Creates the account ``default`` where it is missing."""

    name: ClassVar[str] = "service-account-controller"

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.namespaces = self.informers.of(Namespace)
        self.accounts = self.informers.of(ServiceAccount)
        self.namespaces.add_handler(self._on_namespace)
        self.accounts.add_handler(self._on_account)

    def _on_namespace(self, _old: Namespace | None, new: Namespace | None) -> None:
        if new is not None:
            self.enqueue(new)

    def _on_account(self, old: ServiceAccount | None, new: ServiceAccount | None) -> None:
        if new is None and old is not None and old.metadata.name == DEFAULT:
            self.queue.add(old.metadata.namespace)

    def sync(self, key: str) -> None:
        """Create a namespace's account; one that is being deleted gets none."""
        namespace = self.namespaces.get(key)
        if namespace is None or namespace.status.phase != "Active" or self.accounts.get(f"{key}/{DEFAULT}"):
            return
        try:
            self.server.create_object(ServiceAccount(metadata=ObjectMeta(name=DEFAULT, namespace=key)))
        except AlreadyExists:
            return
        except Forbidden as error:
            if not error.details.get("namespaceTerminating"):
                raise
