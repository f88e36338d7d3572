"""A fresh terminal for each test."""

from __future__ import annotations

import pytest
from kubectl_terminal import SETTINGS, Terminal, WEB


@pytest.fixture
def terminal() -> Terminal:
    """A cluster of two nodes with nothing in it."""
    return Terminal()


@pytest.fixture
def web() -> Terminal:
    """A cluster to which the deployment ``web`` and the config map ``settings`` were just applied."""
    terminal = Terminal()
    terminal.out("apply -f -", f"{WEB}---{SETTINGS}")
    return terminal


@pytest.fixture
def running() -> Terminal:
    """A cluster in which both pods of ``web`` are ready."""
    terminal = Terminal()
    terminal.out("apply -f -", f"{WEB}---{SETTINGS}")
    terminal.run()
    return terminal
