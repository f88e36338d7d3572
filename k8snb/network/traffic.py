"""Requests to a service: a steady stream of them, each sent to one pod, and what became of each.

Nothing of it happens in the cluster: it is read off the run, so that it can be asked for before, during or after it,
with other rates and delays, and changes nothing.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Any, NamedTuple, Protocol, TYPE_CHECKING

from k8snb.errors import K8snbError
from k8snb.machinery.log import Log
from k8snb.network.routes import Routes, Target

if TYPE_CHECKING:
    import pandas as pd


HIGHEST_RATE = 100_000


class Serving(Protocol):
    """A time in which a container runs, in milliseconds; None: not yet."""

    container: str
    started_ms: int  # from when on it takes requests
    refuses_ms: int | None  # from when on it takes no new ones: it was asked to stop, or ended
    ended_ms: int | None  # when it ended, and with it whatever was under way


class Nodes(Protocol):
    """What is true on the nodes, whatever the API server has heard of it."""

    def of(self, uid: str) -> Sequence[Serving]:
        """The times in which a pod's containers run."""

    def is_down(self, node: str, time_ms: int) -> bool:
        """Whether nothing on a node can be reached at a moment."""


class Outcome(StrEnum):
    """What became of a request; all but ``SERVED`` count as dropped."""

    SERVED = "served"
    REFUSED = "refused"  # the pod was there, but nobody listened any more, or yet
    CUT = "cut"  # the container ended before it had answered
    NO_ENDPOINT = "no endpoint"  # the service had nobody to send it to


class Request(NamedTuple):
    """One request: when it was sent, to which pod (empty: to none), and what became of it."""

    time_ms: int
    pod: str
    outcome: Outcome


class Traffic:
    """The requests to one service from its creation up to now.

    A request goes to one of the ready pods that the proxies know of, each as likely as the others; where no pod is
    ready, to one that still serves while it terminates. Made by `Cluster.traffic`.

    Notes
    -----
    A container takes requests from its start until it is asked to stop (one that ignores that: until it is killed) and
    answers those under way as long as it runs. Retries, connections that are kept alive and load are left out.
    """

    def __init__(
        self, log: Log, key: str, nodes: Nodes, now_ms: Callable[[], int], stream: random.Random,
        *, rate: float, delay_ms: int, duration_ms: int,
    ) -> None:  # fmt: skip
        if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 < rate <= HIGHEST_RATE:
            raise K8snbError(f"rate: {rate!r} is no number of requests a second from 0 to {HIGHEST_RATE}")
        self.key = key
        self.rate = rate
        self.delay_ms = delay_ms
        self.duration_ms = duration_ms
        self._routes = Routes(log, key, delay_ms)
        self._nodes = nodes
        self._now_ms = now_ms
        self._stream = stream
        self._requests: list[Request] = []

    @property
    def requests(self) -> Sequence[Request]:
        """All requests that were answered, or dropped, by now."""
        self._follow()
        return self._requests

    @property
    def served(self) -> int:
        """How many were answered."""
        return sum(r.outcome is Outcome.SERVED for r in self.requests)

    @property
    def dropped(self) -> int:
        """How many were not."""
        return sum(r.outcome is not Outcome.SERVED for r in self.requests)

    def per_second(self) -> dict[int, tuple[int, int]]:
        """How many requests of each second were served and dropped, by the second's number."""
        counts: Counter[tuple[int, bool]] = Counter()
        for request in self.requests:
            counts[request.time_ms // 1000, request.outcome is Outcome.SERVED] += 1
        seconds = dict.fromkeys(second for second, _ in counts)
        return {second: (counts[second, True], counts[second, False]) for second in seconds}

    # -- tables

    @property
    def by_pod(self) -> pd.DataFrame:
        """A row a pod: how many requests it served, refused and cut off; the pod None had no endpoint."""
        pods = dict.fromkeys(request.pod for request in self.requests)
        counts = Counter((r.pod, r.outcome) for r in self._requests)
        rows = ((pod or None, *(counts[pod, outcome] for outcome in Outcome)) for pod in pods)
        return _frame(("pod", *(o.value.replace(" ", "_") for o in Outcome)), rows)

    @property
    def by_second(self) -> pd.DataFrame:
        """A row a second: how many of its requests were served and dropped."""
        return _frame(("time", "served", "dropped"), ((t, *counts) for t, counts in self.per_second().items()))

    @property
    def table(self) -> pd.DataFrame:
        """A row a request: time in seconds, pod, outcome."""
        rows = ((r.time_ms / 1000, r.pod or None, r.outcome.value) for r in self.requests)
        return _frame(("time", "pod", "outcome"), rows)

    # -- inside

    def _follow(self) -> None:
        """Send the requests that are due, and judge those that have had their time."""
        self._routes.follow()
        since_ms = self._routes.since_ms
        if since_ms is None:
            return
        while (at := since_ms + round(len(self._requests) * 1000 / self.rate)) + self.duration_ms <= self._now_ms():
            self._requests.append(self._sent(at))

    def _sent(self, time_ms: int) -> Request:
        targets = self._routes.at(time_ms)
        if not targets:
            return Request(time_ms, "", Outcome.NO_ENDPOINT)
        target = targets[int(self._stream.random() * len(targets))]
        return Request(time_ms, target.pod, self._outcome(target, time_ms))

    def _outcome(self, target: Target, time_ms: int) -> Outcome:
        """A pod takes a request when one of its containers does; sidecars and the like are not told apart."""
        end_ms = time_ms + self.duration_ms
        if self._nodes.is_down(target.node, time_ms):
            return Outcome.REFUSED
        runs = [r for r in self._nodes.of(target.uid) if r.started_ms <= time_ms and time_ms < _or_later(r.refuses_ms)]
        if not runs:
            return Outcome.REFUSED
        answered = any(end_ms <= _or_later(run.ended_ms) for run in runs)
        return Outcome.SERVED if answered and not self._nodes.is_down(target.node, end_ms) else Outcome.CUT

    def __repr__(self) -> str:
        name = self.key.rpartition("/")[2]
        return f"Traffic(service/{name}, {self.rate:g}/s: {self.served} served, {self.dropped} dropped)"


def _or_later(time_ms: int | None) -> float:
    """A time that may be yet to come."""
    return math.inf if time_ms is None else time_ms


def _frame(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame([tuple(row) for row in rows], columns=list(columns))
