"""Descriptions are written line by line at levels, and aligned at the end.

References
----------
``staging/src/k8s.io/kubectl/pkg/describe/describe.go PrefixWriter, tabbedString @ v1.36``
"""

from __future__ import annotations

from k8snb.kubectl.printers.table import escape_terminal
from k8snb.kubectl.printers.tabwriter import align, DESCRIPTION

_STEP = "  "


class Writer:
    """Collects text; each level is indented by two blanks."""

    def __init__(self) -> None:
        self._parts: list[list[str]] = [[]]

    def write(self, level: int, text: str) -> None:
        """Add text after the indentation of a level."""
        self._parts[-1].append(escape_terminal(_STEP * level + text))

    def line(self, text: str) -> None:
        """Add text and end the line."""
        self.write(0, f"{text}\n")

    def field(self, level: int, name: str, value: object) -> None:
        """Add a line of a name and a value."""
        self.write(level, f"{name}:\t{value}\n")

    def flush(self) -> None:
        """What follows is aligned by itself."""
        self._parts.append([])

    def nested(self, levels: int) -> Writer:
        """A writer of the same text, so many levels deeper."""
        return _Nested(self, levels)

    @property
    def raw(self) -> str:
        """The text with its tabs."""
        return "".join("".join(part) for part in self._parts)

    @property
    def text(self) -> str:
        """The text, aligned."""
        return "".join(align("".join(part), DESCRIPTION) for part in self._parts)


class _Nested(Writer):
    def __init__(self, outer: Writer, levels: int) -> None:
        super().__init__()
        self._outer = outer
        self._levels = levels

    def write(self, level: int, text: str) -> None:
        self._outer.write(level + self._levels, text)
