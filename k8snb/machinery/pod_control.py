"""Creating pods from a template and deleting them, with the events that say so.

References
----------
``pkg/controller/controller_utils.go RealPodControl @ v1.36``
"""

from __future__ import annotations

from typing import NamedTuple

from k8snb.api.pods import controller_reference
from k8snb.api.schema import KubernetesObject
from k8snb.api.types.meta import ObjectMeta, OwnerReference
from k8snb.api.types.pod import Pod, PodTemplateSpec
from k8snb.errors import ApiError, NotFound
from k8snb.machinery.events import Recorder
from k8snb.machinery.server import ApiServer


class _Owner(NamedTuple):
    """What all pods of an owner share: their references, and how their names begin."""

    references: tuple[OwnerReference, ...]
    prefix: str


class PodControl:
    """Creates and deletes pods on behalf of the objects that own them."""

    def __init__(self, server: ApiServer, recorder: Recorder) -> None:
        self._server = server
        self._recorder = recorder
        self._owners: dict[str, _Owner] = {}

    def create_pod(self, owner: KubernetesObject, template: PodTemplateSpec, generate_name: str = "") -> Pod | None:
        """Create a pod that `owner` controls, with a name that begins with `generate_name` or the owner's.

        All pods of one template share its spec, labels and annotations.

        Returns
        -------
        Pod or None
            None where the namespace is going away: nothing can be created there any more, which is no failure.

        Raises
        ------
        ApiError
            When admission refuses; the owner gets a ``FailedCreate`` event.
        """
        known = self._known(owner)
        pod = pod_from_template(owner, template, known.references, generate_name or known.prefix)
        try:
            created = self._server.create_object(pod)
        except ApiError as error:
            if error.details.get("namespaceTerminating"):
                return None
            self._recorder.event(owner, "Warning", "FailedCreate", f"Error creating: {error.message}")
            raise
        self._recorder.event(owner, "Normal", "SuccessfulCreate", f"Created pod: {created.metadata.name}")
        return created

    def _known(self, owner: KubernetesObject) -> _Owner:
        meta = owner.metadata
        known = self._owners.get(meta.uid)
        if known is None:
            known = self._owners[meta.uid] = _Owner((controller_reference(owner),), f"{meta.name}-")
        return known

    def delete_pod(self, owner: KubernetesObject, pod: Pod) -> None:
        """Delete a pod of `owner`.

        Raises
        ------
        NotFound
            When it is gone already.
        """
        try:
            self._server.delete_object(pod)
        except NotFound:
            raise
        except ApiError as error:
            self._recorder.event(owner, "Warning", "FailedDelete", f"Error deleting: {error.message}")
            raise
        self._recorder.event(owner, "Normal", "SuccessfulDelete", f"Deleted pod: {pod.metadata.name}")


def pod_from_template(
    owner: KubernetesObject,
    template: PodTemplateSpec,
    references: tuple[OwnerReference, ...],
    generate_name: str,
) -> Pod:
    """A pod, not stored yet, as a template describes it."""
    meta = ObjectMeta(
        generate_name=generate_name,
        namespace=owner.metadata.namespace,
        labels=template.metadata.labels,
        annotations=template.metadata.annotations,
        finalizers=template.metadata.finalizers,
        owner_references=references,
    )
    return Pod(metadata=meta, spec=template.spec)
