"""``rollout undo``: a workload's template as it was in an earlier revision.

References
----------
``staging/src/k8s.io/kubectl/pkg/polymorphichelpers/rollback.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from k8snb.api.encode import to_dict
from k8snb.api.types.apps import ControllerRevision, DaemonSet, Deployment, ReplicaSet, StatefulSet
from k8snb.errors import ApiError
from k8snb.kubectl.client import Client
from k8snb.kubectl.dry_run import DryRun
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.infos import Info
from k8snb.kubectl.last_applied import LAST_APPLIED
from k8snb.kubectl.printers.pod_template import pod_template_text
from k8snb.kubectl.revisions import (
    check_kind,
    controller_revisions_of,
    replica_sets_of,
    restored,
    REVISION,
    revision_of,
    same_template,
    without_hash,
)

_ROLLED_BACK = "rolled back"
_KEPT_ANNOTATIONS = (
    LAST_APPLIED,
    REVISION,
    "deployment.kubernetes.io/revision-history",
    "deployment.kubernetes.io/desired-replicas",
    "deployment.kubernetes.io/max-replicas",
    "deprecated.deployment.rollback.to",
)


def roll_back(client: Client, info: Info, to_revision: int, dry_run: DryRun) -> str:
    """Take a workload back to a revision.

    Parameters
    ----------
    to_revision
        0 is the one before the present.

    Returns
    -------
    str
        What was done, as the message says it.

    Raises
    ------
    KubectlError
        When there is no such revision, or the workload is paused.
    """
    check_kind(info.resource, "retrieving rollbacker", "rollbacker")
    if to_revision < 0:
        raise _not_found(to_revision)
    obj = info.obj
    if isinstance(obj, Deployment):
        return _Deployment(client, info, obj).roll_back(to_revision, dry_run)
    assert isinstance(obj, DaemonSet | StatefulSet)
    return _with_controller_revisions(client, info, obj, to_revision, dry_run)


def _not_found(revision: int) -> KubectlError:
    return KubectlError(f"unable to find specified revision {revision} in history")


def _skipped(revision: int) -> str:
    return f"skipped rollback (current template already matches revision {revision})"


def _send(client: Client, info: Info, patch_type: str, patch: Any, revision: int, dry_run: DryRun) -> str:
    server_dry_run = dry_run is DryRun.SERVER
    try:
        client.patch(info.resource, info.namespace, info.name, patch_type, patch, dry_run=server_dry_run)
    except ApiError as error:
        raise KubectlError(f"failed restoring revision {revision}: {error}") from None
    return _ROLLED_BACK


class _Deployment:
    def __init__(self, client: Client, info: Info, deployment: Deployment) -> None:
        self.client = client
        self.info = info
        self.deployment = deployment

    def roll_back(self, to_revision: int, dry_run: DryRun) -> str:
        deployment = self.deployment
        target = self._target(to_revision)
        if dry_run is DryRun.CLIENT:
            return pod_template_text(target.spec.template)
        if deployment.spec.paused:
            raise KubectlError(
                "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again"
            )
        if same_template(target.spec.template, deployment.spec.template):
            return _skipped(to_revision)
        patch = [
            {"op": "replace", "path": "/spec/template", "value": without_hash(to_dict(target.spec.template))},
            {"op": "replace", "path": "/metadata/annotations", "value": self._annotations(target)},
        ]
        return _send(self.client, self.info, "json", patch, to_revision, dry_run)

    def _annotations(self, target: ReplicaSet) -> dict[str, str]:
        """Those of the revision, but the bookkeeping stays the deployment's."""
        present = self.deployment.metadata.annotations
        kept = {key: present[key] for key in _KEPT_ANNOTATIONS if key in present}
        return kept | {k: v for k, v in target.metadata.annotations.items() if k not in _KEPT_ANNOTATIONS}

    def _target(self, to_revision: int) -> ReplicaSet:
        numbered = [(revision_of(rs), rs) for rs in replica_sets_of(self.client, self.deployment)]
        found = [(number, rs) for number, rs in numbered if number is not None]
        if to_revision > 0:
            for number, rs in found:
                if number == to_revision:
                    return rs
            raise _not_found(to_revision)
        found.sort(key=lambda pair: pair[0])
        if len(found) < 2:
            raise KubectlError(f'no rollout history found for deployment "{self.deployment.metadata.name}"')
        return found[-2][1]


def _with_controller_revisions(
    client: Client, info: Info, obj: DaemonSet | StatefulSet, to_revision: int, dry_run: DryRun
) -> str:
    target = _find(controller_revisions_of(client, obj), to_revision)
    if dry_run is DryRun.CLIENT:
        return f"will roll back to {pod_template_text(restored(obj, target).spec.template)}"
    present = {"spec": {"template": {**to_dict(obj.spec.template), "$patch": "replace"}}}
    if present == target.data:
        return _skipped(to_revision)
    return _send(client, info, "strategic", target.data, to_revision, dry_run)


def _find(revisions: Sequence[ControllerRevision], to_revision: int) -> ControllerRevision:
    if to_revision == 0:
        if len(revisions) < 2:
            raise KubectlError("no last revision to roll back to")
        return revisions[-2]
    for revision in revisions:
        if revision.revision == to_revision:
            return revision
    raise _not_found(to_revision)
