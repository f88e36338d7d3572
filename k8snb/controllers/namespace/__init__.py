"""The namespace controller: empties namespaces that are being deleted."""

from k8snb.controllers.namespace.controller import NamespaceController

__all__ = ["NamespaceController"]
