"""The table of events.

References
----------
``pkg/printers/internalversion/printers.go printEvent @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping

from k8snb.api.schema import KubernetesObject
from k8snb.api.types.event import Event
from k8snb.kubectl.ages import since
from k8snb.kubectl.printers.table import Cell, Column, KindTable


def _event(obj: Event, now_ms: int) -> tuple[Cell, ...]:
    first = since(obj.event_time if obj.first_timestamp is None else obj.first_timestamp, now_ms)
    last = first if obj.last_timestamp is None else since(obj.last_timestamp, now_ms)
    count = obj.count or 1
    if obj.series is not None:
        last, count = since(obj.series.last_observed_time, now_ms), obj.series.count
    target = obj.involved_object.kind.lower()
    if obj.involved_object.name:
        target = f"{target}/{obj.involved_object.name}"
    return (
        last,
        obj.type,
        obj.reason,
        target,
        obj.involved_object.field_path,
        _source(obj),
        obj.message.strip(),
        first,
        count,
        obj.metadata.name,
    )


def _source(event: Event) -> str:
    component = event.source.component or event.reporting_component
    host = event.source.host or event.reporting_instance
    return f"{component}, {host}" if host else component


_COLUMNS = (
    Column("Last Seen"),
    Column("Type"),
    Column("Reason"),
    Column("Object"),
    Column("Subobject", wide=True),
    Column("Source", wide=True),
    Column("Message"),
    Column("First Seen", wide=True),
    Column("Count", wide=True),
    Column("Name", wide=True),
)

TABLES: Mapping[type[KubernetesObject], KindTable] = {
    Event: KindTable(_COLUMNS, _event, name_column=len(_COLUMNS) - 1),
}
