"""``kubectl scale``.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/scale/scale.go`` and ``staging/src/k8s.io/kubectl/pkg/scale/scale.go @ v1.36``
"""

from __future__ import annotations

from typing import Any

from k8snb.errors import BadRequest
from k8snb.kubectl.command import CommandSpec, Session, Wait, Waiting
from k8snb.kubectl.common_flags import ALL, DRY_RUN, FILES, OUTPUT, RECORD, RESOURCE_VERSION, SELECTOR
from k8snb.kubectl.dry_run import dry_run_of, DryRun
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.failures import raise_all
from k8snb.kubectl.flags import duration, number
from k8snb.kubectl.infos import Info, meta_of
from k8snb.kubectl.output import Output
from k8snb.kubectl.recording import CHANGE_CAUSE
from k8snb.kubectl.resource_builder import find_objects, Query
from k8snb.kubectl.subresources import has_scale, no_such_subresource

_REQUIRED = "The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0"
_SCALED_GROUPS = ("", "apps")  # of these, kubectl knows where the number stands


def _scale(session: Session) -> Waiting:
    flags = session.flags
    dry_run = dry_run_of(session)
    output = Output(session, dry_run)
    if flags["replicas"] < 0:
        raise KubectlError(_REQUIRED)
    if flags["current-replicas"] < -1:
        raise KubectlError("The --current-replicas must specify an integer of -1 or greater")
    query = Query(session.args, labels=flags["selector"], everything=flags["all"])
    found = find_objects(session, query)
    if flags["resource-version"] and len(found.infos) > 1:
        raise KubectlError("cannot use --resource-version with multiple resources")
    if not found.infos:
        raise_all(found.errors)
        raise KubectlError("no objects passed to scale")
    for info in found.infos:
        body = info.body
        if dry_run is not DryRun.CLIENT:
            yield from _scale_one(session, dry_run, info)
        if info.resource.group in _SCALED_GROUPS:
            body["spec"] = {**body.get("spec", {}), "replicas": flags["replicas"]}
        _record(session, dry_run, info)
        output.print(body, "scaled")
    raise_all(found.errors)


def _scale_one(session: Session, dry_run: DryRun, info: Info) -> Waiting:
    flags = session.flags
    if not has_scale(info.resource):
        raise no_such_subresource()
    wanted: int = flags["replicas"]
    patch: dict[str, Any] = {"spec": {"replicas": wanted}}
    _check_preconditions(session, info)
    if wanted >= 2**31:
        problem = f"json: cannot unmarshal number {wanted} into Go struct field ScaleSpec.spec.replicas of type int32"
        raise BadRequest(f'Scale in version "v1" cannot be handled as a Scale: {problem}')
    dry = dry_run is DryRun.SERVER
    session.server.patch(info.resource, info.namespace, info.name, "merge", patch, subresource="scale", dry_run=dry)
    if flags["timeout"] and dry_run is DryRun.NONE:
        done = yield Wait(lambda: _has_replicas(session, info, wanted), flags["timeout"])
        if not done:
            raise KubectlError(f'timed out waiting for "{info.name}" to be synced')


def _check_preconditions(session: Session, info: Info) -> None:
    flags = session.flags
    if flags["current-replicas"] == -1 and not flags["resource-version"]:
        return
    obj: Any = info.obj or info.get(session.server)
    replicas = obj.spec.replicas
    if flags["current-replicas"] not in (-1, replicas):
        raise KubectlError(f"Expected replicas to be {flags['current-replicas']}, was {replicas}")
    version = meta_of(obj).resource_version
    if flags["resource-version"] not in ("", version):
        raise KubectlError(f"Expected resource version to be {flags['resource-version']}, was {version}")


def _has_replicas(session: Session, info: Info, wanted: int) -> bool:
    obj: Any = info.get(session.server)
    return bool(obj.spec.replicas != wanted or obj.status.replicas == wanted)


def _record(session: Session, dry_run: DryRun, info: Info) -> None:
    """With ``--record``, a second patch notes the command."""
    if session.flags["record"] and dry_run is DryRun.NONE:
        patch = {"metadata": {"annotations": {CHANGE_CAUSE: session.change_cause}}}
        session.server.patch(info.resource, info.namespace, info.name, "merge", patch)


COMMAND = CommandSpec(
    "scale",
    "Set a new size for a deployment, replica set, or replication controller",
    _scale,
    (
        *OUTPUT,
        *FILES,
        ALL,
        DRY_RUN,
        RECORD,
        RESOURCE_VERSION,
        SELECTOR,
        number("current-replicas", -1),
        number("replicas", -1, required=True),
        duration("timeout"),
    ),
    usage="[--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME)",
)
