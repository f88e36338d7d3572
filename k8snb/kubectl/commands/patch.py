"""``kubectl patch``.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/patch/patch.go @ v1.36``
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from k8snb.api.encode import to_dict
from k8snb.api.field_errors import go_quote
from k8snb.api.files import read_file
from k8snb.api.json_reader import JsonError, parse_json
from k8snb.api.patch import apply_patch
from k8snb.api.patch.json_patch import json_patch, JsonPatchError
from k8snb.api.yaml_reader import parse_yaml, YamlError
from k8snb.errors import ApiError, BadRequest
from k8snb.kubectl.command import CommandSpec, Session
from k8snb.kubectl.common_flags import DRY_RUN, field_manager, FILES, LOCAL, OUTPUT, RECORD, SUBRESOURCE
from k8snb.kubectl.dry_run import dry_run_of, DryRun
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.flags import text
from k8snb.kubectl.infos import Info
from k8snb.kubectl.output import Output
from k8snb.kubectl.recording import CHANGE_CAUSE
from k8snb.kubectl.resource_builder import find_objects, Query
from k8snb.kubectl.subresources import check_readable, readable

_TYPES = ("json", "merge", "strategic")
_BAD_DOCUMENT = {"strategic": "invalid JSON document", "merge": "Invalid JSON Patch"}


class _Unreadable:
    """A patch that is no JSON; ``problem`` says why."""

    def __init__(self, problem: str) -> None:
        self.problem = problem


def _patch(session: Session) -> None:
    dry_run = dry_run_of(session)
    _check(session, dry_run)
    patch = _read_patch(session)
    found = find_objects(session, Query(session.args, local=session.flags["local"]))
    check_readable(session.flags["subresource"], found.resources)
    found.visit(lambda info: _patch_one(session, dry_run, info, patch))
    if not found.infos:
        raise KubectlError("no objects passed to patch")


def _check(session: Session, dry_run: DryRun) -> None:
    flags = session.flags
    if flags["patch"] and flags["patch-file"]:
        raise KubectlError("cannot specify --patch and --patch-file together")
    if not flags["patch"] and not flags["patch-file"]:
        raise KubectlError("must specify --patch or --patch-file containing the contents of the patch")
    if flags["local"] and session.args:
        raise KubectlError("cannot specify --local and server resources")
    if flags["local"] and dry_run is DryRun.SERVER:
        raise KubectlError("cannot specify --local and --dry-run=server - did you mean --dry-run=client?")
    if flags["type"] and flags["type"].lower() not in _TYPES:
        raise KubectlError(f"--type must be one of [{' '.join(_TYPES)}], not {go_quote(flags['type'])}")


def _read_patch(session: Session) -> Any:
    """The patch as a JSON value; text that begins with a brace is left to the server to refuse."""
    source = session.flags["patch"]
    if path := session.flags["patch-file"]:
        try:
            source = read_file(Path(path)).decode("utf-8")
        except OSError as error:
            problem = (error.strerror or str(error)).lower()
            raise KubectlError(f"unable to read patch file: open {path}: {problem}") from None
        except UnicodeDecodeError:
            raise KubectlError(f"unable to parse {go_quote(path)}: yaml: invalid leading UTF-8 octet") from None
    if source.lstrip().startswith("{"):
        try:
            return parse_json(source)
        except JsonError as error:
            return _Unreadable(str(error))
    try:
        return parse_yaml(source)
    except YamlError as error:
        raise KubectlError(f"unable to parse {go_quote(session.flags['patch'])}: {error}") from None


def _patch_one(session: Session, dry_run: DryRun, info: Info, patch: Any) -> None:
    flags = session.flags
    patch_type = flags["type"].lower() or "strategic"
    if info.obj is not None:
        info.obj = readable(flags["subresource"], info.obj)
    before = info.body
    if flags["local"] or dry_run is DryRun.CLIENT:
        after = _patched_locally(info, patch_type, patch)
        Output(session).print(after, _done(before != after))
        return
    if isinstance(patch, _Unreadable):
        raise BadRequest(f"error decoding patch: {patch.problem}")
    output = Output(session) if dry_run is DryRun.NONE else None  # what cannot be printed is not changed
    obj = session.server.patch(
        info.resource,
        info.namespace,
        info.name,
        patch_type,
        patch,
        subresource=flags["subresource"],
        dry_run=dry_run is DryRun.SERVER,
    )
    changed = to_dict(obj) != before
    if flags["record"] and dry_run is DryRun.NONE:
        cause = {"metadata": {"annotations": {CHANGE_CAUSE: session.change_cause}}}
        obj = session.server.patch(info.resource, info.namespace, info.name, "merge", cause)
    (output or Output(session)).print(obj, _done(changed))  # its messages never tell of a dry run


def _done(changed: bool) -> str:
    return "patched" if changed else "patched (no change)"


def _patched_locally(info: Info, patch_type: str, patch: Any) -> dict[str, Any]:
    if patch_type == "json":
        if not isinstance(patch, list) or not all(isinstance(operation, dict) for operation in patch):
            kind = {str: "string", dict: "object", bool: "bool"}.get(type(patch), "number")
            raise KubectlError(f"json: cannot unmarshal {kind} into Go value of type jsonpatch.Patch")
        try:
            patched: dict[str, Any] = json_patch(info.body, patch)
        except JsonPatchError as error:
            raise KubectlError(str(error)) from None
        return patched
    if not isinstance(patch, dict):
        raise KubectlError(_BAD_DOCUMENT[patch_type])
    cls = type(info.obj) if info.obj is not None else info.resource.cls
    try:
        return apply_patch(cls, info.body, patch_type, patch)
    except ApiError as error:
        raise KubectlError(error.message) from None


COMMAND = CommandSpec(
    "patch",
    "Update fields of a resource",
    _patch,
    (
        *OUTPUT,
        *FILES,
        DRY_RUN,
        LOCAL,
        RECORD,
        SUBRESOURCE,
        field_manager("kubectl-patch"),
        text("patch", short="p"),
        text("patch-file"),
        text("type", "strategic"),
    ),
    usage="(-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]",
)
