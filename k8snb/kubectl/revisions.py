"""The revisions of a workload: a deployment's replica sets, the controller revisions of the others.

References
----------
``staging/src/k8s.io/kubectl/pkg/util/deployment/deployment.go GetAllReplicaSets``,
``staging/src/k8s.io/kubectl/pkg/polymorphichelpers/history.go`` and
``staging/src/k8s.io/kubectl/pkg/apps/kind_visitor.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from k8snb.api.decode import DecodeError, from_dict
from k8snb.api.encode import to_dict
from k8snb.api.patch import apply_patch
from k8snb.api.resources import BY_CLASS, Resource
from k8snb.api.schema import KubernetesObject
from k8snb.api.selectors import matches
from k8snb.api.types.apps import ControllerRevision, DaemonSet, Deployment, ReplicaSet, StatefulSet
from k8snb.api.types.pod import PodTemplateSpec
from k8snb.kubectl.client import Client
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.go_values import parse_int
from k8snb.kubectl.infos import meta_of
from k8snb.kubectl.recording import CHANGE_CAUSE

REVISION = "deployment.kubernetes.io/revision"
HASH_LABEL = "pod-template-hash"

_KINDS_WITH_VISITOR = (
    "CronJob",
    "DaemonSet",
    "Deployment",
    "Job",
    "Pod",
    "ReplicaSet",
    "ReplicationController",
    "StatefulSet",
)
_RETRIEVED_AS = {"StatefulSet": "Statefulset"}


def check_kind(resource: Resource, purpose: str, thing: str) -> None:
    """Refuse kinds that have no revisions.

    Parameters
    ----------
    purpose
        What is done: ``retrieving history``.
    thing
        What would do it: ``history viewer``.
    """
    if resource.kind in ("Deployment", "DaemonSet", "StatefulSet"):
        return
    name = f'"{resource.qualified_kind}"'
    if resource.kind not in _KINDS_WITH_VISITOR:
        raise KubectlError(
            f"error {purpose} for {name}, no visitor method exists for {{{resource.group} {resource.kind}}}"
        )
    raise KubectlError(f"no {thing} has been implemented for {name}")


def controlled_by(obj: KubernetesObject, owner: KubernetesObject) -> bool:
    """Whether an object's controller is `owner`."""
    references = meta_of(obj).owner_references
    return any(r.controller and r.uid == meta_of(owner).uid for r in references)


def revision_of(obj: KubernetesObject) -> int | None:
    """The revision that a deployment or replica set says it is; 0 where it says nothing, None for nonsense."""
    text = meta_of(obj).annotations.get(REVISION)
    if text is None:
        return 0
    try:
        return parse_int(text)
    except ValueError:
        return None


def replica_sets_of(client: Client, deployment: Deployment) -> list[ReplicaSet]:
    """A deployment's replica sets, oldest first, the one of its present template last."""
    found = [
        cast(ReplicaSet, obj)
        for obj in client.list(BY_CLASS[ReplicaSet], deployment.metadata.namespace)
        if matches(deployment.spec.selector, meta_of(obj).labels) and controlled_by(obj, deployment)
    ]
    found.sort(key=lambda rs: (rs.metadata.creation_timestamp or 0, rs.metadata.name))
    new = next((rs for rs in found if same_template(rs.spec.template, deployment.spec.template)), None)
    return [*(rs for rs in found if rs is not new), *([new] if new is not None else [])]


def same_template(one: PodTemplateSpec, other: PodTemplateSpec) -> bool:
    """Whether two templates are the same but for the hash label."""
    return without_hash(to_dict(one)) == without_hash(to_dict(other))


def without_hash(template: dict[str, Any]) -> dict[str, Any]:
    """The JSON form of a template without its hash label."""
    metadata = dict(template.get("metadata") or {})
    labels = {k: v for k, v in (metadata.get("labels") or {}).items() if k != HASH_LABEL}
    if "labels" in metadata:
        metadata["labels"] = labels
        if not labels:
            del metadata["labels"]
    return {**template, "metadata": metadata}


def controller_revisions_of(client: Client, owner: DaemonSet | StatefulSet) -> list[ControllerRevision]:
    """The controller revisions of a daemon set or stateful set, by revision."""
    found = [
        cast(ControllerRevision, obj)
        for obj in client.list(BY_CLASS[ControllerRevision], owner.metadata.namespace)
        if matches(owner.spec.selector, meta_of(obj).labels) and controlled_by(obj, owner)
    ]
    return sorted(found, key=lambda revision: revision.revision)


def restored(owner: DaemonSet | StatefulSet, revision: ControllerRevision) -> DaemonSet | StatefulSet:
    """A workload as it was in a revision."""
    patched = apply_patch(type(owner), to_dict(owner), "strategic", revision.data)
    try:
        return from_dict(type(owner), patched, strict=False)
    except DecodeError as error:
        raise KubectlError(str(error)) from None


def history_of(client: Client, obj: KubernetesObject) -> Mapping[int, KubernetesObject]:
    """The object of each revision: a replica set, or the workload as it was, in order of the revisions."""
    if isinstance(obj, Deployment):
        numbered = ((revision_of(rs), rs) for rs in replica_sets_of(client, obj))
        return dict(sorted(((n, rs) for n, rs in numbered if n is not None), key=lambda pair: pair[0]))
    assert isinstance(obj, DaemonSet | StatefulSet)
    return {revision.revision: restored(obj, revision) for revision in controller_revisions_of(client, obj)}


def change_causes(client: Client, obj: KubernetesObject) -> Mapping[int, str]:
    """The change cause of each revision, in order; empty where none was noted."""
    if isinstance(obj, Deployment):
        causes: dict[int, str] = {}
        for number, rs in history_of(client, obj).items():
            template_annotations = rs.spec.template.metadata.annotations if isinstance(rs, ReplicaSet) else {}
            causes[number] = meta_of(rs).annotations.get(CHANGE_CAUSE) or template_annotations.get(CHANGE_CAUSE, "")
        return causes
    assert isinstance(obj, DaemonSet | StatefulSet)
    revisions = controller_revisions_of(client, obj)
    return {r.revision: r.metadata.annotations.get(CHANGE_CAUSE, "") for r in revisions}
