"""The event recorder: components say what they did, and repetition is counted, combined and in the end dropped.

References
----------
``staging/src/k8s.io/client-go/tools/record/event.go, events_cache.go @ v1.36``
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from k8snb.api.schema import KubernetesObject
from k8snb.api.types.event import Event, EventSource
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.persistent_volume import ObjectReference
from k8snb.machinery.server import ApiServer

AGGREGATE_AFTER = 10  # so many different messages of one reason are combined into one event
AGGREGATE_INTERVAL_MS = 600_000
SPAM_BURST = 25  # so many events of one component about one object, then one in five minutes
SPAM_REFILL_MS = 300_000


class _Aggregate:
    __slots__ = ("last_ms", "messages")

    def __init__(self) -> None:
        self.messages: dict[str, None] = {}
        self.last_ms = 0


class _Bucket:
    __slots__ = ("since_ms", "tokens")

    def __init__(self, now_ms: int) -> None:
        self.tokens = float(SPAM_BURST)
        self.since_ms = now_ms

    def take(self, now_ms: int) -> bool:
        self.tokens = min(SPAM_BURST, self.tokens + (now_ms - self.since_ms) / SPAM_REFILL_MS)
        self.since_ms = now_ms
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class _Occurrence(NamedTuple):
    """What makes two events the same: the object, the type, the reason, and (unless combined) the message."""

    uid: str
    type: str
    reason: str
    message: str


class Recorder:
    """Writes events in the name of one component.

    Parameters
    ----------
    component
        The event's source, ``deployment-controller``.
    host
        The node that a kubelet speaks for.
    """

    def __init__(self, server: ApiServer, component: str, host: str = "") -> None:
        self._server = server
        self._source = EventSource(component=component, host=host)
        self._aggregates: dict[tuple[str, str, str], _Aggregate] = {}
        self._buckets: dict[str, _Bucket] = {}
        self._written: dict[_Occurrence, Event] = {}

    def event(self, obj: KubernetesObject, type_: str, reason: str, message: str) -> None:
        """Record that something happened to `obj`; `type_` is ``Normal`` or ``Warning``."""
        now_ms = self._server.now_ms
        uid = obj.metadata.uid or obj.metadata.name
        combined = self._combine(uid, type_, reason, message, now_ms)
        occurrence = _Occurrence(uid, type_, reason, "" if combined else message)
        if not self._buckets.setdefault(uid, _Bucket(now_ms)).take(now_ms):
            return
        shown = f"(combined from similar events): {message}" if combined else message
        known = self._written.get(occurrence)
        if known is None:
            written = self._server.create_event(self._new_event(obj, type_, reason, shown))
        else:
            count, last = known.count + 1, self._server.time
            written = self._server.update_event(replace(known, count=count, last_timestamp=last, message=shown))
        self._written[occurrence] = written

    def _combine(self, uid: str, type_: str, reason: str, message: str, now_ms: int) -> bool:
        """Whether this reason came with so many different messages that they become one event."""
        key = (uid, type_, reason)
        aggregate = self._aggregates.get(key)
        if aggregate is None or now_ms - aggregate.last_ms > AGGREGATE_INTERVAL_MS:
            aggregate = self._aggregates[key] = _Aggregate()
        aggregate.messages[message] = None
        aggregate.last_ms = now_ms
        if len(aggregate.messages) < AGGREGATE_AFTER:
            return False
        del aggregate.messages[next(iter(aggregate.messages))]
        return True

    def _new_event(self, obj: KubernetesObject, type_: str, reason: str, message: str) -> Event:
        meta = obj.metadata
        reference = ObjectReference(
            kind=obj.kind,
            namespace=meta.namespace,
            name=meta.name,
            uid=meta.uid,
            api_version=obj.api_version,
            resource_version=meta.resource_version,
        )
        namespace = meta.namespace or "default"
        now = self._server.time
        return Event(
            metadata=ObjectMeta(name=self._server.event_name(meta.name), namespace=namespace),
            involved_object=reference,
            reason=reason,
            message=message,
            source=self._source,
            first_timestamp=now,
            last_timestamp=now,
            count=1,
            type=type_,
            reporting_component=self._source.component,
            reporting_instance=self._source.host,
        )
