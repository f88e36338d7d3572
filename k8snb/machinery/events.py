"""The event recorder: components say what they did, and repetition is counted, combined and in the end dropped.

The scheduler's events are series instead: see `k8snb.machinery.event_series`.

References
----------
``staging/src/k8s.io/client-go/tools/record/event.go, events_cache.go @ v1.36``
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from k8snb.api.schema import KubernetesObject
from k8snb.api.types.event import Event, EventSource
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.persistent_volume import ObjectReference
from k8snb.machinery.server import ApiServer

AGGREGATE_AFTER = 10  # so many different messages of one reason are combined into one event
AGGREGATE_INTERVAL_MS = 600_000
SPAM_BURST = 25  # so many events of one component and type about one object, then one in five minutes
SPAM_REFILL_MS = 300_000


_Content = tuple[str, str, str, str]  # type, reason, message and field path; no message when events are combined


class _Reason(Struct, gc=False):
    """What was said with one type and reason: nearly always one message, about one part of the object.

    ``event`` is what was written of the first message about the part that ``path`` names.
    """

    first: str
    path: str
    last_ms: int
    others: dict[str, None] | None = None
    event: Event | None = None

    def combines(self, message: str, now_ms: int) -> bool:
        """Whether the reason came with so many different messages that they become one event."""
        self.last_ms = now_ms
        if message != self.first:
            if self.others is None:
                self.others = {}
            self.others[message] = None
        if self.others is None or len(self.others) + 1 < AGGREGATE_AFTER:
            return False
        del self.others[next(iter(self.others))]
        return True


class _Voice(Struct, gc=False):
    """What one component has said of one type about one object, by reason, and how much more it may write.

    Every event takes a token, and they come back slowly.
    """

    at_ms: int
    tokens: float = SPAM_BURST
    reasons: dict[str, _Reason] = {}

    def may_write(self, now_ms: int) -> bool:
        if now_ms > self.at_ms:
            self.tokens = min(SPAM_BURST, self.tokens + (now_ms - self.at_ms) / SPAM_REFILL_MS)
            self.at_ms = now_ms
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class _Rare(Struct, gc=False):
    """What few objects have.

    ``written`` has the events by their content, but for those that a ``_Reason`` has; ``dropped`` counts what was said
    and not written since an event of that content was.
    """

    dropped: dict[_Content, int] = {}
    written: dict[_Content, Event] = {}


class _Subject(Struct, gc=False):
    """What one component has said about one object; ``part`` is the part of it that was spoken of last."""

    reference: ObjectReference
    part: ObjectReference
    normal: _Voice | None = None
    warning: _Voice | None = None
    rare: _Rare | None = None

    def about(self, field_path: str) -> ObjectReference:
        """The object, or a part of it."""
        if not field_path:
            return self.reference
        if self.part.field_path != field_path:
            self.part = replace(self.reference, field_path=field_path)
        return self.part

    def voice(self, type_: str, now_ms: int) -> _Voice:
        voice = self.normal if type_ == "Normal" else self.warning
        if voice is None:
            voice = _Voice(now_ms)
            if type_ == "Normal":
                self.normal = voice
            else:
                self.warning = voice
        return voice

    def begin(self, voice: _Voice, type_: str, reason: str, message: str, path: str, now_ms: int) -> _Reason:
        """A reason is heard for the first time, or for the first time after long; what was written stays known."""
        before = voice.reasons.get(reason)
        said = voice.reasons[reason] = _Reason(message, path, now_ms)
        if before is not None:
            rare = self.more()
            if before.event is not None:
                rare.written[type_, reason, before.first, before.path] = before.event
            said.event = rare.written.pop((type_, reason, message, path), None)
        return said

    def more(self) -> _Rare:
        """What is remembered of an object about which much is said."""
        if self.rare is None:
            self.rare = _Rare()
        return self.rare


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
        self._loop = server.loop
        self._source = EventSource(component=component, host=host)
        self._subjects: dict[str, _Subject] = {}

    def event(self, obj: KubernetesObject, type_: str, reason: str, message: str, field_path: str = "") -> None:
        """Record that something happened to `obj`, or to the part of it that `field_path` names.

        `type_` is ``Normal`` or ``Warning``. What is new is written, what was said before is counted once more, and
        what comes too often is combined or dropped.
        """
        now_ms, meta = self._loop.now_ms, obj.metadata
        uid = meta.uid or meta.name
        subject = self._subjects.get(uid)
        if subject is None:
            reference = reference_to(obj)
            subject = self._subjects[uid] = _Subject(reference, reference)
        voice = subject.voice(type_, now_ms)
        said = voice.reasons.get(reason)
        if said is None or now_ms - said.last_ms > AGGREGATE_INTERVAL_MS:
            said, combined = subject.begin(voice, type_, reason, message, field_path, now_ms), False
        else:
            combined = said.combines(message, now_ms)
        is_first = not combined and message == said.first and field_path == said.path
        content = (type_, reason, "" if combined else message, field_path)
        if not voice.may_write(now_ms):
            dropped = subject.more().dropped
            dropped[content] = dropped.get(content, 0) + 1
            return
        times = 1 if subject.rare is None else 1 + subject.rare.dropped.pop(content, 0)
        known = said.event if is_first else subject.more().written.get(content)
        shown = f"(combined from similar events): {message}" if combined else message
        if known is None:
            event = self._new_event(subject.about(field_path), type_, reason, shown, times)
            written = self._server.create_event(event)
        else:
            count, last = known.count + times, self._server.time
            written = self._server.update_event(replace(known, count=count, last_timestamp=last, message=shown))
        if is_first:
            said.event = written
        else:
            subject.more().written[content] = written

    def forget(self, uid: str) -> None:
        """An object is gone, and nothing more will be said about it."""
        self._subjects.pop(uid, None)

    def _new_event(self, about: ObjectReference, type_: str, reason: str, message: str, count: int) -> Event:
        now, source = self._server.time, self._source
        return Event(
            metadata=new_event_meta(self._server, about, now),
            involved_object=about,
            reason=reason,
            message=message,
            source=source,
            first_timestamp=now,
            last_timestamp=now,
            count=count,
            type=type_,
            reporting_component=source.component,
            reporting_instance=source.host,
        )


def new_event_meta(server: ApiServer, about: ObjectReference, now: int) -> ObjectMeta:
    """Who an event is that is stored next; `now` in milliseconds since the epoch, in whole seconds."""
    name, uid = server.event_identity(about.name)
    return ObjectMeta(
        name=name,
        uid=uid,
        namespace=about.namespace or "default",
        creation_timestamp=now,
        resource_version=server.store.next_version(),
    )


def reference_to(obj: KubernetesObject) -> ObjectReference:
    """What an event says of the object that it is about."""
    meta = obj.metadata
    return ObjectReference(
        kind=obj.kind,
        namespace=meta.namespace,
        name=meta.name,
        uid=meta.uid,
        api_version=obj.api_version,
        resource_version=meta.resource_version,
    )
