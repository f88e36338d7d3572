"""What happened in a cluster, read from its log once and asked for any moment afterwards.

A `Chronicle` reads only what is new in the log each time, so that pictures of a hundred pods follow a running cluster
within milliseconds. It keeps objects as they are (they are immutable), and of each pod its looks through time and the
places where it is drawn.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from k8snb.api.quantity import milli_value
from k8snb.api.schema import KubernetesObject
from k8snb.api.types.event import Event
from k8snb.api.types.pod import Pod, PodSpec
from k8snb.machinery.log import Change, Input, Log
from k8snb.picture.pod_state import pod_state, PodState, STARTING
from k8snb.picture.revisions import Revision, Revisions
from k8snb.picture.slots import SlotTable
from k8snb.picture.track import Track

FOLLOWED = (
    "Node",
    "Deployment",
    "ReplicaSet",
    "StatefulSet",
    "DaemonSet",
    "Job",
    "CronJob",
    "ControllerRevision",
    "PersistentVolumeClaim",
    "PersistentVolume",
    "Service",
    "EndpointSlice",
)
HEARTBEATS = ("Lease",)
UNSCHEDULED = ""  # the box of pods that have no node yet
READING = ("api-resources", "api-versions", "describe", "diff", "events", "explain", "get", "logs", "version", "wait")
LONG_WAIT_MS = 500
SHORT = 7  # letters that a pod's label has room for
ENDS = ("Succeeded", "Failed")
OWNERS = ("ReplicaSet", "StatefulSet", "DaemonSet", "Job")  # whose pods are of revisions
BARE = ""  # the box of pods that nothing owns

_SCOPE = re.compile(r" (-n|--namespace)[ =]\S+| --wait=\S+")  # where, and how patiently: says little of a moment
_PATCHED = re.compile(r'"([\w./-]+)": ?"?([^"{}\[\],]+)"?[,}]')  # the values that a JSON patch sets


class Mark(NamedTuple):
    """A moment worth a mark on the time axis.

    ``kind`` is ``input``, ``fault`` or ``warning``; ``seq`` its entry in the log; ``about`` the kind and key of the
    object that is warned of.
    """

    time_ms: int
    kind: str
    text: str
    seq: int
    about: tuple[str, str] = ("", "")

    @property
    def label(self) -> str:
        """The mark in a few words: a command without the object that it names.

        Examples
        --------
        >>> Mark(0, "input", "scale deployment/web --replicas=6", 0).label
        'scale --replicas=6'
        >>> Mark(0, "input", "delete -n default --wait=false pod/web-0", 0).label
        'delete'
        """
        words = _SCOPE.sub("", self.text).split()
        if self.kind == "input" and words[:1] == ["apply"]:
            return "apply"
        patched = _PATCHED.findall(self.text) if words[:1] == ["patch"] else []
        if patched:
            return "patch " + " ".join(f"{name}={value}" for name, value in patched)
        return " ".join(w for w in words if "/" not in w or "=" in w) if self.kind == "input" else self.text


class Place(NamedTuple):
    """Where a pod is drawn: a node's name and a place in it."""

    box: str
    slot: int


class PodTrack:
    """One pod's life, from its creation to its removal."""

    __slots__ = (
        "born_ms",
        "cpu_milli",
        "ended_ms",
        "gone_ms",
        "key",
        "objects",
        "outcome",
        "owner_slot",
        "places",
        "revision",
        "seq",
        "states",
    )

    def __init__(self, seq: int, key: str, born_ms: int) -> None:
        self.seq = seq
        self.key = key
        self.born_ms = born_ms
        self.gone_ms: int | None = None
        self.ended_ms: int | None = None  # when it ran to its end
        self.outcome = ""  # how: `succeeded` or `failed`
        self.revision: Revision | None = None
        self.objects: Track[Pod] = Track()
        self.states: Track[PodState] = Track()
        self.places: Track[Place] = Track()
        self.owner_slot = 0
        self.cpu_milli = 0

    @property
    def uid(self) -> str:
        """The pod's uid."""
        return self.objects.values[0].metadata.uid

    @property
    def name(self) -> str:
        """The pod's name."""
        return self.key.rpartition("/")[2]

    @property
    def short_name(self) -> str:
        """What tells this pod from its siblings: the random end of its name."""
        if self.revision is None:
            return self.name
        short = short_name(self.name, self.revision.name)
        return short if len(short) <= SHORT else short_name(short, self.revision.owner_name)

    def alive(self, time_ms: int) -> bool:
        """Whether the pod is there at a moment."""
        return self.born_ms <= time_ms and (self.gone_ms is None or time_ms < self.gone_ms)

    def is_over(self, time_ms: int) -> bool:
        """Whether the pod has run to its end, and takes no room of its node any more."""
        return self.ended_ms is not None and self.ended_ms <= time_ms

    def state(self, time_ms: int) -> PodState:
        """The pod's looks at a moment of its life."""
        return self.states.at(time_ms) or PodState(STARTING)


def _only_reads(words: list[str]) -> bool:
    """Whether a kubectl line only looks."""
    if words[:1] == ["kubectl"]:
        words = words[1:]
    return not words or words[0] in READING or (words[0] == "rollout" and words[1:2] in (["status"], ["history"]))


def short_name(name: str, owner: str) -> str:
    """A pod's name without its owner's.

    Examples
    --------
    >>> short_name("web-5d9c-x7k2p", "web-5d9c"), short_name("curl", "")
    ('x7k2p', 'curl')
    """
    return name[len(owner) + 1 :] if owner and name.startswith(f"{owner}-") else name


def requested_cpu_milli(spec: PodSpec) -> int:
    """What a pod's containers ask for, in thousandths of a CPU."""
    return sum(milli_value(c.resources.requests.get("cpu", "0")) for c in spec.containers)


class Chronicle:
    """The readable past of a cluster.

    Parameters
    ----------
    log
        The cluster's log; call `read` to take in what is new.
    """

    def __init__(self, log: Log) -> None:
        self.log = log
        self.pods: list[PodTrack] = []
        self.marks: list[Mark] = []
        self.change_times: list[int] = []
        self.revisions = Revisions()
        self.node_slots = SlotTable()
        self.owner_slots = SlotTable()
        self.has_waited = False  # whether a pod ever waited for a node for a while
        self.most_pods = 0  # how many pods there were at once lately
        self._read = 0
        self._alive: dict[str, PodTrack] = {}
        self._objects: dict[str, dict[str, Track[KubernetesObject | None]]] = {kind: {} for kind in FOLLOWED}
        self._silent: dict[str, Track[bool]] = {}
        self._cpu: dict[int, tuple[PodSpec, int]] = {}

    # -- reading the log

    def read(self) -> bool:
        """Take in the log's new entries; says whether there were any."""
        entries = self.log.entries
        start, self._read = self._read, len(entries)
        for seq in range(start, self._read):
            entry = entries[seq]
            if isinstance(entry, Input):
                self._take_input(entry)
            elif entry.resource not in HEARTBEATS:
                self._take(entry)
        return self._read > start

    def _take_input(self, entry: Input) -> None:
        words = entry.text.split()
        if entry.kind != "fault" and _only_reads(words):
            return
        self.marks.append(Mark(entry.time_ms, "fault" if entry.kind == "fault" else "input", entry.text, entry.seq))
        self._note_time(entry.time_ms)
        if entry.kind == "fault" and words[:1] == ["node"]:
            self._silent.setdefault(words[1], Track()).put(entry.time_ms, words[2] == "down")

    def _take(self, change: Change) -> None:
        if change.resource == "Pod":
            self._take_pod(change)
        elif change.resource in self._objects:
            tracks = self._objects[change.resource]
            if change.key not in tracks:
                tracks[change.key] = Track()
            tracks[change.key].put(change.time_ms, change.new)
            if change.resource in OWNERS and change.new is not None:
                self.revisions.see(change.new)
        elif change.resource == "Event":
            self._take_event(change)
            return
        self._note_time(change.time_ms)

    def _note_time(self, time_ms: int) -> None:
        if not self.change_times or self.change_times[-1] != time_ms:
            self.change_times.append(time_ms)

    def _take_event(self, change: Change) -> None:
        event = change.new
        if isinstance(event, Event) and event.type == "Warning" and change.old is None:
            found = event.involved_object
            words = f"{event.reason} {found.kind.lower()}/{found.name}: {event.message}"
            about = (found.kind, f"{found.namespace}/{found.name}")
            self.marks.append(Mark(change.time_ms, "warning", words, change.seq, about))

    def _take_pod(self, change: Change) -> None:
        if change.new is None:
            self._end_pod(change)
            return
        pod = change.new
        assert isinstance(pod, Pod)
        if change.old is None:
            self._begin_pod(change, pod)
        track = self._alive[change.key]
        track.objects.put(change.time_ms, pod)
        track.states.put(change.time_ms, pod_state(pod))
        if track.ended_ms is None and pod.status.phase in ENDS:
            track.ended_ms, track.outcome = change.time_ms, pod.status.phase.lower()
        place = track.places.last
        if place is None or place.box != pod.spec.node_name:
            if place is not None:
                self._leave(track, place, change.time_ms)
            node = pod.spec.node_name or UNSCHEDULED
            track.places.put(change.time_ms, Place(node, self.node_slots.take(node)))

    def _begin_pod(self, change: Change, pod: Pod) -> None:
        track = self._alive[change.key] = PodTrack(change.seq, change.key, change.time_ms)
        self.pods.append(track)
        self.most_pods = max(self.most_pods, len(self._alive))
        track.revision = self.revisions.of_pod(pod)
        track.cpu_milli = self._cpu_of(pod.spec)
        track.owner_slot = self.owner_slots.take(track.revision.key if track.revision else BARE)

    def _end_pod(self, change: Change) -> None:
        track = self._alive.pop(change.key)
        track.gone_ms = change.time_ms
        if len(self._alive) < self.most_pods // 4:
            self.most_pods = len(self._alive)
        place = track.places.last
        if place is not None:
            self._leave(track, place, change.time_ms)
        self.owner_slots.give_back(track.revision.key if track.revision else BARE, track.owner_slot)

    def _leave(self, track: PodTrack, place: Place, time_ms: int) -> None:
        self.node_slots.give_back(place.box, place.slot)
        if place.box == UNSCHEDULED and time_ms - track.born_ms >= LONG_WAIT_MS:
            self.has_waited = True

    def _cpu_of(self, spec: PodSpec) -> int:
        """Requests of a spec, counted once for all pods that share it."""
        known = self._cpu.get(id(spec))
        if known is None or known[0] is not spec:
            known = self._cpu[id(spec)] = (spec, requested_cpu_milli(spec))
        return known[1]

    # -- asking

    def pods_at(self, time_ms: int) -> list[PodTrack]:
        """The pods that are there at a moment, oldest first."""
        if not self.change_times or time_ms >= self.change_times[-1]:
            return list(self._alive.values())
        return [track for track in self.pods if track.alive(time_ms)]

    def objects_at(self, kind: str, time_ms: int) -> dict[str, KubernetesObject]:
        """The objects of one of the `FOLLOWED` kinds at a moment, by key, in order of creation."""
        found = ((key, track.at(time_ms)) for key, track in self._objects[kind].items())
        return {key: obj for key, obj in found if obj is not None}

    def is_silent(self, node: str, time_ms: int) -> bool:
        """Whether a fault has taken a node down, which the cluster itself notices only later."""
        return node in self._silent and bool(self._silent[node].at(time_ms))

    def track_of(self, kind: str, key: str) -> Track[KubernetesObject | None]:
        """All versions of one object; an empty track when there never was one."""
        return self._objects[kind].get(key, Track())

    def keys_of(self, kind: str) -> list[str]:
        """The keys of all objects of a kind that ever were."""
        return list(self._objects[kind])

    def pod_named(self, key: str, time_ms: int) -> PodTrack | None:
        """The pod of that ``namespace/name`` at a moment; after its end the last one of that name."""
        alive = self._alive.get(key)
        if alive is not None and alive.born_ms <= time_ms:
            return alive
        return next((t for t in reversed(self.pods) if t.key == key and t.born_ms <= time_ms), None)
