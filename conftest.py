"""How pytest-xdist's workers share the tests out, and what is no test."""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

collect_ignore_glob = ["*conftest.py"]  # no doctests in there, and pytest knows several by one name

_BROWSER = "tests/browser/"


class _Scheduling(LoadScopeScheduling):
    """Every test goes to the next free worker, but what shares a process does so on one worker."""

    def _split_scope(self, nodeid: str) -> str:
        path, _, _ = nodeid.partition("::")
        if path.endswith(".ipynb"):
            return path  # the cells of a notebook share a kernel
        if path.startswith(_BROWSER):
            return _BROWSER  # one JupyterLab and one Chromium are enough for two cores
        return nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Take our scheduling for every ``-n``, and the tests in their own order."""
    config.option.loadscopereorder = False
    return _Scheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser's tests come last, when the other workers are done: they measure how fast a picture follows."""
    items.sort(key=lambda item: item.nodeid.startswith(_BROWSER))
