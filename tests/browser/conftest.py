"""Notebooks open in one JupyterLab and one Chromium for all tests."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")

from lab_page import browsing, Lab, serving


@pytest.fixture(scope="session")
def jupyterlab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a running JupyterLab, and the folder that it shows."""
    with serving(tmp_path_factory.mktemp("jupyter")) as found:
        yield found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A headless Chromium."""
    with browsing() as browser:
        if browser is None:
            pytest.skip("chromium is not installed")
        yield browser


@pytest.fixture
def open_notebook(jupyterlab: tuple[str, Path], chromium: Any) -> Iterator[Callable[[Path], Lab]]:
    """Copies a notebook to JupyterLab's folder and opens it in a page of its own."""
    url, folder = jupyterlab
    labs = []

    def open_copy(notebook: Path) -> Lab:
        shutil.copy(notebook, folder / notebook.name)
        lab = Lab(chromium.new_page(viewport={"width": 1400, "height": 1400}), url, notebook.name)
        labs.append(lab)
        lab.open()
        return lab

    yield open_copy
    for lab in labs:
        lab.shut()
