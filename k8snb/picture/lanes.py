"""Where the lanes of a workload's pods stand in its timeline.

By revision for what is rolled out by replica sets; by ordinal for stateful sets; by node for daemon sets; by index or
by worker for jobs, job by job for cron jobs. Where a lane ends, the next of its row may begin, so that a row tells of a
place through time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from k8snb.api.jobs import COMPLETION_INDEX
from k8snb.controllers.daemonset.placement import target_node
from k8snb.controllers.statefulset.identity import ordinal_of
from k8snb.picture.chronicle import PodTrack
from k8snb.picture.palette import hue_class
from k8snb.picture.pod_state import STATES

ORDINALS, INDEXES, WORKERS = "ordinal", "index", "worker"


class Lane(NamedTuple):
    """One pod's life: its states from their times on, until its end (None: it is still there).

    Lanes of one ``row`` of a group stand on one line. ``outcome`` is how a pod that ran to its end ended.
    """

    id: str
    group: str
    label: str
    ref: str
    segments: tuple[tuple[int, int, str], ...]  # time, index in STATES, reason
    end: int | None
    row: int
    hue: str
    outcome: str = ""


class Spot(NamedTuple):
    """A group of rows, a row in it, and what the row is called while the pod is there."""

    group: str
    row: int
    label: str


class Rows:
    """Gives the pods of one workload their rows, in the order in which they were made."""

    def __init__(self, kind: str) -> None:
        ways = {
            "StatefulSet": self._by_ordinal,
            "DaemonSet": self._by_node,
            "Job": self._by_index,
            "CronJob": self._by_run,
        }
        self._spot_of: Callable[[PodTrack], Spot] = ways.get(kind, self._by_revision)
        self._runs_to_end = kind in ("Job", "CronJob")
        self._spots: dict[int, Spot] = {}  # by the number of the pod's first entry in the log
        self._last: dict[tuple[str, int], PodTrack] = {}  # the newest pod of each row
        self._counts: dict[str, int] = {}

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self._last)

    def lane(self, pod: PodTrack) -> Lane:
        """The pod's lane as it is by now."""
        spot = self._spots.get(pod.seq)
        if spot is None:
            spot = self._spots[pod.seq] = self._spot_of(pod)
            self._last[spot.group, spot.row] = pod
            self._counts[spot.group] = max(self._counts.get(spot.group, 0), spot.row + 1)
        end = self._end(pod)
        segments = tuple(
            (time, STATES.index(state.word), state.reason)
            for number, (time, state) in enumerate(pod.states)
            if not number or end is None or time < end
        )
        hue = hue_class(pod.revision.index if pod.revision is not None else -1)
        outcome = pod.outcome if self._runs_to_end else ""
        return Lane(lane_id(pod), spot.group, spot.label, f"pod/{pod.key}", segments, end, spot.row, hue, outcome)

    def _end(self, pod: PodTrack) -> int | None:
        """When a pod leaves its row: a job's, when its containers have run to their end."""
        return pod.ended_ms if self._runs_to_end and pod.ended_ms is not None else pod.gone_ms

    # -- ways to stand

    def _by_revision(self, pod: PodTrack) -> Spot:
        group = revision_key(pod)
        return Spot(group, self._counts.get(group, 0), pod.short_name)

    def _by_ordinal(self, pod: PodTrack) -> Spot:
        return Spot(ORDINALS, ordinal_of(pod.objects.values[0]), pod.short_name)

    def _by_node(self, pod: PodTrack) -> Spot:
        node = target_node(pod.objects.values[0]) or ""
        return Spot(node, self._first_free(node, pod.born_ms), pod.short_name)

    def _by_index(self, pod: PodTrack) -> Spot:
        index = self._index_of(pod)
        if index is not None:
            return Spot(INDEXES, index, str(index))
        row = self._first_free(WORKERS, pod.born_ms)
        return Spot(WORKERS, row, str(row + 1))

    def _by_run(self, pod: PodTrack) -> Spot:
        group, spot = revision_key(pod), self._index_of(pod)
        row = self._first_free(group, pod.born_ms) if spot is None else spot
        return Spot(group, row, pod.short_name if spot is None else str(spot))

    def _index_of(self, pod: PodTrack) -> int | None:
        """The number of the pod in an indexed job."""
        index = pod.objects.values[0].metadata.annotations.get(COMPLETION_INDEX, "")
        return int(index) if index.isdecimal() else None

    def _first_free(self, group: str, time_ms: int) -> int:
        """The first row of a group whose last lane has ended by then."""
        for row in range(self._counts.get(group, 0)):
            end = self._end(self._last[group, row])
            if end is not None and end <= time_ms:
                return row
        return self._counts.get(group, 0)


def lane_id(pod: PodTrack) -> str:
    """A lane's name: a pod of the same name that comes later has another."""
    return f"{pod.key} {pod.seq}"


def row_key(lane: Lane) -> str:
    """The name of the row that a lane stands in."""
    return f"{lane.group} {lane.row}"


def revision_key(pod: PodTrack) -> str:
    """The revision that a pod is of; empty without one."""
    return pod.revision.key if pod.revision is not None else ""


def template_key(pod: PodTrack) -> str:
    """The template that a pod is of: a cron job's jobs share it; empty without one."""
    return f"{pod.revision.owner} {pod.revision.index}" if pod.revision is not None else ""
