"""Files and functions stay small, and every module says what it is. These limits only tighten."""

from __future__ import annotations

import ast

import pytest
from project_files import PACKAGE, project_files, shown

LONGEST_FILE = 500
LONGEST_KUBELET_FILE = 300  # a file a concern, as upstream's ideas are
LONGEST_FUNCTION = 60
KUBELET = PACKAGE / "kubelet"


def test_files_are_short() -> None:
    lengths = (
        (len(path.read_text(encoding="utf-8").splitlines()), shown(path)) for path in project_files(".py", ".js")
    )
    assert [row for row in lengths if row[0] > LONGEST_FILE] == []


def test_files_of_the_kubelet_are_shorter() -> None:
    lengths = [(len(path.read_text(encoding="utf-8").splitlines()), shown(path)) for path in KUBELET.glob("*.py")]
    assert len(lengths) > 1
    assert [row for row in lengths if row[0] > LONGEST_KUBELET_FILE] == []


def test_functions_are_short() -> None:
    too_long = [
        f"{shown(path)}:{node.lineno} {node.name}: {node.end_lineno - node.lineno + 1} lines"
        for path in project_files(".py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= LONGEST_FUNCTION
    ]
    assert too_long == []


def test_every_module_says_what_it_is() -> None:
    silent = [shown(p) for p in project_files(".py") if not ast.get_docstring(ast.parse(p.read_text(encoding="utf-8")))]
    assert silent == []


def test_no_module_is_a_drawer() -> None:
    assert [shown(p) for p in project_files(".py") if p.stem in ("utils", "util", "helpers", "misc", "common")] == []


@pytest.mark.parametrize("name", ["py.typed"])
def test_the_package_says_that_it_is_typed(name: str) -> None:
    assert (PACKAGE / name).exists()
