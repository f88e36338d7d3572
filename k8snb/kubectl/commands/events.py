"""``kubectl events``.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/events/{events,event_printer}.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from k8snb.api.encode import to_dict
from k8snb.api.field_errors import go_quote
from k8snb.api.resources import BY_CLASS, find, Resource
from k8snb.api.types.event import Event
from k8snb.kubectl.ages import since
from k8snb.kubectl.command import CommandSpec, Session, Waiting
from k8snb.kubectl.common_flags import ALL_NAMESPACES, CHUNK_SIZE, OUTPUT
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.failures import Verbatim
from k8snb.kubectl.flags import slices, switch, text
from k8snb.kubectl.output import Output
from k8snb.kubectl.printers.tabwriter import align
from k8snb.kubectl.watching import follow, Stream

_HEADER = "LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE\n"


Wanted = Callable[[Event], bool]


def _events(session: Session) -> Waiting | None:
    flags = session.flags
    subject = _subject(flags["for"]) if flags["for"] else None
    output = Output(session, typed=True)
    types = [word.lower() for word in flags["types"]]
    if any(word not in ("normal", "warning") for word in types):
        raise KubectlError("valid --types are Normal or Warning")

    def wanted(event: Event) -> bool:
        return (not types or event.type.lower() in types) and _concerns(event, subject)

    if flags["watch"]:
        return _watch(session, output, wanted)
    found = _listed(session, wanted)
    if not found:
        where = "" if flags["all-namespaces"] else f" in {session.namespace} namespace"
        session.complain(f"No events found{where}.")
        return None
    found.sort(key=_time)
    if flags["output"] or flags["template"]:
        _print_list(output, found)
    else:
        session.write(_Table(session).of(found, session.now_ms))
    return None


def _listed(session: Session, wanted: Wanted) -> list[Event]:
    namespace = None if session.flags["all-namespaces"] else session.namespace
    return [e for e in cast(list[Event], session.server.list(BY_CLASS[Event], namespace)) if wanted(e)]


def _print_list(output: Output, events: list[Event]) -> None:
    """A list has no name: kubectl prints nothing then, and does not say so."""
    if output.format != "name":
        items = [to_dict(event) for event in events]
        output.print({"kind": "EventList", "apiVersion": "v1", "metadata": {}, "items": items}, "")


def _watch(session: Session, output: Output, wanted: Wanted) -> Waiting:
    """The events that there are, and then every new or repeated one; that old ones are forgotten is not told."""
    table = _Table(session)
    plain = not session.flags["output"] and not session.flags["template"]

    def tell(event: Event, now_ms: int) -> str:
        if plain:
            return table.of([event], now_ms)
        output.print(event, "")
        return ""

    start = session.server.position
    for event in _listed(session, wanted):
        session.write(tell(event, session.now_ms))
    namespace = None if session.flags["all-namespaces"] else session.namespace
    stream = Stream(session.server, start, BY_CLASS[Event], namespace, None, lambda obj: wanted(cast(Event, obj)))
    yield from follow(session, stream, lambda e: "" if e.type == "DELETED" else tell(cast(Event, e.obj), e.time_ms))


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


class _Table:
    """One table with one header, whose columns keep their widths."""

    def __init__(self, session: Session) -> None:
        self._namespaces = bool(session.flags["all-namespaces"])
        self._headless = bool(session.flags["no-headers"])
        self._widths: list[int] = []

    def of(self, events: list[Event], now_ms: int) -> str:
        """The rows of some events, the header before the first."""
        lines = [] if self._headless else [("NAMESPACE\t" if self._namespaces else "") + _HEADER]
        self._headless = True
        lines += [self._row(event, now_ms) for event in events]
        return align("".join(lines), remembered=self._widths)

    def _row(self, event: Event, now_ms: int) -> str:
        involved = event.involved_object
        cells = (
            _interval(event, now_ms),
            event.type,
            event.reason,
            f"{involved.kind}/{involved.name}",
            event.message.strip(),
        )
        return "\t".join((event.metadata.namespace, *cells) if self._namespaces else cells) + "\n"


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
