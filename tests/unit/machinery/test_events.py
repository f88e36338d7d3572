"""Events: repetitions are counted, many of one reason combined, too many dropped, and what was dropped still counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from k8snb.api.types.event import Event
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.pod import Pod
from k8snb.machinery.event_series import SeriesRecorder
from k8snb.machinery.events import AGGREGATE_AFTER, Recorder, SPAM_BURST, SPAM_REFILL_MS
from k8snb.machinery.server import ApiServer
from k8snb.sim.loop import Loop
from k8snb.sim.streams import Streams

POD = Pod(metadata=ObjectMeta(name="a", namespace="default", uid="1"))


class Speaker:
    """A component that speaks about one pod."""

    def __init__(self) -> None:
        self.loop = Loop()
        self.server = ApiServer(self.loop, Streams(1))
        self.recorder = Recorder(self.server, "kubelet")

    def say(self, message: str, type_: str = "Normal", reason: str = "Said", times: int = 1) -> None:
        for _ in range(times):
            self.recorder.event(POD, type_, reason, message)

    def heard(self) -> list[tuple[str, str, int]]:
        events = self.server.store.tables["Event"].values()
        return [(e.type, e.message, e.count) for e in events if isinstance(e, Event)]


@pytest.fixture
def speaker() -> Speaker:
    return Speaker()


def test_a_repetition_is_counted(speaker: Speaker) -> None:
    speaker.say("hello", times=3)
    speaker.say("bye")
    assert speaker.heard() == [("Normal", "hello", 3), ("Normal", "bye", 1)]


def test_of_a_series_the_second_event_is_told_of_and_each_version_of_the_object_begins_one() -> None:
    loop = Loop()
    server = ApiServer(loop, Streams(1))
    recorder = SeriesRecorder(server, "scheduler")
    for version, message in (("1", "no room"), ("2", "no room"), ("2", "no room at all"), ("2", "none"), ("3", "none")):
        pod = replace(POD, metadata=replace(POD.metadata, resource_version=version))
        recorder.event(pod, "Warning", "FailedScheduling", message, action="Scheduling")
    events = [e for e in server.store.tables["Event"].values() if isinstance(e, Event)]
    assert [(e.message, e.series and e.series.count) for e in events] == [
        ("no room", None),
        ("no room", 2),
        ("none", None),
    ]
    assert [e.involved_object.resource_version for e in events] == ["1", "2", "3"]


def test_many_messages_of_one_reason_are_combined(speaker: Speaker) -> None:
    for i in range(AGGREGATE_AFTER + 2):
        speaker.say(f"message {i}")
    *single, combined = speaker.heard()
    assert [message for _, message, _ in single] == [f"message {i}" for i in range(AGGREGATE_AFTER - 1)]
    assert combined == ("Normal", f"(combined from similar events): message {AGGREGATE_AFTER + 1}", 3)


def test_each_type_has_a_burst_of_its_own(speaker: Speaker) -> None:
    speaker.say("bad", "Warning", times=SPAM_BURST + 5)
    speaker.say("good", times=SPAM_BURST + 5)
    assert speaker.heard() == [("Warning", "bad", SPAM_BURST), ("Normal", "good", SPAM_BURST)]


def test_what_was_dropped_counts_with_the_next_that_is_written(speaker: Speaker) -> None:
    speaker.say("again", times=SPAM_BURST + 4)
    speaker.say("later", times=2)
    speaker.loop.run_until(2 * SPAM_REFILL_MS)
    speaker.say("again")
    speaker.say("later")
    assert speaker.heard() == [("Normal", "again", SPAM_BURST + 5), ("Normal", "later", 3)]


TYPES, MESSAGES = st.sampled_from(["Normal", "Warning"]), st.sampled_from("abc")


@given(st.lists(st.tuples(TYPES, MESSAGES, st.integers(0, 60_000)), max_size=80))
def test_no_more_is_written_than_was_said_and_nothing_is_lost_in_the_end(sayings: list[tuple[str, str, int]]) -> None:
    speaker = Speaker()
    for type_, message, pause_ms in sayings:
        speaker.loop.run_until(speaker.loop.now_ms + pause_ms)
        speaker.say(message, type_)
    said = len(sayings)
    assert sum(count for *_, count in speaker.heard()) <= said
    speaker.loop.run_until(speaker.loop.now_ms + 30 * SPAM_REFILL_MS)
    for type_, message in dict.fromkeys((t, m) for t, m, _ in sayings):
        speaker.say(message, type_)
        said += 1
    assert sum(count for *_, count in speaker.heard()) == said
