"""``kubectl get``.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/get/get.go @ v1.36``
"""

from __future__ import annotations

from dataclasses import replace

from k8snb.api.schema import KubernetesObject
from k8snb.errors import K8snbError
from k8snb.kubectl.command import CommandSpec, Session, Waiting
from k8snb.kubectl.commands.get_raw import check_raw, get_raw
from k8snb.kubectl.commands.get_watch import watch
from k8snb.kubectl.common_flags import ALL_NAMESPACES, CHUNK_SIZE, FIELD_SELECTOR, FILES, OUTPUT, SELECTOR, SUBRESOURCE
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.failures import raise_all
from k8snb.kubectl.flags import slices, switch, text
from k8snb.kubectl.printers import print_objects, PrintOptions
from k8snb.kubectl.resource_builder import find_objects, Found, Query
from k8snb.kubectl.subresources import check_readable, readable

_NO_TYPE = (
    'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported '
    "resources.\n"
)
_REQUIRED = """Required resource not specified.
Use "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods)."""


def _get(session: Session) -> Waiting | None:
    _check(session)
    flags = session.flags
    if flags["raw"]:
        get_raw(session)
        return None
    query = Query(
        session.args,
        labels=flags["selector"],
        fields=flags["field-selector"],
        everything=True,
        all_namespaces=flags["all-namespaces"],
        latest=True,
    )
    if _watches(session):
        return watch(session, query, _options(session))
    found = find_objects(session, query)
    check_readable(flags["subresource"], found.resources)
    if flags["ignore-not-found"]:
        found = found.without_not_found()
    options = replace(
        _options(session),
        single=found.single and len(found.infos) == 1,
        show_kind=flags["show-kind"] or len(found.resources) > 1,
        requests=len(found.listed) or len(found.infos),
    )
    if flags["output"] in ("", "wide") and not flags["template"]:
        _print_tables(session, found, options)
    else:
        _print_generic(session, found, options)
    return None


def _watches(session: Session) -> bool:
    return bool(session.flags["watch"] or session.flags["watch-only"])


def _check(session: Session) -> None:
    flags = session.flags
    if flags["raw"]:
        check_raw(session)
        return
    if not _watches(session) and not session.args and not flags["filename"] and not flags["kustomize"]:
        session.complain(_NO_TYPE)
        raise session.usage_error(_REQUIRED)
    if flags["show-labels"] and flags["output"] not in ("", "wide"):
        raise KubectlError(f"--show-labels option cannot be used with {flags['output']} printer")
    if flags["output-watch-events"] and not _watches(session):
        raise KubectlError("--output-watch-events option can only be used with --watch or --watch-only")


def _options(session: Session) -> PrintOptions:
    flags = session.flags
    return PrintOptions(
        output=flags["output"],
        namespaces=flags["all-namespaces"],
        show_labels=flags["show-labels"],
        label_columns=tuple(flags["label-columns"]),
        no_headers=flags["no-headers"],
        sort_by=flags["sort-by"],
        show_kind=flags["show-kind"],
        server_print=flags["server-print"],
        now_ms=session.now_ms,
        show_managed_fields=flags["show-managed-fields"],
        template=flags["template"],
        allow_missing_template_keys=flags["allow-missing-template-keys"],
    )


def _print_tables(session: Session, found: Found, options: PrintOptions) -> None:
    text = print_objects(_objects(session, found), options)
    session.write(text)
    if not text and not found.errors and not session.flags["ignore-not-found"]:
        namespaced = not options.namespaces and all(r.namespaced for r in found.resources if options.server_print)
        session.complain(f"No resources found{f' in {session.namespace} namespace.' if namespaced else ''}")
    raise_all(found.errors)


def _print_generic(session: Session, found: Found, options: PrintOptions) -> None:
    """One object by itself, anything else as a List."""
    errors: list[K8snbError] = list(found.errors)
    if errors and found.single:
        raise_all(errors)
    if not found.infos and session.flags["ignore-not-found"]:
        raise_all(errors)
        return
    session.write(print_objects(_objects(session, found), options))
    raise_all(errors)


def _objects(session: Session, found: Found) -> list[KubernetesObject]:
    subresource = str(session.flags["subresource"])
    return [readable(subresource, info.obj) for info in found.infos if info.obj is not None]


COMMAND = CommandSpec(
    "get",
    "Display one or many resources",
    _get,
    (
        *OUTPUT,
        *FILES,
        ALL_NAMESPACES,
        CHUNK_SIZE,
        FIELD_SELECTOR,
        SELECTOR,
        SUBRESOURCE,
        switch("ignore-not-found"),
        slices("label-columns", "L"),
        switch("no-headers"),
        switch("output-watch-events"),
        text("raw"),
        switch("server-print", True),
        switch("show-kind"),
        switch("show-labels"),
        text("sort-by"),
        switch("watch", short="w"),
        switch("watch-only"),
    ),
    usage="(TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [flags]",
    suggest_for=("list", "ls"),
)
