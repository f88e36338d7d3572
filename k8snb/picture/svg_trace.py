"""A trace as SVG: a column a component, a row a write, and lines from each write to what it led to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from k8snb.picture import svg
from k8snb.picture.palette import HUES
from k8snb.picture.sheet import fit

TIME_W, COLUMN_W, GAP = 72, 150, 14
HEAD_H, ROW_H, BOX_H = 58, 44, 36
LETTER = 6.1


class Column(NamedTuple):
    """A component, and the side of the cluster that it belongs to."""

    actor: str
    label: str
    side: str


class Deed(NamedTuple):
    """A write: by whom, because of which one (its ``seq``; -1 for none), in two lines."""

    seq: int
    cause: int
    time_ms: int
    actor: str
    words: str
    detail: str


class _Grid(NamedTuple):
    """Where columns and rows lie."""

    columns: Sequence[Column]
    rows: dict[int, int]  # the row of each deed, by its number in the log

    def left(self, actor: str) -> float:
        return TIME_W + [c.actor for c in self.columns].index(actor) * (COLUMN_W + GAP)

    def top(self, seq: int) -> float:
        return HEAD_H + self.rows[seq] * ROW_H


def trace_svg(columns: Sequence[Column], deeds: Sequence[Deed], title: str) -> str:
    """Draw what components wrote, in order, on a light page."""
    grid = _Grid(columns, {deed.seq: row for row, deed in enumerate(deeds)})
    width = TIME_W + len(columns) * (COLUMN_W + GAP)
    height = HEAD_H + len(deeds) * ROW_H + 8
    parts = [*_heads(grid, height), *_times(grid, deeds)]
    actors = {deed.seq: deed.actor for deed in deeds}
    for deed in deeds:
        if deed.cause in actors:
            parts.append(_link(grid, deed, actors[deed.cause]))
    parts.extend(_box(grid, deed) for deed in deeds)
    return svg.document(width, height, parts, title)


def _heads(grid: _Grid, height: float) -> Iterator[str]:
    sides: dict[str, list[Column]] = {}
    for column in grid.columns:
        sides.setdefault(column.side, []).append(column)
    for side, members in sides.items():
        left, right = grid.left(members[0].actor), grid.left(members[-1].actor) + COLUMN_W
        if side:
            yield svg.rect(left - 4, 4, right - left + 8, height - 8, f'rx="8" fill="{svg.PANEL}"')
            yield svg.text((left + right) / 2, 18, side, size=12, fill=svg.SOFT, anchor="middle")
    for column in grid.columns:
        middle = grid.left(column.actor) + COLUMN_W / 2
        label = fit(column.label, COLUMN_W, 7.2)
        yield svg.text(middle, 40, label, size=12, anchor="middle", font_weight="bold")
        yield svg.line(middle, 52, middle, height - 10, f'stroke="{svg.EDGE}" stroke-dasharray="2 4"')


def _times(grid: _Grid, deeds: Sequence[Deed]) -> Iterator[str]:
    before = -1
    for deed in deeds:
        if deed.time_ms != before:
            words = f"{deed.time_ms / 1000:.3f} s"
            yield svg.text(TIME_W - 10, grid.top(deed.seq) + BOX_H / 2, words, fill=svg.SOFT, anchor="end")
        before = deed.time_ms


def _link(grid: _Grid, deed: Deed, cause: str) -> str:
    """A line from the write that a component saw to what it wrote then."""
    x1, y1 = grid.left(cause) + COLUMN_W / 2, grid.top(deed.cause) + BOX_H
    y2 = grid.top(deed.seq) + BOX_H / 2
    left = grid.left(deed.actor)
    look = f'fill="none" stroke="{HUES[0].fill}" stroke-opacity=".55" stroke-width="1.3"'
    if cause == deed.actor:
        x = left + 10
        return f'<path d="M{svg.num(x)} {svg.num(y1)}V{svg.num(grid.top(deed.seq))}" {look}/>'
    x2 = left if left > x1 else left + COLUMN_W
    bend = f"{svg.num(x1)} {svg.num(y2)}"
    return f'<path d="M{svg.num(x1)} {svg.num(y1)}C{bend} {bend} {svg.num(x2)} {svg.num(y2)}" {look}/>'


def _box(grid: _Grid, deed: Deed) -> str:
    left, top = grid.left(deed.actor), grid.top(deed.seq)
    room = COLUMN_W - 14
    shape = svg.rect(left, top, COLUMN_W, BOX_H, f'rx="6" fill="{svg.PAGE}" stroke="{svg.INK}"')
    words = svg.text(left + 8, top + 12, fit(deed.words, room, LETTER), size=11, font_weight="bold")
    return shape + words + svg.text(left + 8, top + 26, fit(deed.detail, room, LETTER), size=11, fill=svg.SOFT)
