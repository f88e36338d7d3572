"""Creates the claims of pods' ephemeral volumes; the garbage collector deletes them with the pods, which own them.

References
----------
``pkg/controller/volume/ephemeral/controller.go @ v1.36``
"""

from __future__ import annotations

from typing import ClassVar

from k8snb.api.claims import claim_name_of, claims_of, problem_of_ownership
from k8snb.api.pods import controller_reference
from k8snb.api.types.claims import PersistentVolumeClaim
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.pod import Pod
from k8snb.api.types.volumes import Volume
from k8snb.errors import ApiError, Conflict
from k8snb.machinery.controller import Controller, Environment

PODS_BY_CLAIM = "claim"


class EphemeralVolumeController(Controller):
    """Makes a claim, named after pod and volume, for each ephemeral volume; again, if someone deletes it."""

    name: ClassVar[str] = "ephemeral_volume"

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.pods = self.informers.of(Pod)
        self.claims = self.informers.of(PersistentVolumeClaim)
        self.pods.add_index(PODS_BY_CLAIM, claims_of)
        self.pods.add_handler(self._on_pod)
        self.claims.add_handler(self._on_claim)

    def _on_pod(self, old: Pod | None, new: Pod | None) -> None:
        if old is None and new is not None and new.spec.volumes:
            self._enqueue_pod(new)

    def _on_claim(self, old: PersistentVolumeClaim | None, new: PersistentVolumeClaim | None) -> None:
        if new is None and old is not None:
            key = f"{old.metadata.namespace}/{old.metadata.name}"
            for pod in self.pods.by_index(PODS_BY_CLAIM, key).values():
                self._enqueue_pod(pod)

    def _enqueue_pod(self, pod: Pod) -> None:
        if pod.metadata.deletion_timestamp is None and any(volume.ephemeral for volume in pod.spec.volumes):
            self.enqueue(pod)

    def sync(self, key: str) -> None:
        """Create the claims that a pod lacks."""
        pod = self.pods.get(key)
        if pod is None or pod.metadata.deletion_timestamp is not None:
            return
        for volume in pod.spec.volumes:
            try:
                self._handle_volume(pod, volume)
            except ApiError as error:
                message = f"ephemeral volume {volume.name}: {error.message}"
                self.recorder.event(pod, "Warning", "FailedBinding", message)
                raise

    def _handle_volume(self, pod: Pod, volume: Volume) -> None:
        """See that a volume has its claim.

        Raises
        ------
        Conflict
            When there is a claim of that name which was not made for the pod.
        ApiError
            When the API server refuses the claim.
        """
        template = volume.ephemeral.volume_claim_template if volume.ephemeral is not None else None
        if template is None:
            return
        name, namespace = claim_name_of(pod.metadata.name, volume), pod.metadata.namespace
        claim = self.claims.get(f"{namespace}/{name}")
        if claim is not None:
            problem = problem_of_ownership(claim, pod)
            if problem:
                raise Conflict(problem)
            return
        meta = ObjectMeta(
            name=name,
            namespace=namespace,
            labels=template.metadata.labels,
            annotations=template.metadata.annotations,
            owner_references=(controller_reference(pod),),
        )
        try:
            self.server.create_object(PersistentVolumeClaim(metadata=meta, spec=template.spec))
        except ApiError as error:
            raise type(error)(f"create PVC {name}: {error.message}") from error
