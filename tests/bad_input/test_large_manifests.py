"""Manifests that are large, or become so when they are read: valid ones are handled, others are refused soon."""

from __future__ import annotations

import json
from time import perf_counter

import pytest
from refusals import refused_line, refused_manifest, WEB

from k8snb import Cluster

MEGABYTES = 10
SOON_SECONDS = 20.0  # far more than it takes, on a machine that is busy with something else
ENTRY = '{apiVersion: v1, kind: ConfigMap, metadata: {name: c%d, labels: {app: web}}, data: {a: "%s"}}\n---\n'
TOO_DEEP = "exceeded max depth of 100"


@pytest.fixture(autouse=True)
def soon() -> object:
    """Nothing here may take long."""
    start = perf_counter()
    yield
    assert perf_counter() - start < SOON_SECONDS


@pytest.fixture
def many_objects() -> str:
    size = len(ENTRY % (0, "x" * 2000))
    text = "".join(ENTRY % (number, "x" * 2000) for number in range(MEGABYTES * 1_000_000 // size + 1))
    assert len(text) > MEGABYTES * 1_000_000
    return text


def test_a_large_manifest_is_applied(cluster: Cluster, many_objects: str) -> None:
    result = cluster.apply(many_objects)
    assert result.exit == 0
    assert result.stdout.count(" created\n") == many_objects.count("---\n")


def test_a_large_manifest_with_a_mistake_at_its_end_is_refused(cluster: Cluster, many_objects: str) -> None:
    line = many_objects.count("\n") + 1
    assert f"yaml: line {line}: mapping values are not allowed" in refused_manifest(cluster, many_objects + "a: b: c\n")


@pytest.mark.parametrize(
    ("piece", "words"),
    [
        ("a: [\n", TOO_DEEP),
        ("x", "invalid object to validate"),
        ("#\n", "no objects passed to apply"),
        ("\n", "no objects passed to apply"),
        ("- a\n", "invalid object to validate"),
        (
            "a: b: c\n",
            "yaml: line 1: mapping values are not allowed in this context (column 5)",
        ),
        ('{"a":', TOO_DEEP),
        ("&a ", "did not find expected"),
        ("\t\n", "no objects passed to apply"),
    ],
)
def test_large_nonsense(cluster: Cluster, piece: str, words: str) -> None:
    text = piece * (MEGABYTES * 100_000 // len(piece) - 1) + "\n"
    assert words in refused_manifest(cluster, text)


def test_an_object_larger_than_a_request_may_be(cluster: Cluster) -> None:
    words = 'Error from server (RequestEntityTooLarge): error when creating "STDIN": Request entity too large: limit is'
    entries = "".join(f"  k{number}: {'v' * 100}\n" for number in range(MEGABYTES * 10_000))
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c}}\ndata:\n{entries}"
    assert refused_manifest(cluster, text).startswith(words)


def test_aliases_that_multiply(cluster: Cluster) -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    assert "yaml: document contains excessive aliasing" in refused_manifest(cluster, "\n".join(rows))


def test_aliases_of_a_long_text(cluster: Cluster) -> None:
    text = f"a: &a {'x' * 100_000}\nb: [{', '.join(['*a'] * 100_000)}]\n"
    assert "yaml: document contains excessive aliasing" in refused_manifest(cluster, text)


def test_merges_that_multiply(cluster: Cluster) -> None:
    entries = ", ".join(f"k{number}: 1" for number in range(20_000))
    text = f"a: &a {{{entries}}}\nb: {{<<: [{', '.join(['*a'] * 20_000)}]}}\n"
    assert "yaml: document contains excessive aliasing" in refused_manifest(cluster, text)


def test_aliases_that_deepen(cluster: Cluster) -> None:
    rows = [f"a0: &a0 {'[' * 50}{']' * 50}"]
    rows += [f"a{n}: &a{n} {'[' * 50}*a{n - 1}{']' * 50}" for n in range(1, 100)]
    assert f"yaml: {TOO_DEEP}" in refused_manifest(cluster, "\n".join(rows))


@pytest.mark.parametrize("depth", [102, 995, 20_000])
def test_texts_nested_too_deep(cluster: Cluster, depth: int) -> None:
    nested = '{"a":' * depth + "1" + "}" * depth
    assert TOO_DEEP in refused_manifest(cluster, nested)
    assert TOO_DEEP in refused_manifest(cluster, f"a: {'[' * depth}{']' * depth}\n")
    assert TOO_DEEP in refused_line(cluster, f"patch deployment web -p '{nested}'")


def test_lists_of_lists(cluster: Cluster) -> None:
    body: dict[str, object] = {"apiVersion": "v1", "kind": "List", "items": []}
    for _ in range(300):
        body = {"apiVersion": "v1", "kind": "List", "items": [body]}
    assert TOO_DEEP in refused_manifest(cluster, json.dumps(body))


def test_patches_that_multiply(cluster: Cluster) -> None:
    copies = [{"op": "copy", "from": "/metadata", "path": f"/metadata/m{number}"} for number in range(60)]
    words = refused_line(cluster, f"patch deployment web --type=json -p '{json.dumps(copies)}'")
    assert "the server rejected our request due to an error in our request" in words
    many = [{"op": "test", "path": "/kind", "value": "Deployment"}] * 10_001
    words = refused_line(cluster, f"patch deployment web --type=json -p '{json.dumps(many)}'")
    assert "The allowed maximum operations in a JSON patch is 10000, got 10001" in words


def test_patches_that_deepen(cluster: Cluster) -> None:
    path, operations = "/metadata", []
    for _ in range(300):
        path += "/a"
        operations.append({"op": "add", "path": path, "value": {}})
    words = refused_line(cluster, f"patch deployment web --type=json -p '{json.dumps(operations)}'")
    assert "the server rejected our request due to an error in our request" in words


def test_a_patch_that_is_large(cluster: Cluster) -> None:
    annotations = json.dumps({"metadata": {"annotations": {"a": "x" * 1_000_000}}})
    assert "metadata.annotations: Too long: may not be more than 262144 bytes" in refused_line(
        cluster, f"patch deployment web -p '{annotations}'"
    )


def test_an_applied_object_that_grows_too_large(cluster: Cluster) -> None:
    grown = WEB.replace(
        "metadata: {name: web}",
        f"metadata: {{name: web, annotations: {{a: {'x' * 300_000}}}}}",
    )
    assert "may not be more than 262144 bytes" in refused_manifest(cluster, grown)
