"""Events.

Field names, order, presence and patch strategies are those of the Kubernetes 1.36 API.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from k8snb.api.schema import ALWAYS, Int32, KubernetesObject, MicroTime, Struct, Time
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.persistent_volume import ObjectReference


class EventSource(Struct):
    component: str = ""
    host: str = ""


class EventSeries(Struct):
    count: Int32 = 0
    last_observed_time: Annotated[MicroTime | None, ALWAYS] = None


class Event(KubernetesObject):
    api_version: ClassVar[str] = "v1"
    metadata: ObjectMeta = ObjectMeta()
    involved_object: ObjectReference = ObjectReference()
    reason: str = ""
    message: str = ""
    source: EventSource = EventSource()
    first_timestamp: Annotated[Time | None, ALWAYS] = None
    last_timestamp: Annotated[Time | None, ALWAYS] = None
    count: Int32 = 0
    type: str = ""
    event_time: Annotated[MicroTime | None, ALWAYS] = None
    series: EventSeries | None = None
    action: str = ""
    related: ObjectReference | None = None
    reporting_component: Annotated[str, ALWAYS] = ""
    reporting_instance: Annotated[str, ALWAYS] = ""
