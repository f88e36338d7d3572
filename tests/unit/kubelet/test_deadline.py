"""A pod's deadline is noticed when the kubelet next looks for work that is due."""

from __future__ import annotations

from k8snb.kubelet.deadline import ActiveDeadline
from k8snb.sim.loop import Loop


class Ticks:
    """Every full second."""

    def __init__(self) -> None:
        self.loop = Loop()

    def sync_after(self, time_ms: int) -> int:
        return time_ms // 1_000 * 1_000 + 1_000


def woken(*deadlines_ms: int | None, stop: bool = False) -> list[int]:
    """When a pod is synced that was watched with these deadlines."""
    ticks, times = Ticks(), list[int]()
    deadline = ActiveDeadline(ticks, lambda: times.append(ticks.loop.now_ms))
    for deadline_ms in deadlines_ms:
        deadline.watch(deadline_ms)
    if stop:
        deadline.stop()
    ticks.loop.run_until(20_000)
    return times


def test_a_pod_is_synced_once_when_its_deadline_is_over() -> None:
    assert woken(4_300) == [5_000]
    assert woken(4_000, 4_000) == [4_000]


def test_a_pod_without_a_deadline_or_one_that_is_stopped_is_not() -> None:
    assert woken(None) == []
    assert woken(4_300, stop=True) == []
