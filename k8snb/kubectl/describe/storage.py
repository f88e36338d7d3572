"""Volumes, claims and storage classes.

References
----------
``staging/src/k8s.io/kubectl/pkg/describe/describe.go describePersistentVolume, describePersistentVolumeClaim,
describeStorageClass @ v1.36``
"""

from __future__ import annotations

from collections.abc import Sequence

from k8snb.api.claims import class_of_volume, is_default_class
from k8snb.api.types.claims import PersistentVolumeClaim, StorageClass, TopologySelectorTerm
from k8snb.api.types.persistent_volume import PersistentVolume, VolumeNodeAffinity
from k8snb.api.types.pod import Pod
from k8snb.kubectl.ages import rfc1123z, since
from k8snb.kubectl.describe.context import Context
from k8snb.kubectl.describe.events import describe_events
from k8snb.kubectl.describe.metadata import (
    labels_and_annotations,
    lines,
    listed,
    name_and_namespace,
    or_unset,
)
from k8snb.kubectl.describe.volumes import describe_claim, describe_source
from k8snb.kubectl.describe.writer import Writer
from k8snb.kubectl.printers.kinds.storage import access_modes
from k8snb.kubectl.printers.table import format_labels


def describe_persistent_volume(w: Writer, context: Context, obj: PersistentVolume) -> None:
    """Write everything about a volume."""
    spec, deleted = obj.spec, obj.metadata.deletion_timestamp
    w.field(0, "Name", obj.metadata.name)
    labels_and_annotations(w, obj.metadata)
    w.field(0, "Finalizers", listed(obj.metadata.finalizers))
    w.field(0, "StorageClass", class_of_volume(obj))
    w.field(0, "Status", obj.status.phase if deleted is None else _terminating(deleted, context.now_ms))
    w.field(0, "Claim", f"{spec.claim_ref.namespace}/{spec.claim_ref.name}" if spec.claim_ref else "")
    w.field(0, "Reclaim Policy", spec.persistent_volume_reclaim_policy)
    w.field(0, "Access Modes", access_modes(spec.access_modes))
    if spec.volume_mode is not None:
        w.field(0, "VolumeMode", spec.volume_mode)
    w.field(0, "Capacity", spec.capacity.get("storage", "0"))
    _node_affinity(w, spec.node_affinity)
    w.field(0, "Message", obj.status.message)
    w.write(0, "Source:\n")
    describe_source(w, spec)
    describe_events(w, context, "PersistentVolume", obj.metadata)


def _terminating(deleted: int, now_ms: int) -> str:
    return f"Terminating (lasts {since(deleted, now_ms)})"


def _node_affinity(w: Writer, affinity: VolumeNodeAffinity | None) -> None:
    w.write(0, "Node Affinity:\t")
    if affinity is None or affinity.required is None:
        w.line("<none>")
        return
    w.line("")
    w.write(1, "Required Terms:\t")
    w.line("" if affinity.required.node_selector_terms else "<none>")
    for i, term in enumerate(affinity.required.node_selector_terms):
        _term(w, 2, i, [_requirement(e.key, e.operator.lower(), e.values) for e in term.match_expressions])


def _requirement(key: str, operator: str, values: Sequence[str]) -> str:
    return f"{key} {operator} [{', '.join(values)}]" if values else f"{key} {operator}"


def _term(w: Writer, level: int, number: int, requirements: Sequence[str]) -> None:
    w.write(level, f"Term {number}:\t")
    if not requirements:
        w.line("<none>")
    for i, requirement in enumerate(requirements):
        if i:
            w.write(level, "\t")
        w.write(0, f"{requirement}\n")


def describe_persistent_volume_claim(w: Writer, context: Context, obj: PersistentVolumeClaim) -> None:
    """Write everything about a claim, with the pods that use it."""
    deleted = obj.metadata.deletion_timestamp
    name_and_namespace(w, obj.metadata)
    phase = obj.status.phase if deleted is None else _terminating(deleted, context.now_ms)
    describe_claim(w, obj.metadata, obj.spec, obj, phase)
    lines(w, "Used By", sorted(_users(context, obj)))
    if obj.status.conditions:
        w.write(0, "Conditions:\n")
        w.write(1, "Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage\n")
        w.write(1, "----\t------\t-----------------\t------------------\t------\t-------\n")
    for c in obj.status.conditions:
        times = f"{rfc1123z(c.last_probe_time)} \t{rfc1123z(c.last_transition_time)}"
        w.write(1, f"{c.type} \t{c.status} \t{times} \t{c.reason} \t{c.message}\n")
    describe_events(w, context, "PersistentVolumeClaim", obj.metadata)


def _users(context: Context, claim: PersistentVolumeClaim) -> list[str]:
    """The pods that mount a claim, or own it."""
    owners = [owner.uid for owner in claim.metadata.owner_references if owner.kind == "Pod"]
    return [
        pod.metadata.name
        for pod in context.list(Pod, claim.metadata.namespace)
        if pod.metadata.uid in owners
        or any(
            v.persistent_volume_claim is not None and v.persistent_volume_claim.claim_name == claim.metadata.name
            for v in pod.spec.volumes
        )
    ]


def describe_storage_class(w: Writer, context: Context, obj: StorageClass) -> None:
    """Write everything about a storage class."""
    w.field(0, "Name", obj.metadata.name)
    w.field(0, "IsDefaultClass", "Yes" if is_default_class(obj) else "No")
    w.field(0, "Annotations", format_labels(obj.metadata.annotations))
    w.field(0, "Provisioner", obj.provisioner)
    w.field(0, "Parameters", format_labels(obj.parameters))
    w.field(0, "AllowVolumeExpansion", or_unset(obj.allow_volume_expansion))
    w.write(0, "MountOptions:\n" if obj.mount_options else "MountOptions:\t<none>\n")
    for option in obj.mount_options:
        w.write(1, f"{option}\n")
    if obj.reclaim_policy is not None:
        w.field(0, "ReclaimPolicy", obj.reclaim_policy)
    if obj.volume_binding_mode is not None:
        w.field(0, "VolumeBindingMode", obj.volume_binding_mode)
    _allowed_topologies(w, obj.allowed_topologies)
    describe_events(w, context, "StorageClass", obj.metadata)


def _allowed_topologies(w: Writer, topologies: Sequence[TopologySelectorTerm]) -> None:
    if topologies:
        w.write(0, "AllowedTopologies:\t")
        w.line("")
    for i, term in enumerate(topologies):
        _term(w, 1, i, [_requirement(e.key, "in", e.values) for e in term.match_label_expressions])
