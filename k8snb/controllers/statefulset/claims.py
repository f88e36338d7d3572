"""The claims of a StatefulSet's pods, and who owns them by the set's retention policy.

References
----------
``pkg/controller/statefulset/stateful_set_utils.go getPersistentVolumeClaims, isClaimOwnerUpToDate,
updateClaimOwnerRefForSetAndPod @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from k8snb.api.pods import controller_reference
from k8snb.api.schema import KubernetesObject
from k8snb.api.types.apps import StatefulSet, StatefulSetPersistentVolumeClaimRetentionPolicy
from k8snb.api.types.claims import PersistentVolumeClaim
from k8snb.api.types.meta import OwnerReference
from k8snb.api.types.pod import Pod
from k8snb.controllers.statefulset.identity import claim_name, in_ordinal_range, ordinal_of

RETAIN, DELETE = "Retain", "Delete"

_KEEP = StatefulSetPersistentVolumeClaimRetentionPolicy(when_deleted=RETAIN, when_scaled=RETAIN)


def retention_policy(set_: StatefulSet) -> StatefulSetPersistentVolumeClaimRetentionPolicy:
    """What becomes of claims when the set is deleted or scaled down; they stay, unless it says otherwise."""
    return set_.spec.persistent_volume_claim_retention_policy or _KEEP


def claim_names(set_: StatefulSet, pod: Pod) -> Iterator[str]:
    """The names of the claims that the pod has by the set's templates."""
    ordinal = ordinal_of(pod)
    for template in set_.spec.volume_claim_templates:
        yield claim_name(set_, template.metadata.name, ordinal)


def claims_for(set_: StatefulSet, pod: Pod) -> Iterator[PersistentVolumeClaim]:
    """The pod's claims, not stored yet; they carry the labels of the set's selector."""
    selected = set_.spec.selector.match_labels if set_.spec.selector else {}
    for template, name in zip(set_.spec.volume_claim_templates, claim_names(set_, pod), strict=True):
        labels = {**template.metadata.labels, **selected}
        yield replace(
            template, metadata=replace(template.metadata, name=name, namespace=set_.metadata.namespace, labels=labels)
        )


def has_stale_owner(claim: PersistentVolumeClaim, owner: KubernetesObject) -> bool:
    """The claim belongs to an earlier object of the owner's name."""
    for reference in claim.metadata.owner_references:
        if _names(reference, owner):
            return reference.uid != owner.metadata.uid
    return False


def has_unexpected_controller(claim: PersistentVolumeClaim, set_: StatefulSet, pod: Pod) -> bool:
    """Something else manages the claim, although the set's policy says what becomes of it."""
    policy = retention_policy(set_)
    if policy.when_scaled == RETAIN and policy.when_deleted == RETAIN:
        return False
    for reference in claim.metadata.owner_references:
        for owner in (set_, pod):
            if _names(reference, owner):
                if reference.uid != owner.metadata.uid:
                    return True
                break
        else:
            if reference.controller:
                return True
    return False


def is_owner_up_to_date(claim: PersistentVolumeClaim, set_: StatefulSet, pod: Pod) -> bool:
    """The claim's owners are those that the policy asks for, or none that the controller should touch."""
    if has_stale_owner(claim, set_) or has_stale_owner(claim, pod):
        return True
    owned = {owner.kind: _owns(claim, owner) for owner in (set_, pod)}
    if has_unexpected_controller(claim, set_, pod):
        return not any(owned.values())
    uids = (set_.metadata.uid, pod.metadata.uid)
    if any(r.uid in uids and not r.controller for r in claim.metadata.owner_references):
        return False
    wanted = _wanted_owner(set_, pod)
    return all(owned[owner.kind] == (owner is wanted) for owner in (set_, pod))


def with_owner(claim: PersistentVolumeClaim, set_: StatefulSet, pod: Pod) -> PersistentVolumeClaim:
    """The claim with the owner that the policy asks for; with neither, if something else manages it."""
    wanted = None if has_unexpected_controller(claim, set_, pod) else _wanted_owner(set_, pod)
    references = [r for r in claim.metadata.owner_references if not _names(r, set_) and not _names(r, pod)]
    if wanted is not None:
        references.append(controller_reference(wanted))
    return replace(claim, metadata=replace(claim.metadata, owner_references=tuple(references)))


def _wanted_owner(set_: StatefulSet, pod: Pod) -> KubernetesObject | None:
    """With whom the claim is to go: a pod that was scaled away, the set, or nobody."""
    policy = retention_policy(set_)
    if policy.when_scaled == DELETE and not in_ordinal_range(set_, pod):
        return pod
    return set_ if policy.when_deleted == DELETE else None


def _owns(claim: PersistentVolumeClaim, owner: KubernetesObject) -> bool:
    return any(reference.uid == owner.metadata.uid for reference in claim.metadata.owner_references)


def _names(reference: OwnerReference, owner: KubernetesObject) -> bool:
    """The reference speaks of an object of this kind and name."""
    return (reference.api_version, reference.kind, reference.name) == (
        owner.api_version, owner.kind, owner.metadata.name,
    )  # fmt: skip
