"""Watches namespaces, and takes those that are being deleted apart.

References
----------
``pkg/controller/namespace/namespace_controller.go`` and
``deletion/namespaced_resources_deleter.go Delete, finalizeNamespace @ v1.36``
"""

from __future__ import annotations

from typing import ClassVar

from msgspec.structs import replace

from k8snb.api.types.config import Namespace
from k8snb.controllers.namespace.conditions import with_conditions
from k8snb.controllers.namespace.content import Content, delete_all_content
from k8snb.machinery.controller import Controller, Environment, key_of

FINALIZER = "kubernetes"
DELETION_GRACE_MS = 5_000  # time for every API server to see that the namespace is closed
RETRY_BASE_MS, RETRY_MAX_MS = 5, 60_000


class NamespaceController(Controller):
    """Deletes the content of a namespace that is being deleted, and in the end lets the namespace go."""

    name: ClassVar[str] = "namespace-controller"

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self._left: dict[str, int] = {}
        self._failures: dict[str, int] = {}
        self.informers.of(Namespace).add_handler(self._on_namespace)

    def _on_namespace(self, _old: Namespace | None, new: Namespace | None) -> None:
        if new is not None and new.metadata.deletion_timestamp is not None:
            self.queue.add_after(key_of(new), DELETION_GRACE_MS)

    def sync(self, key: str) -> None:
        """Delete what is in a namespace that is being deleted; when nothing is left, take its finalizer off."""
        namespace = self.server.find(Namespace, "", key)
        if namespace is None or namespace.metadata.deletion_timestamp is None:
            return
        if not namespace.spec.finalizers:
            return
        content = delete_all_content(self.server, namespace)
        status = with_conditions(replace(namespace.status, phase="Terminating"), content, self.server.time)
        namespace = self.server.patch_object(replace(namespace, status=status))
        if content.faults or content.remaining:
            self._try_again(key, content)
            return
        self._left.pop(key, None)
        self._failures.pop(key, None)
        finalizers = tuple(f for f in namespace.spec.finalizers if f != FINALIZER)
        self.server.patch_object(replace(namespace, spec=replace(namespace.spec, finalizers=finalizers)))

    def _try_again(self, key: str, content: Content) -> None:
        """Look again when what is left may be gone: after half the estimate, or, without one, later and later.

        Where nothing went since the last look, something from outside must happen first: the cluster counts as settled.
        """
        left = sum(content.remaining.values())
        waits_for_pods = content.pods_remain and not content.faults
        stuck, self._left[key] = self._left.get(key) == left and not waits_for_pods, left
        if content.faults:
            failures = self._failures.get(key, 0)
            self._failures[key] = failures + 1
            delay_ms = min(RETRY_BASE_MS * 2 ** min(failures, 30), RETRY_MAX_MS)
        else:
            self._failures.pop(key, None)
            delay_ms = (content.estimate_seconds // 2 + 1) * 1000
        self.queue.add_after(key, delay_ms, background=stuck)
