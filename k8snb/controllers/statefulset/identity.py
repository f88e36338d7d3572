"""Who a pod of a StatefulSet is: its ordinal, its name, its labels, its claims and its revision.

References
----------
``pkg/controller/statefulset/stateful_set_utils.go @ v1.36``
"""

from __future__ import annotations

from functools import lru_cache

from msgspec.structs import replace

from k8snb.api.pods import controller_reference
from k8snb.api.types.apps import StatefulSet
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.pod import Pod, PodTemplateSpec
from k8snb.api.types.volumes import PersistentVolumeClaimVolumeSource, Volume

POD_NAME_LABEL = "statefulset.kubernetes.io/pod-name"
POD_INDEX_LABEL = "apps.kubernetes.io/pod-index"
REVISION_LABEL = "controller-revision-hash"

LARGEST_ORDINAL = 2**31 - 1


@lru_cache(16_384)
def parent_and_ordinal(name: str) -> tuple[str, int]:
    """The set and the ordinal that a pod's name speaks of; no set and -1 when it is no such name."""
    parent, dash, digits = name.rpartition("-")
    if not dash or not (digits.isascii() and digits.isdecimal()):
        return "", -1
    ordinal = int(digits)
    return parent, ordinal if ordinal <= LARGEST_ORDINAL else -1


def ordinal_of(pod: Pod) -> int:
    """The pod's ordinal; -1 without one."""
    return parent_and_ordinal(pod.metadata.name)[1]


def is_member(set_: StatefulSet, pod: Pod) -> bool:
    """The pod is named like one of the set."""
    return parent_and_ordinal(pod.metadata.name)[0] == set_.metadata.name


def start_ordinal(set_: StatefulSet) -> int:
    """The set's first ordinal."""
    return set_.spec.ordinals.start if set_.spec.ordinals is not None else 0


def asked_for(set_: StatefulSet) -> range:
    """The ordinals that the set asks for."""
    start = start_ordinal(set_)
    return range(start, start + (set_.spec.replicas or 0))


def in_ordinal_range(set_: StatefulSet, pod: Pod) -> bool:
    """The pod's ordinal is one of those that the set asks for."""
    return ordinal_of(pod) in asked_for(set_)


def pod_name(set_: StatefulSet, ordinal: int) -> str:
    """The name of the pod of an ordinal."""
    return f"{set_.metadata.name}-{ordinal}"


def claim_name(set_: StatefulSet, template_name: str, ordinal: int) -> str:
    """The name of the claim that the pod of an ordinal has by a template."""
    return f"{template_name}-{set_.metadata.name}-{ordinal}"


def revision_of(pod: Pod) -> str:
    """The name of the pod's revision."""
    return pod.metadata.labels.get(REVISION_LABEL, "")


def identity_matches(set_: StatefulSet, pod: Pod) -> bool:
    """The pod has the name that it should have, and its label says so."""
    meta = pod.metadata
    parent, ordinal = parent_and_ordinal(meta.name)
    return (
        ordinal >= 0
        and parent == set_.metadata.name
        and meta.name == pod_name(set_, ordinal)
        and meta.labels.get(POD_NAME_LABEL) == meta.name
    )


def storage_matches(set_: StatefulSet, pod: Pod) -> bool:
    """The pod mounts every claim that the set has for its ordinal."""
    ordinal = ordinal_of(pod)
    if ordinal < 0:
        return False
    if not set_.spec.volume_claim_templates:
        return True
    volumes = {volume.name: volume.persistent_volume_claim for volume in pod.spec.volumes}
    for template in set_.spec.volume_claim_templates:
        source = volumes.get(template.metadata.name)
        if source is None or source.claim_name != claim_name(set_, template.metadata.name, ordinal):
            return False
    return True


def with_identity(set_: StatefulSet, pod: Pod) -> Pod:
    """The pod with the labels that tell its name and its ordinal."""
    name = pod.metadata.name
    labels = {**pod.metadata.labels, POD_NAME_LABEL: name, POD_INDEX_LABEL: str(ordinal_of(pod))}
    return replace(pod, metadata=replace(pod.metadata, namespace=set_.metadata.namespace, labels=labels))


def with_storage(set_: StatefulSet, pod: Pod) -> Pod:
    """The pod with the volumes of its claims, in place of its own volumes of these names."""
    ordinal = ordinal_of(pod)
    names = [template.metadata.name for template in set_.spec.volume_claim_templates]
    if not names:
        return pod
    volumes = [
        Volume(
            name=name,
            persistent_volume_claim=PersistentVolumeClaimVolumeSource(claim_name=claim_name(set_, name, ordinal)),
        )
        for name in names
    ]
    others = [volume for volume in pod.spec.volumes if volume.name not in names]
    return replace(pod, spec=replace(pod.spec, volumes=(*volumes, *others)))


def new_pod(set_: StatefulSet, template: PodTemplateSpec, revision: str, ordinal: int) -> Pod:
    """The pod of an ordinal, not stored yet, as a revision's template describes it."""
    name = pod_name(set_, ordinal)
    labels = {**template.metadata.labels, REVISION_LABEL: revision}
    meta = ObjectMeta(
        name=name,
        generate_name=f"{set_.metadata.name}-",
        namespace=set_.metadata.namespace,
        labels=labels,
        annotations=template.metadata.annotations,
        finalizers=template.metadata.finalizers,
        owner_references=(controller_reference(set_),),
    )
    spec = replace(template.spec, hostname=name, subdomain=set_.spec.service_name)
    return with_storage(set_, with_identity(set_, Pod(metadata=meta, spec=spec)))
