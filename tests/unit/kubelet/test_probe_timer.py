"""The ticks of probe workers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from k8snb.kubelet.probe_timer import ProbeTimer
from k8snb.sim.loop import Loop


def ticking(period_ms: int) -> tuple[Loop, ProbeTimer, list[int]]:
    """A timer whose first tick is now, and when it ticked."""
    loop, times = Loop(), list[int]()
    return loop, ProbeTimer(loop, period_ms, lambda: times.append(loop.now_ms)), times


def test_a_look_out_of_turn_begins_the_periods_anew() -> None:
    loop, timer, times = ticking(3_000)
    timer.set_next(background=False)
    loop.run_until(4_000)
    timer.begin_anew(background=False)
    loop.run_until(4_500)
    timer.set_next(background=False)
    loop.run_until(9_000)
    assert times == [3_000, 4_000, 7_000]


def test_what_hastens_a_look_never_puts_it_off() -> None:
    loop, timer, times = ticking(1_000)
    timer.set(5_000, background=False)
    loop.run_until(1_500)
    timer.hasten()
    assert timer.due_ms == 2_000
    timer.hasten()
    loop.run_until(6_000)
    assert times == [2_000]
    assert timer.due_ms is None


def test_a_cancelled_tick_does_not_come() -> None:
    loop, timer, times = ticking(1_000)
    timer.set_next(background=False)
    timer.cancel()
    loop.run_until(3_000)
    assert times == []


@given(st.integers(1, 50), st.integers(0, 500), st.integers(0, 1_000))
def test_the_next_tick_is_whole_periods_after_the_first_and_later(period: int, begin: int, after: int) -> None:
    loop = Loop()
    loop.run_until(begin)
    timer = ProbeTimer(loop, period, lambda: None)
    next_ms = timer.after(begin + after)
    assert (next_ms - begin) % period == 0
    assert 0 < next_ms - (begin + after) <= period
