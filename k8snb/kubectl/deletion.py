"""What commands that delete have in common: how dependents go, and waiting until objects are gone.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/delete/delete_flags.go parseCascadingFlag`` and
``staging/src/k8s.io/kubectl/pkg/cmd/wait/delete.go IsDeleted @ v1.36``
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from k8snb.errors import NotFound
from k8snb.kubectl.command import Session, Wait, Waiting
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.flags import Flag
from k8snb.kubectl.go_values import parse_bool
from k8snb.kubectl.infos import Info, meta_of

FOR_EVER_MS = 10**13  # for the week that kubectl waits at most: what does not come while anything moves never comes
_POLICIES = {"background": "Background", "foreground": "Foreground", "orphan": "Orphan"}


def cascade_flag() -> Flag:
    """``--cascade``; without a value it means the default."""
    return Flag("cascade", default="background", bare="background")


def cascade_of(session: Session) -> str:
    """The propagation policy that ``--cascade`` asks for."""
    value = session.flags["cascade"]
    if value in _POLICIES:
        return _POLICIES[value]
    try:
        wanted = "background" if parse_bool(value) else "orphan"
    except ValueError:
        raise KubectlError(
            f'invalid cascade value ({value}). Must be "background", "foreground", or "orphan"'
        ) from None
    session.complain(
        f"warning: --cascade={value} is deprecated (boolean value) and can be replaced with --cascade={wanted}."
    )
    return _POLICIES[wanted]


def is_gone(session: Session, info: Info, uid: str) -> bool:
    """Whether an object is no more, or another has its name."""
    try:
        found = session.server.get(info.resource, info.namespace, info.name)
    except NotFound:
        return True
    return bool(uid) and meta_of(found).uid != uid


def gone(session: Session, deleted: Sequence[tuple[Info, str]], timeout_ms: int | None) -> Waiting:
    """Wait until objects are gone.

    Parameters
    ----------
    deleted
        The objects and their UIDs.
    timeout_ms
        How long to wait for all of them; None: for ever.

    Raises
    ------
    KubectlError
        When one of them is still there.
    """
    deadline = None if timeout_ms is None else session.server.now_ms + timeout_ms
    for info, uid in deleted:
        if is_gone(session, info, uid):
            continue
        left = None if deadline is None else max(deadline - session.server.now_ms, 0)
        if not (yield Wait(partial(is_gone, session, info, uid), left)):
            raise KubectlError(f"timed out waiting for the condition on {info.object_name}")
