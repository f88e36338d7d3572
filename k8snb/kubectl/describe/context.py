"""What a description needs besides the object: the rest of the cluster, and the present."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from k8snb.api.resources import BY_CLASS
from k8snb.api.schema import KubernetesObject
from k8snb.errors import NotFound
from k8snb.machinery.server import Reader

T = TypeVar("T", bound=KubernetesObject)


@dataclass(frozen=True, slots=True)
class Context:
    """Where to look.

    ``now_ms`` is the present in milliseconds since the Unix epoch.
    """

    reader: Reader
    now_ms: int
    show_events: bool = True

    def list(self, cls: type[T], namespace: str | None) -> list[T]:
        """All objects of a kind, of one namespace or of all."""
        return [obj for obj in self.reader.list(BY_CLASS[cls], namespace) if isinstance(obj, cls)]

    def get(self, cls: type[T], namespace: str, name: str) -> T | None:
        """An object by its name, where there is one."""
        try:
            found = self.reader.get(BY_CLASS[cls], namespace, name)
        except NotFound:
            return None
        return found if isinstance(found, cls) else None
