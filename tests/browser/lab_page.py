"""JupyterLab on a free loopback port, Chromium to look at it, and a notebook open in both."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[2]
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
START_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def settings(folder: Path) -> Path:
    """Settings that keep JupyterLab from asking for news."""
    file = folder / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    file.parent.mkdir(parents=True)
    file.write_text('{"fetchNews": "false", "checkForUpdates": false}')
    return folder


@contextmanager
def serving(home: Path) -> Iterator[tuple[str, Path]]:
    """The address of a running JupyterLab with all its files in `home`, and the folder that it shows."""
    folder = home / "notebooks"
    folder.mkdir()
    port = free_port()
    python_path = os.pathsep.join(p for p in (str(ROOT), os.environ.get("PYTHONPATH", "")) if p)
    folders = {f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    folders |= {"JUPYTERLAB_SETTINGS_DIR": str(settings(home / "settings")), "IPYTHONDIR": str(home / "ipython")}
    folders |= {"JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"), "PYTHONPATH": python_path}
    command = [sys.executable, "-m", "jupyterlab", "--allow-root", "--no-browser", "--ip=127.0.0.1", f"--port={port}"]
    command += ["--IdentityProvider.token=", "--LabApp.expose_app_in_browser=True", "--ServerApp.port_retries=0"]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=folder, env={**os.environ, **folders}, stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + START_SECONDS
            while not answers(f"http://127.0.0.1:{port}/api"):
                assert server.poll() is None, (home / "log").read_text()
                assert time.monotonic() < deadline, (home / "log").read_text()
                time.sleep(0.2)
            yield f"http://127.0.0.1:{port}", folder
        finally:
            server.terminate()
            server.wait(20)


@contextmanager
def browsing() -> Iterator[Any]:
    """A headless Chromium; nothing where it is not installed."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        yield None
        return
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()


def notebook_of(path: Path, *sources: str) -> Path:
    """Write a notebook of these cells."""
    rest: dict[str, Any] = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": []}
    cells = [{**rest, "id": f"cell-{n}", "source": source} for n, source in enumerate(sources)]
    spec = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    path.write_text(json.dumps({"cells": cells, "metadata": spec, "nbformat": 4, "nbformat_minor": 5}))
    return path


class Lab:
    """A notebook open in JupyterLab."""

    def __init__(self, page: Any, url: str, name: str) -> None:
        self.page = page
        self.url = url
        self.name = name
        self.errors: list[str] = []
        page.set_default_timeout(60_000)
        page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def open(self, *, reset: bool = True) -> None:
        self.page.goto(f"{self.url}/lab/tree/{self.name}{'?reset' if reset else ''}")
        self.page.wait_for_function("window.jupyterapp?.shell?.currentWidget?.content?.widgets?.length > 0")
        self.page.wait_for_selector(".jp-Notebook .jp-Cell")

    def command(self, name: str) -> None:
        self.page.evaluate("name => window.jupyterapp.commands.execute(name)", name)

    def run_all(self) -> None:
        """Run every cell, and wait until the last one is done."""
        idle = "window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'"
        self.page.wait_for_function(idle)
        self.command("notebook:run-all-cells")
        self.page.wait_for_function(
            """() => window.jupyterapp.shell.currentWidget.content.widgets.every((cell) =>
                 cell.model.type !== 'code' || !cell.model.sharedModel.source.trim() || cell.model.executionCount)
               && window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'""",
            timeout=120_000,
        )
        self.page.wait_for_timeout(500)  # the last messages are on their way

    def outputs(self, kind: str) -> list[dict[str, Any]]:
        """The outputs of one kind (``error``, ``stream`` …) of all cells, as the notebook stores them."""
        cells = self.page.evaluate("window.jupyterapp.shell.currentWidget.content.model.sharedModel.toJSON().cells")
        return [o for cell in cells for o in cell.get("outputs", ()) if o["output_type"] == kind]

    def save(self) -> None:
        self.command("docmanager:save")
        self.page.wait_for_function("!window.jupyterapp.shell.currentWidget.context.model.dirty")

    def slide(self, label: str, keys: str) -> None:
        """Move a slider with the keyboard, as a person does; only the key's release lets it act."""
        self.page.locator(f'.k8snb-controls input[type=range][aria-label="{label}"]').first.focus()
        self.page.keyboard.press(keys)

    def drawn(self, selector: str) -> int:
        """How many elements of a class the first cluster graph draws."""
        found: int = self.page.evaluate(
            "s => document.querySelector('.k8snb-canvas')?._cyreg?.cy?.nodes(s).length ?? 0", selector
        )
        return found

    def wait_drawn(self, selector: str, count: int) -> None:
        """Wait until the first cluster graph draws so many elements of a class."""
        drawn = "document.querySelector('.k8snb-canvas')?._cyreg?.cy?.nodes(s).length === n"
        self.page.wait_for_function(f"([s, n]) => {drawn}", arg=[selector, count])

    def shut(self) -> None:
        """End the kernel and close the page."""
        self.page.evaluate("window.jupyterapp.shell.currentWidget?.sessionContext?.shutdown()")
        self.page.close()
