"""Plays every scenario and request below a folder, and compares what comes of it with the recordings beside them.

A scenario ``…/scenarios/NAME.yaml`` is compared with ``…/recorded/NAME.json``, a case of ``…/KIND.jsonl`` with its own
``answer``. The work is shared out to processes, and told in the order of the names.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from fnmatch import fnmatchcase
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

from k8snb.errors import K8snbError
from k8snb.recording.answers import answer_case
from k8snb.recording.cases import read_cases
from k8snb.recording.compare import judge, rules_of
from k8snb.recording.compare_answers import compare_answers, Level
from k8snb.recording.compare_lives import compare_lives, messages_said
from k8snb.recording.lives import record_lives
from k8snb.recording.play import record
from k8snb.scenario import load_scenario

FUZZ = "fuzz-"
LIVES = "lives"


class ScenarioOutcome(NamedTuple):
    """How a scenario went: what differs (nothing: it matches) and in what share of the seconds it agrees."""

    name: str
    difference: str
    agreement: float

    @property
    def kind(self) -> str:
        """The first word of the name."""
        return self.name.removeprefix(FUZZ).partition("-")[0]

    def __str__(self) -> str:
        if not self.difference:
            return f"{self.name}: matches"
        return f"{self.name}: differs, {self.agreement:.0%} of seconds agree; {self.difference}"


class RequestsOutcome(NamedTuple):
    """How the cases of a kind went: how many there are and agree to each level, and the first that does not."""

    kind: str
    cases: int
    verdict: int
    content: int
    words: int
    difference: str

    def __str__(self) -> str:
        shares = ", ".join(f"{n} {getattr(self, n) / max(1, self.cases):.1%}" for n in ("verdict", "content", "words"))
        told = f"; {self.difference}" if self.difference else ""
        return f"requests/{self.kind}: {self.cases} cases, {shares}{told}"


class LifeOutcome(NamedTuple):
    """How the pods of a scenario lived under the kubelet: what differs, and how many of the messages were said."""

    name: str
    difference: str
    said: int
    messages: int

    def __str__(self) -> str:
        words = f"{self.said} of {self.messages} messages"
        return (
            f"{LIVES}/{self.name}: {f'differs, {words}; {self.difference}' if self.difference else 'matches, ' + words}"
        )


Outcome = ScenarioOutcome | RequestsOutcome | LifeOutcome


class _Task(NamedTuple):
    """One thing to play: where it stands, and what to say when that fails."""

    name: str
    play: Callable[[Path], Outcome]
    path: Path
    failed: Callable[[str], Outcome]


def verify(
    folder: Path, say: Callable[[str], None], only: Sequence[str] = (), workers: int | None = None
) -> list[Outcome]:
    """Play and compare everything below a folder.

    Parameters
    ----------
    say
        Called with a line for every scenario and kind of request as it is done, and with the lines of a table by kind
        at the end.
    only
        Patterns of names (``deployment-*``, ``requests/pod``): only what matches one of them is played.
    workers
        How many processes play; one a core by default.

    Raises
    ------
    K8snbError
        When there is nothing to play.
    """
    tasks = [task for task in _tasks(folder) if _wanted(task.name, only)]
    if not tasks:
        matching = f" that matches {' or '.join(only)}" if only else ""
        raise K8snbError(f"{folder}: no recorded scenario or request below it{matching}")
    outcomes: list[Outcome] = []
    for outcome in _play(tasks, workers):
        outcomes.append(outcome)
        say(str(outcome))
    say("")
    for line in table(outcomes):
        say(line)
    return outcomes


def agrees(outcome: Outcome) -> bool:
    """The outcome leaves nothing to be desired but, at most, words."""
    if isinstance(outcome, RequestsOutcome):
        return outcome.content == outcome.cases > 0
    return not outcome.difference


def _wanted(name: str, only: Sequence[str]) -> bool:
    return not only or any(fnmatchcase(name, pattern) for pattern in only)


# -- playing


def _tasks(folder: Path) -> Iterator[_Task]:
    for path in _files(folder, "scenarios", ".yaml"):
        if not _recording_of(path).exists():
            continue
        if path.parent.parent.name == LIVES:
            yield _Task(f"{LIVES}/{path.stem}", play_life, path, partial(LifeOutcome, path.stem, said=0, messages=0))
        else:
            yield _Task(path.stem, play_scenario, path, partial(ScenarioOutcome, path.stem, agreement=0.0))
    for path in _files(folder, "requests", ".jsonl"):
        failed = partial(RequestsOutcome, path.stem, 0, 0, 0, 0)
        yield _Task(f"requests/{path.stem}", play_requests, path, failed)


def _files(folder: Path, parent: str, suffix: str) -> list[Path]:
    """The files of a suffix below a folder that stand in folders of a name."""
    return sorted(path for path in folder.resolve().rglob(f"*{suffix}") if path.parent.name == parent)


def _play(tasks: Sequence[_Task], workers: int | None) -> Iterator[Outcome]:
    """The outcomes in order; whatever a run breaks with is told, and the others go on."""
    if not tasks:
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        running: list[Future[Outcome]] = [pool.submit(task.play, task.path) for task in tasks]
        for task, future in zip(tasks, running, strict=True):
            error = future.exception()
            yield future.result() if error is None else task.failed(_told(error))


def _told(error: BaseException) -> str:
    return str(error) if isinstance(error, K8snbError) else f"the simulator broke: {type(error).__name__}: {error}"


def _recording_of(scenario: Path) -> Path:
    return scenario.parent.parent / "recorded" / f"{scenario.stem}.json"


def play_scenario(path: Path) -> ScenarioOutcome:
    """Play the scenario of a file and judge it by its recording."""
    scenario = load_scenario(path)
    recorded = json.loads(_recording_of(path).read_text(encoding="utf-8"))
    judgement = judge(recorded, record(scenario), rules_of(scenario.spec))
    return ScenarioOutcome(path.stem, next(iter(judgement.differences), ""), judgement.agreement)


def play_life(path: Path) -> LifeOutcome:
    """Play the scenario of a file under a kubelet, and judge the lives of its pods by their recording."""
    recorded = json.loads(_recording_of(path).read_text(encoding="utf-8"))
    played = _as_json(record_lives(load_scenario(path)))
    difference = next(iter(compare_lives(recorded, played)), "")
    said, messages = messages_said(recorded, played)
    return LifeOutcome(path.stem, difference, said, messages)


def play_requests(path: Path) -> RequestsOutcome:
    """Answer the cases of a file and judge each by its recorded answer; the first that differs most is told."""
    cases = [case for case in read_cases(path) if "answer" in case]
    levels: list[Level] = []
    worst, difference = Level.WORDS, ""
    for case in cases:
        level, text = compare_answers(case["answer"], _as_json(answer_case(case)))
        levels.append(level)
        if level < worst:
            worst, difference = level, f"{case['id']} ({case['verb']}, {case.get('how', '')}): {text}"
    verdict, content, words = (
        sum(level >= least for level in levels) for least in (Level.VERDICT, Level.CONTENT, Level.WORDS)
    )
    return RequestsOutcome(path.stem, len(cases), verdict, content, words, difference)


def _as_json(answer: dict[str, Any]) -> Any:
    """The answer as whoever reads it from a file sees it."""
    return json.loads(json.dumps(answer))


# -- the table


def table(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """A row a kind, those that agree in everything first, and the totals."""
    found = list(outcomes)
    scenarios = [o for o in found if isinstance(o, ScenarioOutcome)]
    requests = [o for o in found if isinstance(o, RequestsOutcome)]
    judged: list[ScenarioOutcome | RequestsOutcome] = [*scenarios, *requests]
    kinds = sorted({o.kind for o in judged})
    differing = [k for k in kinds if not all(agrees(o) for o in judged if o.kind == k)]
    yield f"{'':24}{'scenarios':>12}{'requests':>10}{'verdict':>9}{'content':>9}{'words':>9}"
    for kind in [k for k in kinds if k not in differing] + differing:
        rows = ([o for o in scenarios if o.kind == kind], [o for o in requests if o.kind == kind])
        yield _row(kind, *rows)
    yield _row("all", scenarios, requests)
    lives = [o for o in found if isinstance(o, LifeOutcome)]
    if lives:
        said = sum(o.said for o in lives) / max(1, sum(o.messages for o in lives))
        yield f"{LIVES:24}{f'{sum(map(agrees, lives))}/{len(lives)}':>12}{'':28}{said:>9.1%}"


def _row(kind: str, scenarios: Sequence[ScenarioOutcome], requests: Sequence[RequestsOutcome]) -> str:
    row = f"{kind:24}"
    row += f"{f'{sum(not o.difference for o in scenarios)}/{len(scenarios)}' if scenarios else '':>12}"
    if requests:
        cases = sum(o.cases for o in requests)
        row += f"{cases:>10}"
        for level in ("verdict", "content", "words"):
            row += f"{sum(getattr(o, level) for o in requests) / max(1, cases):>9.1%}"
    return row.rstrip()
