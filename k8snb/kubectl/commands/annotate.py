"""``kubectl annotate``.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/annotate/annotate.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from k8snb.kubectl.command import CommandSpec, Session
from k8snb.kubectl.commands.label import (
    check_selection,
    find_for_metadata,
    list_entries,
    METADATA_FLAGS,
    send_metadata,
)
from k8snb.kubectl.common_flags import field_manager
from k8snb.kubectl.dry_run import dry_run_of, DryRun
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.infos import Info
from k8snb.kubectl.output import Output
from k8snb.kubectl.pairs import parse_pairs, split_resources_and_pairs
from k8snb.kubectl.recording import CHANGE_CAUSE, recorded
from k8snb.kubectl.resource_builder import Found


def _annotate(session: Session) -> None:
    dry_run = dry_run_of(session)
    output = Output(session, dry_run)
    resources, pairs = split_resources_and_pairs(session.args, "annotation")
    new, removed = parse_pairs(pairs, "annotation", removals=True)
    check_selection(session, dry_run, resources, "rsrc.yaml")
    if not new and not removed and not session.flags["list"]:
        raise KubectlError("at least one annotation update is required")
    both = [key for key in removed if key in new]
    if both:
        raise KubectlError(
            f"can not both modify and remove the following annotation(s) in the same command: {', '.join(both)}"
        )
    found = find_for_metadata(session, resources)
    found.visit(lambda info: _annotate_one(session, dry_run, output, info, found, new, removed))


def _annotate_one(
    session: Session,
    dry_run: DryRun,
    output: Output,
    info: Info,
    found: Found,
    new: Mapping[str, str],
    removed: Sequence[str],
) -> None:
    flags = session.flags
    before, after = info.body, info.body
    present: dict[str, str] = dict(after["metadata"].get("annotations") or {})
    if not flags["overwrite"]:
        _refuse_overwrite(present, new)
    annotations = {key: value for key, value in {**present, **new}.items() if key not in removed}
    after["metadata"]["annotations"] = annotations
    if flags["list"]:
        list_entries(session, info, found, "annotations", annotations)
    elif dry_run is DryRun.CLIENT or flags["local"]:
        output.print(after, "annotated")
    else:
        sent = send_metadata(session, dry_run, info, before, recorded(session, after))
        output.print(sent, "annotated")


def _refuse_overwrite(present: Mapping[str, str], new: Mapping[str, str]) -> None:
    """The change cause may always be written anew."""
    taken = [
        f"'{key}' already has a value ({present[key]})"
        for key, value in new.items()
        if key != CHANGE_CAUSE and key in present and present[key] != value
    ]
    if taken:
        raise KubectlError(f"--overwrite is false but found the following declared annotation(s): {'; '.join(taken)}")


COMMAND = CommandSpec(
    "annotate",
    "Update the annotations on a resource",
    _annotate,
    (*METADATA_FLAGS, field_manager("kubectl-annotate")),
    usage="[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]",
)
