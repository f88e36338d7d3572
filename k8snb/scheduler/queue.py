"""The pods that wait to be placed: those to try next, those that back off, and those that need something to happen.

References
----------
``pkg/scheduler/backend/queue/scheduling_queue.go, backoff_queue.go, active_queue.go @ v1.36``
``pkg/scheduler/framework/plugins/queuesort/priority_sort.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum
from heapq import heappop, heappush

from k8snb.scheduler.events import Event
from k8snb.scheduler.hints import is_worth_a_try
from k8snb.scheduler.signature import PodInfo, Signature

INITIAL_BACKOFF_MS = 1_000
MAX_BACKOFF_MS = 10_000
ORDERING_WINDOW_MS = 1_000
FLUSH_PERIOD_MS = 30_000
MAX_UNSCHEDULABLE_MS = 300_000


class Place(Enum):
    """Where in the queue a pod is."""

    NOWHERE = "nowhere"
    ACTIVE = "active"
    BACKOFF = "backoff"
    UNSCHEDULABLE = "unschedulable"
    GATED = "gated"


class QueuedPod:
    """A waiting pod, and what came of the attempts to place it.

    ``rejectors`` are the plugins that refused it last. ``entry`` tells its present place in a heap from earlier ones.
    """

    __slots__ = ("entry", "errors", "info", "place", "refusals", "rejectors", "since_ms")

    def __init__(self, info: PodInfo, now_ms: int) -> None:
        self.info = info
        self.since_ms = now_ms
        self.refusals = 0
        self.errors = 0
        self.rejectors: tuple[str, ...] = ()
        self.place = Place.NOWHERE
        self.entry = 0

    @property
    def backoff_expiry_ms(self) -> int:
        """When the pod may be tried again: at the start of this second it is not over yet."""
        count = self.errors or self.refusals
        if not count:
            return -ORDERING_WINDOW_MS
        return _window(self.since_ms + backoff_ms(count))


def backoff_ms(attempts: int) -> int:
    """How long to wait after so many failed attempts: a second, doubled each time, ten at most."""
    shift = min(attempts - 1, 20)
    return min(INITIAL_BACKOFF_MS << shift, MAX_BACKOFF_MS)


def _window(time_ms: int) -> int:
    return time_ms - time_ms % ORDERING_WINDOW_MS


Entry = tuple[int, int, int, int, QueuedPod]
Likeness = tuple[Signature, tuple[str, ...]]


class _Unschedulable:
    """The pods that need something to happen, in the order of their refusals, and by what they look like.

    An event means the same to all pods that look alike and were refused by the same plugins.
    """

    def __init__(self) -> None:
        self.pods: dict[str, QueuedPod] = {}
        self._alike: dict[Likeness, dict[str, QueuedPod]] = {}

    def add(self, queued: QueuedPod) -> None:
        self.pods[queued.info.key] = queued
        self._alike.setdefault((queued.info.signature, queued.rejectors), {})[queued.info.key] = queued

    def remove(self, queued: QueuedPod) -> None:
        key, likeness = queued.info.key, (queued.info.signature, queued.rejectors)
        del self.pods[key]
        alike = self._alike[likeness]
        del alike[key]
        if not alike:
            del self._alike[likeness]

    def helped_by(self, event: Event, priority: int | None) -> Iterator[QueuedPod]:
        """The pods, up to a priority, that an event is worth another try for."""
        for (signature, rejectors), alike in list(self._alike.items()):
            if priority is not None and signature.priority > priority:
                continue
            if not signature.simple:
                yield from [queued for queued in alike.values() if is_worth_a_try(queued.info, rejectors, event)]
            elif is_worth_a_try(next(iter(alike.values())).info, rejectors, event):
                yield from list(alike.values())


class SchedulingQueue:
    """Orders waiting pods by priority, then by how long they have been waiting.

    Parameters
    ----------
    now
        Gives the time in milliseconds.
    pop_from_backoff
        Whether a pod that backs off after a refusal is tried nevertheless when there is nothing else to try.
    """

    def __init__(self, now: Callable[[], int], *, pop_from_backoff: bool = True) -> None:
        self._now = now
        self._pop_from_backoff = pop_from_backoff
        self._pods: dict[str, QueuedPod] = {}
        self._active: list[Entry] = []
        self._backoff: list[Entry] = []
        self._error_backoff: list[Entry] = []
        self._unschedulable = _Unschedulable()
        self._entries = 0

    def __len__(self) -> int:
        return len(self._pods)

    def get(self, key: str) -> QueuedPod | None:
        """The waiting pod of a key."""
        return self._pods.get(key)

    def add(self, info: PodInfo) -> None:
        """Let a new pod wait to be tried; one with scheduling gates waits for these to go."""
        queued = self._pods[info.key] = QueuedPod(info, self._now())
        self._activate(queued)

    def delete(self, key: str) -> PodInfo | None:
        """Forget a pod."""
        queued = self._pods.pop(key, None)
        if queued is None:
            return None
        if queued.place is Place.UNSCHEDULABLE:
            self._unschedulable.remove(queued)
        queued.place = Place.NOWHERE
        return queued.info

    def update(self, queued: QueuedPod, info: PodInfo, events: list[Event]) -> None:
        """Take over a new version of a waiting pod; `events` are what changed about it."""
        place = queued.place
        if place is Place.UNSCHEDULABLE:
            self._unschedulable.remove(queued)
        queued.info = info
        if place is Place.GATED:
            self._activate(queued)
        elif place is Place.UNSCHEDULABLE:
            self._unschedulable.add(queued)
            if any(is_worth_a_try(info, queued.rejectors, event) for event in events):
                self._requeue(queued)

    def pop(self) -> QueuedPod | None:
        """The pod to try next."""
        active = self._active
        while active:
            entry = heappop(active)
            queued = entry[-1]
            if queued.entry == entry[-2] and queued.place is Place.ACTIVE:
                queued.place = Place.NOWHERE
                return queued
        while self._pop_from_backoff and self._backoff:
            queued_or_none = _taken(self._backoff)
            if queued_or_none is not None:
                return queued_or_none
        return None

    def refused(self, queued: QueuedPod, rejectors: tuple[str, ...]) -> None:
        """Put a pod back after plugins refused it; without any, it is tried again after a while."""
        if not rejectors:
            self.failed(queued)
            return
        queued.rejectors = rejectors
        queued.refusals += 1
        queued.errors = 0
        queued.since_ms = self._now()
        queued.place = Place.UNSCHEDULABLE
        self._pods[queued.info.key] = queued
        self._unschedulable.add(queued)

    def failed(self, queued: QueuedPod) -> None:
        """Put a pod back after an attempt that failed for no plugin's reason."""
        queued.rejectors = ()
        queued.errors += 1
        queued.since_ms = self._now()
        self._pods[queued.info.key] = queued
        self._push(self._error_backoff, queued, Place.BACKOFF)

    def done(self, queued: QueuedPod) -> None:
        """Forget a pod that was placed."""
        del self._pods[queued.info.key]

    def move(self, event: Event, priority: int | None = None) -> None:
        """Try those pods again that an event may help; only up to a `priority`, if given."""
        if self._unschedulable.pods:
            for queued in self._unschedulable.helped_by(event, priority):
                self._requeue(queued)

    def flush(self) -> None:
        """Let those pods be tried whose time has come."""
        now = _window(self._now())
        for heap in (self._backoff, self._error_backoff):
            while heap and heap[0][0] < now:
                queued = _taken(heap)
                if queued is not None:
                    self._activate(queued)
        overdue = self._now() // FLUSH_PERIOD_MS * FLUSH_PERIOD_MS - MAX_UNSCHEDULABLE_MS
        for queued in [q for q in self._unschedulable.pods.values() if q.since_ms < overdue]:
            self._requeue(queued)

    @property
    def next_retry_ms(self) -> int | None:
        """When the next pod has backed off long enough."""
        heaps = [self._error_backoff] if self._pop_from_backoff else [self._error_backoff, self._backoff]
        for heap in heaps:
            while heap and not _is_current(heap[0]):
                heappop(heap)
        times = [heap[0][0] + ORDERING_WINDOW_MS for heap in heaps if heap]
        return min(times, default=None)

    @property
    def next_flush_ms(self) -> int | None:
        """When the pod that has been waiting longest for something to happen is tried again in any case."""
        since = next((queued.since_ms for queued in self._unschedulable.pods.values()), None)
        return (
            None
            if since is None
            else (since + MAX_UNSCHEDULABLE_MS) // FLUSH_PERIOD_MS * FLUSH_PERIOD_MS + (FLUSH_PERIOD_MS)
        )

    def _activate(self, queued: QueuedPod) -> None:
        if queued.info.pod.spec.scheduling_gates:
            queued.place = Place.GATED
            return
        self._entries += 1
        queued.entry = self._entries
        queued.place = Place.ACTIVE
        info = queued.info
        heappush(self._active, (-info.signature.priority, queued.since_ms, 0, self._entries, queued))

    def _requeue(self, queued: QueuedPod) -> None:
        self._unschedulable.remove(queued)
        if queued.backoff_expiry_ms >= _window(self._now()):
            self._push(self._backoff, queued, Place.BACKOFF)
        else:
            self._activate(queued)

    def _push(self, heap: list[Entry], queued: QueuedPod, place: Place) -> None:
        self._entries += 1
        queued.entry = self._entries
        queued.place = place
        key = (queued.backoff_expiry_ms, -queued.info.signature.priority, queued.since_ms, self._entries, queued)
        heappush(heap, key)


def _taken(heap: list[Entry]) -> QueuedPod | None:
    """The first pod of a heap; None when it has long been somewhere else."""
    entry = heappop(heap)
    if not _is_current(entry):
        return None
    entry[-1].place = Place.NOWHERE
    return entry[-1]


def _is_current(entry: Entry) -> bool:
    queued = entry[-1]
    return queued.entry == entry[-2] and queued.place in (Place.ACTIVE, Place.BACKOFF)
