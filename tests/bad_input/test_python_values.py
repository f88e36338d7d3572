"""Python values that a manifest cannot be, or cannot hold; and the few beside JSON's own that it can."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from refusals import refused_manifest

from k8snb import Cluster

POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}}


def pod(value: Any) -> dict[str, Any]:
    return {**POD, "spec": {"containers": [{"name": "a", "image": "i"}], "activeDeadlineSeconds": value}}


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        (None, "a manifest is a text, a path, a dictionary or a list of these, not None"),
        (5, "a manifest is a text, a path, a dictionary or a list of these, not int"),
        (b"kind: Pod", "not bytes"),
        ({"a"}, "not set"),
        ([5], "not int"),
        (object(), "not object"),
        ([], "no objects passed to apply"),
        (["a"], "invalid object to validate"),
        ({}, "[apiVersion not set, kind not set]"),
        (pod({1, 2}), "json: unsupported type: set"),
        (pod(datetime(2020, 1, 1)), "json: unsupported type: datetime"),
        (pod(b"5"), "json: unsupported type: bytes"),
        (pod(Decimal(5)), "json: unsupported type: Decimal"),
        (pod(float("nan")), "json: unsupported value: NaN"),
        (pod(float("-inf")), "json: unsupported value: -Inf"),
        (pod(10**5000), "json: unsupported value: +Inf"),
        (pod(-(10**400)), "json: unsupported value: -Inf"),
        (pod(2**64), "json: cannot unmarshal number 18446744073709551616 into Go struct field"),
        ({**POD, None: 1}, "json: unsupported type of a map key: None"),
        ({**POD, (1, 2): 1}, "json: unsupported type of a map key: tuple"),
        ({**POD, 5: 1}, 'unknown field "5"'),
        ({**POD, True: 1}, 'unknown field "true"'),
    ],
)
def test_values(cluster: Cluster, manifest: Any, words: str) -> None:
    assert words in refused_manifest(cluster, manifest)


def test_values_that_contain_themselves(cluster: Cluster) -> None:
    body, row = pod(1), []  # type: ignore[var-annotated]
    body["spec"]["itself"] = body
    row.append(row)
    for manifest in (body, row, {**POD, "spec": row}):
        assert "json: exceeded max depth of 100" in refused_manifest(cluster, manifest)


def test_values_nested_without_end(cluster: Cluster) -> None:
    body = inner = pod(1)
    for _ in range(100_000):
        inner["a"] = inner = {}
    assert "json: exceeded max depth of 100" in refused_manifest(cluster, body)


def test_halves_of_characters_are_replaced(cluster: Cluster) -> None:
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"a": "x\ud800y"}}
    assert cluster.apply(body).exit == 0
    assert cluster.get("configmap", "c").data["a"] == "x\ufffdy"


def test_whole_floats_are_integers(cluster: Cluster) -> None:
    assert cluster.apply(pod(5.0)).exit == 0
    assert cluster.get("pod", "p").spec.active_deadline_seconds == 5


def test_numbers_of_other_packages_are_numbers(cluster: Cluster) -> None:
    numpy = pytest.importorskip("numpy")
    assert cluster.apply(pod(numpy.int64(5))).exit == 0
    assert cluster.get("pod", "p").spec.active_deadline_seconds == 5


def test_a_path_of_nothing(cluster: Cluster, tmp_path: Path) -> None:
    for manifest in (tmp_path / "nothing.yaml", str(tmp_path / "nothing.yaml"), "nothing-*.yaml"):
        assert "does not exist" in refused_manifest(cluster, manifest)
