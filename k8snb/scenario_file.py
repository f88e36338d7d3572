"""The form of a scenario's file, and what is wrong with a text that does not have it.

The structures say which fields there are and of which types; their names are the file's, in Python's spelling.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import yaml

from k8snb.errors import K8snbError

API_VERSION, KIND = "k8snb.dev/v1alpha1", "Scenario"

_Seconds = Annotated[float, msgspec.Meta(ge=0, le=1_000_000)]
_Count = Annotated[int, msgspec.Meta(ge=0)]
_ACTIONS = ("apply", "kubectl", "fault")
FAULT_STATES = {
    "node": ("down", "up", "add"),
    "pod": ("unready", "ready", "failing", "passing", "exit"),
    "registry": ("down", "up", "slow"),
}
ONLY_EXITS = "only an exit can be of one container"
PROBES = ("liveness", "readiness", "startup")
LONGEST_PULL_SECONDS = 86_400
LARGEST_EXIT_CODE = 255


class ScenarioError(K8snbError):
    """A file that is no scenario."""


class _Strict(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """A structure of the file: every field is named here, in camel case there."""


class _Taint(_Strict):
    key: str
    effect: str
    value: str = ""


class _NodeRow(_Strict):
    name: str = ""
    count: _Count | None = None
    cpu: str | float = ""
    memory: str | float = ""
    pods: str | int = ""
    labels: dict[str, Any] | None = None
    taints: list[_Taint | str] | None = None
    zone: str = ""


class _Fault(_Strict):
    state: Literal["down", "up", "add", "unready", "ready", "failing", "passing", "exit", "slow"]
    node: str = ""
    pod: str = ""
    registry: str = ""
    container: str = ""
    code: Annotated[int, msgspec.Meta(ge=0, le=LARGEST_EXIT_CODE)] = 1
    probe: Literal["liveness", "readiness", "startup"] = "liveness"
    seconds: Annotated[int, msgspec.Meta(ge=0, le=LONGEST_PULL_SECONDS)] = 60
    spec: dict[str, Any] | None = None


class _Step(_Strict):
    at: _Seconds
    after: _Count = 0
    apply: str | None = None
    kubectl: str | None = None
    stdin: str = ""
    fault: _Fault | None = None


class _Spec(_Strict):
    until: _Seconds
    nodes: list[_NodeRow] | _Count | None = None
    missing_images: list[str] | None = None
    starts_at_minute: bool = False
    tolerance: _Count = 1
    any_node: bool = False
    transcript: bool = False
    only_transcript: bool = False
    seed: int = 0
    kubelet: Literal["annotated", "distributed", "exact"] = "annotated"
    legacy_versions: bool = False
    now: _Seconds | None = None
    steps: list[_Step] | None = None


class _Metadata(_Strict):
    name: str = "scenario"
    description: str = ""


class _File(_Strict):
    api_version: str
    kind: str
    spec: _Spec
    metadata: _Metadata | None = None


def read_scenario_file(source: str | Path) -> dict[str, Any]:
    """The content of a scenario: of a file, or of YAML text of several lines.

    Raises
    ------
    ScenarioError
        When it is none; the message names the field and what is wrong with it.
    OSError
        When there is no such file.
    """
    is_text = isinstance(source, str) and "\n" in source
    place = "scenario" if is_text else str(source)
    try:
        body = yaml.safe_load(str(source) if is_text else Path(source).read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise ScenarioError(f"{place}: not a text file") from None
    except yaml.YAMLError as error:
        raise ScenarioError(f"{place}: {_yaml_problem(error)}") from None
    if not isinstance(body, dict) or body.get("kind") != KIND or body.get("apiVersion") != API_VERSION:
        raise ScenarioError(f"{place}: not a {KIND} of {API_VERSION}")
    for problem in _problems(body):
        raise ScenarioError(f"{place}: {problem}")
    return body


def _yaml_problem(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return f"not YAML: {error}"
    return f"not YAML: line {mark.line + 1}, column {mark.column + 1}: {getattr(error, 'problem', error)}"


def _problems(body: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong, the first of it first."""
    try:
        file = msgspec.convert(body, _File)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at ")
        yield f"{path.strip('`').removeprefix('$.')}: {problem}" if path else problem
        return
    for number, step in enumerate(file.spec.steps or ()):
        yield from _step_problems(step, f"spec.steps[{number}]")


def _step_problems(step: _Step, path: str) -> Iterator[str]:
    given = [action for action in _ACTIONS if getattr(step, action) is not None]
    if len(given) != 1:
        yield f"{path}: a step does one of {', '.join(_ACTIONS)}, not {' and '.join(given) or 'none'}"
    elif step.fault is not None:
        subjects = [subject for subject in FAULT_STATES if getattr(step.fault, subject)]
        if len(subjects) != 1:
            yield f"{path}.fault: names one node, one pod or one registry"
        elif step.fault.state not in FAULT_STATES[subjects[0]]:
            yield f"{path}.fault.state: {step.fault.state!r} is none of {', '.join(FAULT_STATES[subjects[0]])}"
        elif step.fault.container and step.fault.state != "exit":
            yield f"{path}.fault.container: {ONLY_EXITS}"
