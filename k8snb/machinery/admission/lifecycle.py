"""NamespaceLifecycle: nothing is made in a namespace that is not there or going away; three namespaces stay.

References
----------
``staging/src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go Admit @ v1.36``
"""

from __future__ import annotations

from k8snb.api.resources import BY_CLASS
from k8snb.api.schema import KubernetesObject
from k8snb.api.types.config import Namespace
from k8snb.errors import Cause, Forbidden, NotFound
from k8snb.machinery.store import Store

IMMORTAL = ("default", "kube-system", "kube-public")


def forbidden(obj: KubernetesObject, why: str, causes: tuple[Cause, ...] = ()) -> Forbidden:
    """The refusal of an admission plugin."""
    meta = obj.metadata
    name = meta.name or meta.generate_name or "Unknown"
    resource = BY_CLASS[type(obj)]
    details = {"name": name, "kind": resource.plural}
    return Forbidden(f'{resource.qualified} "{name}" is forbidden: {why}', causes, details)


def check_create(store: Store, obj: KubernetesObject) -> None:
    """Refuse a new object whose namespace does not take any.

    Raises
    ------
    NotFound
        When there is no such namespace.
    Forbidden
        When it is being deleted.
    """
    name = obj.metadata.namespace
    if not name:
        return
    namespace = store.tables["Namespace"].get(name)
    if namespace is None:
        raise NotFound(f'namespaces "{name}" not found', details={"name": name, "kind": "namespaces"})
    assert isinstance(namespace, Namespace)
    if namespace.status.phase == "Terminating":
        why = f"unable to create new content in namespace {name} because it is being terminated"
        cause = Cause("NamespaceTerminating", f"namespace {name} is being terminated", "metadata.namespace")
        refusal = forbidden(obj, why, (cause,))
        refusal.details["namespaceTerminating"] = True
        raise refusal


def check_delete(obj: KubernetesObject) -> None:
    """Refuse to delete a namespace that Kubernetes itself needs; raises Forbidden."""
    if isinstance(obj, Namespace) and obj.metadata.name in IMMORTAL:
        raise forbidden(obj, "this namespace may not be deleted")
