"""From a scenario to a recording of what the simulator did with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any

from k8snb.recording.frames import FrameRecorder
from k8snb.recording.transcript import normalise
from k8snb.scenario import load_scenario, Player, Scenario, StepResult
from k8snb.scenario_file import ScenarioError


def record(scenario: Scenario) -> dict[str, Any]:
    """Play a scenario and record it.

    Returns
    -------
    dict
        ``scenario``, ``kubectl`` (each step's exit code and output) and ``frames``, as the recordings have them.
    """
    player = Player(scenario)
    recorder = FrameRecorder(player.cluster)
    player.on_frame = recorder.take
    player.play()
    rows = [_row(step, scenario.transcript, recorder) for step in player.results]
    return {"scenario": scenario.name, "kubectl": rows, "frames": recorder.frames}


def _row(step: StepResult, transcript: bool, recorder: FrameRecorder) -> dict[str, Any]:
    result = step.result
    row: dict[str, Any] = {"at": step.at, "exit": result.exit}
    if transcript:
        row["command"] = step.command
        row["stdout"] = normalise(result.stdout, recorder.names)
        row["stderr"] = normalise(result.stderr, recorder.names)
    else:
        row["out"] = (result.stdout + result.stderr).strip()
    return row


def record_file(source: Path, folder: Path) -> Path:
    """Play the scenario of a file and write its recording into a folder."""
    recording = record(load_named(source))
    return write_recording(recording, folder)


def write_recording(recording: Mapping[str, Any], folder: Path) -> Path:
    """Write a recording into a folder, named as its scenario."""
    target = folder / f"{recording['scenario']}.json"
    target.write_text(json.dumps(recording), encoding="utf-8")
    return target


def load_named(source: Path) -> Scenario:
    """The scenario of a file, if a recording can have its name.

    Raises
    ------
    ScenarioError
        When it would not lie in the folder that recordings go to, or the file is no scenario.
    """
    scenario = load_scenario(source)
    name = scenario.name
    if not name or "\0" in name or f"{name}.json" != PurePath(f"{name}.json").name:
        raise ScenarioError(f"{source}: metadata.name: {name!r} is no file name, and a recording is named like it")
    return scenario
