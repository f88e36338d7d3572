"""How many requests were served and dropped in each second, as a strip of SVG below a timeline's lanes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from k8snb.picture import svg
from k8snb.picture.palette import FAULT, SERVED
from k8snb.picture.requests_strip import most_at_once, strip_rows
from k8snb.picture.svg_frame import Frame, LEFT

STRIP_H = 40


def requests_svg(traffic: Mapping[int, tuple[int, int]], frame: Frame, now_ms: int, top: float) -> Iterator[str]:
    """Draw a bar a second up to a moment: what was served stands on the line, what was dropped on top of it."""
    rows = [row for row in strip_rows(traffic) if row.second * 1000 <= now_ms]
    bottom = top + STRIP_H
    scale = (STRIP_H - 4) / most_at_once(rows)
    yield svg.text(LEFT - 10, top + STRIP_H / 2, "requests a second", fill=svg.SOFT, anchor="end")
    yield svg.line(LEFT, bottom, frame.right, bottom, f'stroke="{svg.EDGE}"')
    for second, served, dropped in rows:
        left = frame.x(second * 1000)
        width = max(frame.x(min((second + 1) * 1000, now_ms)) - left, 0.5)
        y = bottom - served * scale
        if served:
            yield svg.rect(left, y, width, served * scale, f'fill="{SERVED}" fill-opacity=".55"')
        if dropped:
            yield svg.rect(left, y - dropped * scale, width, dropped * scale, f'fill="{FAULT}"')
    x = frame.x(now_ms) + 8
    yield svg.text(x, top + STRIP_H / 2 - 7, f"served {sum(row.served for row in rows)}", fill="#00704F")
    yield svg.text(x, top + STRIP_H / 2 + 7, f"dropped {sum(row.dropped for row in rows)}", fill=FAULT)
