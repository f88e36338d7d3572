"""Rolling back by an annotation: the form in which ``spec.rollbackTo`` of the first Deployments lives on.

References
----------
``pkg/controller/deployment/rollback.go @ v1.36``
"""

from __future__ import annotations

from msgspec.structs import replace

from k8snb.api.integers import integer
from k8snb.api.types.apps import Deployment, ReplicaSet
from k8snb.api.types.pod import PodTemplateSpec
from k8snb.controllers.deployment import revisions
from k8snb.controllers.deployment.rollout import Rollout
from k8snb.controllers.deployment.sync import get_all_replica_sets_and_sync_revision

REVISION_NOT_FOUND = "DeploymentRollbackRevisionNotFound"
TEMPLATE_UNCHANGED = "DeploymentRollbackTemplateUnchanged"
DONE = "DeploymentRollback"


def rollback_revision(deployment: Deployment) -> int | None:
    """The revision to go back to, 0 for the last one; None when nobody asks for it."""
    return integer(deployment.metadata.annotations.get(revisions.DEPRECATED_ROLLBACK, ""))


def rollback(rollout: Rollout, revision: int) -> None:
    """Take the template of a revision over, or say why that is not possible; either way nobody asks any more."""
    deployment = rollout.deployment
    sets = get_all_replica_sets_and_sync_revision(rollout, create=True)
    revision = revision or revisions.last_revision(sets.all)
    if not revision:
        _give_up(rollout, "Unable to find last revision.")
        return
    rs = next((rs for rs in sets.all if revisions.revision_of(rs) == revision), None)
    if rs is None:
        _give_up(rollout, "Unable to find the revision to rollback to.")
        return
    name = deployment.metadata.name
    if revisions.same_template(rs, deployment):
        message = f'The rollback revision contains the same template as current deployment "{name}"'
        rollout.record(TEMPLATE_UNCHANGED, message, "Warning")
        _answer(rollout, rollout.deployment)
    else:
        _answer(rollout, _rolled_back(rollout.deployment, rs))
        rollout.record(DONE, f'Rolled back deployment "{name}" to revision {revision}')


def _give_up(rollout: Rollout, message: str) -> None:
    rollout.record(REVISION_NOT_FOUND, message, "Warning")
    _answer(rollout, rollout.deployment)


def _rolled_back(deployment: Deployment, rs: ReplicaSet) -> Deployment:
    """The deployment with a ReplicaSet's template, and with its annotations but for those that count."""
    own, others = deployment.metadata.annotations, rs.metadata.annotations
    annotations = {key: value for key, value in own.items() if key in revisions.NOT_COPIED}
    annotations.update((key, value) for key, value in others.items() if key not in revisions.NOT_COPIED)
    spec = replace(deployment.spec, template=_without_hash(rs.spec.template))
    return replace(deployment, metadata=replace(deployment.metadata, annotations=annotations), spec=spec)


def _without_hash(template: PodTemplateSpec) -> PodTemplateSpec:
    labels = {key: value for key, value in template.metadata.labels.items() if key != revisions.POD_TEMPLATE_HASH}
    return replace(template, metadata=replace(template.metadata, labels=labels))


def _answer(rollout: Rollout, deployment: Deployment) -> None:
    meta = deployment.metadata
    annotations = {key: value for key, value in meta.annotations.items() if key != revisions.DEPRECATED_ROLLBACK}
    rollout.server.update_object(replace(deployment, metadata=replace(meta, annotations=annotations)))
