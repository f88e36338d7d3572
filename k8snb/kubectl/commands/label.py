"""``kubectl label``.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/label/label.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from k8snb.api.field_errors import go_quote
from k8snb.api.patch import create_merge_patch
from k8snb.api.validation.formats import is_valid_label_value
from k8snb.errors import K8snbError
from k8snb.kubectl.command import CommandSpec, Session
from k8snb.kubectl.common_flags import (
    ALL,
    ALL_NAMESPACES,
    DRY_RUN,
    field_manager,
    FIELD_SELECTOR,
    FILES,
    LOCAL,
    OUTPUT,
    RECORD,
    RESOURCE_VERSION,
    SELECTOR,
)
from k8snb.kubectl.dry_run import dry_run_of, DryRun
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.failures import raise_all
from k8snb.kubectl.flags import switch
from k8snb.kubectl.infos import Info
from k8snb.kubectl.output import Output
from k8snb.kubectl.pairs import split_resources_and_pairs
from k8snb.kubectl.recording import recorded
from k8snb.kubectl.resource_builder import find_objects, Found, Query

Body = dict[str, Any]

METADATA_FLAGS = (
    *OUTPUT,
    *FILES,
    ALL,
    ALL_NAMESPACES,
    DRY_RUN,
    FIELD_SELECTOR,
    LOCAL,
    RECORD,
    RESOURCE_VERSION,
    SELECTOR,
    switch("list"),
    switch("overwrite"),
)


def check_selection(session: Session, dry_run: DryRun, resources: Sequence[str], files: str) -> None:
    """Refuse flags that contradict each other. `files` is an example of a manifest's name."""
    flags = session.flags
    for name in ("selector", "field-selector"):
        if flags["all"] and flags[name]:
            raise KubectlError(f"cannot set --all and --{name} at the same time")
    if not flags["local"]:
        if not resources and not flags["filename"] and not flags["kustomize"]:
            raise KubectlError("one or more resources must be specified as <resource> <name> or <resource>/<name>")
        return
    json_name = files.replace(".yaml", ".json")
    if dry_run is DryRun.SERVER:
        raise KubectlError("cannot specify --local and --dry-run=server - did you mean --dry-run=client?")
    if resources:
        raise KubectlError(f"can only use local files by -f {files} or --filename={json_name} when --local=true is set")
    if not flags["filename"]:
        raise KubectlError(f"one or more files must be specified as -f {files} or --filename={json_name}")


def find_for_metadata(session: Session, resources: Sequence[str]) -> Found:
    """The objects whose metadata are to change."""
    flags = session.flags
    if flags["local"]:
        found = find_objects(session, Query(local=True))
    else:
        query = Query(
            resources,
            labels=flags["selector"],
            fields=flags["field-selector"],
            everything=flags["all"],
            all_namespaces=flags["all-namespaces"],
            latest=True,
        )
        found = find_objects(session, query)
    if flags["resource-version"] and not found.single:
        raise KubectlError("--resource-version may only be used with a single resource")
    return found


def list_entries(session: Session, info: Info, found: Found, what: str, entries: Mapping[str, str]) -> None:
    """Print labels or annotations, with a heading where several objects were asked for."""
    indent = ""
    if not found.single:
        indent = " "
        session.say(f"Listing {what} for {info.resource.kind}.{info.resource.group}/{info.name}:")
    for key in sorted(entries):
        session.say(f"{indent}{key}={entries[key]}")


def send_metadata(session: Session, dry_run: DryRun, info: Info, before: Body, after: Body) -> Any:
    """Send a change of metadata as a merge patch; what the server made of it."""
    if session.flags["resource-version"]:
        before["metadata"].pop("resourceVersion", None)
        after["metadata"]["resourceVersion"] = session.flags["resource-version"]
    patch = create_merge_patch(before, after)
    server_dry_run = dry_run is DryRun.SERVER
    return session.server.patch(info.resource, info.namespace, info.name, "merge", patch, dry_run=server_dry_run)


def _label(session: Session) -> None:
    flags = session.flags
    dry_run = dry_run_of(session)
    resources, pairs = split_resources_and_pairs(session.args, "label")
    labels, removed = _parse(pairs)
    if flags["list"] and flags["output"]:
        raise KubectlError("--list and --output may not be specified together")
    check_selection(session, dry_run, resources, "pod.yaml")
    if not labels and not removed and not flags["list"]:
        raise KubectlError("at least one label update is required")
    found = find_for_metadata(session, resources)
    found.visit(lambda info: _label_one(session, dry_run, info, found, labels, removed))


def _parse(specs: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    labels: dict[str, str] = {}
    removed = []
    for spec in specs:
        if "=" in spec:
            key, value, *more = spec.split("=")
            if more:
                raise KubectlError(f"invalid label spec: {spec}")
            if problems := is_valid_label_value(value):
                raise KubectlError(f"invalid label value: {go_quote(spec)}: {';'.join(problems)}")
            labels[key] = value
        else:
            removed.append(spec[:-1])
    if any(key in labels for key in removed):
        raise KubectlError("can not both modify and remove a label in the same command")
    return labels, removed


def _label_one(
    session: Session, dry_run: DryRun, info: Info, found: Found, new: Mapping[str, str], removed: Sequence[str]
) -> None:
    flags = session.flags
    before, after = info.body, info.body
    present: dict[str, str] = dict(after["metadata"].get("labels") or {})
    locally = dry_run is DryRun.CLIENT or flags["local"] or flags["list"]
    if not locally:
        for key in removed:
            if key not in present:
                session.say(f"label {go_quote(key)} not found.")
    if not flags["overwrite"]:
        _refuse_overwrite(present, new)
    added = [key for key, value in new.items() if present.get(key) != value]
    gone = [key for key in removed if key in present]
    labels = {key: value for key, value in {**present, **new}.items() if key not in removed}
    after["metadata"]["labels"] = labels
    if flags["list"]:
        list_entries(session, info, found, "labels", labels)
        return
    output = Output(session, dry_run)
    if not locally:
        after = recorded(session, after)
        if added or gone:
            send_metadata(session, dry_run, info, before, after)
    output.print(after, _done(added, gone))


def _done(added: Sequence[str], removed: Sequence[str]) -> str:
    if added:
        return "modified" if removed else "labeled"
    return "unlabeled" if removed else "not labeled"


def _refuse_overwrite(present: Mapping[str, str], new: Mapping[str, str]) -> None:
    errors: list[K8snbError] = [
        KubectlError(f"'{key}' already has a value ({present[key]}), and --overwrite is false")
        for key, value in new.items()
        if key in present and present[key] != value
    ]
    raise_all(errors)


COMMAND = CommandSpec(
    "label",
    "Update the labels on a resource",
    _label,
    (*METADATA_FLAGS, field_manager("kubectl-label")),
    usage="[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]",
)
