"""The events section of a description.

References
----------
``staging/src/k8s.io/kubectl/pkg/describe/describe.go DescribeEvents, searchEvents @ v1.36``
``staging/src/k8s.io/kubectl/pkg/util/event/sorted_event_list.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Sequence

from k8snb.api.types.event import Event
from k8snb.api.types.meta import ObjectMeta
from k8snb.kubectl.ages import since
from k8snb.kubectl.describe.context import Context
from k8snb.kubectl.describe.writer import Writer


def describe_events(w: Writer, context: Context, kind: str, meta: ObjectMeta, uid: str | None = None) -> None:
    """Write what happened to an object, the latest last.

    Parameters
    ----------
    w
        Where to.
    context
        The cluster and the present.
    kind
        Only events about objects of this kind; empty: of any.
    meta
        Of the object.
    uid
        The UID that events know the object by, if not its own.
    """
    if context.show_events:
        write_events(w, find_events(context, kind, meta, meta.uid if uid is None else uid), context.now_ms)


def find_events(context: Context, kind: str, meta: ObjectMeta, uid: str) -> list[Event]:
    """The events about an object."""
    return [e for e in context.list(Event, meta.namespace or None) if _concerns(e, kind, meta, uid)]


def _concerns(event: Event, kind: str, meta: ObjectMeta, uid: str) -> bool:
    about = event.involved_object
    if (about.name, about.namespace) != (meta.name, meta.namespace):
        return False
    return (not kind or about.kind == kind) and (not uid or about.uid == uid)


def write_events(w: Writer, events: Sequence[Event], now_ms: int) -> None:
    """The table of events."""
    if not events:
        w.write(0, "Events:\t<none>\n")
        return
    w.flush()
    w.write(0, "Events:\n  Type\tReason\tAge\tFrom\tMessage\n")
    w.write(1, "----\t------\t----\t----\t-------\n")
    for event in sorted(events, key=lambda e: e.last_timestamp or 0):
        source = event.source.component or event.reporting_component
        message = event.message.strip()
        if event.involved_object.field_path:
            message = f"{event.involved_object.field_path}: {message}"
        w.write(1, f"{event.type}\t{event.reason}\t{interval(event, now_ms)}\t{source}\t{message}\n")


def interval(event: Event, now_ms: int) -> str:
    """How long ago it happened; for repeated ones also how often, and since when."""
    first = since(event.event_time if event.event_time is not None else event.first_timestamp, now_ms)
    if event.series is not None:
        return f"{since(event.series.last_observed_time, now_ms)} (x{event.series.count} over {first})"
    if event.count > 1:
        return f"{since(event.last_timestamp, now_ms)} (x{event.count} over {first})"
    return first
