"""Tables of objects: columns, what is added to them, and their text.

References
----------
``staging/src/k8s.io/cli-runtime/pkg/printers/tableprinter.go PrintObj, printTable, decorateTable @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from k8snb.kubectl.ages import since
from k8snb.kubectl.go_format import sprint
from k8snb.kubectl.printers.options import PrintOptions
from k8snb.kubectl.printers.tabwriter import align

Cell = str | int | bool | None


class Column(NamedTuple):
    """A column. A ``wide`` one is shown with ``-o wide`` only."""

    name: str
    wide: bool = False


class KindTable(NamedTuple):
    """How objects of a kind make a table: its columns, and the cells of one object at a moment.

    ``name_column`` is the index of the column that ``--show-kind`` puts the kind before.
    """

    columns: tuple[Column, ...]
    cells: Callable[[Any, int], Sequence[Cell]]
    name_column: int = 0


def kind_table(
    columns: str, cells: Callable[[Any, int], Sequence[Cell]], wide: str = "", name_column: int = 0
) -> KindTable:
    """A table from the names of its columns, divided by bars, and those that only wide tables have after them."""
    narrow = [Column(name) for name in columns.split("|")]
    more = [Column(name, wide=True) for name in wide.split("|") if name]
    return KindTable((*narrow, *more), cells, name_column)


DEFAULT_TABLE = kind_table(
    "Name|Age", lambda obj, now: (obj.metadata.name, since(obj.metadata.creation_timestamp, now))
)


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of an object, and what may be added to them."""

    cells: Sequence[Cell]
    namespace: str
    labels: Mapping[str, str]


def print_table(table: KindTable, rows: Sequence[Row], prefix: str, namespaces: bool, options: PrintOptions) -> str:
    """The text of a table; nothing where it has no rows.

    Parameters
    ----------
    table, rows
        What to print.
    prefix
        Goes before names: ``deployment.apps/``, or nothing.
    namespaces
        The table begins with the objects' namespaces.
    options
        Which columns, and whether they have a header.
    """
    lines = table_lines(table, rows, prefix, namespaces, options)
    return align("".join(f"{line}\n" for line in lines)) if rows else ""


def table_lines(
    table: KindTable, rows: Sequence[Row], prefix: str, namespaces: bool, options: PrintOptions
) -> list[str]:
    """The lines of a table, its cells with tabs between them; else as `print_table`."""
    shown = [i for i, column in enumerate(table.columns) if options.output == "wide" or not column.wide]
    lines = [] if options.no_headers else [_header([table.columns[i].name for i in shown], namespaces, options)]
    for row in rows:
        cells = [_prefixed(row.cells[i], prefix if i == table.name_column else "") for i in shown]
        lines.append("\t".join(_decorated([_text(c) for c in cells], row, namespaces, options)))
    return lines


def _header(names: Sequence[str], namespaces: bool, options: PrintOptions) -> str:
    before = ["NAMESPACE"] if namespaces else []
    labels = [label.rpartition("/")[2] for label in options.label_columns]
    after = ["LABELS"] if options.show_labels else []
    return "\t".join([*before, *(name.upper() for name in (*names, *labels)), *after])


def _prefixed(cell: Cell, prefix: str) -> Cell:
    return f"{prefix}{cell}" if prefix else cell


def _decorated(cells: Sequence[str], row: Row, namespaces: bool, options: PrintOptions) -> list[str]:
    before = [row.namespace] if namespaces else []
    labels = [row.labels.get(label, "") for label in options.label_columns]
    after = [format_labels(row.labels)] if options.show_labels else []
    return [*before, *cells, *labels, *after]


def _text(cell: Cell) -> str:
    """A cell on one line: what follows a line's end is left out, and control characters are shown."""
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return sprint(cell)
    for i, char in enumerate(cell):
        if char in "\f\n\r":
            return f"{escape_terminal(cell[:i])}..."
    return escape_terminal(cell)


def escape_terminal(text: str) -> str:
    """Text without the characters that would command a terminal."""
    return text.replace("\x1b", "^[").replace("\r", "\\r")


def format_labels(labels: Mapping[str, str]) -> str:
    """Labels on one line, ``<none>`` where there are none."""
    return ",".join(sorted(f"{k}={v}" for k, v in labels.items())) or "<none>"
