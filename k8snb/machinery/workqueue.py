"""Work queues: keys to look at, each once, now or later, with exponential delays after failures.

References
----------
``staging/src/k8s.io/client-go/util/workqueue/{queue,delaying_queue,default_rate_limiters}.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable

from k8snb.machinery.store import Store
from k8snb.sim.loop import CONTROL, DELIVERY, Timer

BASE_DELAY_MS = 5
MAX_DELAY_MS = 1_000_000


class WorkQueue:
    """Keys that wait to be processed by `process`, in the order in which they came.

    A key that is added again while it waits stays where it is. Each key remembers the log entry that led to it; the
    first one since it was last processed is the cause of what the processing writes.
    """

    def __init__(
        self,
        store: Store,
        process: Callable[[str], None],
        latency_ms: int = 0,
        base_delay_ms: int = BASE_DELAY_MS,
        max_delay_ms: int = MAX_DELAY_MS,
    ) -> None:
        self._store = store
        self._process = process
        self._latency_ms = latency_ms
        self._base_delay_ms = base_delay_ms
        self._max_delay_ms = max_delay_ms
        self._waiting: dict[str, int] = {}
        self._later: dict[str, Timer] = {}
        self._checks: dict[str, Timer] = {}
        self._resumptions: dict[str, Timer] = {}
        self._failures: dict[str, int] = {}
        self._scheduled = False

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, key: str) -> None:
        """Process a key soon."""
        if key not in self._waiting:
            self._waiting[key] = self._store.cause
            self._schedule()

    def add_after(self, key: str, delay_ms: int, background: bool = False) -> None:
        """Process a key later; of two such wishes for one key the earlier counts, and what is worth waiting for."""
        if delay_ms <= 0:
            self.add(key)
            return
        due = self._store.loop.now_ms + delay_ms
        earlier = self._later.get(key)
        if earlier is not None:
            if earlier.time_ms < due or (earlier.time_ms == due and (background or not earlier.background)):
                return
            earlier.cancel()
        self._later[key] = self._store.loop.call_at(
            due, self._ripe, self._later, key, self._store.cause, priority=DELIVERY, background=background
        )

    def check_after(self, key: str, delay_ms: int) -> None:
        """Process a key later, unless it is processed before; only the latest such wish counts."""
        earlier = self._checks.pop(key, None)
        if earlier is not None:
            earlier.cancel()
        self._checks[key] = self._store.loop.call_after(
            delay_ms, self._ripe, self._checks, key, self._store.cause, priority=DELIVERY
        )

    def resume_after(self, key: str, delay_ms: int) -> None:
        """Go on with a key whose processing has to wait; when it is to be looked at again stays as it is."""
        if key not in self._resumptions:
            self._resumptions[key] = self._store.loop.call_after(
                delay_ms, self._ripe, self._resumptions, key, self._store.cause, priority=DELIVERY
            )

    def add_rate_limited(self, key: str) -> None:
        """Process a key after a delay that doubles with each failure since the last `forget`."""
        failures = self._failures.get(key, 0)
        self._failures[key] = failures + 1
        self.add_after(key, min(self._base_delay_ms * 2 ** min(failures, 30), self._max_delay_ms))

    def note_failure(self, key: str) -> None:
        """The key failed once more, and is tried again soon anyway."""
        self._failures[key] = self._failures.get(key, 0) + 1

    def forget(self, key: str) -> None:
        """The key succeeded: its next failure counts as the first."""
        if self._failures:
            self._failures.pop(key, None)

    def failures(self, key: str) -> int:
        """How often the key failed since the last `forget`."""
        return self._failures.get(key, 0)

    def _ripe(self, timers: dict[str, Timer], key: str, cause: int) -> None:
        del timers[key]
        if key not in self._waiting:
            self._waiting[key] = cause
            self._schedule()

    def _schedule(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            loop = self._store.loop
            loop.schedule(loop.now_ms + self._latency_ms, CONTROL, self._work)

    def _work(self) -> None:
        self._scheduled = False
        waiting, store = self._waiting, self._store
        key = next(iter(waiting))
        cause = waiting.pop(key)
        if waiting:
            self._schedule()
        if self._checks:
            check = self._checks.pop(key, None)
            if check is not None:
                check.cancel()
        before = store.cause
        store.cause = cause
        self._process(key)
        store.cause = before
