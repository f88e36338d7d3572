"""Text with tabs to aligned columns, as Go's ``text/tabwriter`` does it.

References
----------
``staging/src/k8s.io/cli-runtime/pkg/printers/tabwriter.go GetNewTabWriter @ v1.36``
``staging/src/k8s.io/kubectl/pkg/describe/describe.go tabbedString @ v1.36``
"""

from __future__ import annotations

from collections.abc import Sequence

TABLE = (6, 3)  # the least width and the padding of a table's columns
DESCRIPTION = (0, 2)  # the same of a description's columns


def align(text: str, widths: tuple[int, int] = TABLE, remembered: list[int] | None = None) -> str:
    """Align the cells of consecutive lines.

    Parameters
    ----------
    text
        Lines whose cells end with tabs. The text after a line's last tab belongs to no column.
    widths
        The least width of a column, and the padding after its widest cell.
    remembered
        The widths of the columns so far, which only grow.

    Examples
    --------
    >>> align("a\\tb\\tc\\nlong\\tb\\tc\\n", (0, 2))
    'a     b  c\\nlong  b  c\\n'
    """
    lines = text.split("\n")
    found = [""] * len(lines)
    _format([line.split("\t") for line in lines], range(len(lines)), [], widths, found, remembered)
    return "\n".join(found)


def _format(
    lines: Sequence[list[str]],
    span: range,
    done: list[int],
    widths: tuple[int, int],
    found: list[str],
    remembered: list[int] | None,
) -> None:
    """Lay out the column after the `done` ones: blocks of consecutive lines that have a cell there go together."""
    column, least, padding = len(done), *widths
    start = span.start
    while start < span.stop:
        if column >= len(lines[start]) - 1:
            found[start] = _line(lines[start], done)
            start += 1
            continue
        end = start
        while end < span.stop and column < len(lines[end]) - 1:
            end += 1
        width = max(least, max(len(lines[i][column]) for i in range(start, end)) + padding)
        if remembered is not None:
            width = max([width, *remembered[column : column + 1]])
            remembered[column : column + 1] = [width]
        _format(lines, range(start, end), [*done, width], widths, found, remembered)
        start = end


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "".join(cell.ljust(widths[i]) if i < len(widths) else cell for i, cell in enumerate(cells))
