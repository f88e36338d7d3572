"""A watch: every change of some objects, told as simulated time passes.

A watch of a real cluster goes on until somebody ends it. Here it ends with its ``--request-timeout``, or, without one,
when nothing is going to change any more.

References
----------
``staging/src/k8s.io/apiserver/pkg/storage/cacher/cache_watcher.go convertToWatchEvent @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from k8snb.api.resources import Resource
from k8snb.api.schema import KubernetesObject
from k8snb.kubectl.client import Client
from k8snb.kubectl.command import Session, Wait, Waiting
from k8snb.kubectl.infos import Selects
from k8snb.kubectl.timeouts import request_timeout_ms
from k8snb.machinery.log import Change
from k8snb.machinery.server import EPOCH_MS


class Event(NamedTuple):
    """A change as a watch tells it: ``ADDED``, ``MODIFIED`` or ``DELETED``, and the object after or before it.

    ``time_ms`` is when, in milliseconds since the Unix epoch.
    """

    type: str
    time_ms: int
    obj: KubernetesObject


class Stream:
    """The changes of objects of one kind, from a position in the log on.

    Parameters
    ----------
    namespace, name
        Only objects of this namespace, or name; None: of all.
    selects
        Only objects that it selects: what it lets go is told as deleted, what it takes up as added.
    """

    def __init__(
        self,
        client: Client,
        start: int,
        resource: Resource,
        namespace: str | None,
        name: str | None,
        selects: Selects,
    ) -> None:
        self._client = client
        self._read = start
        self._kind = resource.kind
        self._namespace = namespace
        self._name = name
        self._selects = selects
        self._events: list[Event] = []

    def arrived(self) -> bool:
        """Whether there is something to tell."""
        start, self._read = self._read, self._client.position
        for change in self._client.changes(self._kind, start):
            self._events += self._told(change)
        return bool(self._events)

    def take(self) -> list[Event]:
        """What there is to tell."""
        events, self._events = self._events, []
        return events

    def _told(self, change: Change) -> Iterator[Event]:
        namespace, _, name = change.key.rpartition("/")
        if self._namespace not in (None, namespace) or self._name not in (None, name):
            return
        before = change.old is not None and self._selects(change.old)
        after = change.new is not None and self._selects(change.new)
        obj = change.new or change.old
        if obj is not None and (before or after):
            kind = "MODIFIED" if before and after else "ADDED" if after else "DELETED"
            yield Event(kind, EPOCH_MS + change.time_ms, obj)


def follow(session: Session, stream: Stream, tell: Callable[[Event], str]) -> Waiting:
    """Print every event as `tell` says it, until the watch ends."""
    timeout_ms = request_timeout_ms(str(session.flags["request-timeout"]))
    deadline = None if timeout_ms is None else session.server.now_ms + timeout_ms
    while True:
        left = None if deadline is None else max(deadline - session.server.now_ms, 0)
        if not (yield Wait(stream.arrived, left)):
            return
        for event in stream.take():
            session.write(tell(event))
