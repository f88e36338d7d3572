"""``kubectl rollout``.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/rollout/*.go`` and
``staging/src/k8s.io/kubectl/pkg/polymorphichelpers/object{pauser,resumer,restarter}.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from k8snb.api.encode import to_dict
from k8snb.api.timestamps import format_time
from k8snb.api.types.apps import ReplicaSet
from k8snb.errors import K8snbError
from k8snb.kubectl.command import CommandSpec, Runner, Session
from k8snb.kubectl.commands.rollout_status import STATUS
from k8snb.kubectl.common_flags import DRY_RUN, field_manager, FILES, OUTPUT, SELECTOR
from k8snb.kubectl.dry_run import dry_run_of, DryRun
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.failures import raise_all
from k8snb.kubectl.flags import number
from k8snb.kubectl.infos import Info, meta_of
from k8snb.kubectl.last_applied import LAST_APPLIED
from k8snb.kubectl.output import Output
from k8snb.kubectl.printers.pod_template import pod_template_text
from k8snb.kubectl.printers.tabwriter import align, DESCRIPTION
from k8snb.kubectl.recording import CHANGE_CAUSE
from k8snb.kubectl.resource_builder import find_objects, Found, Query
from k8snb.kubectl.revisions import change_causes, check_kind, history_of
from k8snb.kubectl.rollback import roll_back
from k8snb.kubectl.template_changes import calculate, Change

Body = dict[str, Any]

_NO_HISTORY = "No rollout history found."
_REVISION_MISSING = "unable to find the specified revision"
_RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"
_RESTART_TWICE = (
    "if restart has already been triggered within the past second, please wait before attempting to trigger another"
)


def find_workloads(session: Session) -> Found:
    """The objects that a rollout command is about."""
    flags = session.flags
    if not session.args and not flags["filename"] and not flags["kustomize"]:
        raise KubectlError("required resource not specified")
    return find_objects(
        session, Query(session.args, labels=flags["selector"], everything=True, latest=True, typed=True)
    )


# -- history


def _history(session: Session) -> None:
    output, revision = Output(session, typed=True), session.flags["revision"]
    if not session.args and not session.flags["filename"]:
        raise KubectlError("required resource not specified")
    if revision < 0:
        raise KubectlError(f"revision must be a positive integer: {revision}")
    found = find_workloads(session)
    if output.prints_objects or output.format == "name":
        found.visit(lambda info: _print_revisions(session, output, info, revision))
    else:
        found.visit(lambda info: output.print(_object(info), _history_text(session, info, revision)))


def _object(info: Info) -> Any:
    assert info.obj is not None
    return info.obj


def _print_revisions(session: Session, output: Output, info: Info, revision: int) -> None:
    check_kind(info.resource, "retrieving history", "history viewer")
    history = history_of(session.server, _object(info))
    if revision > 0 and revision not in history:
        raise KubectlError(_REVISION_MISSING)
    for number_, obj in history.items():
        if revision in (0, number_):
            output.print(_without_kinds_of_claims(to_dict(obj)), "")


def _without_kinds_of_claims(body: dict[str, Any]) -> dict[str, Any]:
    """A workload as kubectl puts it together from a revision: its claim templates do not say of which kind they are."""
    if "volumeClaimTemplates" not in body["spec"]:
        return body
    claims = [
        {name: value for name, value in claim.items() if name not in ("apiVersion", "kind")}
        for claim in body["spec"]["volumeClaimTemplates"]
    ]
    return {**body, "spec": {**body["spec"], "volumeClaimTemplates": claims}}


def _history_text(session: Session, info: Info, revision: int) -> str:
    check_kind(info.resource, "retrieving history", "history viewer")
    shown = f"with revision #{revision}" if revision > 0 else ""
    causes = change_causes(session.server, _object(info))
    if not causes:
        return f"{shown}\n{_NO_HISTORY}"
    if revision > 0:
        return f"{shown}\n{_template_text(session, info, revision, causes.get(revision, ''))}"
    rows = "".join(f"{number_}\t{cause or '<none>'}\n" for number_, cause in causes.items())
    table = align(f"REVISION\tCHANGE-CAUSE\n{rows}", DESCRIPTION)
    return f"{shown}\n{table}"


def _template_text(session: Session, info: Info, revision: int, cause: str) -> str:
    obj: Any = history_of(session.server, _object(info)).get(revision)
    if obj is None:
        raise KubectlError(_REVISION_MISSING)
    template = obj.spec.template
    if cause and isinstance(obj, ReplicaSet):
        annotations = {**template.metadata.annotations, CHANGE_CAUSE: cause}
        template = replace(template, metadata=replace(template.metadata, annotations=annotations))
    return pod_template_text(template)


# -- undo


def _undo(session: Session) -> None:
    dry_run = dry_run_of(session)
    found = find_workloads(session)

    def act(info: Info) -> None:
        if LAST_APPLIED in meta_of(_object(info)).annotations:
            session.warn(
                f"resource {info.object_name} was previously managed with 'kubectl apply'. Rolling back will not "
                f"update the {LAST_APPLIED} annotation, which may cause unexpected behavior on future 'kubectl apply' "
                "operations. Consider using 'kubectl apply' with your previous configuration file instead."
            )
        output = Output(session, dry_run, typed=True) if dry_run is DryRun.NONE else None  # nothing to print, no change
        done = roll_back(session.server, info, session.flags["to-revision"], dry_run)
        (output or Output(session, dry_run, typed=True)).print(_object(info), done)

    found.visit(act)


# -- pause, resume, restart

Mutate = Callable[[Session, Info, Body], Body]


def _pause(_session: Session, info: Info, body: Body) -> Body:
    if info.resource.kind != "Deployment":
        raise KubectlError("pausing is not supported")
    if body["spec"].get("paused"):
        raise KubectlError("is already paused")
    body["spec"]["paused"] = True
    return body


def _resume(_session: Session, info: Info, body: Body) -> Body:
    if info.resource.kind != "Deployment":
        raise KubectlError("resuming is not supported")
    if not body["spec"].get("paused"):
        raise KubectlError("is not paused")
    del body["spec"]["paused"]
    return body


def _restart(session: Session, info: Info, body: Body) -> Body:
    if info.resource.kind not in ("Deployment", "DaemonSet", "StatefulSet"):
        raise KubectlError("restarting is not supported")
    if body["spec"].get("paused"):
        raise KubectlError("can't restart paused deployment (run rollout resume first)")
    metadata = body["spec"]["template"].setdefault("metadata", {})
    metadata.setdefault("annotations", {})[_RESTARTED_AT] = format_time(session.now_ms)
    return body


def _changing(mutate: Mutate, done: str) -> Runner:
    """The command that changes each workload with `mutate`, and says it is `done`."""

    def run(session: Session) -> None:
        found = find_workloads(session)
        changes = calculate(found.infos, lambda info, body: mutate(session, info, body))
        if not changes and not found.errors:
            session.complain(f"No resources found in {session.namespace} namespace.")
        errors: list[K8snbError] = list(found.errors)
        for change in changes:
            try:
                _send(session, change, done)
            except K8snbError as error:
                errors.append(error)
        raise_all(errors)

    return run


def _send(session: Session, change: Change, done: str) -> None:
    info = change.info
    if change.error is not None:
        raise KubectlError(f'error: {info.resource.qualified} "{info.name}" {change.error}')
    if not change.patch:
        raise KubectlError(f"failed to create patch for {info.name}: {_RESTART_TWICE}")
    output = Output(session, typed=True)  # upstream finds out after the patch that it cannot print
    try:
        obj = session.server.patch(info.resource, info.namespace, info.name, "strategic", change.patch)
    except K8snbError as error:
        raise KubectlError(f"failed to patch: {error}") from None
    output.print(obj, done)


_FLAGS = (*FILES, *OUTPUT, SELECTOR)
_CHANGING = (*_FLAGS, field_manager("kubectl-rollout"))

_LONG = """Manage the rollout of one or many resources.
        
 Valid resource types include:

  *  deployments
  *  daemonsets
  *  statefulsets

Examples:
  # Rollback to the previous deployment
  kubectl rollout undo deployment/abc
  
  # Check the rollout status of a daemonset
  kubectl rollout status daemonset/foo
  
  # Restart a deployment
  kubectl rollout restart deployment/abc
  
  # Restart deployments with the 'app=nginx' label
  kubectl rollout restart deployment --selector=app=nginx"""  # noqa: W293

COMMAND = CommandSpec(
    "rollout",
    "Manage the rollout of a resource",
    long=_LONG,
    help_to_stdout=True,
    subcommands=(
        CommandSpec("history", "View rollout history", _history, (*_FLAGS, number("revision"))),
        CommandSpec("pause", "Mark the provided resource as paused", _changing(_pause, "paused"), _CHANGING),
        CommandSpec("restart", "Restart a resource", _changing(_restart, "restarted"), _CHANGING),
        CommandSpec("resume", "Resume a paused resource", _changing(_resume, "resumed"), _CHANGING),
        STATUS,
        CommandSpec("undo", "Undo a previous rollout", _undo, (*_FLAGS, DRY_RUN, number("to-revision"))),
    ),
)
