"""When containers could be reached: what a request to a pod finds there at any moment of the run.

The API server hears of starts and ends in whole seconds and a little late; this is what was so on the nodes.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct


class ServiceTime(Struct, gc=False):
    """One run of a container, in milliseconds. None: not yet.

    It takes requests from ``started_ms`` until ``refuses_ms``, when it was asked to stop, and answers those that are
    under way until ``ended_ms``.
    """

    container: str
    started_ms: int
    refuses_ms: int | None = None
    ended_ms: int | None = None

    def refuse(self, time_ms: int) -> None:
        """It was asked to stop, and takes no more requests."""
        self.refuses_ms = time_ms if self.refuses_ms is None else self.refuses_ms

    def end(self, time_ms: int) -> None:
        """It ended."""
        self.refuse(time_ms)
        self.ended_ms = time_ms if self.ended_ms is None else self.ended_ms


class ServiceTimes:
    """The runs of all containers of a cluster, and the times in which nodes were down.

    Examples
    --------
    >>> times = ServiceTimes()
    >>> times.started("uid", "web", 100).end(900)
    >>> [(run.started_ms, run.refuses_ms, run.ended_ms) for run in times.of("uid")]
    [(100, 900, 900)]
    """

    def __init__(self) -> None:
        self._runs: dict[str, list[ServiceTime]] = {}
        self._outages: dict[str, list[tuple[int, int | None]]] = {}

    def started(self, uid: str, container: str, time_ms: int) -> ServiceTime:
        """A container of a pod runs since a moment; whoever takes its pod over says so again, and gets the same run."""
        runs = self._runs.get(uid)
        if runs is None:
            run = ServiceTime(container, time_ms)
            self._runs[uid] = [run]
            return run
        for run in runs:
            if run.container == container and run.started_ms == time_ms:
                return run
        runs.append(ServiceTime(container, time_ms))
        return runs[-1]

    def end_all(self, uid: str, time_ms: int) -> None:
        """All containers of a pod that still run end."""
        for run in self.of(uid):
            run.end(time_ms)

    def node_down(self, node: str, time_ms: int) -> None:
        """Nothing on a node can be reached from now on."""
        self._outages.setdefault(node, []).append((time_ms, None))

    def node_up(self, node: str, time_ms: int) -> None:
        """A node can be reached again."""
        outages = self._outages.get(node)
        if outages and outages[-1][1] is None:
            outages[-1] = (outages[-1][0], time_ms)

    def of(self, uid: str) -> Sequence[ServiceTime]:
        """The runs of a pod's containers, in order."""
        return self._runs.get(uid, ())

    def is_down(self, node: str, time_ms: int) -> bool:
        """Whether a node was down at a moment."""
        outages = self._outages.get(node, ())
        return any(begin <= time_ms and (end is None or time_ms < end) for begin, end in outages)
