"""The rollout timeline: a lane a pod, in rows and groups, above them the workload's curves and the inputs' marks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from k8snb.api.types.apps import StatefulSet
from k8snb.api.types.pod import Pod
from k8snb.picture.boxes import CROWD
from k8snb.picture.chronicle import Chronicle, Mark, PodTrack, short_name
from k8snb.picture.containers import container_lanes, ContainerLane
from k8snb.picture.curves import Curves
from k8snb.picture.lanes import Lane, lane_id, ORDINALS, revision_key, row_key, Rows, template_key
from k8snb.picture.palette import hue_class
from k8snb.picture.placement import natural
from k8snb.picture.pod_state import PodState, STATES
from k8snb.picture.revisions import controller_of, Revision
from k8snb.picture.track import Track
from k8snb.picture.workloads import is_among, revision_label, WORKLOADS, workloads_at

BAND_GRAIN_MS = 100
MOST_LANES = 3000
Counts = tuple[int, ...]  # how many pods there are in each of `STATES`


class Subject(NamedTuple):
    """The workload that a timeline tells of."""

    kind: str
    key: str

    @property
    def title(self) -> str:
        """The workload as kubectl names it."""
        return f"{self.kind.lower()}/{self.key.rpartition('/')[2]}"


class Group(NamedTuple):
    """Lanes that belong together: those of a revision or of a cron job's job, which have a hue, or of a node."""

    key: str
    label: str
    images: str
    hue: str


class Divider(NamedTuple):
    """A line between the rows of a group, above the row of that number."""

    group: str
    row: int
    label: str


class Band(NamedTuple):
    """All pods of one revision, as counts by state from their times on."""

    group: str
    times: tuple[int, ...]
    counts: tuple[Counts, ...]


def first_subject(chronicle: Chronicle, time_ms: int, kind: str = "") -> Subject | None:
    """The workload that a timeline tells of when nobody says which: the first one, a Deployment before others."""
    found = [w for w in workloads_at(chronicle, time_ms) if is_among(w.kind, kind)]
    return Subject(found[0].kind, found[0].key) if found else None


class Timeline:
    """The timeline of one workload, or of all pods when there is no subject. `follow` takes in what is new.

    Attributes
    ----------
    traffic
        How many requests were served and dropped in each second, where somebody counts them.
    """

    def __init__(self, chronicle: Chronicle, subject: Subject | None = None) -> None:
        self.chronicle = chronicle
        self.subject = subject
        self.curves = Curves(subject.kind, subject.key) if subject is not None else None
        self.lanes: dict[str, Lane] = {}
        self.traffic: Mapping[int, tuple[int, int]] | None = None
        self._opened: dict[str, tuple[Pod | None, tuple[ContainerLane, ...]]] = {}
        self._rows = Rows(subject.kind if subject is not None else "")
        self._revisions: dict[str, Revision | None] = {}
        self._pods: list[PodTrack] = []
        self._marks: list[Mark] = []
        self._seen_marks = 0
        self._seen_pods = 0
        self._sizes: dict[str, tuple[int, PodState | None, int | None]] = {}
        self._bands = _Bands()

    def follow(self) -> None:
        """Take in what the chronicle has read since the last time."""
        if self.curves is not None:
            self.curves.follow(self.chronicle)
        pods = self.chronicle.pods
        uids = self._subject_uids()
        for pod in pods[self._seen_pods :]:
            if self.subject is None or (pod.revision and not uids.isdisjoint((pod.revision.owner, pod.revision.key))):
                self._pods.append(pod)
                self._revisions.setdefault(revision_key(pod), pod.revision)
        self._seen_pods = len(pods)
        for pod in self._pods:
            signature = (len(pod.states), pod.states.last, pod.gone_ms)
            if self._sizes.get(lane_id(pod)) != signature:
                self._sizes[lane_id(pod)] = signature
                self.lanes[lane_id(pod)] = self._rows.lane(pod)
                self._bands.stale = True
        self._follow_marks(uids)
        if self.curves is not None:
            self.curves.count_restarts(self._pods)
        if self.is_crowd and self._bands.stale:
            self._bands.count(self._pods, template_key if self._is_cron_job else revision_key)

    @property
    def is_crowd(self) -> bool:
        """Whether there are too many rows to draw each, or too many lanes to send."""
        return len(self._rows) > CROWD or len(self._pods) > MOST_LANES

    @property
    def bands(self) -> list[Band]:
        """The lanes of a crowd, as counts by revision."""
        return self._bands.bands if self.is_crowd else []

    @property
    def by_revision(self) -> bool:
        """Whether the lanes are grouped by revision."""
        return self.is_crowd or self.subject is None or self.subject.kind in ("Deployment", "ReplicaSet")

    @property
    def grows_down(self) -> bool:
        """Whether what is new stands below all there was, so that its end is what to look at."""
        return self._is_cron_job

    def containers(self, opened: Collection[str]) -> dict[str, tuple[ContainerLane, ...]]:
        """The lanes of the containers, by the lane of their pod, in the rows that are opened (`row_key`)."""
        if not opened or self.is_crowd:
            return {}
        return {
            lane_id(pod): self._containers_of(pod, self.lanes[lane_id(pod)])
            for pod in self._pods
            if row_key(self.lanes[lane_id(pod)]) in opened
        }

    def _containers_of(self, pod: PodTrack, lane: Lane) -> tuple[ContainerLane, ...]:
        """The lanes of a pod's containers; made anew only when it has another version."""
        known = self._opened.get(lane.id)
        if known is None or known[0] is not pod.objects.last:
            known = self._opened[lane.id] = (pod.objects.last, container_lanes(pod, lane.end))
        return known[1]

    def groups(self, time_ms: int) -> list[Group]:
        """The groups in order: revisions as they were made, numbered as the rollout history has them at a moment."""
        if self._is_cron_job:
            return self._run_groups()
        if self.by_revision:
            return [self._revision_group(key, revision, time_ms) for key, revision in self._revisions.items()]
        names = dict.fromkeys(lane.group for lane in self.lanes.values())
        return [Group(name, name, "", "") for name in sorted(names, key=natural)]

    def legend(self, time_ms: int) -> list[Group]:
        """The revisions and their hues, where the groups do not say them."""
        if self.by_revision or self.subject is None or self.subject.kind in ("Job", "CronJob"):
            return []
        return [self._revision_group(key, revision, time_ms) for key, revision in self._revisions.items()]

    def divider(self, time_ms: int) -> Divider | None:
        """The partition of a stateful set at a moment, between the ordinals that stay and those that are updated."""
        if self.subject is None or self.subject.kind != "StatefulSet" or self.is_crowd:
            return None
        found = self.chronicle.track_of("StatefulSet", self.subject.key).at(time_ms)
        rolling = found.spec.update_strategy.rolling_update if isinstance(found, StatefulSet) else None
        partition = rolling.partition if rolling is not None else None
        return Divider(ORDINALS, partition, f"partition {partition}") if partition else None

    def marks(self) -> list[Mark]:
        """The inputs and faults so far, and the warnings but for those of other workloads."""
        return self._marks

    def _follow_marks(self, uids: Collection[str]) -> None:
        new = self.chronicle.marks[self._seen_marks :]
        self._seen_marks += len(new)
        names = {pod.key for pod in self._pods} if any(mark.about[0] == "Pod" for mark in new) else set()
        self._marks.extend(mark for mark in new if not self._is_of_others(mark, uids, names))

    def _is_of_others(self, mark: Mark, uids: Collection[str], names: Collection[str]) -> bool:
        """Whether a warning is about another workload, or what that one owns."""
        kind, key = mark.about
        if self.subject is None or mark.about == self.subject:
            return False
        if kind == "Pod":
            return key not in names
        if kind not in WORKLOADS:
            return False
        versions = self.chronicle.track_of(kind, key).values
        owners = [controller_of(version.metadata) for version in versions[:1] if version is not None]
        return all(owner is None or owner.uid not in uids for owner in owners)

    @property
    def _is_cron_job(self) -> bool:
        return self.subject is not None and self.subject.kind == "CronJob"

    def _run_groups(self) -> list[Group]:
        """The jobs of a cron job; those of one template together, when there are too many."""
        found: dict[str, Group] = {}
        for pod in self._pods:
            revision = pod.revision
            assert revision is not None
            key = template_key(pod) if self.is_crowd else revision.key
            label = "all jobs" if self.is_crowd else short_name(revision.name, revision.owner_name)
            found.setdefault(key, Group(key, label, ", ".join(revision.images), hue_class(revision.index)))
        return list(found.values())

    def _subject_uids(self) -> set[str]:
        """The uids that the subject had; a workload that is made anew under its name has another."""
        if self.subject is None:
            return set()
        versions = self.chronicle.track_of(self.subject.kind, self.subject.key).values
        return {v.metadata.uid for v in versions if v is not None}

    def _revision_group(self, key: str, revision: Revision | None, time_ms: int) -> Group:
        if revision is None:
            return Group(key, "no owner", "", hue_class(-1))
        label = revision_label(self.chronicle, revision, time_ms)
        return Group(key, label, ", ".join(revision.images), hue_class(revision.index))


class _Bands:
    """Counts of pods by revision and state through time."""

    def __init__(self) -> None:
        self.bands: list[Band] = []
        self.stale = False

    def count(self, pods: list[PodTrack], key_of: Callable[[PodTrack], str]) -> None:
        """Count all pods anew, by what `key_of` says of each."""
        events: dict[str, list[tuple[int, int, int]]] = {}  # time, state index, +1 or -1
        for pod in pods:
            changes = events.setdefault(key_of(pod), [])
            before: int | None = None
            for time, state in pod.states:
                index = STATES.index(state.word)
                if before is not None:
                    changes.append((time, before, -1))
                changes.append((time, index, 1))
                before = index
            if pod.gone_ms is not None and before is not None:
                changes.append((pod.gone_ms, before, -1))
        self.bands = [_band(key, changes) for key, changes in events.items()]
        self.stale = False


def _band(key: str, changes: list[tuple[int, int, int]]) -> Band:
    track: Track[Counts] = Track()
    counts: Counter[int] = Counter()
    for time, index, step in sorted(changes):
        counts[index] += step
        track.put(time - time % BAND_GRAIN_MS, tuple(counts[n] for n in range(len(STATES))))
    return Band(key, tuple(track.times), tuple(track.values))
