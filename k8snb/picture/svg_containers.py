"""The lanes of the containers of an opened row, as SVG."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import NamedTuple

from k8snb.picture import svg
from k8snb.picture.containers import ContainerLane
from k8snb.picture.lanes import Lane
from k8snb.picture.palette import FAULT
from k8snb.picture.pod_state import FAILING, READY, STATES
from k8snb.picture.sheet import fit, LETTER
from k8snb.picture.svg_frame import Frame, hue_named, LEFT, look

SUB_H = 15
ROOM = 130  # for a container's name


class _Piece(NamedTuple):
    """One container of one pod of the row."""

    pod: Lane
    container: ContainerLane


def rows_of(lanes: Sequence[Lane], containers: Mapping[str, Sequence[ContainerLane]]) -> dict[str, list[_Piece]]:
    """The containers below a row, by their labels: those of the same name of all its pods stand on one line."""
    rows: dict[str, list[_Piece]] = {}
    for lane in lanes:
        for container in containers.get(lane.id, ()):
            rows.setdefault(container.label, []).append(_Piece(lane, container))
    return rows


def containers_svg(rows: Mapping[str, Sequence[_Piece]], frame: Frame, now_ms: int, top: float) -> Iterator[str]:
    """Draw a thin lane for each container."""
    for number, (label, pieces) in enumerate(rows.items()):
        middle = top + number * SUB_H + SUB_H / 2
        yield svg.text(LEFT - 10, middle, fit(label, ROOM), fill=svg.SOFT, anchor="end", font_family=svg.MONO)
        for piece in pieces:
            yield from _segments(piece, frame, now_ms, middle)
        restarts = [s.restarts for s in pieces[-1].container.segments if s.time_ms <= now_ms]
        if restarts and restarts[-1]:
            yield svg.text(frame.x(now_ms) + 8, middle, f"↻ {restarts[-1]}", fill=svg.SOFT)


def _segments(piece: _Piece, frame: Frame, now_ms: int, middle: float) -> Iterator[str]:
    segments, hue = piece.container.segments, hue_named(piece.pod.hue)
    stop = now_ms if piece.pod.end is None else min(piece.pod.end, now_ms)
    ends = [*(s.time_ms for s in segments[1:]), stop] if segments else []  # of a pod without a node nobody reports yet
    before = 0
    for segment, end in zip(segments, ends, strict=True):
        if segment.time_ms > stop:
            break
        left, width = frame.x(segment.time_ms), max(frame.x(min(end, stop)) - frame.x(segment.time_ms), 1)
        state = STATES[segment.state]
        body = svg.rect(left, middle - 5.5, width, 11, f'rx="1.5" {look(state, hue)}')
        yield f"<g><title>{escape(segment.words)}</title>{body}</g>"
        if segment.restarts > before:
            yield svg.line(left, middle - 7, left, middle + 7, f'stroke="{svg.INK}" stroke-width="2"')
        before = segment.restarts
        if state != READY and len(segment.words) * LETTER + 6 < width:
            yield svg.text(left + 4, middle, segment.words, fill=FAULT if state == FAILING else svg.INK)
