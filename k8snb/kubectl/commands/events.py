"""``kubectl events``.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/events/{events,event_printer}.go @ v1.36``
"""

from __future__ import annotations

from typing import cast

from k8snb.api.encode import to_dict
from k8snb.api.field_errors import go_quote
from k8snb.api.resources import BY_CLASS, find, Resource
from k8snb.api.types.event import Event
from k8snb.kubectl.ages import since
from k8snb.kubectl.command import CommandSpec, Session
from k8snb.kubectl.common_flags import ALL_NAMESPACES, CHUNK_SIZE, OUTPUT
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.failures import Verbatim
from k8snb.kubectl.flags import slices, switch, text
from k8snb.kubectl.output import Output
from k8snb.kubectl.printers.tabwriter import align

_HEADER = "LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE\n"


def _events(session: Session) -> None:
    flags = session.flags
    subject = _subject(flags["for"]) if flags["for"] else None
    output = Output(session, typed=True)
    types = [word.lower() for word in flags["types"]]
    if any(word not in ("normal", "warning") for word in types):
        raise KubectlError("valid --types are Normal or Warning")
    if flags["watch"]:
        raise KubectlError('"kubectl events --watch" is not built in this simulator')
    namespace = None if flags["all-namespaces"] else session.namespace
    found = cast(list[Event], session.server.list(BY_CLASS[Event], namespace))
    found = [e for e in found if (not types or e.type.lower() in types) and _concerns(e, subject)]
    if not found:
        where = "" if flags["all-namespaces"] else f" in {session.namespace} namespace"
        session.complain(f"No events found{where}.")
        return
    found.sort(key=_time)
    if flags["output"] or flags["template"]:
        items = [to_dict(event) for event in found]
        output.print({"kind": "EventList", "apiVersion": "v1", "metadata": {}, "items": items}, "")
        return
    session.write(_table(session, found))


def _subject(word: str) -> tuple[Resource, str]:
    """The object that events are asked for: ``deployment/web``."""
    kind, slash, name = word.partition("/")
    if not slash:
        raise KubectlError("--for must be in resource/name form")
    if "/" in name:
        raise KubectlError("arguments in resource/name form may not have more than one slash")
    resource = find(kind)
    if resource is None:
        raise Verbatim(f"the server doesn't have a resource type {go_quote(kind.lower())}")
    return resource, name


def _concerns(event: Event, subject: tuple[Resource, str] | None) -> bool:
    if subject is None:
        return True
    resource, name = subject
    involved = event.involved_object
    return (involved.kind, involved.api_version, involved.name) == (resource.kind, resource.api_version, name)


def _time(event: Event) -> int:
    if event.series is not None:
        return event.series.last_observed_time or 0
    return event.last_timestamp or event.event_time or 0


def _table(session: Session, events: list[Event]) -> str:
    flags = session.flags
    namespaces = flags["all-namespaces"]
    lines = [] if flags["no-headers"] else [("NAMESPACE\t" if namespaces else "") + _HEADER]
    for event in events:
        involved = event.involved_object
        prefix = f"{event.metadata.namespace}\t" if namespaces else ""
        cells = (
            _interval(event, session.now_ms),
            event.type,
            event.reason,
            f"{involved.kind}/{involved.name}",
            event.message.strip(),
        )
        lines.append(prefix + "\t".join(cells) + "\n")
    return align("".join(lines))


def _interval(event: Event, now_ms: int) -> str:
    first = since(event.first_timestamp if event.event_time is None else event.event_time, now_ms)
    if event.series is not None:
        return f"{since(event.series.last_observed_time, now_ms)} (x{event.series.count} over {first})"
    if event.count > 1:
        return f"{since(event.last_timestamp, now_ms)} (x{event.count} over {first})"
    return first


COMMAND = CommandSpec(
    "events",
    "List events",
    _events,
    (
        *OUTPUT,
        ALL_NAMESPACES,
        CHUNK_SIZE,
        text("for"),
        switch("no-headers"),
        slices("types"),
        switch("watch", short="w"),
    ),
)
