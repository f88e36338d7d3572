"""``kubectl get --watch``: the objects as they are, and then every change of them as simulated time passes.

A watch of a real cluster goes on until somebody ends it. Here it ends with its ``--request-timeout``, or, without one,
when nothing is going to change any more.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/get/get.go watch`` and
``staging/src/k8s.io/cli-runtime/pkg/resource/result.go Watch @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from k8snb.api.resources import Resource
from k8snb.api.schema import KubernetesObject
from k8snb.errors import NotFound
from k8snb.kubectl.command import Session, Wait, Waiting
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.infos import selection, Selects
from k8snb.kubectl.printers import PrintOptions
from k8snb.kubectl.printers.watched import WatchPrinter
from k8snb.kubectl.resource_builder import find_objects, Found, Query
from k8snb.kubectl.timeouts import request_timeout_ms
from k8snb.machinery.log import Change
from k8snb.machinery.server import EPOCH_MS


class Event(NamedTuple):
    """A change as a watch tells it: ``ADDED``, ``MODIFIED`` or ``DELETED``, when, and the object after or before it."""

    type: str
    time_ms: int
    obj: KubernetesObject


def watch(session: Session, query: Query, options: PrintOptions) -> Waiting:
    """Print what there is, and then what changes.

    Raises
    ------
    KubectlError
        When the line means objects of several kinds, or several by name.
    """
    flags = session.flags
    if flags["sort-by"]:
        word, part = ("watch", " for watch events received") if flags["watch"] else ("watch-only", "")
        session.complain(f"warning: --{word} requested, --sort-by will be ignored{part}")
    timeout_ms = request_timeout_ms(str(flags["request-timeout"]))
    start = session.server.position
    found = _found(session, query)
    if found is None:
        return
    printer = WatchPrinter(options, events=flags["output-watch-events"])
    objects = [info.obj for info in found.infos if info.obj is not None]
    if not flags["watch-only"]:
        session.write(printer.first(objects))
    if not found.listed and len(found.infos) != 1:
        raise KubectlError("you may only watch a single resource or type of resource at a time")
    stream = _Stream(session, found, query, start)
    deadline = None if timeout_ms is None else session.server.now_ms + timeout_ms
    while True:
        left = None if deadline is None else max(deadline - session.server.now_ms, 0)
        if not (yield Wait(stream.arrived, left)):
            return
        for event in stream.take():
            session.write(printer.later(event.type, event.obj, EPOCH_MS + event.time_ms))


def _found(session: Session, query: Query) -> Found | None:
    """The objects to begin with; None where there is none, and nobody minds."""
    found = find_objects(session, replace(query, single_type=True, continue_on_error=False))
    if not found.errors:
        return found
    if isinstance(found.errors[0], NotFound) and session.flags["ignore-not-found"]:
        return None
    raise found.errors[0]


class _Stream:
    """The changes of the objects that a line means, from a place in the log on."""

    def __init__(self, session: Session, found: Found, query: Query, start: int) -> None:
        self._server = session.server
        self._read = start
        self._events: list[Event] = []
        self._resource, self._namespace, self._name = _watched(session, found, query)
        self._selects: Selects = selection(self._resource, query.labels, query.fields)

    def arrived(self) -> bool:
        """Whether there is something to tell."""
        start, self._read = self._read, self._server.position
        for change in self._server.changes(self._resource.kind, start):
            self._events += self._told(change)
        return bool(self._events)

    def take(self) -> list[Event]:
        """What there is to tell."""
        events, self._events = self._events, []
        return events

    def _told(self, change: Change) -> Iterator[Event]:
        """What a watch with selectors says of a change: what they let go is deleted, what they take up is added."""
        if not self._is_meant(change.key):
            return
        before = change.old is not None and self._selects(change.old)
        after = change.new is not None and self._selects(change.new)
        obj = change.new or change.old
        assert obj is not None
        if before or after:
            yield Event("MODIFIED" if before and after else "ADDED" if after else "DELETED", change.time_ms, obj)

    def _is_meant(self, key: str) -> bool:
        namespace, _, name = key.rpartition("/")
        return self._namespace in (None, namespace) and self._name in (None, name)


def _watched(session: Session, found: Found, query: Query) -> tuple[Resource, str | None, str | None]:
    """The resource, the namespace and the name that are watched; None: all of them."""
    if found.listed:
        resource = found.listed[0]
        everywhere = query.all_namespaces or not resource.namespaced
        return resource, None if everywhere else session.namespace, None
    info = found.infos[0]
    return info.resource, info.namespace if info.resource.namespaced else None, info.name
