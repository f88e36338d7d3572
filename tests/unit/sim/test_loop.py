"""The event loop: total order, cancelling, background timers, step limits, livelocks."""

import gc
from contextlib import ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8snb.errors import SimulationError
from k8snb.sim import loop as loop_module
from k8snb.sim.loop import COLLECT_AFTER, CONTROL, DELIVERY, Loop, NODE, rare_collections, USER
from k8snb.sim.streams import Streams


def test_order_is_time_then_priority_then_sequence() -> None:
    loop, seen = Loop(), []
    loop.call_at(20, seen.append, "late")
    for priority, name in ((USER, "user"), (CONTROL, "control"), (DELIVERY, "delivery"), (NODE, "node")):
        loop.call_at(10, seen.append, name, priority=priority)
    loop.call_at(10, seen.append, "second delivery", priority=DELIVERY)
    loop.run_until(20)
    assert seen == ["delivery", "second delivery", "node", "control", "user", "late"]


def test_events_of_the_limit_itself_run_and_the_clock_stands_at_it() -> None:
    loop, seen = Loop(), []
    loop.call_at(100, lambda: seen.append(loop.now_ms))
    loop.call_at(101, seen.append, "too late")
    assert loop.run_until(100) == 1
    assert (seen, loop.now_ms) == ([100], 100)


def test_a_cancelled_timer_does_not_run_and_does_not_count() -> None:
    loop, seen = Loop(), []
    timer = loop.call_after(5, seen.append, "never")
    assert not loop.idle
    timer.cancel()
    timer.cancel()
    assert loop.idle
    assert loop.step() is None
    assert seen == []


def test_background_timers_leave_the_loop_idle() -> None:
    loop = Loop()
    loop.call_after(5, lambda: None, background=True)
    assert loop.idle
    assert loop.next_time() == 5
    assert loop.next_time(foreground=True) is None
    loop.call_after(9, lambda: None)
    assert not loop.idle
    assert loop.next_time(foreground=True) == 9


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans(), st.booleans()), max_size=8), st.integers(0, 20))
def test_until_idle_nothing_runs_after_the_deadline(timers: list[tuple[int, bool, bool]], deadline: int) -> None:
    loop, ran = Loop(), list[int]()
    for due, background, cancelled in timers:
        timer = loop.call_at(due, ran.append, due, background=background)
        if cancelled:
            timer.cancel()
    foreground = [due for due, background, cancelled in timers if not (background or cancelled)]
    assert loop.run_until_idle(deadline) == all(due <= deadline for due in foreground)
    assert max(ran, default=0) <= deadline


def test_step_limit() -> None:
    loop = Loop()
    for _ in range(5):
        loop.call_after(1, lambda: None)
    with pytest.raises(SimulationError, match="more than 3 steps before 1 s"):
        loop.run_until(1000, max_steps=3)


def test_a_livelock_names_the_hottest_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop_module, "STEPS_WITHOUT_TIME", 100)
    loop = Loop()

    def again(key: str) -> None:
        loop.call_after(0, again, key)

    again("default/web")
    with pytest.raises(SimulationError, match=r"again\(default/web\) is \d+ of the last 1000 events"):
        loop.run_until(10)


def test_streams_depend_on_seed_and_name_only() -> None:
    one, other = Streams(1), Streams(1)
    other.stream("another component").random()
    assert one.stream("kubelet").random() == other.stream("kubelet").random()
    assert one.stream("kubelet").random() != Streams(2).stream("kubelet").random()
    assert one.stream("kubelet") is one.stream("kubelet")


def test_collections_are_rare_during_a_run_and_as_before_after_it() -> None:
    before = gc.get_threshold()
    with rare_collections():
        assert gc.get_threshold() == tuple(map(max, before, COLLECT_AFTER))
        with rare_collections():
            pass
        assert gc.get_threshold()[0] == COLLECT_AFTER[0]
    assert gc.get_threshold() == before


def test_of_two_runs_that_overlap_the_first_puts_the_collections_back() -> None:
    before, first, second = gc.get_threshold(), ExitStack(), ExitStack()
    first.enter_context(rare_collections())
    second.enter_context(rare_collections())
    first.close()
    second.close()
    assert gc.get_threshold() == before


def test_collections_that_are_off_stay_off() -> None:
    before = gc.get_threshold()
    gc.set_threshold(0)
    try:
        with rare_collections():
            assert gc.get_threshold()[0] == 0
    finally:
        gc.set_threshold(*before)
