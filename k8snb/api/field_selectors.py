"""Field selectors, ``--field-selector status.phase=Running``, and the fields of each kind that can be selected by.

References
----------
``staging/src/k8s.io/apimachinery/pkg/fields/selector.go ParseSelector @ v1.36``
``pkg/apis/core/v1/conversion.go addConversionFuncs @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from k8snb.api.schema import KubernetesObject
from k8snb.api.types.apps import ReplicationController
from k8snb.api.types.batch import Job
from k8snb.api.types.config import Namespace, Secret
from k8snb.api.types.event import Event
from k8snb.api.types.node import Node
from k8snb.api.types.pod import Pod
from k8snb.api.types.service import Service
from k8snb.errors import BadRequest, K8snbError


class FieldSelectorError(K8snbError):
    """A field selector that cannot be read; the message is Kubernetes' own."""


class FieldTerm(NamedTuple):
    """One comparison; ``operator`` is ``=`` or ``!=``."""

    field: str
    operator: str
    value: str


class FieldSelector(NamedTuple):
    """Comparisons that must all hold."""

    terms: tuple[FieldTerm, ...] = ()

    def matches(self, fields: Mapping[str, str]) -> bool:
        """Whether the fields of an object (`selectable_fields`) meet every comparison."""
        return all((fields.get(t.field, "") == t.value) == (t.operator == "=") for t in self.terms)

    def __str__(self) -> str:
        return ",".join(f"{t.field}{t.operator}{_escape(t.value)}" for t in self.terms)


def parse_field_selector(text: str) -> FieldSelector:
    r"""Read a field selector.

    Parameters
    ----------
    text
        ``status.phase!=Running,spec.nodeName=node-1``; a backslash escapes ``,``, ``=`` and itself in values.

    Raises
    ------
    FieldSelectorError
        When it cannot be read.

    Examples
    --------
    >>> str(parse_field_selector("status.phase==Running,metadata.name!=a"))
    'metadata.name!=a,status.phase=Running'
    """
    terms = []
    for part in sorted(_split_terms(text)):
        if not part:
            continue
        found = _split_term(part)
        if found is None:
            raise FieldSelectorError(f"invalid selector: '{text}'; can't understand '{part}'")
        terms.append(found._replace(value=_unescape(found.value)))
    return FieldSelector(tuple(terms))


def _split_terms(text: str) -> list[str]:
    parts, start, escaped = [], 0, False
    for index, character in enumerate(text):
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == ",":
            parts.append(text[start:index])
            start = index + 1
    return [*parts, text[start:]]


def _split_term(term: str) -> FieldTerm | None:
    """The first operator splits; what stands before it is never escaped."""
    for index in range(len(term)):
        for operator in ("!=", "==", "="):
            if term.startswith(operator, index):
                shown = "!=" if operator == "!=" else "="
                return FieldTerm(term[:index], shown, term[index + len(operator) :])
    return None


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace(",", "\\,").replace("=", "\\=")


def _unescape(value: str) -> str:
    result, escaped = [], False
    for character in value:
        if escaped:
            if character not in "\\,=":
                raise FieldSelectorError(f"invalid field selector: invalid escape sequence: \\{character}")
            result.append(character)
            escaped = False
        elif character == "\\":
            escaped = True
        elif character in ",=":
            raise FieldSelectorError(f"invalid field selector: unescaped character in value: {ord(character)}")
        else:
            result.append(character)
    if escaped:
        raise FieldSelectorError("invalid field selector: invalid escape sequence: \\")
    return "".join(result)


Fields = Mapping[str, Callable[[Any], str]]


def _shown(flag: bool) -> str:
    return "true" if flag else "false"


_POD: Fields = {
    "spec.nodeName": lambda pod: pod.spec.node_name,
    "spec.restartPolicy": lambda pod: pod.spec.restart_policy,
    "spec.schedulerName": lambda pod: pod.spec.scheduler_name,
    "spec.serviceAccountName": lambda pod: pod.spec.service_account_name,
    "spec.hostNetwork": lambda pod: _shown(pod.spec.host_network),
    "status.phase": lambda pod: pod.status.phase,
    "status.podIP": lambda pod: pod.status.pod_ips[0].ip if pod.status.pod_ips else pod.status.pod_ip,
    "status.podIPs": lambda _pod: "",
    "status.nominatedNodeName": lambda pod: pod.status.nominated_node_name,
}
_EVENT: Fields = {
    "involvedObject.kind": lambda event: event.involved_object.kind,
    "involvedObject.namespace": lambda event: event.involved_object.namespace,
    "involvedObject.name": lambda event: event.involved_object.name,
    "involvedObject.uid": lambda event: event.involved_object.uid,
    "involvedObject.apiVersion": lambda event: event.involved_object.api_version,
    "involvedObject.resourceVersion": lambda event: event.involved_object.resource_version,
    "involvedObject.fieldPath": lambda event: event.involved_object.field_path,
    "reason": lambda event: event.reason,
    "reportingComponent": lambda event: event.reporting_component,
    "source": lambda event: event.source.component or event.reporting_component,
    "type": lambda event: event.type,
}
_FIELDS: Mapping[type[KubernetesObject], Fields] = {
    Pod: _POD,
    Event: _EVENT,
    Node: {"spec.unschedulable": lambda node: _shown(node.spec.unschedulable)},
    Namespace: {"status.phase": lambda namespace: namespace.status.phase},
    Secret: {"type": lambda secret: secret.type},
    Service: {
        "spec.clusterIP": lambda service: service.spec.cluster_ip,
        "spec.type": lambda service: service.spec.type,
    },
    ReplicationController: {"status.replicas": lambda controller: str(controller.status.replicas)},
    Job: {"status.successful": lambda job: str(job.status.succeeded)},
}
_WITHOUT_NAMESPACE = (Node, Namespace)


def selectable_fields(obj: KubernetesObject) -> dict[str, str]:
    """The fields of an object that a field selector can name, as text."""
    meta: Any = obj.metadata
    fields = {"metadata.name": meta.name, "metadata.namespace": meta.namespace}
    fields.update((name, read(obj)) for name, read in _FIELDS.get(type(obj), {}).items())
    return fields


def check_field_selector(cls: type[KubernetesObject], selector: FieldSelector) -> None:
    """Refuse fields that cannot be selected by.

    Raises
    ------
    BadRequest
        Naming the first such field, in the API server's words.
    """
    common = ("metadata.name",) if cls in _WITHOUT_NAMESPACE else ("metadata.name", "metadata.namespace")
    known = (*common, *_FIELDS.get(cls, {}))
    for term in selector.terms:
        if term.field in known:
            continue
        if cls is Job:
            raise BadRequest(f'field label "{term.field}" not supported for Job')
        if cls in _FIELDS:
            raise BadRequest(f"field label not supported: {term.field}")
        raise BadRequest(f'"{term.field}" is not a known field selector: only "metadata.name", "metadata.namespace"')
