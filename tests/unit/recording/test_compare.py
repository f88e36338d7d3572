"""The judges: what they call a difference, and how they tell it."""

from __future__ import annotations

from typing import Any

import pytest

from k8snb.recording.compare import judge, Rules, rules_of
from k8snb.recording.compare_answers import compare_answers, first_difference, Level


def _recording(*frames: tuple[int, dict[str, Any]], kubectl: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {"frames": [{"t": second, "state": state} for second, state in frames], "kubectl": kubectl or []}


def _pods(number: int) -> dict[str, Any]:
    return {"pods": {"pod/x Running": number}}


def test_a_run_matches_itself() -> None:
    run = _recording((0, _pods(1)), (3, _pods(2)))
    assert judge(run, run) == ((), 1.0)


@pytest.mark.parametrize(
    ("late", "tolerance", "differences"),
    [(1, 1, 0), (2, 1, 1), (2, 2, 0), (7, 7, 0)],
)
def test_a_state_may_begin_within_the_tolerance(late: int, tolerance: int, differences: int) -> None:
    recorded, simulated = _recording((0, _pods(1)), (3, _pods(2))), _recording((0, _pods(1)), (3 + late, _pods(2)))
    assert len(judge(recorded, simulated, Rules(tolerance)).differences) == differences


def test_a_difference_is_told_by_object_and_field() -> None:
    recorded = _recording((0, {"deployment/web": {"replicas": 4, "status.replicas": 4}}))
    simulated = _recording(
        (0, {"deployment/web": {"replicas": 4, "status.replicas": 3}, "node/n": {"ready": "Unknown"}})
    )
    (told,) = judge(recorded, simulated).differences
    assert told == "state 0 at 0 s: deployment/web status.replicas: 3, recorded 4; node/n is not recorded"


def test_zero_says_the_same_as_nothing() -> None:
    recorded = _recording((0, {"pods": {}, "deployment/web": {"replicas": 0}}))
    simulated = _recording((0, {"pods": {"pod/x Pending": 0}, "deployment/web": {}}))
    assert judge(recorded, simulated).differences == ()


def test_a_missing_state_is_told() -> None:
    (told,) = judge(_recording((0, _pods(1)), (3, _pods(2))), _recording((0, _pods(1)))).differences
    assert told == "1 distinct states, recorded 2: that of 3 s is recorded, and not reached"


def test_agreement_is_the_share_of_seconds() -> None:
    recorded, simulated = _recording((0, _pods(1)), (3, _pods(2))), _recording((0, _pods(1)), (3, _pods(3)))
    assert judge(recorded, simulated).agreement == 0.75


def test_endpoints_count_when_they_rest() -> None:
    def run(ready: int, since: int) -> dict[str, Any]:
        return _recording((0, {}), (since, {"service/web": {"ready": ready}}), (20, _pods(1)))

    assert judge(run(2, 5), run(2, 7)).differences == ()
    (told,) = judge(run(2, 5), run(3, 5)).differences
    assert told == "service/web at 8 s: 3 ready, recorded 2 ready"


def test_pods_events_do_not_count() -> None:
    recorded, simulated = _recording((0, {})), _recording((0, {}))
    simulated["frames"][0]["events"] = {"pod/x TaintManagerEviction": 3}
    assert judge(recorded, simulated).differences == ()
    simulated["frames"][0]["events"]["replicaset/web#1 SuccessfulCreate"] = 1
    assert judge(recorded, simulated).differences == ("event replicaset/web#1 SuccessfulCreate: 1 times, recorded 0",)


def test_output_counts_row_by_row() -> None:
    row = {"at": 1, "exit": 0, "command": "get pods", "stdout": ["NAME  READY", "b  1/1", "a  0/1"], "stderr": []}
    recorded = _recording((0, {}), kubectl=[row])
    shuffled = _recording((0, {}), kubectl=[row | {"stdout": ["NAME READY", "a   0/1", "b  1/1"]}])
    assert judge(recorded, shuffled).differences == ()
    other = _recording((0, {}), kubectl=[row | {"stdout": ["NAME READY", "a   1/1", "b  1/1"]}])
    assert judge(recorded, other).differences == ("kubectl get pods, stdout: 'a 1/1', recorded 'a 0/1'",)
    failed = _recording((0, {}), kubectl=[row | {"exit": 1}])
    assert judge(recorded, failed, Rules(only_transcript=True)).differences == ("kubectl get pods: exit 1, recorded 0",)


def test_rules_come_from_the_scenario() -> None:
    assert rules_of({}) == Rules()
    assert rules_of({"tolerance": 3, "anyNode": True, "onlyTranscript": True}) == Rules(3, True, True)


REFUSED = {
    "code": 422,
    "reason": "Invalid",
    "message": "no",
    "causes": [{"reason": "FieldValueInvalid", "message": "no", "field": "spec.replicas"}],
}


@pytest.mark.parametrize(
    ("given", "level"),
    [
        (REFUSED, Level.WORDS),
        (REFUSED | {"message": "nope"}, Level.CONTENT),
        (REFUSED | {"causes": []}, Level.VERDICT),
        (REFUSED | {"reason": "BadRequest"}, Level.NOTHING),
        ({"code": 201, "object": {}}, Level.NOTHING),
    ],
)
def test_how_far_answers_agree(given: dict[str, Any], level: Level) -> None:
    found, told = compare_answers(REFUSED, given)
    assert found is level
    assert bool(told) is (level < Level.WORDS)


def test_placements_agree_in_nodes_then_scores() -> None:
    recorded = {"nodes": ["a"], "scores": {"a": 3, "b": 1}, "plugins": {}}
    assert compare_answers(recorded, recorded | {"scores": {"a": 3, "b": 2}}).level is Level.CONTENT
    assert compare_answers(recorded, recorded | {"nodes": ["b"]}).level is Level.VERDICT
    level, told = compare_answers(recorded, {"message": "0/1 nodes are available: 1 Insufficient cpu."})
    assert level is Level.NOTHING
    assert told == "not placed, recorded placed: 0/1 nodes are available: 1 Insufficient cpu."


def test_the_first_difference_names_its_path() -> None:
    assert first_difference({"a": [{"b": 1}]}, {"a": [{"b": 2}]}) == "a[0].b: 2, recorded 1"
    assert first_difference({"a": 1}, {}) == "a: absent, recorded 1"
    assert first_difference("x" * 300, "y").endswith("…")
