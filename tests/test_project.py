"""The files around the package agree with each other: dependencies, environments, commands, licence."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

import k8snb

ROOT = Path(__file__).parents[1]
ENVIRONMENTS = ("environment.yml", "binder/environment.yml")
BESIDE = ("pip", "python")  # what an environment needs beside the package's dependencies


def _project() -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project


def _wanted() -> dict[str, SpecifierSet]:
    """What the package and its notebooks need, by name as conda writes it."""
    project = _project()
    lines = [*project["dependencies"], *project["optional-dependencies"]["notebook"]]
    return {(r := Requirement(line)).name.lower(): r.specifier for line in lines}


def _environment(name: str) -> dict[str, str]:
    """What an environment lists: name and version."""
    rows = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))["dependencies"]
    found = (re.fullmatch(r"([\w.-]+?)([<>=!].*)?", row) for row in rows if isinstance(row, str))
    return {match[1]: match[2] or "" for match in found if match is not None}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_environment_lists_what_the_package_needs(name: str) -> None:
    listed = _environment(name)
    assert sorted(listed) == sorted({*_wanted(), *BESIDE})
    for package, specifier in _wanted().items():
        version = listed[package]
        if version.startswith("="):  # a pin, jupyterlab=4: its newest release has to do
            assert Version(f"{version.lstrip('=')}.99") in specifier
        else:
            assert SpecifierSet(version) == specifier


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_environment_has_a_python_that_the_package_runs_on(name: str) -> None:
    assert Version(_environment(name)["python"].lstrip("=")) in SpecifierSet(_project()["requires-python"])


def test_the_environments_are_alike() -> None:
    assert _environment(ENVIRONMENTS[0]) == _environment(ENVIRONMENTS[1])


def test_both_environments_install_the_package() -> None:
    root = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert {"pip": ["--editable ."]} in root["dependencies"]
    after = ROOT / "binder" / "postBuild"
    assert os.access(after, os.X_OK)
    text = after.read_text(encoding="utf-8")
    assert "set -euxo pipefail" in text
    for command in ("pip install --no-deps --editable .", "pip check", "jupyter labextension list"):
        assert command in text
    opened = re.search(r"/lab/tree/([\w/]+\.ipynb)", text)
    assert opened is not None
    assert (ROOT / opened[1]).exists()


def test_repo2docker_takes_the_folder() -> None:
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", str(ROOT)]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stderr
    told = done.stdout + done.stderr
    assert f"python={_environment('binder/environment.yml')['python'].lstrip('=')}" in told
    assert "binder/environment.yml" in told
    assert "RUN ./binder/postBuild" in told


def test_readme_names_only_commands_that_there_are() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.M))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\bmake ([a-z]+)\b", "\n".join(_code(readme))))
    assert {"lab", "test"} <= named <= targets
    assert set(re.findall(r"^\t*k8snb ([a-z]+)", "\n".join(_code(readme)), re.M)) <= {
        "run",
        "frames",
        "lives",
        "answer",
        "verify",
    }


def _code(markdown: str) -> list[str]:
    """Code blocks and code spans."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", markdown, re.M | re.S)
    return [*blocks, *re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", markdown, flags=re.M | re.S))]


def test_readme_links_to_files_that_there_are() -> None:
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        links = re.findall(r"\]\((?!https?:|#)([^)#]+)", (ROOT / name).read_text(encoding="utf-8"))
        assert [link for link in links if not (ROOT / link).exists()] == []


def test_continuous_integration_runs_what_readme_says() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "make test" in script.read_text(encoding="utf-8")


def test_versions_and_licence_agree() -> None:
    project = _project()
    assert project["version"] == k8snb.__version__
    assert f"[{k8snb.__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert project["license"] == "BSD-3-Clause"
    assert "k8snb developers" in (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_every_public_name_can_be_imported_and_says_what_it_is() -> None:
    for name in k8snb.__all__:
        assert getattr(k8snb, name).__doc__, name
