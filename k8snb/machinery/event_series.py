"""The scheduler's event recorder: repetitions become a series, and nothing is combined or dropped.

References
----------
``staging/src/k8s.io/client-go/tools/events/event_broadcaster.go recordToSink @ v1.36``
"""

from __future__ import annotations

from msgspec.structs import replace

from k8snb.api.schema import KubernetesObject
from k8snb.api.types.event import Event, EventSeries
from k8snb.machinery.events import new_event_meta, reference_to
from k8snb.machinery.server import ApiServer, EPOCH_MS

CONTROL_PLANE_HOST = "control-plane"


class SeriesRecorder:
    """Writes events in the name of one component of the control plane.

    Parameters
    ----------
    component
        Who reports, ``default-scheduler``.
    """

    def __init__(self, server: ApiServer, component: str) -> None:
        self._server = server
        self._component = component
        self._instance = f"{component}-{CONTROL_PLANE_HOST}"
        self._written: dict[str, tuple[Event, ...]] = {}

    def event(self, obj: KubernetesObject, type_: str, reason: str, message: str, action: str) -> None:
        """Record what was tried (`action`, as ``Binding``) with `obj`; `type_` is ``Normal`` or ``Warning``.

        A series begins for each version of the object; its second event says that it is one, and the third no more.
        """
        meta, now_ms = obj.metadata, EPOCH_MS + self._server.now_ms
        uid, content = meta.uid or meta.name, (type_, reason, action)
        written = self._written.get(uid, ())
        known = next((event for event in written if _content(event) == content), None)
        if known is not None and known.involved_object.resource_version == meta.resource_version:
            if known.series is None:
                series = EventSeries(count=2, last_observed_time=now_ms)
                self._remember(uid, self._server.update_event(replace(known, series=series)))
            return
        about = reference_to(obj)
        event = Event(
            metadata=new_event_meta(self._server, about, self._server.time),
            involved_object=about,
            reason=reason,
            message=message,
            type=type_,
            event_time=now_ms,
            action=action,
            reporting_component=self._component,
            reporting_instance=self._instance,
        )
        self._remember(uid, self._server.create_event(event))

    def _remember(self, uid: str, event: Event) -> None:
        """Of each content, the latest event about an object."""
        others = [other for other in self._written.get(uid, ()) if _content(other) != _content(event)]
        self._written[uid] = (*others, event)

    def forget(self, uid: str) -> None:
        """An object is gone, and nothing more will be said about it."""
        self._written.pop(uid, None)


def _content(event: Event) -> tuple[str, str, str]:
    return event.type, event.reason, event.action
