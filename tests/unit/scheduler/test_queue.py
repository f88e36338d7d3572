"""In which order, and when again, waiting pods are tried."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from scheduler_builders import node, pod

from k8snb.scheduler.events import Action, NodeEvent, PodEvent
from k8snb.scheduler.queue import backoff_ms, QueuedPod, SchedulingQueue
from k8snb.scheduler.signature import PodInfo, Signatures

Info = Callable[..., PodInfo]


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.ms = 0

    def __call__(self) -> int:
        return self.ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def info() -> Info:
    signatures = Signatures()
    return lambda name, **spec: signatures.pod_info(pod(name, **spec))


def _popped(queue: SchedulingQueue) -> QueuedPod:
    queued = queue.pop()
    assert queued is not None
    return queued


def _names(queue: SchedulingQueue) -> list[str]:
    names = []
    while (queued := queue.pop()) is not None:
        names.append(queued.info.pod.metadata.name)
    return names


def test_priority_then_time(clock: Clock, info: Info) -> None:
    queue = SchedulingQueue(clock)
    for name, priority in (("a", 0), ("b", 5), ("c", 5), ("d", 0)):
        clock.ms += 1
        queue.add(info(name, priority=priority))
    queue.delete("uid-a")
    assert _names(queue) == ["b", "c", "d"]


@pytest.mark.parametrize(("attempts", "ms"), [(1, 1000), (2, 2000), (4, 8000), (5, 10_000), (99, 10_000)])
def test_backoff_doubles(attempts: int, ms: int) -> None:
    assert backoff_ms(attempts) == ms


def test_an_event_that_helps_brings_a_refused_pod_back_after_its_backoff(clock: Clock, info: Info) -> None:
    queue = SchedulingQueue(clock, pop_from_backoff=False)
    queue.add(info("a", cpu="2"))
    clock.ms = 500
    queue.refused(_popped(queue), ("NodeResourcesFit",))
    queue.move(NodeEvent(Action.ADD, None, node("small", cpu="1")))
    assert queue.next_retry_ms is None
    queue.move(NodeEvent(Action.ADD, None, node("n1")))
    assert queue.pop() is None
    assert queue.next_retry_ms == 2000  # refused in second 0, it backs off to the end of second 1
    clock.ms = 1999
    queue.flush()
    assert queue.pop() is None
    clock.ms = 2000
    queue.flush()
    assert _names(queue) == ["a"]


def test_a_pod_that_backs_off_is_tried_when_there_is_nothing_else_to_try(clock: Clock, info: Info) -> None:
    queue = SchedulingQueue(clock)
    queue.add(info("a", cpu="2"))
    queue.refused(_popped(queue), ("NodeResourcesFit",))
    queue.add(info("b"))
    queue.move(NodeEvent(Action.ADD, None, node("n1")))
    assert _names(queue) == ["b", "a"]


def test_a_failed_attempt_is_repeated_after_a_while_only(clock: Clock, info: Info) -> None:
    queue = SchedulingQueue(clock)
    queue.add(info("a"))
    queue.refused(_popped(queue), ())
    assert queue.pop() is None
    assert queue.next_retry_ms == 2000
    clock.ms = 2000
    queue.flush()
    queue.failed(_popped(queue))
    assert queue.next_retry_ms == 5000


def test_pods_that_look_alike_move_together(clock: Clock, info: Info) -> None:
    queue = SchedulingQueue(clock)
    for name in ("a", "b"):
        queue.add(info(name, cpu="2"))
    queue.add(info("c", nodeSelector={"disk": "ssd"}))
    for plugin in ("NodeResourcesFit", "NodeResourcesFit", "NodeAffinity"):
        queue.refused(_popped(queue), (plugin,))
    gone = info("gone", cpu="1")
    queue.move(PodEvent(Action.DELETE, gone.key, True, gone.signature, None), priority=-1)
    assert queue.pop() is None
    queue.move(PodEvent(Action.DELETE, gone.key, True, gone.signature, None))
    assert _names(queue) == ["a", "b"]


def test_gates_keep_a_pod_out(clock: Clock, info: Info) -> None:
    queue = SchedulingQueue(clock)
    queue.add(info("a", schedulingGates=[{"name": "wait"}]))
    assert queue.pop() is None
    queued = queue.get("uid-a")
    assert queued is not None
    queue.update(queued, info("a"), [])
    assert _names(queue) == ["a"]


def test_nothing_waits_for_ever(clock: Clock, info: Info) -> None:
    queue = SchedulingQueue(clock)
    queue.add(info("a"))
    clock.ms = 1000
    queue.refused(_popped(queue), ("NodeAffinity",))
    assert queue.next_flush_ms == 330_000
    clock.ms = 329_999
    queue.flush()
    assert queue.pop() is None
    clock.ms = 330_000
    queue.flush()
    assert _names(queue) == ["a"]
