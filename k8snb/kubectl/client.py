"""What kubectl asks of an API server, and how it passes on what the server warns of.

References
----------
``staging/src/k8s.io/client-go/rest/warnings.go``, ``staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go
GetValidationDirective @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from k8snb.api.resources import Resource, SERVED
from k8snb.api.schema import KubernetesObject
from k8snb.api.types.pod import Pod
from k8snb.errors import MethodNotAllowed
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.flags import Flags
from k8snb.kubectl.go_values import parse_bool
from k8snb.machinery.log import Change
from k8snb.machinery.server import Reader

_DIRECTIVES = {"strict": "Strict", "warn": "Warn", "ignore": "Ignore"}
_DEPRECATED = {
    "endpoints": "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
    "componentstatuses": "v1 ComponentStatus is deprecated in v1.19+",
}
_NEVER_EMPTY = (  # in a real cluster, so that an empty list would be wrong
    *("apiservices", "clusterrolebindings", "clusterroles", "componentstatuses", "csinodes", "flowschemas"),
    *("ipaddresses", "prioritylevelconfigurations", "servicecidrs"),
)


class Client(Reader, Protocol):
    """What kubectl asks of an API server.

    ``warnings`` is what the server has to say beside its answer to the latest request.
    """

    warnings: list[str]

    @property
    def position(self) -> int:
        """Where a watch begins that tells of everything from now on."""

    def changes(self, kind: str, start: int) -> Sequence[Change]:
        """The changes of a kind from a position on."""

    def pods_on(self, node: str) -> Sequence[Pod]:
        """The pods on a node, by key."""

    def create(
        self,
        resource: Resource,
        namespace: str,
        body: Mapping[str, Any],
        *,
        dry_run: bool = False,
        field_validation: str = "Strict",
    ) -> KubernetesObject:
        """POST."""

    def replace(
        self,
        resource: Resource,
        namespace: str,
        name: str,
        body: Mapping[str, Any],
        *,
        dry_run: bool = False,
        field_validation: str = "Strict",
    ) -> KubernetesObject:
        """PUT."""

    def patch(
        self,
        resource: Resource,
        namespace: str,
        name: str,
        patch_type: str,
        patch: Any,
        *,
        subresource: str = "",
        dry_run: bool = False,
        field_validation: str = "Strict",
    ) -> KubernetesObject:
        """PATCH."""

    def delete(
        self,
        resource: Resource,
        namespace: str,
        name: str,
        *,
        grace_period_seconds: int | None = None,
        propagation_policy: str | None = None,
        dry_run: bool = False,
    ) -> KubernetesObject:
        """DELETE."""

    def evict(
        self, namespace: str, name: str, *, grace_period_seconds: int | None = None, dry_run: bool = False
    ) -> None:
        """POST to a pod's ``eviction``."""


class WarnedClient:
    """An API server whose warnings are printed, each once, also where it refuses the request.

    What is sent to it is written as Go writes maps, by key, so that the first fault in it is the same.
    """

    def __init__(self, server: Client, warn: Callable[[str], None], field_validation: str) -> None:
        self.warnings: list[str] = []
        self._server = server
        self._warn = warn
        self._field_validation = field_validation

    @property
    def now_ms(self) -> int:
        """Simulated milliseconds since the cluster's start."""
        return self._server.now_ms

    @property
    def position(self) -> int:
        """Where a watch begins that tells of everything from now on."""
        return self._server.position

    def changes(self, kind: str, start: int) -> Sequence[Change]:
        """The changes of a kind from a position on."""
        return self._server.changes(kind, start)

    def get(self, resource: Resource, namespace: str, name: str) -> KubernetesObject:
        """One object; raises NotFound."""
        self._check_readable(resource, "get")
        return self._server.get(resource, namespace, name)

    def list(self, resource: Resource, namespace: str | None = None) -> list[KubernetesObject]:
        """All objects of a kind, of one namespace or of all (None), by key."""
        self._check_readable(resource, "list")
        return self._server.list(resource, namespace)

    def pods_on(self, node: str) -> Sequence[Pod]:
        """The pods on a node, by key."""
        return self._server.pods_on(node)

    def _check_readable(self, resource: Resource, verb: str) -> None:
        """Warn of what is deprecated; refuse what cannot be read, or is not built and yet never empty."""
        if verb not in resource.verbs:
            raise MethodNotAllowed("the server does not allow this method on the requested resource")
        if resource.plural in _NEVER_EMPTY:
            raise KubectlError(f"{resource.qualified} are not built in this simulator")
        if warning := _DEPRECATED.get(resource.plural):
            self._pass_on([warning])

    def _check_writable(self, resource: Resource, namespace: str, name: str) -> None:
        """Nothing can be changed of the kinds that the store does not keep."""
        if resource in SERVED:
            self.get(resource, namespace, name)
            raise KubectlError(f"changing {resource.qualified} is not built in this simulator")

    def create(self, *args: Any, **options: Any) -> KubernetesObject:
        """POST."""
        return self._answered(self._server.create, *args, **options)

    def replace(self, *args: Any, **options: Any) -> KubernetesObject:
        """PUT."""
        self._check_writable(*args[:3])
        return self._answered(self._server.replace, *args, **options)

    def patch(self, *args: Any, **options: Any) -> KubernetesObject:
        """PATCH."""
        self._check_writable(*args[:3])
        return self._answered(self._server.patch, *args, **options)

    def delete(self, *args: Any, **options: Any) -> KubernetesObject:
        """DELETE."""
        self._check_writable(*args[:3])
        return self._server.delete(*args, **options)

    def evict(self, *args: Any, **options: Any) -> None:
        """POST to a pod's ``eviction``."""
        self._server.evict(*args, **options)

    def _answered(self, request: Callable[..., KubernetesObject], *args: Any, **options: Any) -> KubernetesObject:
        try:
            return request(*map(by_key, args), **{"field_validation": self._field_validation, **options})
        finally:
            self._pass_on(self._server.warnings)

    def _pass_on(self, warnings: Sequence[str]) -> None:
        for text in warnings:
            if text not in self.warnings:
                self.warnings.append(text)
                self._warn(text)


def by_key(value: Any) -> Any:
    """A JSON value as kubectl writes it: the fields of objects by name."""
    if isinstance(value, dict):
        return {key: by_key(value[key]) for key in sorted(value)}
    return [by_key(item) for item in value] if isinstance(value, list) else value


def field_validation_of(flags: Flags) -> str:
    """What ``--validate`` asks of the server; a command without the flag leaves it to the server, which warns."""
    value = str(flags.values.get("validate", "warn"))
    try:
        return "Strict" if parse_bool(value) else "Ignore"
    except ValueError:
        return _DIRECTIVES.get(value, "Strict")
