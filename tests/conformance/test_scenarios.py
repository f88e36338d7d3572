"""Plays recorded scenarios and holds what comes of them against what the real control plane did, with compare.py."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import pytest

from k8snb.recording.compare import judge, rules_of
from k8snb.recording.play import record
from k8snb.scenario import load_scenario

SCENARIOS = Path(__file__).parent / "scenarios"
# What does not match yet; the list only gets shorter.
NOT_YET = (
    "fuzz-daemonset-078",
    "kubectl-errors",
    "kubectl-lines-03",
    "kubectl-lines-06",
    "kubectl-lines-21",
    "kubectl-lines-27",
    "kubectl-lines-30",
    "statefulset-claim-retention",
)
NAMES = sorted(path.stem for path in SCENARIOS.glob("*.yaml"))


def test_what_does_not_match_yet_is_there() -> None:
    assert set(NOT_YET) <= set(NAMES)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in NOT_YET])
def test_goes_through_the_recorded_states(name: str, recordings: Path, scenario_judge: ModuleType) -> None:
    scenario = load_scenario(SCENARIOS / f"{name}.yaml")
    simulated = json.loads(json.dumps(record(scenario)))
    recorded = json.loads((recordings / "recorded" / f"{name}.json").read_text(encoding="utf-8"))
    rules = rules_of(scenario.spec)
    faults, _ = scenario_judge.compare(recorded, simulated, *rules)
    assert faults == []
    assert judge(recorded, simulated, rules).differences == ()
