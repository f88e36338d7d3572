"""``kubectl replace``.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/replace/replace.go @ v1.36``
"""

from __future__ import annotations

from typing import Any

from k8snb.errors import K8snbError, NotFound
from k8snb.kubectl.command import CommandSpec, Session, Waiting
from k8snb.kubectl.common_flags import (
    DRY_RUN,
    field_manager,
    FILES,
    OUTPUT,
    RECORD,
    SAVE_CONFIG,
    SUBRESOURCE,
    VALIDATE,
)
from k8snb.kubectl.deletion import cascade_flag, cascade_of, gone
from k8snb.kubectl.dry_run import check_validate, dry_run_of, DryRun
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.failures import with_source
from k8snb.kubectl.flags import duration, number, switch, text
from k8snb.kubectl.infos import Info, meta_of
from k8snb.kubectl.last_applied import check_size, LAST_APPLIED, with_last_applied
from k8snb.kubectl.output import Output
from k8snb.kubectl.recording import recorded
from k8snb.kubectl.resource_builder import find_objects, Query

Body = dict[str, Any]

_FIVE_MINUTES_MS = 300_000


def _replace(session: Session) -> Waiting:
    flags = session.flags
    check_validate(session)
    dry_run = dry_run_of(session)
    output = Output(session, dry_run)
    cascade = cascade_of(session)
    if not flags["filename"] and not flags["kustomize"]:
        raise KubectlError("must specify one of -f and -k")
    _check(session, dry_run)
    found = find_objects(session, Query(session.args))
    if flags["force"]:
        yield from _delete_all(session, found.infos, cascade)
        found.visit(lambda info: _create(session, output, info))
        if not found.infos:
            raise KubectlError("no objects passed to replace")
        return
    found.visit(lambda info: _replace_one(session, dry_run, output, info))


def _check(session: Session, dry_run: DryRun) -> None:
    flags = session.flags
    for name in ("grace-period", "timeout"):
        if flags[name] > (-1 if name == "grace-period" else 0) and not flags["force"]:
            raise KubectlError(f"--{name} must have --force specified")
    if flags["force"] and dry_run is not DryRun.NONE:
        raise KubectlError("--dry-run can not be used when --force is set")
    for name in ("raw", "subresource"):
        if flags[name]:
            raise KubectlError(f'"kubectl replace --{name}" is not built in this simulator')


def _body(session: Session, info: Info) -> Body:
    body = info.body
    remembers = LAST_APPLIED in ((body.get("metadata") or {}).get("annotations") or {})
    if session.flags["save-config"] or remembers:
        body = with_last_applied(body)
    return recorded(session, body)


def _replace_one(session: Session, dry_run: DryRun, output: Output, info: Info) -> None:
    body = _body(session, info)
    if dry_run is DryRun.CLIENT:
        output.print(body, "replaced")
        return
    server = session.server
    try:
        check_size(body)
        if not body["metadata"].get("resourceVersion"):
            current = server.get(info.resource, info.namespace, info.name)
            body["metadata"] = {**body["metadata"], "resourceVersion": meta_of(current).resource_version}
        obj = server.replace(info.resource, info.namespace, info.name, body, dry_run=dry_run is DryRun.SERVER)
    except K8snbError as error:
        raise with_source("replacing", info.source, error) from None
    output.print(obj, "replaced")


def _delete_all(session: Session, infos: list[Info], cascade: str) -> Waiting:
    """With ``--force``, what is there is deleted, and waited for, first."""
    grace = session.flags["grace-period"]
    if grace == 0:
        grace = 1  # as kubectl does, so that it can wait until the object is gone
    deleted = []
    for info in infos:
        try:
            obj = session.server.delete(
                info.resource,
                info.namespace,
                info.name,
                grace_period_seconds=grace if grace > 0 else None,
                propagation_policy=cascade,
            )
        except NotFound:
            continue
        where = f" from {info.namespace} namespace" if info.resource.namespaced else ""
        session.say(f'{info.resource.qualified_singular} "{info.name}" deleted{where}')
        deleted.append((info, meta_of(obj).uid))
    yield from gone(session, deleted, session.flags["timeout"] or _FIVE_MINUTES_MS)


def _create(session: Session, output: Output, info: Info) -> None:
    body = _body(session, info)
    body["metadata"] = {k: v for k, v in body["metadata"].items() if k != "resourceVersion"}
    check_size(body)
    output.print(session.server.create(info.resource, info.namespace, body), "replaced")


COMMAND = CommandSpec(
    "replace",
    "Replace a resource by file name or stdin",
    _replace,
    (
        *OUTPUT,
        *FILES,
        DRY_RUN,
        RECORD,
        SAVE_CONFIG,
        SUBRESOURCE,
        VALIDATE,
        cascade_flag(),
        field_manager("kubectl-replace"),
        switch("force"),
        number("grace-period", -1),
        text("raw"),
        duration("timeout"),
        switch("wait"),
    ),
    usage="-f FILENAME",
)
