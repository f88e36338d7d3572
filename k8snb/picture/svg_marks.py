"""The marks of inputs and faults over a timeline in SVG; those that would fall together share a label."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from k8snb.picture import svg
from k8snb.picture.chronicle import Mark
from k8snb.picture.palette import FAULT
from k8snb.picture.sheet import fit, LETTER
from k8snb.picture.svg_frame import Frame

LEAST, MOST = 64, 150  # the pixels after which a label may be cut, and after which it is
GAP = 12


def gather(marks: Iterable[Mark], frame: Frame) -> list[list[Mark]]:
    """Marks that stand too close for a label each, in their order."""
    groups: list[list[Mark]] = []
    for mark in marks:
        if groups and frame.x(mark.time_ms) - frame.x(groups[-1][0].time_ms) < room_of(groups[-1]):
            groups[-1].append(mark)
        else:
            groups.append([mark])
    return groups


def room_of(group: Sequence[Mark]) -> float:
    """The room that a label for marks should have before the next one."""
    return min(GAP + len(group[0].label + _more(group)) * LETTER, LEAST)


def _more(group: Sequence[Mark]) -> str:
    return f" +{len(group) - 1}" if len(group) > 1 else ""


def marks_svg(marks: Sequence[Mark], frame: Frame, now_ms: int, top: float, bottom: float) -> Iterator[str]:
    """A line a mark, and a label for those that stand together: the first one's, and how many more there are."""
    shown = [mark for mark in marks if mark.time_ms <= now_ms and mark.kind != "warning"]
    for mark in shown:
        x, color = frame.x(mark.time_ms), _color(mark)
        yield svg.line(x, top, x, bottom, f'stroke="{color}" stroke-opacity=".5"')
        if mark.kind == "fault":
            yield f'<circle cx="{svg.num(x)}" cy="{svg.num(top)}" r="4" fill="{FAULT}"/>'
    groups = gather(shown, frame)
    starts = [frame.x(group[0].time_ms) for group in groups]
    for group, x, end in zip(groups, starts, [*starts[1:], frame.width], strict=False):
        room = min(end - x - GAP, MOST) - len(_more(group)) * LETTER
        yield _over_lines(x + 6, top + 6, fit(group[0].label, room) + _more(group), _color(group[0]))


def _over_lines(x: float, y: float, words: str, color: str) -> str:
    """Words on a halo of the page's colour."""
    return svg.text(x, y, words, fill=color, stroke=svg.PAGE, stroke_width="3", paint_order="stroke")


def _color(mark: Mark) -> str:
    return FAULT if mark.kind == "fault" else svg.SOFT
