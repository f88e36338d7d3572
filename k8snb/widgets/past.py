"""kubectl in the past: whatever reads works, whatever writes is refused."""

from __future__ import annotations

from typing import Any, NoReturn

from k8snb.api.resources import Resource
from k8snb.api.schema import KubernetesObject
from k8snb.errors import K8snbError
from k8snb.machinery.log import Change
from k8snb.machinery.server import Reader
from k8snb.picture.axis import clock


class PastError(K8snbError):
    """Somebody tried to change the past."""


class PastClient:
    """A past view with the API server's doors, all of which are shut but for reading."""

    def __init__(self, view: Reader) -> None:
        self.warnings: list[str] = []  # nobody answers
        self._view = view

    @property
    def now_ms(self) -> int:
        """The moment of the view."""
        return self._view.now_ms

    def get(self, resource: Resource, namespace: str, name: str) -> KubernetesObject:
        """One object as it was."""
        return self._view.get(resource, namespace, name)

    def list(self, resource: Resource, namespace: str | None = None) -> list[KubernetesObject]:
        """All objects of a kind as they were."""
        return self._view.list(resource, namespace)

    def pods_on(self, node: str) -> NoReturn:
        """Only who empties a node asks for its pods so."""
        self._refuse(node)

    @property
    def position(self) -> int:
        """A watch of the past begins at its end."""
        return 0

    def changes(self, kind: str, start: int) -> tuple[Change, ...]:  # noqa: ARG002
        """Nothing changes in the past."""
        return ()

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        moment = clock(self.now_ms)
        raise PastError(f"error: this is the past ({moment}), which cannot be changed: branch here, or go back to now")

    create = replace = patch = delete = evict = _refuse
