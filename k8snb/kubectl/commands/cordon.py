"""``kubectl cordon`` and ``uncordon``.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/drain/drain.go RunCordonOrUncordon`` and
``staging/src/k8s.io/kubectl/pkg/drain/cordon.go @ v1.36``
"""

from __future__ import annotations

from k8snb.api.field_errors import go_quote
from k8snb.api.types.node import Node
from k8snb.errors import K8snbError
from k8snb.kubectl.command import CommandSpec, Runner, Session
from k8snb.kubectl.common_flags import DRY_RUN, SELECTOR
from k8snb.kubectl.dry_run import dry_run_of, DryRun
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.infos import Info
from k8snb.kubectl.resource_builder import find_objects, Query


def find_nodes(session: Session, command: str) -> list[Info]:
    """The nodes that a line names or selects."""
    selector = session.flags["selector"]
    if not session.args and not session.flags.changed("selector"):
        raise session.usage_error(f"USAGE: {command} NODE [flags]")
    if session.args and selector:
        raise session.usage_error("error: cannot specify both a node name and a --selector option")
    words = [word if "/" in word else f"nodes/{word}" for word in session.args] or ["nodes"]
    query = Query(words, labels=selector, files=False, continue_on_error=False, single_type=True)
    nodes = find_objects(session, query).all()
    for info in nodes:
        if info.resource.kind != "Node":
            shown = f"{info.resource.group}/{info.resource.version}, Resource={info.resource.plural}"
            raise KubectlError(f"error: expected resource of type node, got {go_quote(shown)}")
    return nodes


def set_unschedulable(session: Session, nodes: list[Info], dry_run: DryRun, *, wanted: bool) -> None:
    """Cordon or uncordon nodes, and say which were already."""
    verb = "cordon" if wanted else "uncordon"
    for info in nodes:
        node = info.obj
        assert isinstance(node, Node)
        if node.spec.unschedulable == wanted:
            session.say(f"node/{info.name} already {verb}ed{dry_run.value}")
            continue
        if dry_run is not DryRun.CLIENT:
            patch = {"spec": {"unschedulable": True if wanted else None}}
            server_dry_run = dry_run is DryRun.SERVER
            try:
                session.server.patch(info.resource, "", info.name, "strategic", patch, dry_run=server_dry_run)
            except K8snbError as error:
                session.complain(f'error: unable to {verb} node "{info.name}": {error}')
                continue
        session.say(f"node/{info.name} {verb}ed{dry_run.value}")


def _runner(command: str, wanted: bool) -> Runner:
    def run(session: Session) -> None:
        dry_run = dry_run_of(session) if session.args or session.flags.changed("selector") else DryRun.NONE
        set_unschedulable(session, find_nodes(session, command), dry_run, wanted=wanted)

    return run


CORDON = CommandSpec("cordon", "Mark node as unschedulable", _runner("cordon", True), (DRY_RUN, SELECTOR), "NODE")
UNCORDON = CommandSpec("uncordon", "Mark node as schedulable", _runner("uncordon", False), (DRY_RUN, SELECTOR), "NODE")
