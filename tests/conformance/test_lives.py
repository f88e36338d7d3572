"""Every recorded life of a pod is lived under our kubelet too, and told in the same words."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from k8snb.recording.compare_lives import compare_lives, messages_said
from k8snb.recording.lives import record_lives
from k8snb.scenario import load_scenario

LIVES = Path(__file__).parent / "lives"
NAMES = sorted(path.stem for path in (LIVES / "recorded").glob("*.json"))
SHARE_OF_MESSAGES = 0.95

Recording = dict[str, Any]


def recorded(name: str) -> Recording:
    recording: Recording = json.loads((LIVES / "recorded" / f"{name}.json").read_text(encoding="utf-8"))
    return recording


@pytest.mark.parametrize("name", NAMES)
def test_lives_as_recorded(name: str, lives_judge: ModuleType) -> None:
    played = json.loads(json.dumps(record_lives(load_scenario(LIVES / "scenarios" / f"{name}.yaml"))))
    assert compare_lives(recorded(name), played) == []
    assert lives_judge.compare(recorded(name), played) == []
    said, messages = messages_said(recorded(name), played)
    assert said >= SHARE_OF_MESSAGES * messages


def _shift(seconds: float) -> Callable[[Recording], None]:
    def shift(recording: Recording) -> None:
        for tracks in recording["pods"].values():
            for track in tracks.values():
                for entry in track:
                    entry[0] += seconds

    shift.__name__ = f"shift_by_{seconds}"
    return shift


def _lose_a_pod(recording: Recording) -> None:
    del recording["pods"][min(recording["pods"])]


def _another_pod(recording: Recording) -> None:
    recording["pods"]["another"] = {"phase": [[0.1, "Pending"]]}


def _lose_a_track(recording: Recording) -> None:
    tracks = recording["pods"][min(recording["pods"])]
    del tracks[max(tracks)]


def _another_value(recording: Recording) -> None:
    recording["pods"][min(recording["pods"])]["phase"].append([3.0, "Failed"])


def _late_value(recording: Recording) -> None:
    recording["pods"][min(recording["pods"])]["phase"].append([recording["until"] - 1.0, "Failed"])


def _brief_value(recording: Recording) -> None:
    recording["pods"][min(recording["pods"])]["phase"].insert(0, [0.0, "Unknown"])


def _event(recording: Recording) -> None:
    recording["events"]["p Surprise"] = "some"


def _fewer_events(recording: Recording) -> None:
    recording["events"].popitem()


def _other_exit(recording: Recording) -> None:
    recording["kubectl"][0]["exit"] = 1


CHANGES = (
    _shift(1.9), _shift(2.5), _lose_a_pod, _another_pod, _lose_a_track, _another_value, _late_value, _brief_value,
    _event, _fewer_events, _other_exit,
)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.strip("_"))
@pytest.mark.parametrize("name", ["crash-loop", "prestop", "random-39", "statefulset-crashes"])
def test_judges_lives_alike(name: str, change: Callable[[Recording], None], lives_judge: ModuleType) -> None:
    ours = recorded(name)
    changed = copy.deepcopy(ours)
    change(changed)
    assert compare_lives(ours, ours) == []
    assert compare_lives(ours, changed) == lives_judge.compare(ours, changed)
