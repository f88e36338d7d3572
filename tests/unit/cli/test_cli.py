"""The command line: what it prints, writes and refuses."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from k8snb import Cluster, scenario_of
from k8snb.cli import main

RECORDINGS = Path(__file__).parents[2] / "conformance"
HEAD = "apiVersion: k8snb.dev/v1alpha1\nkind: Scenario\n"
POD = "{apiVersion: v1, kind: Pod, metadata: {name: x}, spec: {containers: [{name: a, image: a}]}}"


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(f"{HEAD}metadata: {{name: small, description: One pod.}}\nspec:\n  until: 6\n  steps:\n"
                    f'  - {{at: 0, apply: "{POD}"}}\n  - {{at: 4, kubectl: get pods}}\n')  # fmt: skip
    return path


def test_run_tells_the_story(scenario: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(scenario)]) == 0
    told = capsys.readouterr().out
    assert told.startswith("small: One pod.\n")
    for line in (
        "you: kubectl apply -f -",
        "| pod/x created",
        "default-scheduler: binds pod/x to node-",
        "pod/x Running",
    ):
        assert line in told
    assert told.index("pod/x Running and ready") < told.index("you: kubectl get pods") < told.index("the end")


def test_run_replays_a_saved_session(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cluster = Cluster(nodes=1)
    cluster.kubectl("create deployment web --image=nginx")
    cluster.run(seconds=2.5)
    scenario_of(cluster, "mine").save(tmp_path / "mine.yaml")
    assert main(["run", str(tmp_path / "mine.yaml")]) == 0
    assert "   2.500 s  the end" in capsys.readouterr().out


def test_frames_writes_a_recording(scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "deep" / "out"
    assert main(["frames", str(scenario), "--out", str(out)]) == 0
    recording = json.loads((out / "small.json").read_text())
    assert [frame["state"]["pods"] for frame in recording["frames"]] == [
        {"pod/x Pending": 1},
        {"pod/x Running": 1},
        {"pod/x Running ready": 1},
    ]
    assert str(out / "small.json") in capsys.readouterr().out


def test_answer_writes_answers(tmp_path: Path) -> None:
    source = tmp_path / "configmap.jsonl"
    shutil.copy(RECORDINGS / "requests" / "configmap.jsonl", source)
    assert main(["answer", str(source), "--out", str(tmp_path / "out")]) == 0
    answered = [json.loads(line) for line in (tmp_path / "out" / "configmap.jsonl").read_text().splitlines()]
    asked = [json.loads(line) for line in source.read_text().splitlines()]
    assert [row["id"] for row in answered] == [row["id"] for row in asked]
    assert {tuple(sorted(row)) for row in answered} == {("answer", "id")}


def test_answer_answers_placement_questions(tmp_path: Path) -> None:
    source = tmp_path / "scheduling.jsonl"
    question = {"id": "a", "verb": "schedule", "nodes": [], "pods": [], "manifest": {"kind": "Pod", "apiVersion": "v1"}}
    source.write_text(json.dumps(question))
    assert main(["answer", str(source), "--out", str(tmp_path)]) == 0
    assert "no nodes available" in json.loads(source.read_text())["answer"]["message"]


def _recorded(folder: Path) -> Path:
    for kind, name in (
        ("scenarios", "pod-alone.yaml"),
        ("recorded", "pod-alone.json"),
        ("requests", "configmap.jsonl"),
    ):
        (folder / kind).mkdir()
        shutil.copy(RECORDINGS / kind / name, folder / kind / name)
    return folder


def test_verify_tells_what_matches(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(_recorded(tmp_path)), "--workers", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "pod-alone: matches"
    assert lines[1].startswith("requests/configmap: 43 cases, verdict 100.0%, content 100.0%, words ")
    assert lines[-1].split()[:3] == ["all", "1/1", "43"]


def test_verify_tells_the_first_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _recorded(tmp_path) / "recorded" / "pod-alone.json"
    path.write_text(path.read_text().replace("Running ready", "Running odd", 1))
    assert main(["verify", str(tmp_path), "--only", "pod-*", "--workers", "1"]) == 1
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith("pod-alone: differs, ")
    assert "Running ready" in first
    assert "Running odd" in first


def test_verify_goes_on_when_something_breaks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (_recorded(tmp_path) / "recorded" / "pod-alone.json").write_text("{}")
    (tmp_path / "requests" / "broken.jsonl").write_text('{"id": 1}')
    assert main(["verify", str(tmp_path), "--workers", "1"]) == 1
    out = capsys.readouterr().out
    assert "pod-alone: differs, 0% of seconds agree; the simulator broke: KeyError: 'frames'" in out
    assert "broken.jsonl: line 1: a case is an object with an id" in out
    assert "requests/configmap: 43 cases" in out


BAD_SCENARIOS = {
    "nothing": ("", "not a Scenario"),
    "not-yaml": ("a: b: c", "not YAML: line 1, column 5"),
    "another-kind": ("kind: Pod", "not a Scenario"),
    "no-spec": (HEAD, "missing required field `spec`"),
    "no-until": (HEAD + "spec: {}", "spec: Object missing required field `until`"),
    "wrong-type": (HEAD + "spec: {until: soon}", "spec.until"),
    "endless": (HEAD + "spec: {until: 1e99}", "spec.until"),
    "unknown-field": (HEAD + "spec: {until: 1, stpes: []}", "unknown field `stpes`"),
    "no-action": (HEAD + "spec: {until: 1, steps: [{at: 0}]}", "spec.steps[0]: a step does one of"),
    "no-such-state": (HEAD + "spec: {until: 1, steps: [{at: 0, fault: {node: a, state: ready}}]}", "fault.state"),
    "no-such-pod": (HEAD + "spec: {until: 1, steps: [{at: 0, fault: {pod: a, state: ready}}]}", '"a" not found'),
    "bad-node": (HEAD + "spec: {until: 1, nodes: [{cpu: much}]}", "cpu: 'much'"),
}


@pytest.mark.parametrize("name", BAD_SCENARIOS)
@pytest.mark.parametrize("command", ["run", "frames"])
def test_a_bad_scenario_is_explained(
    command: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, explained = BAD_SCENARIOS[name]
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    assert main([command, str(path), *(["--out", str(tmp_path)] if command == "frames" else [])]) == 1
    said = capsys.readouterr().err
    assert said.startswith("k8snb: ")
    assert explained in said


@pytest.mark.parametrize("name", ["../../x", "/tmp/x", "a/b", ""])
@pytest.mark.parametrize("command", ["frames", "lives"])
def test_a_recording_stays_in_its_folder(
    command: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "bad.yaml", tmp_path / "a" / "b" / "out"
    path.write_text(f"{HEAD}metadata: {{name: '{name}'}}\nspec: {{until: 1}}\n")
    assert main([command, str(path), "--out", str(out)]) == 1
    assert f"metadata.name: {name!r} is no file name" in capsys.readouterr().err
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == [path]


@pytest.mark.parametrize("command", ["run", "frames", "answer"])
def test_a_file_that_cannot_be_read_is_named(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    for name, explained in (("none.yaml", "No such file"), ("", "Is a directory"), ("binary.yaml", "not a text file")):
        path = tmp_path / name
        assert main([command, str(path), *(["--out", str(tmp_path / "out")] if command != "run" else [])]) == 1
        said = capsys.readouterr().err
        assert explained in said
        assert str(path) in said


def test_one_bad_file_does_not_stop_the_others(scenario: Path, tmp_path: Path) -> None:
    assert main(["frames", str(tmp_path / "none.yaml"), str(scenario), "--out", str(tmp_path)]) == 1
    assert (tmp_path / "small.json").exists()


def test_verify_needs_something_to_play(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(tmp_path)]) == 1
    assert main(["verify", str(tmp_path / "none")]) == 1
    assert main(["verify", str(_recorded(tmp_path)), "--only", "nothing-*"]) == 1
    said = capsys.readouterr().err.splitlines()
    assert [line.partition(": ")[2] for line in said] == [
        f"{tmp_path}: no recorded scenario or request below it",
        f"{tmp_path}/none: no such folder",
        f"{tmp_path}: no recorded scenario or request below it that matches nothing-*",
    ]


@pytest.mark.parametrize("words", [[], ["fly"], ["run"], ["frames", "a.yaml"], ["verify", "x", "--workers", "0"]])
def test_a_wrong_line_is_explained(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 2
    assert "usage: k8snb" in capsys.readouterr().err
