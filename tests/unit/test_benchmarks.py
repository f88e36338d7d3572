"""The fleets that the benchmarks measure, at a size at which they take no time."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def fleets() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fleets", BENCHMARKS / "fleets.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_mixed_fleet_has_ten_pods_a_node_and_is_rolled_and_drained(fleets: ModuleType) -> None:
    measured = fleets.mixed(50)
    # 30 x 6 and 10 x 3 replicas, 5 x 50 daemons, 20 x 2 completions; all but the jobs' are rolled, a tenth is drained.
    assert measured["pods"] - (180 + 30 + 250 + 40) - (180 + 30 + 250) == pytest.approx((180 + 30) / 10, abs=15)
    assert list(measured) == ["create", "roll", "drain", "pods", "memory", "log"]


def test_a_fleet_is_spread_evenly_over_zones(fleets: ModuleType) -> None:
    assert fleets.spread(40)["pods"] == 40
