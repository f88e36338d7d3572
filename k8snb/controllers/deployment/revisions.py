"""Revisions: which ReplicaSet has the present template, and the annotations that count and remember them.

References
----------
``pkg/controller/deployment/util/deployment_util.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from k8snb.api.integers import integer
from k8snb.api.types.apps import Deployment, ReplicaSet

REVISION = "deployment.kubernetes.io/revision"
REVISION_HISTORY = "deployment.kubernetes.io/revision-history"
DESIRED_REPLICAS = "deployment.kubernetes.io/desired-replicas"
MAX_REPLICAS = "deployment.kubernetes.io/max-replicas"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
DEPRECATED_ROLLBACK = "deprecated.deployment.rollback.to"
POD_TEMPLATE_HASH = "pod-template-hash"

MAX_HISTORY_LENGTH = 2000  # characters of the history annotation

NOT_COPIED = (LAST_APPLIED, REVISION, REVISION_HISTORY, DESIRED_REPLICAS, MAX_REPLICAS, DEPRECATED_ROLLBACK)


def same_template(rs: ReplicaSet, deployment: Deployment) -> bool:
    """The ReplicaSet's template is the deployment's, but for the hash label."""
    one, other = rs.spec.template, deployment.spec.template
    if one.spec is not other.spec and one.spec != other.spec:
        return False
    labels, wanted = dict(one.metadata.labels), dict(other.metadata.labels)
    labels.pop(POD_TEMPLATE_HASH, None)
    wanted.pop(POD_TEMPLATE_HASH, None)
    return labels == wanted and replace(one.metadata, labels=other.metadata.labels) == other.metadata


def by_creation(rs: ReplicaSet) -> tuple[int, str]:
    """A sort key: older first."""
    return rs.metadata.creation_timestamp or 0, rs.metadata.name


def find_new_replica_set(deployment: Deployment, replica_sets: Iterable[ReplicaSet]) -> ReplicaSet | None:
    """The oldest ReplicaSet that has the deployment's present template."""
    return min([rs for rs in replica_sets if same_template(rs, deployment)], key=by_creation, default=None)


def revision_of(rs: ReplicaSet | Deployment) -> int:
    """The revision in the object's annotation; 0 without one."""
    text = rs.metadata.annotations.get(REVISION, "")
    return max(integer(text) or 0, 0)


def max_revision(replica_sets: Iterable[ReplicaSet]) -> int:
    """The highest revision of the ReplicaSets."""
    return max(map(revision_of, replica_sets), default=0)


def last_revision(replica_sets: Iterable[ReplicaSet]) -> int:
    """The revision before the highest; 0 when there is none."""
    return sorted((0, 0, *map(revision_of, replica_sets)))[-2]


def replica_set_annotations(deployment: Deployment, present: Mapping[str, str], revision: int) -> dict[str, str]:
    """The annotations of the new ReplicaSet at a revision.

    The deployment's own are copied, but for those that count; a revision that the ReplicaSet had before is kept in
    its history.
    """
    result = dict(present)
    for key, value in deployment.metadata.annotations.items():
        if key not in NOT_COPIED:
            result[key] = value
    before = present.get(REVISION, "")
    known = integer(before or "0")
    if known is None:
        return dict(present)
    if known < revision:
        result[REVISION] = str(revision)
        if REVISION in present:
            result[REVISION_HISTORY] = _extended_history(present.get(REVISION_HISTORY, ""), before)
    return result


def _extended_history(history: str, revision: str) -> str:
    """The history with one more revision; the oldest go when it grows too long."""
    if not history:
        return revision
    revisions: Sequence[str] = history.split(",")
    while revisions and len(",".join((*revisions, revision))) > MAX_HISTORY_LENGTH:
        revisions = revisions[1:]
    return ",".join((*revisions, revision)) if revisions else history


def with_replicas_annotations(annotations: Mapping[str, str], desired: int, maximum: int) -> Mapping[str, str]:
    """The annotations with the deployment's desired and maximal size, by which later scaling finds its proportions."""
    numbers = {DESIRED_REPLICAS: str(desired), MAX_REPLICAS: str(maximum)}
    if all(annotations.get(k) == v for k, v in numbers.items()):
        return annotations
    return {**annotations, **numbers}
