"""The rollout timeline as SVG, for where no widgets run."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from k8snb.picture import svg
from k8snb.picture.axis import clock, horizon_ms, tick_ms
from k8snb.picture.containers import ContainerLane
from k8snb.picture.lanes import Lane
from k8snb.picture.palette import FAULT, Hue, HUES, SERVED
from k8snb.picture.pod_state import FAILING, READY, RUNNING, STARTING, STATES
from k8snb.picture.sheet import fit, LETTER
from k8snb.picture.svg_containers import containers_svg, rows_of, SUB_H
from k8snb.picture.svg_frame import Frame, hue_named, LEFT, look
from k8snb.picture.svg_marks import marks_svg
from k8snb.picture.svg_requests import requests_svg, STRIP_H
from k8snb.picture.timeline import Band, Group, Timeline
from k8snb.picture.track import Track

WIDTH = 960
TOP = 12
MARKS_H, CURVES_H, LANE_H, GROUP_GAP, BAND_H = 20, 76, 16, 10, 60


class _Pen(NamedTuple):
    """How a curve is drawn, and the colour of its name."""

    stroke: str
    color: str


PENS = {
    "ceiling": _Pen(f'stroke="{svg.SOFT}" stroke-dasharray="5 4"', svg.SOFT),
    "floor": _Pen(f'stroke="{svg.SOFT}" stroke-dasharray="5 4"', svg.SOFT),
    "restarts": _Pen(f'stroke="{svg.SOFT}" stroke-dasharray="2 2"', svg.SOFT),
    "active": _Pen(f'stroke="{HUES[0].fill}" stroke-width="1.5" stroke-dasharray="6 2"', HUES[0].fill),
    "failed": _Pen(f'stroke="{FAULT}" stroke-width="1.75"', FAULT),
    "ready": _Pen(f'stroke="{SERVED}" stroke-width="2"', "#00704F"),
    "succeeded": _Pen(f'stroke="{SERVED}" stroke-width="2"', "#00704F"),
    "completions": _Pen(f'stroke="{svg.INK}" stroke-width="1.5"', svg.INK),
    "desired": _Pen(f'stroke="{svg.INK}" stroke-width="1.5"', svg.INK),
}
AREAS, FENCES = ("ready", "succeeded"), ("ceiling", "floor")


def timeline_svg(
    timeline: Timeline,
    now_ms: int,
    width: float = WIDTH,
    opened: Collection[str] = (),
    traffic: Mapping[int, tuple[int, int]] | None = None,
) -> str:
    """Draw a timeline up to a moment on a light page.

    Parameters
    ----------
    opened
        The rows below which containers are drawn, by `k8snb.picture.lanes.row_key`.
    traffic
        Requests that were served and dropped, by second; by default those that the timeline has.
    """
    containers, traffic = timeline.containers(opened), timeline.traffic if traffic is None else traffic
    frame = Frame(horizon_ms(now_ms), width)
    parts: list[str] = []
    top: float = TOP + MARKS_H
    if timeline.curves is not None:
        parts.extend(_curves(timeline.curves.tracks, frame, now_ms, top))
        top += CURVES_H + 22
    legend = timeline.legend(now_ms)
    if legend:
        parts.extend(_legend(legend, top))
        top += LANE_H + 4
    for group in timeline.groups(now_ms):
        drawn = _group(timeline, group, frame, now_ms, top, containers)
        if drawn:
            parts.extend(drawn.parts)
            top = drawn.bottom + GROUP_GAP
    if traffic:
        parts.extend(requests_svg(traffic, frame, now_ms, top))
        top += STRIP_H + GROUP_GAP
    parts.append(_playhead(frame, now_ms, top))
    parts.extend(marks_svg(timeline.marks(), frame, now_ms, TOP, top))
    parts[:0] = _grid(frame, top)
    title = f"Timeline of {timeline.subject.title}" if timeline.subject is not None else "Timeline of all pods"
    return svg.document(width, top + 22, parts, f"{title}, {clock(now_ms)}")


def _grid(frame: Frame, bottom: float) -> Iterator[str]:
    step = tick_ms(frame.end_ms)
    for time in range(0, frame.end_ms + 1, step):
        x = frame.x(time)
        yield svg.line(x, TOP, x, bottom, 'stroke="#e3e8ed"')
        yield svg.text(x, bottom + 12, clock(time), fill=svg.SOFT, anchor="middle")


def _playhead(frame: Frame, now_ms: int, bottom: float) -> str:
    x = frame.x(now_ms)
    head = f'<path d="M{svg.num(x - 6)} 2h12l-6 9z" fill="{HUES[0].fill}"/>'
    return head + svg.line(x, 4, x, bottom, f'stroke="{HUES[0].fill}" stroke-width="2"')


def _steps(track: Track[int | None], frame: Frame, now_ms: int) -> list[tuple[float, float, int]]:
    """The pieces of a curve: from where to where, and the value."""
    pieces = []
    ends = [*track.times[1:], now_ms]
    for (start, value), end in zip(track, ends, strict=True):
        if value is not None and start <= now_ms:
            pieces.append((frame.x(start), frame.x(min(end, now_ms)), value))
    return pieces


def _curves(tracks: dict[str, Track[int | None]], frame: Frame, now_ms: int, top: float) -> Iterator[str]:
    values = [v for track in tracks.values() for v in track.values if v is not None]
    scale = (CURVES_H - 6) / max([*values, 1])
    bottom = top + CURVES_H

    def path(name: str) -> str:
        drawn, at = "", -1.0
        for x1, x2, value in _steps(tracks[name], frame, now_ms):
            y = svg.num(bottom - value * scale)
            drawn += f"V{y}H{svg.num(x2)}" if x1 == at else f"M{svg.num(x1)} {y}H{svg.num(x2)}"
            at = x2
        return drawn

    for name in (name for name in AREAS if tracks.get(name)):
        for x1, x2, value in _steps(tracks[name], frame, now_ms):
            yield svg.rect(x1, bottom - value * scale, x2 - x1, value * scale, f'fill="{SERVED}" fill-opacity=".22"')
    drawn = [name for name in PENS if name in tracks and tracks[name].at(now_ms) is not None]
    for name in drawn:
        yield f'<path d="{path(name)}" fill="none" {PENS[name].stroke}/>'
    taken: list[float] = []
    for name in reversed(drawn):
        last = tracks[name].at(now_ms) or 0
        y, color = bottom - last * scale, PENS[name].color
        if name in FENCES:
            yield svg.text(LEFT - 10, y, f"{name} {last}", fill=color, anchor="end")
            continue
        while any(abs(y - other) < 13 for other in taken):
            y += 13
        taken.append(y)
        yield svg.text(frame.x(now_ms) + 8, y, f"{name} {last}", fill=color)


class _Drawn(NamedTuple):
    parts: list[str]
    bottom: float


def _group(
    timeline: Timeline,
    group: Group,
    frame: Frame,
    now_ms: int,
    top: float,
    containers: Mapping[str, Sequence[ContainerLane]],
) -> _Drawn | None:
    """One revision's lanes, or its band in a crowd; None when it has nothing up to now."""
    hue = hue_named(group.hue)
    color = hue.text if group.hue else svg.INK
    parts = [svg.text(12, top + 8, fit(group.label, 92, 7.2), size=12, fill=color, font_weight="bold")]
    if timeline.is_crowd:
        band = next((b for b in timeline.bands if b.group == group.key), None)
        if band is None:
            return None
        full = max(sum(c) for b in timeline.bands for c in b.counts)
        parts.extend(_band(band, hue, frame, now_ms, top, full))
        return _Drawn(parts, top + BAND_H)
    rows: dict[int, list[Lane]] = {}
    for lane in timeline.lanes.values():
        if lane.group == group.key and lane.segments[0][0] <= now_ms:
            rows.setdefault(lane.row, []).append(lane)
    divider = timeline.divider(now_ms)
    divided = divider.row if divider is not None and divider.group == group.key else None
    bottom = border = top
    for row in sorted(rows):
        parts.extend(_row(rows[row], frame, now_ms, bottom + LANE_H / 2))
        inner = rows_of(rows[row], containers)
        parts.extend(containers_svg(inner, frame, now_ms, bottom + LANE_H))
        bottom += LANE_H + len(inner) * SUB_H
        border = bottom if divided is not None and row < divided else border
    if divider is not None and divided is not None:
        parts.extend(_divider(divider.label, frame, border))
    return _Drawn(parts, bottom) if rows else None


def _row(lanes: Sequence[Lane], frame: Frame, now_ms: int, middle: float) -> Iterator[str]:
    """All lanes that stand on one line, named as the last of them."""
    yield svg.text(LEFT - 10, middle, fit(lanes[-1].label, 50), fill=svg.SOFT, anchor="end", font_family=svg.MONO)
    for lane in lanes:
        yield from _segments(lane, hue_named(lane.hue), frame, now_ms, middle)
        if lane.outcome and lane.end is not None and lane.end <= now_ms:
            yield _outcome(lane.outcome, frame.x(lane.end) - 5, middle)


def _outcome(outcome: str, x: float, y: float) -> str:
    """How a pod that ran to its end ended: a tick, or a cross."""
    good = outcome == "succeeded"
    path = (
        f"M{svg.num(x - 3)} {svg.num(y)}l2 2.5 4 -5.5" if good else f"M{svg.num(x - 3)} {svg.num(y - 3)}l6 6m0 -6l-6 6"
    )
    disc = f'<circle cx="{svg.num(x)}" cy="{svg.num(y)}" r="5" fill="{svg.PAGE}"/>'
    return f'{disc}<path d="{path}" fill="none" stroke="{"#00704F" if good else FAULT}" stroke-width="1.6"/>'


def _divider(label: str, frame: Frame, y: float) -> Iterator[str]:
    """A line between rows."""
    yield svg.line(LEFT - 60, y, frame.width, y, f'stroke="{HUES[0].fill}" stroke-width="1.5" stroke-dasharray="6 3"')
    yield svg.text(frame.right + 8, y - 8, label, fill=HUES[0].fill)


def _legend(groups: Sequence[Group], top: float) -> Iterator[str]:
    """The revisions and their hues, where the groups do not say them."""
    x: float = LEFT
    for group in groups:
        words = f"{group.label} · {group.images}"
        yield svg.rect(x, top + 2, 10, 10, f'rx="3" fill="{hue_named(group.hue).fill}"')
        yield svg.text(x + 15, top + 8, words, fill=hue_named(group.hue).text)
        x += len(words) * LETTER + 32


def _segments(lane: Lane, hue: Hue, frame: Frame, now_ms: int, middle: float) -> Iterator[str]:
    stop = now_ms if lane.end is None else min(lane.end, now_ms)
    ends = [*(s[0] for s in lane.segments[1:]), stop]
    for (start, state, reason), end in zip(lane.segments, ends, strict=True):
        if start > stop:
            break
        left, right = frame.x(start), frame.x(min(end, stop))
        body = svg.rect(left, middle - 5, max(right - left, 1), 10, f'rx="2" {look(STATES[state], hue)}')
        yield f"<g><title>{STATES[state]} {reason}</title>{body}</g>"


def _band(band: Band, hue: Hue, frame: Frame, now_ms: int, top: float, full: int) -> Iterator[str]:
    """Counts by state, stacked from ready at the bottom to failing at the top."""
    scale = (BAND_H - 6) / max(full, 1)
    ends = [*band.times[1:], now_ms]
    for start, end, counts in zip(band.times, ends, band.counts, strict=True):
        if start > now_ms:
            break
        y = top + BAND_H
        for index, count in enumerate(counts):
            if count:
                y -= count * scale
                width = max(frame.x(min(end, now_ms)) - frame.x(start), 0.5)
                opacity = {READY: 1, RUNNING: 0.5, STARTING: 0.25}.get(STATES[index], 0.12)
                fill = FAULT if STATES[index] == FAILING else hue.fill
                yield svg.rect(frame.x(start), y, width, count * scale, f'fill="{fill}" fill-opacity="{opacity}"')
