"""``kubectl apply``.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/apply/{apply,patcher}.go @ v1.36``
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from k8snb.api.decode import DecodeError, from_dict
from k8snb.api.encode import to_dict
from k8snb.api.patch import apply_patch, create_three_way_merge_patch
from k8snb.api.patch.meta import PatchError
from k8snb.api.schema import KubernetesObject
from k8snb.errors import Conflict, Invalid, K8snbError, NotFound
from k8snb.kubectl.command import CommandSpec, not_built, paced, Session, Waiting
from k8snb.kubectl.commands import apply_set, apply_view
from k8snb.kubectl.commands.apply_prune import check_prune, prune
from k8snb.kubectl.common_flags import (
    ALL,
    DRY_RUN,
    field_manager,
    FILES,
    OUTPUT,
    RECORD,
    SELECTOR,
    SUBRESOURCE,
    VALIDATE,
)
from k8snb.kubectl.deletion import cascade_flag, cascade_of, gone
from k8snb.kubectl.dry_run import check_validate, dry_run_of, DryRun
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.failures import raise_all, with_source
from k8snb.kubectl.flags import array, duration, number, switch, text
from k8snb.kubectl.go_format import marshal
from k8snb.kubectl.infos import Info, meta_of
from k8snb.kubectl.last_applied import check_size, LAST_APPLIED, original_of, with_last_applied
from k8snb.kubectl.output import Output
from k8snb.kubectl.printers import Printable
from k8snb.kubectl.recording import recorded
from k8snb.kubectl.resource_builder import find_objects, Query

Body = dict[str, Any]


def _apply(session: Session) -> Waiting:
    if session.args:
        raise session.usage_error(f"Unexpected args: [{' '.join(session.args)}]")
    flags = session.flags
    dry_run = dry_run_of(session)
    if not flags["filename"] and not flags["kustomize"]:
        raise KubectlError("must specify one of -f and -k")
    check_validate(session)
    _check(session, dry_run)
    found = find_objects(session, Query(labels=flags["selector"]))
    if not found.infos:
        raise_all(found.errors)
        raise KubectlError("no objects passed to apply")
    output = Output(session, dry_run)
    errors: list[K8snbError] = list(found.errors)
    for index, info in enumerate(found.infos):
        if index:
            yield from paced(session)
        try:
            yield from _Applier(session, dry_run, output, info).run()
        except K8snbError as error:
            errors.append(error)
    raise_all(errors)
    if output.prints_objects:
        output.print_list([_printable(info) for info in found.infos])
    if flags["prune"]:
        prune(session, dry_run, output, found.infos)


def _check(session: Session, dry_run: DryRun) -> None:
    flags = session.flags
    cascade_of(session)
    if flags["server-side"]:
        raise KubectlError("--server-side is not built in this simulator")
    if flags["force-conflicts"]:
        raise KubectlError("--force-conflicts only works with --server-side")
    if dry_run is DryRun.SERVER and flags["force"]:
        raise KubectlError("--dry-run=server cannot be used with --force")
    if flags["all"] and flags["selector"]:
        raise KubectlError("cannot set --all and --selector at the same time")
    check_prune(session)
    if flags["subresource"]:
        raise KubectlError("--subresource can only be specified for --server-side")


def _printable(info: Info) -> Printable:
    if info.obj is not None:
        return info.obj
    assert info.document is not None
    return info.document


class _Applier:
    """Applies one document."""

    def __init__(self, session: Session, dry_run: DryRun, output: Output, info: Info) -> None:
        assert info.document is not None
        self.session = session
        self.dry_run = dry_run
        self.output = output
        self.info = info
        self.document: Body = recorded(session, info.document)

    def run(self) -> Waiting:
        info = self.info
        generated = (self.document.get("metadata") or {}).get("generateName")
        if not info.name and generated:
            raise KubectlError(f"from {generated}: cannot use generate name with apply")
        modified = with_last_applied(self.document)
        try:
            if not info.name:
                raise KubectlError("resource name may not be empty")
            info.get(self.session.server)
        except NotFound:
            self._create(modified)
            return
        except K8snbError as error:
            doing = f"retrieving current configuration of:\n{info.describe()}\nfrom server for:"
            raise with_source(doing, info.source, error) from None
        yield from self._update(modified)

    def _create(self, modified: Body) -> None:
        body = _without_nulls(modified)
        self.info.document = body
        if self.dry_run is not DryRun.CLIENT:
            try:
                check_size(body)
                self.info.obj = self.session.server.create(
                    self.info.resource, self.info.namespace, body, dry_run=self.dry_run is DryRun.SERVER
                )
            except K8snbError as error:
                raise with_source("creating", self.info.source, error) from None
        self._print("created")

    def _update(self, modified: Body) -> Waiting:
        info = self.info
        assert info.obj is not None
        live = meta_of(info.obj)
        if LAST_APPLIED not in live.annotations:
            self.session.warn(
                f"resource {info.object_name} is missing the {LAST_APPLIED} annotation which is required by kubectl "
                "apply. kubectl apply should only be used on resources created declaratively by either kubectl create "
                "--save-config or kubectl apply. The missing annotation will be patched automatically."
            )
        patch: Body | None = None
        try:
            patch = self._patch(modified)
            yield from self._send(patch, modified)
        except K8snbError as error:
            shown = "" if patch is None else marshal(patch)
            doing = f"applying patch:\n{shown}\nto:\n{info.describe()}\nfor:"
            raise with_source(doing, info.source, error) from None
        if live.deletion_timestamp is not None:
            self.session.warn(f"Detected changes to resource {info.name} which is currently being deleted.")
        self._print("configured" if patch else "unchanged")

    def _patch(self, modified: Body) -> Body:
        assert self.info.obj is not None
        current = to_dict(self.info.obj)
        original = meta_of(self.info.obj).annotations.get(LAST_APPLIED, "")
        try:
            return create_three_way_merge_patch(
                self.info.resource.cls, original_of(current), deepcopy(modified), deepcopy(current)
            )
        except (KubectlError, PatchError) as error:
            sources = (original, f"{marshal(modified)}\n", f"{marshal(current)}\n")
            shown = zip(("original", "modified", "current"), sources, strict=True)
            texts = "".join(f"{name}:\n{text}\n" for name, text in shown)
            raise KubectlError(f"creating patch with:\n{texts}for: {error}") from None

    def _send(self, patch: Body, modified: Body) -> Waiting:
        info, server = self.info, self.session.server
        if not patch:
            return
        assert info.obj is not None
        if self.dry_run is DryRun.CLIENT:
            patched = apply_patch(info.resource.cls, to_dict(info.obj), "strategic", deepcopy(patch))
            info.obj, info.document = _decoded(info, patched), patched
            return
        try:
            check_size(patch)
            info.obj = server.patch(
                info.resource, info.namespace, info.name, "strategic", patch, dry_run=self.dry_run is DryRun.SERVER
            )
        except (Conflict, Invalid) as error:
            if not self.session.flags["force"]:
                raise with_source("patching", info.source, error) from None
            yield from self._replace(modified)
        except K8snbError as error:
            raise with_source("patching", info.source, error) from None

    def _replace(self, modified: Body) -> Waiting:
        """With ``--force``, an object that cannot be patched is deleted and made anew."""
        info, server, flags = self.info, self.session.server, self.session.flags
        assert info.obj is not None
        uid = meta_of(info.obj).uid
        grace = flags["grace-period"]
        server.delete(
            info.resource,
            info.namespace,
            info.name,
            grace_period_seconds=grace if grace >= 0 else None,
            propagation_policy=cascade_of(self.session),
        )
        yield from gone(self.session, [(info, uid)], flags["timeout"] or None)
        info.obj = server.create(info.resource, info.namespace, _without_nulls(modified))

    def _print(self, operation: str) -> None:
        if not self.output.prints_objects:
            self.output.print(_printable(self.info), operation)


def _decoded(info: Info, body: Body) -> KubernetesObject | None:
    """The object that a patch made by the client gives; none where the server would refuse it."""
    try:
        return from_dict(info.resource.cls, body, strict=False)
    except DecodeError:
        return None


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


COMMAND = CommandSpec(
    "apply",
    "Apply a configuration to a resource by file name or stdin",
    _apply,
    (
        *FILES,
        *OUTPUT,
        ALL,
        DRY_RUN,
        RECORD,
        SELECTOR,
        SUBRESOURCE,
        VALIDATE,
        cascade_flag(),
        field_manager("kubectl-client-side-apply"),
        switch("force"),
        switch("force-conflicts"),
        number("grace-period", -1),
        switch("openapi-patch", True),
        switch("overwrite", True),
        switch("prune"),
        array("prune-allowlist"),
        switch("server-side"),
        duration("timeout"),
        switch("wait"),
        text("applyset"),
    ),
    usage="(-f FILENAME | -k DIRECTORY)",
    subcommands=(
        not_built("edit-last-applied", "Edit latest last-applied-configuration annotations of a resource/object"),
        apply_set.SET_LAST_APPLIED,
        apply_view.VIEW_LAST_APPLIED,
    ),
)
