"""What the parts of a lab share: one cluster, the moment that is shown, what is selected, and one lock."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from k8snb.api.resources import BY_KIND
from k8snb.cluster import Cluster
from k8snb.errors import K8snbError, NotFound
from k8snb.kubectl import execute_at_once, Result
from k8snb.machinery.log import Change
from k8snb.machinery.server import Reader
from k8snb.picture.axis import clock
from k8snb.picture.chronicle import Chronicle, HEARTBEATS
from k8snb.picture.next_run import next_run, NextRun
from k8snb.picture.timeline import first_subject, Subject, Timeline
from k8snb.picture.workloads import is_among, WORKLOADS
from k8snb.why import tell
from k8snb.widgets.cells import AfterCells
from k8snb.widgets.past import PastClient

QUIET = (*HEARTBEATS, "Event")
MOST_ANSWERS = 50
RUN_GRACE_SECONDS = 0.2  # so long after its moment a run has begun, or is skipped
_ATTRIBUTE = "_widget_session"


class Answer(NamedTuple):
    """A line that ran, when, and what was answered: of kubectl, or of Python where it is a fault."""

    line: str
    result: Result
    time_ms: int
    is_fault: bool = False


def fault_line(fault: Mapping[str, Any]) -> str:
    """A fault as Python has it.

    Examples
    --------
    >>> fault_line({"node": "node-1", "state": "down"})
    'cluster.fault(node="node-1", state="down")'
    """
    settings = (f"{name}={_literal(value)}" for name, value in fault.items())
    return f"cluster.fault({', '.join(settings)})"


def _literal(value: Any) -> str:
    return json.dumps(value) if isinstance(value, str | Mapping) else repr(value)


class Session:
    """The shared state of all parts that show one cluster.

    Every change of the cluster or of the moment shown goes through here, under the lock, and ends in `refresh`, which
    tells the parts. Callbacks of widgets may run in threads of their own; the lock keeps them from each other.
    """

    def __init__(self, cluster: Cluster) -> None:
        self.lock = threading.RLock()
        self.past_ms: int | None = None
        self.selected = ""
        self.status = ""
        self.answers: list[Answer] = []
        self.trunk: list[Cluster] = []  # the clusters that branches were taken from
        self.pauses: list[Callable[[], None]] = []  # how to stop what plays
        self._listeners: list[Callable[[], None]] = []
        self._wanted: dict[str, Subject] = {}  # the workloads that were chosen, by kind; "" for any kind
        self._timelines: dict[str, Timeline] = {}
        self._cells = AfterCells(self.catch_up)
        self._gathering = 0
        self._untold = False
        self._shown = (-1, -1)
        self._set_cluster(cluster)

    @staticmethod
    def of(source: Cluster | Session) -> Session:
        """The session of a cluster: all parts that are made for it share one."""
        if isinstance(source, Session):
            return source
        if not isinstance(source, Cluster):
            raise K8snbError(f"{type(source).__name__} is no cluster")
        session = vars(source).get(_ATTRIBUTE)
        if not isinstance(session, Session):
            session = Session(source)
            setattr(source, _ATTRIBUTE, session)
        session.catch_up()
        return session

    def _set_cluster(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.chronicle = Chronicle(cluster.log)
        self.chronicle.read()
        self._timelines = {kind: self._new_timeline(kind) for kind in self._timelines}

    # -- listening

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every change."""
        self._listeners.append(listener)
        self._cells.start()

    def forget(self, listener: Callable[[], None]) -> None:
        """Call it no more."""
        if listener in self._listeners:
            self._listeners.remove(listener)
        if not self._listeners:
            self._cells.stop()

    def catch_up(self) -> None:
        """Show what was done to the cluster itself, if anything was."""
        if self._shown != (len(self.cluster.log), self.now_ms):
            self.refresh()

    def refresh(self) -> None:
        """Read what is new in the cluster and tell the parts."""
        with self.lock:
            self._shown = (len(self.cluster.log), self.now_ms)
            self.chronicle.read()
            for kind, timeline in self._timelines.items():
                if self._subject(kind) == timeline.subject:
                    timeline.follow()
                else:
                    self._timelines[kind] = self._new_timeline(kind)
            self._untold = True
            if not self._gathering:
                self._tell_listeners()

    def _tell_listeners(self) -> None:
        self._untold = False
        for listener in list(self._listeners):
            listener()

    @contextmanager
    def gathered(self) -> Iterator[None]:
        """Tell the parts only once, at the end, whatever happens in between."""
        with self.lock:
            self._gathering += 1
            try:
                yield
            finally:
                self._gathering -= 1
                if self._untold and not self._gathering:
                    self._tell_listeners()

    # -- the moment

    @property
    def now_ms(self) -> int:
        """The cluster's present."""
        return self.cluster.now_ms

    @property
    def moment_ms(self) -> int:
        """The moment that all parts show."""
        return self.now_ms if self.past_ms is None else self.past_ms

    @property
    def in_past(self) -> bool:
        """Whether the moment shown lies in the past, where nothing can be changed."""
        return self.past_ms is not None

    @property
    def reader(self) -> Reader:
        """Who answers questions about the moment shown."""
        return self.cluster.server if self.past_ms is None else self.cluster.at(self.past_ms / 1000)

    def seek(self, time_ms: int | None) -> None:
        """Show a moment of the past; None or the present follow the cluster again."""
        with self.lock:
            live = time_ms is None or time_ms >= self.now_ms
            self.past_ms = None if live or time_ms is None else max(time_ms, 0)
            self.status = ""
            self.refresh()

    def look(self, time_ms: int | None) -> None:
        """Show the moment that a person chose; whatever plays is paused."""
        with self.lock:
            for pause in list(self.pauses):
                pause()
            self.seek(time_ms)

    def next_change(self) -> None:
        """Go to the next moment at which something changed; in the present, let time pass until something does."""
        with self.lock:
            if self.past_ms is not None:
                later = next((t for t in self.chronicle.change_times if t > self.moment_ms), None)
                self.seek(later)
                return
            self._live(self._run_to_change)

    def previous_change(self) -> None:
        """Go back to the last moment before this one at which something changed."""
        with self.lock:
            earlier = [t for t in self.chronicle.change_times if t < self.moment_ms]
            self.seek(earlier[-1] if earlier else 0)

    # -- time

    @property
    def settled(self) -> bool:
        """Whether nothing is going to change any more but heartbeats."""
        return self.cluster.settled

    def run(self, seconds: float) -> None:
        """Let time pass, and show the present."""
        self._live(lambda: self.cluster.run(seconds))

    def run_until_settled(self) -> None:
        """Let time pass until nothing is going to change any more, and show the present."""
        self._live(self.cluster.run_until_settled)

    def step(self) -> None:
        """Run one event, and say what it was."""

        def step() -> None:
            done = self.cluster.step()
            told = _words(done.changes) or done.event if done is not None else "nothing is to come"
            self.status = f"{clock(self.now_ms)} {told}"

        self._live(step)

    def _run_to_change(self) -> None:
        """Run events until one changes more than heartbeats; where only a cron job is to go on, until its next run."""
        run = self.next_run
        while not self.settled:
            done = self.cluster.step()
            if done is None:
                break
            changes = [c for c in done.changes if c.resource not in QUIET]
            if changes:
                self.status = f"{clock(self.now_ms)} {_words(changes)}"
                return
        if run is not None and self.now_ms < run.time_ms:
            self._run_to(run)
        else:
            self.status = self.settled_words

    def _run_to(self, run: NextRun) -> None:
        """Run up to a cron job's run and a little further, and say what came of it."""
        self.cluster.run((run.time_ms - self.now_ms) / 1000)
        seq = len(self.cluster.log)
        self.cluster.run(RUN_GRACE_SECONDS)
        begun = [c for c in self.cluster.log.changes(seq) if c.resource == "Job" and c.verb == "create"]
        words = _words(begun) or f"cronjob/{run.name} was due and started no job"
        self.status = f"{clock(self.now_ms)} {words}"

    @property
    def next_run(self) -> NextRun | None:
        """The next run of a cron job, as it is known now."""
        return next_run(self.chronicle, self.now_ms)

    def to_next_run(self) -> None:
        """Let time pass until a cron job's next run begins."""
        run = self.next_run
        if run is not None:
            self._live(lambda: self._run_to(run))

    @property
    def settled_words(self) -> str:
        """What is to be said where nothing goes on."""
        run = self.next_run
        later = f" before cronjob/{run.name} is due at {clock(run.time_ms)}" if run is not None else ""
        return f"settled: nothing is going to change by itself{later}"

    def _live(self, act: Callable[[], object]) -> None:
        """Do something in the present; what goes wrong there is told, not raised."""
        with self.lock:
            self.past_ms = None
            self.status = ""
            try:
                act()
            except K8snbError as error:
                self.status = str(error)
            self.refresh()

    def tell(self, words: str) -> None:
        """Say something beside the clock."""
        with self.lock:
            self.status = words
            self.refresh()

    # -- acting

    def kubectl(self, line: str, stdin: str = "") -> Result:
        """Run a kubectl line at the moment shown; in the past only reading works."""
        with self.lock:
            line = line.strip().removeprefix("kubectl ").strip()
            if self.past_ms is None:
                result = self.cluster.kubectl(line, stdin)
            else:
                result = self._read_past(line)
            return self._answered(line, result)

    def _read_past(self, line: str) -> Result:
        try:
            return execute_at_once(line, PastClient(self.reader))
        except K8snbError as error:
            return Result(1, "", f"{error}\n")

    def fault(self, **fault: Any) -> Result:
        """Let a pod, a node or the registry fail or recover."""
        with self.lock:
            try:
                self.cluster.fault(**fault)
                result = Result(0, "done\n", "")
            except K8snbError as error:
                result = Result(1, "", f"{error}\n")
            return self._answered(fault_line(fault), result, is_fault=True)

    def _answered(self, line: str, result: Result, *, is_fault: bool = False) -> Result:
        self.status = ""
        self.answers = [*self.answers, Answer(line, result, self.moment_ms, is_fault)][-MOST_ANSWERS:]
        self.refresh()
        return result

    def select(self, reference: str) -> None:
        """Select an object: ``pod/default/web-x``, ``node/node-1``; nothing when empty."""
        with self.lock:
            if reference != self.selected:
                self.selected = reference
                self.refresh()

    # -- branches

    def branch(self) -> None:
        """Go on from the moment shown, in a cluster that has the same past; the old one stays as it is."""
        with self.lock:
            if self.past_ms is None:
                return
            at = self.past_ms / 1000
            self.trunk.append(self.cluster)
            self.past_ms = None
            self._set_cluster(self.cluster.fork(at=at))
            setattr(self.cluster, _ATTRIBUTE, self)
            self.status = f"branched at {clock(self.now_ms)}"
            self.refresh()

    def leave_branch(self) -> None:
        """Go back to the cluster that this branch was taken from."""
        with self.lock:
            if self.trunk:
                self.past_ms = None
                self._set_cluster(self.trunk.pop())
                self.status = "back on the cluster that the branch was taken from"
                self.refresh()

    # -- the workload

    def timeline_of(self, kind: str = "") -> Timeline:
        """The timeline of the workload that is followed: of one kind, or of any."""
        with self.lock:
            if kind not in self._timelines:
                self._timelines[kind] = self._new_timeline(kind)
            return self._timelines[kind]

    @property
    def timeline(self) -> Timeline:
        """The timeline of the workload that is followed, of whatever kind."""
        return self.timeline_of()

    @property
    def subject(self) -> Subject | None:
        """The workload that is followed, of whatever kind."""
        return self.timeline.subject

    def follow(self, kind: str, key: str) -> None:
        """Choose the workload: a kind and ``namespace/name``.

        Raises
        ------
        K8snbError
            When it is no kind of workloads that can be followed.
        NotFound
            When there never was one of that name.
        """
        if kind not in WORKLOADS:
            raise K8snbError(f"kind: {kind!r} is none of {', '.join(WORKLOADS)}")
        with self.lock:
            self.chronicle.read()
            if key not in self.chronicle.keys_of(kind):
                raise NotFound(f'{BY_KIND[kind].qualified} "{key.rpartition("/")[2]}" not found')
            for name in ("", *WORKLOADS):
                if is_among(kind, name):
                    self._wanted[name] = Subject(kind, key)
            self.refresh()

    def _new_timeline(self, kind: str) -> Timeline:
        timeline = Timeline(self.chronicle, self._subject(kind))
        timeline.follow()
        return timeline

    def _subject(self, kind: str) -> Subject | None:
        """The wanted workload; else the one there was as long as it stands; else the first one there is."""
        if kind in self._wanted:
            return self._wanted[kind]
        before = self._timelines[kind].subject if kind in self._timelines else None
        if before is not None and before.key in self.chronicle.keys_of(before.kind):
            return before
        return first_subject(self.chronicle, self.now_ms, kind)


def _words(changes: Sequence[Change]) -> str:
    """Changes in a few words."""
    told = list(dict.fromkeys(tell(change) for change in changes))
    return "; ".join(told[:2]) + (f" and {len(told) - 2} more" if len(told) > 2 else "")
