"""How a selected object is named: ``pod/default/web-x``, ``node/node-1``."""

from __future__ import annotations

from typing import NamedTuple

from k8snb.api.resources import find

DEFAULT = "default"


class Reference(NamedTuple):
    """An object by kind (``pod``), namespace (empty for what belongs to none) and name."""

    kind: str
    namespace: str
    name: str

    @classmethod
    def read(cls, selection: str) -> Reference | None:
        """Read a selection; None when it names nothing.

        Examples
        --------
        >>> Reference.read("pod/default/web-x").name, Reference.read("node/node-1").namespace
        ('web-x', '')
        """
        kind, _, rest = selection.partition("/")
        namespace, slash, name = rest.partition("/")
        if find(kind) is None or not rest:
            return None
        return cls(kind, namespace, name) if slash else cls(kind, "", rest)

    @classmethod
    def within(cls, reference: str, namespace: str) -> Reference | None:
        """Read ``pod/web-x`` of a namespace."""
        kind, _, name = reference.partition("/")
        resource = find(kind)
        if resource is None or not name:
            return None
        return cls(kind, (namespace or DEFAULT) if resource.namespaced else "", name)

    @property
    def selection(self) -> str:
        """The form in which objects are selected."""
        return "/".join(part for part in self if part)

    @property
    def kind_name(self) -> str:
        """The kind, ``Pod``."""
        resource = find(self.kind)
        return resource.kind if resource is not None else self.kind

    @property
    def flags(self) -> str:
        """What a kubectl line needs to find the object."""
        return f" -n {self.namespace}" if self.namespace not in ("", DEFAULT) else ""

    @property
    def for_why(self) -> str:
        """The form in which `Cluster.why` takes it."""
        prefix = f"{self.namespace}:" if self.namespace not in ("", DEFAULT) else ""
        return f"{prefix}{self.kind}/{self.name}"

    def __str__(self) -> str:
        where = f" in {self.namespace}" if self.namespace not in ("", DEFAULT) else ""
        return f"{self.kind}/{self.name}{where}"
