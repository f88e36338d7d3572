"""``kubectl describe``.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/describe/describe.go @ v1.36``
"""

from __future__ import annotations

from k8snb.errors import K8snbError, NotFound
from k8snb.kubectl.command import CommandSpec, Session
from k8snb.kubectl.common_flags import ALL_NAMESPACES, CHUNK_SIZE, FILES, SELECTOR
from k8snb.kubectl.describe import describe
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.failures import raise_all
from k8snb.kubectl.flags import switch
from k8snb.kubectl.infos import Info
from k8snb.kubectl.resource_builder import find_objects, Query

_NO_TYPE = (
    'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported '
    "resources.\n"
)


def _describe(session: Session) -> None:
    flags = session.flags
    if not session.args and not flags["filename"] and not flags["kustomize"]:
        raise KubectlError(_NO_TYPE)
    query = Query(
        session.args, labels=flags["selector"], everything=True, all_namespaces=flags["all-namespaces"], latest=True
    )
    found = find_objects(session, query)
    only_missing = len(found.errors) == 1 and isinstance(found.errors[0], NotFound)
    if only_missing and len(session.args) == 2:
        _describe_matching(session, found.errors[0])
        return
    events = flags["show-events"]
    if (found.errors or len(found.infos) > 1) and not flags.changed("show-events"):
        events = False
    session.write("\n\n".join(_description(session, info, events) for info in found.infos))
    if not found.infos and not found.errors:
        where = "" if flags["all-namespaces"] else f" in {session.namespace} namespace."
        session.complain(f"No resources found{where}")
    raise_all(found.errors)


def _description(session: Session, info: Info, events: bool) -> str:
    assert info.obj is not None
    return describe(session.server, info.obj, session.now_ms, show_events=events)


def _describe_matching(session: Session, missing: K8snbError) -> None:
    """No object has just that name: those whose names begin with it are described."""
    resource, prefix = session.args
    found = find_objects(session, Query([resource], everything=True, files=False, single_type=True))
    matching = [info for info in found.all() if info.name.startswith(prefix)]
    if not matching:
        raise missing
    events = session.flags["show-events"] and session.flags.changed("show-events")
    for info in matching:
        session.write(_description(session, info, events) + "\n")


COMMAND = CommandSpec(
    "describe",
    "Show details of a specific resource or group of resources",
    _describe,
    (*FILES, ALL_NAMESPACES, CHUNK_SIZE, SELECTOR, switch("show-events", True)),
    usage="(-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)",
    suggest_for=("inspect",),
)
