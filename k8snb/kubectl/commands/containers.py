"""``kubectl logs`` and ``exec``: no container runs here, but a line that could not work says why as it does elsewhere.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/logs/logs.go Complete`` and ``exec/exec.go Complete, Validate @ v1.36``
"""

from __future__ import annotations

from typing import NoReturn

from k8snb.api.field_errors import go_quote
from k8snb.api.types.pod import Pod
from k8snb.errors import K8snbError, NotFound
from k8snb.kubectl.command import CommandSpec, Session
from k8snb.kubectl.common_flags import FILES, SELECTOR
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.flags import duration, number, switch, text
from k8snb.kubectl.infos import Info, resource_of
from k8snb.kubectl.resource_builder import find_objects, Found, Query

_LOGS = (
    "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\n"
    "POD or TYPE/NAME is a required argument for the logs command"
)
_RUNNING_TIMEOUT = duration("pod-running-timeout", 60_000)


def _logs(session: Session) -> None:
    args, flags = session.args, session.flags
    if len(args) > 2 or not (args or flags["selector"]):
        raise session.usage_error(_LOGS)
    if len(args) == 1 and flags["selector"]:
        raise session.usage_error("only a selector (-l) or a POD name is allowed")
    if flags["selector"]:
        if not find_objects(session, Query(["pods"], labels=flags["selector"], everything=True)).all():
            session.complain(f"No resources found in {session.namespace} namespace.")
            return
        _not_built(session)
    found = _named(session, args[0])
    for error in found.errors:
        raise _with_namespace(session, error)
    _check_container(found.infos[0], flags["container"] or "".join(args[1:]))
    _not_built(session)


def _named(session: Session, word: str) -> Found:
    """The object that one word means: a pod, where it names no kind."""
    if "/" in word:
        resource_of(word.partition("/")[0])
        return find_objects(session, Query([word]))
    return find_objects(session, Query(["pods", word]))


def _with_namespace(session: Session, error: K8snbError) -> K8snbError:
    if not isinstance(error, NotFound):
        return error
    return KubectlError(f"error from server (NotFound): {error} in namespace {go_quote(session.namespace)}")


def _check_container(info: Info, name: str) -> None:
    pod = info.obj
    if not name or not isinstance(pod, Pod):
        return
    spec = pod.spec
    names = [container.name for container in spec.containers]
    ephemeral = [container.name for container in spec.ephemeral_containers]
    init = [container.name for container in spec.init_containers]
    if name not in (*names, *ephemeral, *init):
        shown = [*names, *(f"{other} (ephem)" for other in ephemeral), *(f"{other} (init)" for other in init)]
        raise KubectlError(f"container {name} is not valid for pod {info.name} out of: {', '.join(shown)}")


def _exec(session: Session) -> None:
    args, flags, dash = session.args, session.flags, session.flags.args_at_dash
    if dash < 0 and (len(args) > 1 or (args and flags["filename"])):
        instead = "Use exec [POD] -- [COMMAND] instead"
        raise session.usage_error(f"exec [POD] [COMMAND] is not supported anymore. {instead}")
    if not flags["filename"] and (not args or dash == 0):
        raise KubectlError("pod, type/name or --filename must be specified")
    if dash < 0 or not args[dash:]:
        raise KubectlError("you must specify at least one command for the container")
    if not flags["filename"]:
        _named(session, args[0]).all()
    _not_built(session)


def _not_built(session: Session) -> NoReturn:
    raise KubectlError(f'"{session.path}" is not built in this simulator')


LOGS = CommandSpec(
    "logs",
    "Print the logs for a container in a pod",
    _logs,
    (
        SELECTOR,
        _RUNNING_TIMEOUT,
        switch("all-containers"),
        switch("all-pods"),
        text("container", short="c"),
        switch("follow", short="f"),
        switch("ignore-errors"),
        switch("insecure-skip-tls-verify-backend"),
        number("limit-bytes"),
        number("max-log-requests", 5),
        switch("prefix"),
        switch("previous", short="p"),
        duration("since"),
        text("since-time"),
        number("tail", -1),
        switch("timestamps"),
    ),
    usage="[-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]",
)
EXEC = CommandSpec(
    "exec",
    "Execute a command in a container",
    _exec,
    (
        *FILES,
        _RUNNING_TIMEOUT,
        text("container", short="c"),
        switch("quiet", short="q"),
        switch("stdin", short="i"),
        switch("tty", short="t"),
    ),
    usage="(POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]",
)
