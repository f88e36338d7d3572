"""Scenarios: a cluster and what happens to it, as a YAML file, and the player that makes it happen."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from k8snb.api.pods import is_terminating
from k8snb.api.resources import BY_CLASS
from k8snb.api.selectors import parse_selector
from k8snb.api.types.pod import Pod
from k8snb.cluster import Cluster
from k8snb.journal import JournalEntry
from k8snb.kubectl import Result
from k8snb.running import RunningCommand
from k8snb.scenario_file import API_VERSION, KIND, read_scenario_file
from k8snb.sim.loop import USER

STEP_MS = 500  # steps run in the middle of their second
FRAME_MS = 970
PACE_MS = 1  # from one object of a manifest to the next: as quick as a controller is at noticing the first
KUBECTL_FLAGS = ("--kubeconfig", "kubeconfig")  # a recorder names its cluster before the words of a line
LONGEST_GAP_MS, ALL_GAPS_MS = 60, 420  # between the steps of one second; all of them end before the frame

NO_POD = "no-such-pod"  # what a selector that finds none stands for
_POD = re.compile(r"\{pod:([^:}]*):(\d+)\}")
_BESIDE = ("drain", "wait", "rollout status")  # these run on while the next steps are taken


class Scenario(NamedTuple):
    """A cluster and the steps that happen to it.

    ``steps`` are as the file has them: ``at`` in seconds and one of ``apply``, ``kubectl``, ``fault``. ``until`` is
    the last second.
    """

    name: str
    spec: Mapping[str, Any]
    description: str = ""

    @property
    def until(self) -> int:
        """The last second that is of interest."""
        return int(self.spec.get("until", 0))

    @property
    def steps(self) -> Sequence[Mapping[str, Any]]:
        """What happens, in order."""
        return self.spec.get("steps") or ()

    @property
    def transcript(self) -> bool:
        """What kubectl prints counts too."""
        return bool(self.spec.get("transcript"))

    @property
    def is_session(self) -> bool:
        """It was saved from a cluster, and is replayed event by event rather than played second by second."""
        return "now" in self.spec

    def cluster(self) -> Cluster:
        """A new cluster as the scenario describes it.

        The pods of a scenario live by whole seconds and annotations, unless its ``kubelet`` is ``distributed`` or
        ``exact``.
        """
        spec = self.spec
        kubelet = spec.get("kubelet", "annotated")
        annotated = kubelet == "annotated"
        return Cluster(
            spec.get("nodes") or 3,
            seed=spec.get("seed", 0),
            missing_images=spec.get("missingImages") or (),
            annotated=annotated,
            exact=kubelet == "exact",
            legacy_versions=bool(spec.get("legacyVersions", not annotated)),
        )

    def to_yaml(self) -> str:
        """The file's text."""
        about = {"name": self.name, **({"description": self.description} if self.description else {})}
        body = {"apiVersion": API_VERSION, "kind": KIND, "metadata": about, "spec": dict(self.spec)}
        return yaml.safe_dump(body, sort_keys=False, allow_unicode=True, width=120)

    def save(self, path: str | Path) -> None:
        """Write the scenario to a file."""
        Path(path).write_text(self.to_yaml(), encoding="utf-8")


def load_scenario(source: str | Path) -> Scenario:
    """Read a scenario from a file, or from YAML text of several lines.

    Raises
    ------
    ScenarioError
        When it is none.
    OSError
        When there is no such file.
    """
    body = read_scenario_file(source)
    about = body.get("metadata") or {}
    return Scenario(about.get("name", "scenario"), body["spec"], about.get("description", ""))


def scenario_of(cluster: Cluster, name: str = "session") -> Scenario:
    """What was done to a cluster so far, as a scenario that replays to the same run."""
    steps = []
    for entry in cluster.journal:
        steps.append({"at": entry.time_ms / 1000, "after": entry.steps, **entry.action})
    config = cluster.config
    spec = {
        "until": -(-cluster.now_ms // 1000),
        "seed": config["seed"],
        "kubelet": "annotated" if config["annotated"] else "exact" if config["exact"] else "distributed",
        "legacyVersions": config["legacy_versions"],
        "nodes": [{k: v for k, v in node.items() if v is not None} for node in config["nodes"]],
        "missingImages": list(config["missing_images"]),
        "now": cluster.now,
        "steps": steps,
    }
    return Scenario(name, spec)


def replay(scenario: Scenario) -> Cluster:
    """The cluster that a saved session led to, at the moment at which it was saved."""
    cluster = scenario.cluster()
    journal = []
    for step in scenario.steps:
        action = {k: v for k, v in step.items() if k not in ("at", "after")}
        journal.append(JournalEntry(round(step["at"] * 1000), int(step.get("after", 0)), action))
    cluster.replay(journal, round(scenario.spec.get("now", scenario.until) * 1000))
    return cluster


class StepResult(NamedTuple):
    """One step that was taken: its second, the command and what it printed."""

    at: int
    command: str
    result: Result


class _Beside:
    """A command that runs on while the next steps are taken."""

    def __init__(self, at: int, line: str, command: RunningCommand, now_ms: int) -> None:
        self.at = at
        self.line = line
        self.command = command
        self.deadline_ms: int | None = None
        self.note_deadline(now_ms)

    def note_deadline(self, now_ms: int) -> None:
        """It waits from now on."""
        wait = self.command.waiting
        self.deadline_ms = None if wait is None or wait.timeout_ms is None else now_ms + wait.timeout_ms


class Player:
    """Plays a scenario on a cluster of its own, second by second.

    Parameters
    ----------
    on_frame
        Called at the end of every second with its number.
    step_ms
        How far into their second steps are taken.
    """

    def __init__(
        self, scenario: Scenario, on_frame: Callable[[int], None] | None = None, step_ms: int = STEP_MS
    ) -> None:
        self.scenario = scenario
        self._step_ms = step_ms
        self.cluster = scenario.cluster()
        self.on_frame = on_frame or (lambda _second: None)
        self.results: list[StepResult] = []
        self._beside: list[_Beside] = []

    def play(self) -> Cluster:
        """Take all steps at their times, and run to the end."""
        loop = self.cluster.server.loop
        for second in range(self.scenario.until + 1):
            loop.call_at(second * 1000 + FRAME_MS, self.on_frame, second, priority=USER)
        previous, gap = -1, 0
        for step in self.scenario.steps:
            at = int(step["at"])
            if at == previous:
                self._run_until(self.cluster.now_ms + gap)
            else:
                same = sum(1 for s in self.scenario.steps if s["at"] == step["at"])
                previous, gap = at, min(LONGEST_GAP_MS, ALL_GAPS_MS // same)
                self._run_until(at * 1000 + self._step_ms)
            self._take(step, at)
        self._run_until(self.scenario.until * 1000 + 999)
        return self.cluster

    def _take(self, step: Mapping[str, Any], at: int) -> None:
        action = {k: self._with_names(v) for k, v in step.items() if k != "at"}
        if self._comes_too_late(action.get("fault", {})):
            return
        command = self.cluster.begin(action, PACE_MS, KUBECTL_FLAGS)
        if command is None:
            return
        line = "apply -f -" if "apply" in action else str(action["kubectl"])
        if command.waiting is not None and _runs_beside(line):
            self._beside.append(_Beside(at, line, command, self.cluster.now_ms))
            self.results.append(StepResult(at, line, Result(0, "", "")))
            return
        self._finish(command)
        self.results.append(StepResult(at, line, command.result))

    def _comes_too_late(self, fault: Mapping[str, Any]) -> bool:
        """The fault is of a pod that is gone, or of none that a selector finds: there is nothing to break."""
        namespace, _, name = fault.get("pod", "").rpartition("/")
        namespace = namespace or "default"
        if not name or self.cluster.server.find(Pod, namespace, name) is not None:
            return False
        key = f"{namespace}/{name}"
        return name == NO_POD or any((c.resource, c.key) == ("Pod", key) for c in self.cluster.log.changes())

    def _finish(self, command: RunningCommand) -> None:
        """Let time pass until the command is done."""
        while (wait := command.waiting) is not None:
            deadline = None if wait.timeout_ms is None else self.cluster.now_ms + wait.timeout_ms
            last = self.scenario.until * 1000 + 999
            while not wait.predicate() and self.cluster.now_ms < min(deadline or last, last):
                self._advance(min(deadline or last, last))
            if wait.last:
                self.cluster.server.loop.run_until(self.cluster.now_ms)
            held = bool(wait.predicate())
            if not held and self.cluster.now_ms >= last:
                return
            self.cluster.resume(command, held)

    def _run_until(self, time_ms: int) -> None:
        while self.cluster.now_ms < time_ms:
            self._advance(time_ms)
        self.cluster.server.loop.run_until(time_ms)

    def _advance(self, limit_ms: int) -> None:
        """One event, or on to the limit; then see to the commands that wait beside."""
        loop = self.cluster.server.loop
        limit_ms = min([limit_ms, *(b.deadline_ms for b in self._beside if b.deadline_ms is not None)])
        due = loop.next_time()
        if due is None or due > limit_ms:
            loop.run_until(limit_ms)
        else:
            loop.step()
        for beside in list(self._beside):
            self._see_to(beside)

    def _see_to(self, beside: _Beside) -> None:
        """Let a command go on when what it waits for came true, or it waited for too long."""
        wait, now_ms = beside.command.waiting, self.cluster.now_ms
        if wait is not None:
            held = bool(wait.predicate())
            if held or (beside.deadline_ms is not None and now_ms >= beside.deadline_ms):
                self.cluster.resume(beside.command, held)
                beside.note_deadline(now_ms)
        if beside.command.waiting is None:
            self._beside.remove(beside)
            self._report(beside.at, beside.line, beside.command.result)

    def _report(self, at: int, line: str, result: Result) -> None:
        for index, taken in enumerate(self.results):
            if (taken.at, taken.command) == (at, line):
                self.results[index] = StepResult(at, line, result)

    def _with_names(self, value: Any) -> Any:
        """A step's value with ``{pod:SELECTOR:N}`` replaced by the name of the N-th oldest such pod."""
        if isinstance(value, Mapping):
            return {k: self._with_names(v) for k, v in value.items()}
        return _POD.sub(lambda m: self._pod_name(m[1], int(m[2])), value) if isinstance(value, str) else value

    def _pod_name(self, selector: str, number: int) -> str:
        wanted = parse_selector(selector)
        found = [
            pod
            for pod in self.cluster.server.list(BY_CLASS[Pod], "default")
            if isinstance(pod, Pod) and not is_terminating(pod) and wanted.matches(pod.metadata.labels)
        ]
        found.sort(key=lambda p: (p.metadata.creation_timestamp or 0, p.metadata.name))
        return found[number].metadata.name if number < len(found) else NO_POD


def _runs_beside(line: str) -> bool:
    words = " ".join(line.split())
    return any(words.startswith(prefix) for prefix in _BESIDE)
