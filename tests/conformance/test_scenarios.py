"""Plays recorded scenarios and holds what comes of them against what the real control plane did, with compare.py."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from pathlib import Path
from types import ModuleType

import pytest

from k8snb.recording.compare import judge, rules_of
from k8snb.recording.play import record
from k8snb.scenario import load_scenario

# What is built; the list only grows.
MATCHING = (
    "deployment-*",
    "fuzz-deployment-*",
    "replicaset-alone",
    "pod-alone",
    "service-follows-readiness",
    "kubectl-deployment",
    "kubectl-output-formats",
    "scheduling-*",
)
SCENARIOS = Path(__file__).parent / "scenarios"
BUILT = sorted(p.stem for p in SCENARIOS.glob("*.yaml") if any(fnmatchcase(p.stem, pattern) for pattern in MATCHING))


def test_every_pattern_names_a_scenario() -> None:
    assert [pattern for pattern in MATCHING if not any(fnmatchcase(name, pattern) for name in BUILT)] == []


@pytest.mark.parametrize("name", BUILT)
def test_goes_through_the_recorded_states(name: str, recordings: Path, scenario_judge: ModuleType) -> None:
    scenario = load_scenario(SCENARIOS / f"{name}.yaml")
    simulated = json.loads(json.dumps(record(scenario)))
    recorded = json.loads((recordings / "recorded" / f"{name}.json").read_text(encoding="utf-8"))
    rules = rules_of(scenario.spec)
    faults, _ = scenario_judge.compare(recorded, simulated, *rules)
    assert faults == []
    assert judge(recorded, simulated, rules).differences == ()
