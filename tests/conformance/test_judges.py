"""The package's own judges say what those that came with the recordings say."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from k8snb.recording.compare import judge, Rules
from k8snb.recording.compare_answers import compare_answers, Level

Recording = dict[str, Any]
NAMES = (
    "daemonset-rolling-update",
    "deployment-fifty",
    "fuzz-deployment-012",
    "fuzz-job-003",
    "kubectl-deployment",
    "service-follows-readiness",
    "statefulset-partition-stages",
)


def _drop_frame(recording: Recording, at: int) -> None:
    del recording["frames"][at]


def _shift(recording: Recording, at: int) -> None:
    for frame in recording["frames"][at:]:
        frame["t"] += 1


def _shift_far(recording: Recording, at: int) -> None:
    for frame in recording["frames"][at:]:
        frame["t"] += 3


def _lose_a_pod(recording: Recording, at: int) -> None:
    pods = recording["frames"][at]["state"]["pods"]
    if pods:
        del pods[max(pods)]


def _zeros(recording: Recording, at: int) -> None:
    recording["frames"][at]["state"].setdefault("pods", {})["nothing"] = 0


def _another_object(recording: Recording, at: int) -> None:
    recording["frames"][at]["state"]["deployment/other"] = {"replicas": 1}


def _endpoints(recording: Recording, at: int) -> None:
    for frame in recording["frames"][at:]:
        frame["state"]["service/web"] = {"ready": 77}


def _brief_endpoints(recording: Recording, at: int) -> None:
    recording["frames"][at]["state"]["service/web"] = {"ready": 77}


def _event(recording: Recording, at: int) -> None:
    recording["frames"][at].setdefault("events", {})["deployment/web Surprise"] = 1


def _pod_event(recording: Recording, at: int) -> None:
    recording["frames"][at].setdefault("events", {})["pod/x TaintManagerEviction"] = 1


def _other_exit(recording: Recording, at: int) -> None:
    row = recording["kubectl"][at % len(recording["kubectl"])]
    row["exit"] = int(not row["exit"])


def _other_words(recording: Recording, at: int) -> None:
    recording["kubectl"][at % len(recording["kubectl"])].setdefault("stdout", []).append("surprise")


def _swapped_lines(recording: Recording, at: int) -> None:
    recording["kubectl"][at % len(recording["kubectl"])].get("stdout", []).reverse()


def _under_way(recording: Recording, at: int) -> None:
    fields = recording["frames"][at]["state"].get("deployment/web")
    if fields and fields.get("condition.Progressing", "").endswith("ReplicaSetUpdated"):
        fields["condition.Progressing"] = "True FoundNewReplicaSet"


CHANGES = (
    _drop_frame, _shift, _shift_far, _lose_a_pod, _zeros, _another_object, _endpoints, _brief_endpoints, _event,
    _pod_event, _other_exit, _other_words, _swapped_lines, _under_way,
)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.strip("_"))
@pytest.mark.parametrize("name", NAMES)
def test_judges_scenarios_alike(
    name: str, change: Callable[[Recording, int], None], recordings: Path, scenario_judge: ModuleType
) -> None:
    recorded = json.loads((recordings / "recorded" / f"{name}.json").read_text(encoding="utf-8"))
    assert judge(recorded, recorded).differences == ()
    for at in (0, len(recorded["frames"]) // 2, len(recorded["frames"]) - 1):
        changed = copy.deepcopy(recorded)
        change(changed, at)
        for rules in (Rules(), Rules(tolerance=3, any_node=True), Rules(only_transcript=True)):
            faults, agreement = scenario_judge.compare(recorded, changed, *rules)
            ours = judge(recorded, changed, rules)
            assert len(ours.differences) == len(faults)
            assert ours.agreement == pytest.approx(agreement)


KINDS = sorted(path.stem for path in (Path(__file__).parent / "requests").glob("*.jsonl"))


@pytest.mark.parametrize("kind", KINDS)
def test_judges_answers_alike(kind: str, recordings: Path, difference: Callable[..., str]) -> None:
    """Every recorded answer against itself, the next one, and itself with other words."""
    lines = (recordings / "requests" / f"{kind}.jsonl").read_text(encoding="utf-8").splitlines()
    answers = [json.loads(line)["answer"] for line in lines]
    for answer, other in zip(answers, answers[1:] + answers[:1], strict=True):
        reworded = answer | {"message": answer["message"] + " really"} if "message" in answer else answer
        for given in (answer, other, reworded):
            assert _level(difference(answer, given)) is compare_answers(answer, given).level


def _level(said: str) -> Level:
    if not said:
        return Level.WORDS
    if said.startswith("words"):
        return Level.CONTENT
    return Level.NOTHING if said.startswith("verdict") else Level.VERDICT
