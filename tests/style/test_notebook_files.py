"""The notebooks are valid, were run from top to bottom without an error, and have short cells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from project_files import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LONGEST_CELL = 15
LARGEST_FILE = 1_000_000


def _read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def test_the_start_notebook_is_there() -> None:
    assert "00_start_here.ipynb" in [path.name for path in NOTEBOOKS]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_is_valid_and_small(path: Path) -> None:
    notebook = _read(path)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    assert path.stat().st_size <= LARGEST_FILE


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_ran_from_top_to_bottom(path: Path) -> None:
    cells = [cell for cell in _read(path).cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert [out for cell in cells for out in cell.outputs if out.output_type == "error"] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_was_saved_without_what_changes_from_run_to_run(path: Path) -> None:
    """`make notebooks` saves them so."""
    notebook = _read(path)
    assert sorted(notebook.metadata) == ["kernelspec", "language_info"]
    assert {key for cell in notebook.cells for key in cell.metadata} <= {"tags"}
    shown = [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", ())]
    assert [data for data in shown if "application/vnd.jupyter.widget-view+json" in data] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_has_short_cells(path: Path) -> None:
    lengths = [len(cell.source.splitlines()) for cell in _read(path).cells if cell.cell_type == "code"]
    assert max(lengths) <= LONGEST_CELL
