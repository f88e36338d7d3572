"""Creating, mending and deleting the pods of StatefulSets with their claims, and the events that say so.

References
----------
``pkg/controller/statefulset/stateful_pod_control.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterator

from k8snb.api.types.apps import StatefulSet
from k8snb.api.types.claims import PersistentVolumeClaim
from k8snb.api.types.pod import Pod
from k8snb.controllers.statefulset.claims import (
    claim_names,
    claims_for,
    DELETE,
    has_stale_owner,
    has_unexpected_controller,
    is_owner_up_to_date,
    retention_policy,
    with_owner,
)
from k8snb.controllers.statefulset.identity import identity_matches, storage_matches, with_identity, with_storage
from k8snb.errors import AlreadyExists, ApiError, NotFound, Unclassified
from k8snb.machinery.events import Recorder
from k8snb.machinery.informer import Informer
from k8snb.machinery.server import ApiServer


class StatefulPodControl:
    """Writes pods and claims on behalf of StatefulSets; claims are read from an informer."""

    def __init__(self, server: ApiServer, recorder: Recorder, claims: Informer[PersistentVolumeClaim]) -> None:
        self._server = server
        self._recorder = recorder
        self._claims = claims

    def create_pod(self, set_: StatefulSet, pod: Pod) -> None:
        """Create the pod's claims where they are missing, then the pod.

        Raises
        ------
        ApiError
            When one of them is refused; the set gets a ``FailedCreate`` event, unless the pod exists already.
        """
        try:
            self._create_claims(set_, pod)
        except ApiError as error:
            self._record(set_, pod, "Create", error)
            raise
        failure: ApiError | None = None
        try:
            self._server.create_object(pod)
        except AlreadyExists:
            raise
        except ApiError as error:
            failure = error
        self._update_claim_owners(set_, pod)
        self._record(set_, pod, "Create", failure)
        if failure is not None:
            raise failure

    def update_pod(self, set_: StatefulSet, pod: Pod) -> None:
        """Give a pod back the labels, volumes and claims that are due to its identity."""
        changed = pod
        try:
            if not identity_matches(set_, changed):
                changed = with_identity(set_, changed)
            if not storage_matches(set_, changed):
                changed = with_storage(set_, changed)
                self._create_claims(set_, changed)
        except ApiError as error:
            self._record(set_, pod, "Update", error)
            raise
        claims_match = self.claims_match_retention_policy(set_, changed)
        if not claims_match:
            self._update_claim_owners(set_, changed)
        if changed is pod and claims_match:
            return
        try:
            self._server.patch_object(changed)
        except ApiError as error:
            self._record(set_, pod, "Update", error)
            raise
        self._record(set_, pod, "Update")

    def delete_pod(self, set_: StatefulSet, pod: Pod) -> None:
        """Delete a pod; one that is gone already counts as deleted."""
        try:
            self._server.delete_object(pod)
        except NotFound:
            pass
        except ApiError as error:
            self._record(set_, pod, "Delete", error)
            raise
        self._record(set_, pod, "Delete")

    def create_missing_claims(self, set_: StatefulSet, pod: Pod) -> None:
        """Create the claims of a pending pod that somebody deleted."""
        self._create_claims(set_, pod)
        self._update_claim_owners(set_, pod)

    def claims_match_retention_policy(self, set_: StatefulSet, pod: Pod) -> bool:
        """The pod's claims have the owners that the set's policy asks for."""
        return all(is_owner_up_to_date(claim, set_, pod) for claim in self._existing_claims(set_, pod))

    def update_claims_for_retention_policy(self, set_: StatefulSet, pod: Pod) -> None:
        """Give the pod's claims the owners that the set's policy asks for."""
        for claim in self._existing_claims(set_, pod):
            if has_unexpected_controller(claim, set_, pod):
                message = (
                    f"PersistentVolumeClaim {claim.metadata.name} has a conflicting OwnerReference that acts as a "
                    "manging controller, the retention policy is ignored for this claim"
                )
                self._recorder.event(set_, "Warning", "ConflictingController", message)
            if not is_owner_up_to_date(claim, set_, pod):
                self._update_owner(claim, set_, pod)

    def has_stale_claim(self, set_: StatefulSet, pod: Pod) -> bool:
        """A claim of the pod still goes with an earlier pod of its name, so that the new one has to wait."""
        if retention_policy(set_).when_scaled != DELETE:
            return False
        return any(has_stale_owner(claim, pod) for claim in self._existing_claims(set_, pod))

    def _existing_claims(self, set_: StatefulSet, pod: Pod) -> Iterator[PersistentVolumeClaim]:
        """The pod's claims; one that was created just now has been heard of by the time that its pod is there."""
        if not set_.spec.volume_claim_templates:
            return
        for name in claim_names(set_, pod):
            claim = self._claims.get(f"{set_.metadata.namespace}/{name}")
            if claim is None:
                claim = self._server.find(PersistentVolumeClaim, set_.metadata.namespace, name)
            if claim is not None:
                yield claim

    def _update_owner(self, claim: PersistentVolumeClaim, set_: StatefulSet, pod: Pod) -> None:
        try:
            self._server.update_object(with_owner(claim, set_, pod))
        except ApiError as error:
            name = claim.metadata.name
            raise Unclassified(f"could not update claim {name} for delete policy ownerRefs: {error.message}") from None

    def _update_claim_owners(self, set_: StatefulSet, pod: Pod) -> None:
        try:
            self.update_claims_for_retention_policy(set_, pod)
        except ApiError as error:
            self._record(set_, pod, "Update", error)
            raise

    def _create_claims(self, set_: StatefulSet, pod: Pod) -> None:
        """Create the pod's claims that are not there; go on when one fails, and tell of all failures at the end."""
        failures = []
        for claim in claims_for(set_, pod):
            name = claim.metadata.name
            existing = self._claims.get(f"{claim.metadata.namespace}/{name}")
            if existing is None:
                try:
                    self._server.create_object(claim)
                except ApiError as error:
                    failures.append(f"failed to create PVC {name}: {error.message}")
                    if not isinstance(error, AlreadyExists):
                        self._record_claim(set_, pod, name, error)
                else:
                    self._record_claim(set_, pod, name)
            elif existing.metadata.deletion_timestamp is not None:
                failures.append(f"pvc {name} is being deleted")
        if failures:
            raise Unclassified(failures[0] if len(failures) == 1 else f"[{', '.join(failures)}]")

    def _record(self, set_: StatefulSet, pod: Pod, verb: str, error: ApiError | None = None) -> None:
        """An event about the set: it did `verb` to a pod, or could not."""
        what = f"{verb} Pod {pod.metadata.name} in StatefulSet {set_.metadata.name}"
        if error is None:
            self._recorder.event(set_, "Normal", f"Successful{verb}", f"{what} successful")
        else:
            self._recorder.event(set_, "Warning", f"Failed{verb}", f"{what} failed error: {error.message}")

    def _record_claim(self, set_: StatefulSet, pod: Pod, name: str, error: ApiError | None = None) -> None:
        whose = f"Pod {pod.metadata.name} in StatefulSet {set_.metadata.name}"
        if error is None:
            self._recorder.event(set_, "Normal", "SuccessfulCreate", f"Create Claim {name} {whose} success")
        else:
            message = f"Create Claim {name} for {whose} failed error: {error.message}"
            self._recorder.event(set_, "Warning", "FailedCreate", message)
