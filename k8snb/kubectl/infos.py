"""One object that a command works on: what the line or a manifest says of it, and the object itself.

References
----------
``staging/src/k8s.io/cli-runtime/pkg/resource/visitor.go Info`` and ``helper.go EnhanceListError @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from k8snb.api.encode import to_dict
from k8snb.api.field_errors import go_quote
from k8snb.api.field_selectors import check_field_selector, FieldSelectorError, selectable_fields
from k8snb.api.resources import find, Resource
from k8snb.api.schema import KubernetesObject
from k8snb.api.selectors import parse_field_selector, parse_selector, SelectorError
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.validation.formats import is_path_segment_name
from k8snb.errors import BadRequest, NotFound
from k8snb.kubectl.client import Client
from k8snb.kubectl.command import Session
from k8snb.kubectl.errors import KubectlError


@dataclass
class Info:
    """An object by its resource, namespace and name; ``source`` is the manifest it came from.

    ``obj`` is what the server has, where the command asked for it; ``document`` what a manifest says.
    """

    resource: Resource
    namespace: str
    name: str
    source: str = ""
    obj: KubernetesObject | None = None
    document: dict[str, Any] | None = None

    @property
    def object_name(self) -> str:
        """The object as messages name it: ``deployments/web``."""
        return f"{self.resource.plural}/{self.name}"

    @property
    def body(self) -> dict[str, Any]:
        """The JSON form of the object, new at every call: the server's, or else the manifest's."""
        if self.obj is not None:
            return to_dict(self.obj)
        assert self.document is not None
        return dict(self.document)

    def describe(self) -> str:
        """The object as errors of ``apply`` describe it."""
        resource = self.resource
        version = f"{resource.group}/{resource.version}"
        return (
            f'Resource: "{version}, Resource={resource.plural}", '
            f'GroupVersionKind: "{version}, Kind={resource.kind}"\n'
            f"Name: {go_quote(self.name)}, Namespace: {go_quote(self.namespace)}"
        )

    def get(self, client: Client) -> KubernetesObject:
        """Ask the server for the object.

        Raises
        ------
        NotFound
            When there is none; for the namespace, when it is that which is missing.
        KubectlError
            When its name or namespace cannot be part of a URL.
        """
        check_path(self.namespace, self.name)
        try:
            self.obj = client.get(self.resource, self.namespace, self.name)
        except NotFound:
            if self.resource.namespaced and self.namespace not in ("", "default"):
                client.get(resource_of("namespaces"), "", self.namespace)
            raise
        return self.obj


def check_path(namespace: str, name: str = "") -> None:
    """Refuse names that cannot be part of a request's URL.

    Raises
    ------
    KubectlError
        In the words of client-go's requests.

    References
    ----------
    ``staging/src/k8s.io/apimachinery/pkg/api/validation/path/name.go IsValidPathSegmentName @ v1.36``
    """
    for what, segment in (("namespace", namespace), ("resource name", name)):
        if problems := is_path_segment_name(segment):
            raise KubectlError(f"invalid {what} {go_quote(segment)}: [{' '.join(problems)}]")


def meta_of(obj: KubernetesObject) -> ObjectMeta:
    """The metadata of an object."""
    meta: ObjectMeta = obj.metadata
    return meta


def info_of(resource: Resource, obj: KubernetesObject) -> Info:
    """The info of an object that the server returned."""
    meta = meta_of(obj)
    return Info(resource, meta.namespace, meta.name, obj=obj)


def resource_of(word: str) -> Resource:
    """The resource that a user names.

    Raises
    ------
    KubectlError
        When the server has none of that name.
    """
    resource = find(word)
    if resource is None:
        raise KubectlError(f"the server doesn't have a resource type {go_quote(word.partition('.')[0])}")
    return resource


Selects = Callable[[KubernetesObject], bool]


def list_infos(session: Session, resource: Resource, namespace: str | None, labels: str, fields: str) -> list[Info]:
    """The objects of a resource that two selectors select.

    Raises
    ------
    BadRequest
        When a selector cannot be read, in the words of a list request.
    """
    check_path(namespace or "")
    found = session.server.list(resource, namespace if resource.namespaced else None)
    selects = selection(resource, labels, fields)
    return [info_of(resource, obj) for obj in found if selects(obj)]


def selection(resource: Resource, labels: str, fields: str) -> Selects:
    """Whether two selectors select an object of a resource; raises `BadRequest` as `list_infos` does."""
    try:
        by_label = parse_selector(labels)
        by_field = parse_field_selector(fields)
        check_field_selector(resource.cls, by_field)
    except (SelectorError, FieldSelectorError, BadRequest) as error:
        shown = f"{resource.group}/{resource.version}, Resource={resource.plural}"
        raise BadRequest(
            f"Unable to find {go_quote(shown)} that match label selector {go_quote(labels)}, "
            f"field selector {go_quote(fields)}: {error}"
        ) from None

    def selects(obj: KubernetesObject) -> bool:
        return by_label.matches(meta_of(obj).labels) and (
            not by_field.terms or by_field.matches(selectable_fields(obj))
        )

    return selects
