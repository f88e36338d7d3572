"""Files that a user names and that are no manifests, or no files to read to the end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from refusals import refused_line, refused_manifest, WEB

from k8snb import Cluster

CHANGED = WEB.replace("replicas: 2", "replicas: 3")


def written(folder: Path, content: bytes, name: str = "manifest.yaml") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"a: \xff\xfe\n", "yaml: invalid UTF-8"),
        (CHANGED.encode("utf-16"), "yaml: invalid UTF-8"),
        (CHANGED.encode("latin-1").replace(b"nginx", b"ngin\xe9"), "yaml: invalid UTF-8"),
        (bytes(range(256)), "yaml: invalid UTF-8"),
        (b"a: b\x00\n", "yaml: control characters are not allowed"),
        (b"\x1f\x8b\x08\x00", "yaml: invalid UTF-8"),
        (b"a: b: c\n", "yaml: line 1: mapping values are not allowed in this context (column 5)"),
    ],
)
def test_contents_that_are_no_text(cluster: Cluster, tmp_path: Path, content: bytes, problem: str) -> None:
    path = written(tmp_path, content)
    words = f"error: error parsing {path}: error converting YAML to JSON: {problem}\n"
    assert refused_manifest(cluster, path) == words
    assert refused_line(cluster, f"apply -f {path}") == words
    assert refused_line(cluster, f"create -f {tmp_path}") == words


def test_a_byte_order_mark_and_foreign_line_ends_are_fine(cluster: Cluster, tmp_path: Path) -> None:
    path = written(tmp_path, b"\xef\xbb\xbf" + CHANGED.replace("\n", "\r\n").encode())
    assert cluster.apply(path).exit == 0
    assert cluster.get("deployment", "web").spec.replicas == 3


def test_paths_that_lead_nowhere(cluster: Cluster, tmp_path: Path) -> None:
    for path in ("nowhere", "nowhere.yaml", "~/nowhere.yaml", "[[[.yaml", "x" * 5000, f"{tmp_path}/*.yaml"):
        assert refused_line(cluster, f"apply -f '{path}'") == f'error: the path "{path}" does not exist\n'
    assert refused_manifest(cluster, "x\0.yaml") == 'error: the path "x\\x00.yaml" does not exist\n'


def test_a_folder_without_manifests(cluster: Cluster, tmp_path: Path) -> None:
    written(tmp_path, WEB.encode(), "manifest.txt")
    words = f"error: error reading [{tmp_path}]: recognized file extensions are [.json .yaml .yml]\n"
    assert refused_manifest(cluster, tmp_path) == words


def test_a_bad_file_among_good_ones(cluster: Cluster, tmp_path: Path) -> None:
    written(tmp_path, CHANGED.encode(), "1.yaml")
    written(tmp_path, b"a: [\n", "2.yaml")
    assert "2.yaml: error converting YAML to JSON" in refused_manifest(cluster, tmp_path)


@pytest.fixture
def endless(tmp_path: Path) -> list[str]:
    """Names of what can be opened but never ends, or never begins."""
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    return [str(pipe), "/dev/zero", "/dev/null"]


def test_what_is_no_file_is_not_read(cluster: Cluster, endless: list[str]) -> None:
    for path in endless:
        words = f'error: the path "{path}" cannot be accessed: not a regular file\n'
        assert refused_manifest(cluster, Path(path)) == words
        assert refused_line(cluster, f"get -f {path}") == words
        for line in (
            f"create configmap c --from-file={path}",
            f"create configmap c --from-env-file={path}",
            f"create secret generic s --from-file=a={path}",
            f"patch deployment web --patch-file={path}",
            f"get pods -o jsonpath-file={path}",
            f"get pods -o go-template-file={path}",
            f"get pods -o custom-columns-file={path}",
        ):
            assert "not a regular file" in refused_line(cluster, line)


def test_files_that_are_not_there(cluster: Cluster, tmp_path: Path) -> None:
    path = tmp_path / "nowhere"
    for line in (
        f"create configmap c --from-file={path}",
        f"create configmap c --from-env-file={path}",
        f"patch deployment web --patch-file={path}",
        f"get pods -o jsonpath-file={path}",
        f"get pods -o custom-columns-file={path}",
    ):
        assert "no such file or directory" in refused_line(cluster, line)
