"""Keeping widgets in step with the notebook: after every cell the parts look at what it did to their cluster."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class AfterCells:
    """Calls a function after every cell of the running notebook, if there is one."""

    def __init__(self, act: Callable[[], None]) -> None:
        self._act = act
        self._events: Any = None

    def _after(self, _result: Any = None) -> None:
        self._act()

    def start(self) -> None:
        """Begin to follow cells."""
        from IPython import get_ipython

        shell = get_ipython()
        if shell is not None and self._events is None:
            self._events = shell.events
            self._events.register("post_run_cell", self._after)

    def stop(self) -> None:
        """Follow them no more."""
        if self._events is not None:
            self._events.unregister("post_run_cell", self._after)
            self._events = None
