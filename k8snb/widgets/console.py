"""A console for kubectl on the session's cluster."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import traitlets

from k8snb.cluster import Cluster
from k8snb.completion import complete_line
from k8snb.kubectl import Result
from k8snb.widgets.assets import module, styles
from k8snb.widgets.part import Part
from k8snb.widgets.session import Session


class KubectlConsole(Part):
    """A line to type kubectl commands in, with history, completion and what was answered.

    Parameters
    ----------
    source
        The cluster to talk to, or the session of other parts.
    """

    _esm = module("dom", "prompt", "console")
    _css = styles("console")

    entries: traitlets.List[Any] = traitlets.List().tag(sync=True)

    def __init__(self, source: Cluster | Session) -> None:
        self.acted: Callable[[], None] | None = None  # called after a person's line that changed something
        super().__init__(source)
        self.update()

    def update(self) -> None:
        """Show all answers so far."""
        self.entries = [
            {
                "line": a.line,
                "typed": not a.is_fault,
                "out": a.result.stdout,
                "err": a.result.stderr,
                "exit": a.result.exit,
            }
            for a in self.session.answers
        ]

    def run(self, line: str) -> Result:
        """Run a line as if it were typed."""
        before = len(self.session.cluster.log)
        result = self.session.kubectl(line)
        if self._from_browser and self.acted is not None and len(self.session.cluster.log) > before + 1:
            self.acted()  # more was written than the input itself
        return result

    def handle(self, message: dict[str, Any]) -> None:
        """Run or complete a typed line."""
        line = message.get("line")
        if not isinstance(line, str):
            return
        if message.get("do") == "run":
            self.run(line)
        elif message.get("do") == "complete":
            self.send({"kind": "completions", "line": line, "choices": complete_line(line, self.session.reader)})
