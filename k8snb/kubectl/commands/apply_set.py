"""``kubectl apply set-last-applied``: an object remembers a manifest as applied, without being changed by it.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/apply/apply_set_last_applied.go @ v1.36``
"""

from __future__ import annotations

from typing import Any

from k8snb.kubectl.command import CommandSpec, Session
from k8snb.kubectl.common_flags import DRY_RUN, FILES, OUTPUT
from k8snb.kubectl.dry_run import dry_run_of, DryRun
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.flags import switch
from k8snb.kubectl.infos import Info, meta_of
from k8snb.kubectl.last_applied import LAST_APPLIED, with_last_applied
from k8snb.kubectl.output import Output
from k8snb.kubectl.resource_builder import find_objects, Query

Body = dict[str, Any]


def _set_last_applied(session: Session) -> None:
    dry_run = dry_run_of(session)
    output = Output(session, dry_run, typed=True)
    found = find_objects(session, Query(continue_on_error=False))
    changed = [(info, patch) for info in found.all() if (patch := _patch_for(session, info)) is not None]
    for info, patch in changed:
        obj = info.obj
        if dry_run is not DryRun.CLIENT:
            obj = session.server.patch(
                info.resource, info.namespace, info.name, "merge", patch, dry_run=dry_run is DryRun.SERVER
            )
        assert obj is not None
        output.print(obj, "configured")


def _patch_for(session: Session, info: Info) -> Body | None:
    """The patch that makes an object remember its manifest; none, where it does already."""
    assert info.document is not None
    text = with_last_applied(info.document)["metadata"]["annotations"][LAST_APPLIED]
    remembered = meta_of(info.get(session.server)).annotations.get(LAST_APPLIED)
    if remembered is None and not session.flags["create-annotation"]:
        raise KubectlError(
            f"no last-applied-configuration annotation found on resource: {info.name}, to create the annotation, "
            "run the command with --create-annotation"
        )
    if remembered == text:
        session.say(f"set-last-applied {info.name}: no changes required.")
        return None
    return {"metadata": {"annotations": {LAST_APPLIED: text}}}


SET_LAST_APPLIED = CommandSpec(
    "set-last-applied",
    "Set the last-applied-configuration annotation on a live object to match the contents of a file",
    _set_last_applied,
    (*OUTPUT, *(flag for flag in FILES if flag.name == "filename"), DRY_RUN, switch("create-annotation")),
    usage="-f FILENAME",
)
