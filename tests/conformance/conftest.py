"""The recordings, and the three judges that came with them."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

collect_ignore_glob = ["compare*.py"]
HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def recordings() -> Path:
    """The folder with the scenarios, requests and recordings."""
    return HERE


def _module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"conformance_{name}", HERE / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def scenario_judge() -> ModuleType:
    """compare.py, as it came."""
    return _module("compare")


@pytest.fixture(scope="session")
def lives_judge() -> ModuleType:
    """compare_pods.py, as it came."""
    return _module("compare_pods")


@pytest.fixture(scope="session")
def request_judge() -> ModuleType:
    """compare_requests.py, as it came."""
    return _module("compare_requests")


@pytest.fixture(scope="session")
def difference(request_judge: ModuleType) -> Callable[..., str]:
    """What compare_requests.py says of a recorded and a given answer; nothing when they agree."""
    judged: Callable[..., str] = request_judge.difference
    return judged
