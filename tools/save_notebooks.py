"""Runs the notebooks from top to bottom and saves what they print: `make notebooks`.

What is saved is the same in every run: no times, no widget models. Where a widget was shown its static picture stays,
so that a code host, and JupyterLab before the first run, show something true.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
KEPT = ("kernelspec", "language_info")
NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


def save(path: Path) -> None:
    """Run one notebook and write it back."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, resources={"metadata": {"path": str(path.parent)}}, store_widget_state=False)
    client.execute()
    notebook.metadata = NotebookNode({key: notebook.metadata[key] for key in KEPT})
    notebook.metadata.language_info.pop("version", None)  # the machine's Python says nothing about the notebook
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop(WIDGET_VIEW, None)
    nbformat.write(notebook, path)


def main(names: Iterable[str]) -> None:
    """Save the notebooks of these paths, or all."""
    for path in [Path(name) for name in names] or sorted(NOTEBOOKS.glob("*.ipynb")):
        save(path)
        print(path)


if __name__ == "__main__":
    main(sys.argv[1:])
