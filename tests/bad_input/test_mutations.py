"""Right manifests and command lines with something wrong put in at random: never an exception, never a half-done change."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import yaml
from hypothesis import given, note, settings
from hypothesis import strategies as st
from refusals import check_words, tables, user_changes, WEB
from valid_manifests import MANIFESTS

from k8snb import Cluster
from k8snb.kubectl import Result

Path = tuple[str | int, ...]

TEXTS = st.sampled_from(
    ["", " ", "x" * 300, "é", "a\nb", "\x00", "\ud800", "a b", "A_b", "a/b", "..", "-1", "1e309", "NaN", "150%", "-5%", "10%x"]
    + ["9" * 400 + "%", "99999999999999999999", "1Gi", "0x10", "2020-01-01", "true", "null", "$patch", "{", "[", "*", "=", "λ"]
)
NUMBERS = st.sampled_from([0, -1, 1, 1.5, 2**31 - 1, 2**31, -(2**31), 2**63, 10**30, 10**400, 1e300, -0.0, 65536])
LEAVES = st.one_of(TEXTS, NUMBERS, st.booleans(), st.none())
VALUES = st.one_of(
    LEAVES,
    st.lists(LEAVES, max_size=2),
    st.dictionaries(st.sampled_from(["name", "a", "", "$patch", "key", "type", "metadata"]), LEAVES, max_size=2),
    st.sampled_from([[[]], [{}], {"a": {}}, [None], {"matchLabels": {}}, {"$patch": "delete"}]),
)
OPERATIONS = st.sampled_from(["drop", "replace", "replace", "swap", "double", "rename", "wrap"])


def paths(value: Any, here: Path = ()) -> Iterator[Path]:
    """The way to every value in a tree."""
    yield here
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from paths(inner, (*here, key))


def at(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key]
    return value


@st.composite
def mutated(draw: st.DrawFn, body: Any, most: int = 3) -> Any:
    """A tree of which some values were dropped, replaced, doubled, renamed or changed places."""
    root = [deepcopy(body)]
    for _ in range(draw(st.integers(1, most))):
        ways = [path for path in paths(root) if path]
        path = draw(st.sampled_from(ways))
        around, key, operation = at(root, path[:-1]), path[-1], draw(OPERATIONS)
        if operation == "drop" and len(path) > 1:
            del around[key]
        elif operation == "swap":
            around[key] = deepcopy(at(root, draw(st.sampled_from(ways))))
        elif operation == "double" and isinstance(around, list) and len(path) > 1:
            around.append(deepcopy(around[key]))
        elif operation == "rename" and isinstance(around, dict):
            around[draw(TEXTS)] = around.pop(key)
        elif operation == "wrap":
            around[key] = [around[key]] if draw(st.booleans()) else {"a": around[key]}
        else:
            around[key] = deepcopy(draw(VALUES))
    return root[0]


def small_cluster() -> Cluster:
    cluster = Cluster(1)
    assert cluster.apply(WEB).exit == 0
    cluster.run(5)
    return cluster


def check(cluster: Cluster, before: Any, entries: int, result: Result) -> None:
    """What is refused changed nothing, and whatever was accepted, the cluster lives with."""
    note(f"exit {result.exit}\n{result.stdout}\n{result.stderr}")
    check_words(result)
    assert result.exit in (0, 1)
    if result.exit and not result.stdout:
        assert result.stderr.strip()
        assert user_changes(cluster, entries) == []
    if not user_changes(cluster, entries):
        assert cluster.now > 5 or tables(cluster) == before
    cluster.run(3)


def apply_and_check(cluster: Cluster, manifest: Any) -> None:
    before, entries = tables(cluster), len(cluster.log)
    check(cluster, before, entries, cluster.apply(manifest))


@settings(max_examples=150)
@given(st.data())
def test_new_objects(data: st.DataObject) -> None:
    body = data.draw(mutated(MANIFESTS[data.draw(st.sampled_from(sorted(MANIFESTS)))]))
    apply_and_check(small_cluster(), body if isinstance(body, dict) else [body])


@settings(max_examples=100)
@given(st.data())
def test_changed_objects(data: st.DataObject) -> None:
    right = MANIFESTS[data.draw(st.sampled_from(sorted(MANIFESTS)))]
    cluster = small_cluster()
    assert cluster.apply(right).exit == 0
    wrong = data.draw(mutated(right))
    text = data.draw(st.sampled_from(["json", "yaml", "python"]))
    if text == "python":
        return apply_and_check(cluster, wrong if isinstance(wrong, dict) else [wrong])
    written = json.dumps(wrong) if text == "json" else yaml.safe_dump(wrong, allow_unicode=True)
    return apply_and_check(cluster, written + "\n")
