"""Values, lines and messages that widgets cannot take: the answer says why, and the cluster stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from refusals import changes, python_words, tables

pytest.importorskip("ipywidgets")

from k8snb import Cluster
from k8snb.errors import K8snbError
from k8snb.kubectl import Result
from k8snb.widgets import ClusterGraph, DeploymentLab, KubectlConsole


@pytest.fixture
def lab(cluster: Cluster) -> Iterator[DeploymentLab]:
    lab = DeploymentLab(cluster)
    yield lab
    lab.close()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("replicas", -1, "must be greater than or equal to 0"),
        ("replicas", 2**31, "json: cannot unmarshal number 2147483648 into Go struct field"),
        ("replicas", 10**30, "value out of range"),
        ("min_ready_seconds", -1, "spec.minReadySeconds: Invalid value: -1"),
        (
            "min_ready_seconds",
            601,
            "Invalid value: 600: must be greater than minReadySeconds",
        ),
        ("max_surge", "-1", "must be greater than or equal to 0"),
        ("max_surge", "10%x", "a valid percent string must be a numeric string followed by an ending '%'"),
        ("max_surge", "1e3", "a valid percent string"),
        ("max_surge", 'a"b', "a valid percent string"),
        ("max_surge", "\n", "a valid percent string"),
        ("max_unavailable", "101%", "must not be greater than 100%"),
        ("max_unavailable", "", "a valid percent string"),
        ("image", "", "spec.template.spec.containers[0].image: Required value"),
    ],
)
def test_controls(lab: DeploymentLab, name: str, value: Any, words: str) -> None:
    before, stored = changes(lab.cluster), tables(lab.cluster)
    shown = getattr(lab.controls, name)
    setattr(lab.controls, name, value)
    answer = lab.controls.answer
    assert words in answer["err"]
    assert python_words(Result(answer["exit"], answer["out"], answer["err"])) == []
    assert getattr(lab.controls, name) == shown
    assert (changes(lab.cluster), tables(lab.cluster)) == (before, stored)


@pytest.mark.parametrize(
    "line", ["'", "get nope", "scale deployment/web --replicas=-1", "get pods -o jsonpath={", "x" * 9999]
)
def test_console(cluster: Cluster, line: str) -> None:
    console, before, stored = KubectlConsole(cluster), changes(cluster), tables(cluster)
    result = console.run(line)
    assert (result.exit, python_words(result)) == (1, [])
    assert console.entries[-1]["err"] == result.stderr != ""
    assert (changes(cluster), tables(cluster)) == (before, stored)
    console.close()


@pytest.mark.parametrize(
    "message",
    [
        None,
        5,
        [],
        {},
        {"do": None},
        {"do": []},
        {"do": "nope"},
        {"do": "run"},
        {"do": "run", "line": 5},
        {"do": "run", "line": "'"},
        {"do": "run", "line": "\ud800"},
        {"do": "complete", "line": "get pods -n '"},
        {"do": "complete", "line": "x" * 10_000},
        {"do": "undo", "revision": "x"},
        {"do": "undo", "revision": -1},
        {"do": "undo", "revision": 10**30},
        {"do": "seek", "ms": -5},
        {"do": "seek", "ms": 1e300},
        {"do": "seek", "ms": "x"},
        {"do": "select", "reference": "pod/default/nope"},
    ],
)
def test_messages_from_a_page_that_makes_no_sense(lab: DeploymentLab, message: Any) -> None:
    before, stored = changes(lab.cluster), tables(lab.cluster)
    for part in (lab.controls, lab.console, lab.player, lab.timeline, lab.inspector):
        part._handle_custom_msg(message, [])
    assert (changes(lab.cluster), tables(lab.cluster)) == (before, stored)


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        (5, "a manifest is a text, a path, a dictionary or a list of these, not int"),
        ({"a": 1}, "apiVersion not set"),
        ("a: b: c\n", "line 1: mapping values are not allowed in this context (column 5)"),
        ({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "x"}}, "spec.selector: Required value"),
    ],
)
def test_labs_of_what_is_no_manifest(manifest: Any, words: str) -> None:
    with pytest.raises(K8snbError) as error:
        DeploymentLab(manifest)
    assert words in str(error.value)


@pytest.mark.parametrize("source", [5, None, "kind: Pod"])
def test_parts_of_what_is_no_cluster(source: Any) -> None:
    with pytest.raises(K8snbError, match="is no cluster"):
        ClusterGraph(source)
