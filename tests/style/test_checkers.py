"""ruff, mypy and import-linter have nothing to say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from project_files import ROOT

BIN = Path(sys.executable).parent
COMMANDS = {
    "ruff": [str(BIN / "ruff"), "check", "--output-format=concise"],
    "ruff format": [str(BIN / "ruff"), "format", "--check"],
    "mypy": [sys.executable, "-m", "mypy", "--strict", "-p", "k8snb"],
    "import-linter": [str(BIN / "lint-imports"), "--no-logo"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_has_nothing_to_say(name: str) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    done = subprocess.run(COMMANDS[name], cwd=ROOT, env=environment, capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_core_needs_no_pandas_and_no_widgets() -> None:
    program = (
        "import sys, k8snb, k8snb.cli, k8snb.picture\n"
        "k8snb.Cluster(nodes=1).kubectl('create deployment web --image=nginx')\n"
        "heavy = ('pandas', 'numpy', 'IPython', 'ipywidgets', 'ipycytoscape', 'anywidget', 'traitlets')\n"
        "print(*[name for name in heavy if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=False, text=True)
    assert (done.stdout.strip(), done.stderr) == ("", "")
