"""Work queues: order, deduplication, delays, causes."""

from k8snb.machinery.store import Store
from k8snb.machinery.workqueue import WorkQueue
from k8snb.sim.loop import Loop


class Bench:
    def __init__(self) -> None:
        self.store = Store(Loop())
        self.seen: list[tuple[int, str, int]] = []
        self.queue = WorkQueue(self.store, self._process)

    def _process(self, key: str) -> None:
        self.seen.append((self.store.loop.now_ms, key, self.store.cause))

    def run(self, until: int) -> list[tuple[int, str, int]]:
        self.store.loop.run_until(until)
        return self.seen


def test_a_waiting_key_is_processed_once_with_its_first_cause() -> None:
    bench = Bench()
    for cause, key in ((1, "a"), (2, "b"), (3, "a")):
        bench.store.cause = cause
        bench.queue.add(key)
    assert bench.run(10) == [(0, "a", 1), (0, "b", 2)]


def test_of_two_delays_the_earlier_counts() -> None:
    bench = Bench()
    bench.queue.add_after("a", 50)
    bench.queue.add_after("a", 80)
    bench.queue.add_after("a", 20)
    assert [row[:2] for row in bench.run(200)] == [(20, "a")]


def test_a_delay_becomes_worth_waiting_for() -> None:
    bench = Bench()
    bench.queue.add_after("a", 50, background=True)
    assert bench.store.loop.idle
    bench.queue.add_after("a", 50)
    bench.queue.add_after("a", 50, background=True)
    assert not bench.store.loop.idle
    assert [row[:2] for row in bench.run(200)] == [(50, "a")]


def test_failures_double_the_delay_until_forgotten() -> None:
    bench = Bench()
    times = []
    for _ in range(4):
        before = bench.store.loop.now_ms
        bench.queue.add_rate_limited("a")
        bench.run(before + 1000)
        times.append(bench.seen[-1][0] - before)
    assert times == [5, 10, 20, 40]
    bench.queue.forget("a")
    assert bench.queue.failures("a") == 0


def test_a_check_falls_away_when_the_key_is_processed_before() -> None:
    bench = Bench()
    bench.queue.check_after("a", 100)
    bench.queue.add_after("a", 30)
    assert [row[:2] for row in bench.run(500)] == [(30, "a")]
    assert bench.store.loop.idle


def test_the_latest_check_counts() -> None:
    bench = Bench()
    bench.queue.check_after("a", 100)
    bench.queue.check_after("a", 200)
    assert [row[:2] for row in bench.run(500)] == [(200, "a")]
