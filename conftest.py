"""Which tests have to stay together on one of pytest-xdist's workers."""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling


class _Scheduling(LoadScopeScheduling):
    """Every test goes to the next free worker, but what shares a process does so on one worker."""

    def _split_scope(self, nodeid: str) -> str:
        path, _, _ = nodeid.partition("::")
        if path.endswith(".ipynb"):
            return path  # the cells of a notebook share a kernel
        if path.startswith("tests/browser/"):
            return "browser"  # one JupyterLab and one Chromium are enough for two cores
        return nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Take our scheduling for every ``-n``."""
    return _Scheduling(config, log)
