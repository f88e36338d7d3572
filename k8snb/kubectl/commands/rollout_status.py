"""``kubectl rollout status``.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/rollout/rollout_status.go @ v1.36``
"""

from __future__ import annotations

from k8snb.api.schema import KubernetesObject
from k8snb.errors import K8snbError, NotFound
from k8snb.kubectl.command import CommandSpec, Session, Wait, Waiting
from k8snb.kubectl.common_flags import FILES, SELECTOR
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.failures import raise_all
from k8snb.kubectl.flags import duration, number, switch
from k8snb.kubectl.infos import Info, meta_of
from k8snb.kubectl.resource_builder import find_objects, Query
from k8snb.kubectl.rollout_status import status_of

_KINDS = ("Deployment", "DaemonSet", "StatefulSet")


def _status(session: Session) -> Waiting:
    flags = session.flags
    if not session.args and not flags["filename"] and not flags["kustomize"]:
        raise KubectlError("required resource not specified")
    if flags["revision"] < 0:
        raise KubectlError(f"revision must be a positive integer: {flags['revision']}")
    query = Query(session.args, labels=flags["selector"], everything=True, latest=True, typed=True)
    found = find_objects(session, query)
    errors: list[K8snbError] = list(found.errors)
    for info in found.infos:
        try:
            yield from _follow(session, info)
        except K8snbError as error:
            errors.append(error)
    raise_all(errors)
    if not found.infos:
        session.complain(f"No resources found in {session.namespace} namespace.")


def _follow(session: Session, info: Info) -> Waiting:
    """Say how far the rollout is, again with every change, until it is done."""
    flags = session.flags
    if info.resource.kind not in _KINDS:
        raise KubectlError(f"no status viewer has been implemented for {info.resource.qualified_kind}")
    deadline = session.server.now_ms + flags["timeout"] if flags["timeout"] else None
    assert info.obj is not None
    obj: KubernetesObject = info.obj
    while True:
        status = status_of(obj, flags["revision"])
        session.say(status.text)
        if status.done or not flags["watch"]:
            return
        left = None if deadline is None else max(deadline - session.server.now_ms, 0)
        if not (yield Wait(_Changed(session, info, obj), left)):
            raise KubectlError("timed out waiting for the condition")
        current = _current(session, info)
        if current is None or meta_of(current).uid != meta_of(obj).uid:
            raise KubectlError("object has been deleted")
        obj = current


def _current(session: Session, info: Info) -> KubernetesObject | None:
    try:
        return session.server.get(info.resource, info.namespace, info.name)
    except NotFound:
        return None


class _Changed:
    """Whether an object is no longer what it was when its status was told."""

    def __init__(self, session: Session, info: Info, obj: KubernetesObject) -> None:
        self.session = session
        self.info = info
        self.version = meta_of(obj).resource_version

    def __call__(self) -> bool:
        current = _current(self.session, self.info)
        return current is None or meta_of(current).resource_version != self.version


STATUS = CommandSpec(
    "status",
    "Show the status of the rollout",
    _status,
    (*FILES, SELECTOR, number("revision"), duration("timeout"), switch("watch", True, "w")),
    usage="(TYPE NAME | TYPE/NAME) [flags]",
)
