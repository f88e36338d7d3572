"""Plays recorded scenarios and holds what comes of them against what the real control plane did, with compare.py."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from k8snb.recording.compare import judge, rules_of
from k8snb.recording.play import record
from k8snb.scenario import load_scenario, Scenario

SCENARIOS = Path(__file__).parent / "scenarios"
LATE = "the recorder's first kubectl took longer than half a second, so that everything happens a second later"
# Where the simulator is known to differ, and why. One that agrees again fails here, so that the list only gets shorter.
DIFFERENT = {
    "deployment-canary-two-deployments": LATE,
    "deployment-unready-pod": LATE,
    "fuzz-daemonset-078": "upstream takes the nodes of a rolling update in the random order of a Go map",
    "kubectl-errors": "one sync of a job saw its pod run and be ready, as in one of ten recordings of one manifest",
    "kubectl-lines-27": "a slice's generation counts the writes that a burst of pods takes: one more here than there",
    "statefulset-claim-retention": "a claim gets its owner right after its pod; where that conflicts with its binding, "
    "within milliseconds, upstream writes no event of the pod's creation: so with one of the three pods",
}
NAMES = sorted(path.stem for path in SCENARIOS.glob("*.yaml"))


def scenarios() -> list[Any]:
    """All scenarios; those that are known to differ are expected to."""
    marks = {name: pytest.mark.xfail(reason=reason, strict=True) for name, reason in DIFFERENT.items()}
    return [pytest.param(name, marks=marks[name]) if name in marks else name for name in NAMES]


def test_what_is_known_to_differ_is_there() -> None:
    assert set(DIFFERENT) <= set(NAMES)


@pytest.mark.parametrize("name", scenarios())
def test_goes_through_the_recorded_states(name: str, recordings: Path, scenario_judge: ModuleType) -> None:
    check(load_scenario(SCENARIOS / f"{name}.yaml"), name, recordings, scenario_judge)


@pytest.mark.parametrize("name", [name for name, reason in DIFFERENT.items() if reason == LATE])
def test_is_right_where_the_recorder_was_late(name: str, recordings: Path, scenario_judge: ModuleType) -> None:
    """With its first step at the second in which the recorder's kubectl was done, everything else is as recorded."""
    scenario = load_scenario(SCENARIOS / f"{name}.yaml")
    first, *others = scenario.steps
    assert first["at"] == 0
    late = scenario._replace(spec={**scenario.spec, "steps": [{**first, "at": 1}, *others]})
    check(late, name, recordings, scenario_judge)


def check(scenario: Scenario, name: str, recordings: Path, scenario_judge: ModuleType) -> None:
    simulated = json.loads(json.dumps(record(scenario)))
    recorded = json.loads((recordings / "recorded" / f"{name}.json").read_text(encoding="utf-8"))
    rules = rules_of(scenario.spec)
    faults, _ = scenario_judge.compare(recorded, simulated, *rules)
    assert faults == []
    assert judge(recorded, simulated, rules).differences == ()
