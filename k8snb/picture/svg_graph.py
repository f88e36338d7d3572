"""The cluster graph as SVG, for where no widgets run."""

from __future__ import annotations

from html import escape

from k8snb.picture import svg
from k8snb.picture.glyphs import glyph, SIZE
from k8snb.picture.palette import FAULT, Hue, HUES, NO_REVISION, SERVED
from k8snb.picture.pod_state import FAILING, READY, RUNNING, STARTING, SUCCEEDED, TERMINATING
from k8snb.picture.sheet import curve, Item, Link, Picture

MARGIN = 16
BAR_OPACITY = {READY: 1, RUNNING: 0.4, STARTING: 0, TERMINATING: 0.15, FAILING: 0, SUCCEEDED: 0.15}
LEGEND_H = 34


def graph_svg(picture: Picture) -> str:
    """Draw a view of the cluster graph on a light page."""
    frames = [_draw(item) for item in picture.items.values() if item.kind != "pod"]
    links = [_draw_link(link, picture) for link in picture.links.values() if link.kind != "trunk"]
    trunks = [_draw_link(link, picture) for link in picture.links.values() if link.kind == "trunk"]
    pods = [_draw(item) for item in picture.items.values() if item.kind == "pod"]
    body = [f'<g transform="translate({MARGIN} {MARGIN})">', *trunks, *frames, *links, *pods, "</g>"]
    height = picture.height + 2 * MARGIN + LEGEND_H
    body.append(f'<g transform="translate({MARGIN} {svg.num(height - LEGEND_H)})">{_legend()}</g>')
    return svg.document(picture.width + 2 * MARGIN, height, body, picture.summary)


def hue_of(classes: tuple[str, ...]) -> Hue:
    """The colour that an item's classes name."""
    for number, hue in enumerate(HUES):
        if f"r{number}" in classes:
            return hue
    return NO_REVISION


def _draw(item: Item) -> str:
    return _DRAWERS[item.kind](item)


def _corner(item: Item) -> tuple[float, float]:
    return item.x - item.w / 2, item.y - item.h / 2


def _draw_frame(item: Item) -> str:
    return svg.rect(*_corner(item), item.w, item.h, f'rx="8" fill="none" stroke="{svg.EDGE}" stroke-dasharray="2 3"')


def _draw_box(item: Item) -> str:
    stroke = FAULT if "trouble" in item.classes else svg.EDGE
    dashes = ' stroke-dasharray="5 3"' if {"trouble", "waiting"} & set(item.classes) else ""
    return svg.rect(*_corner(item), item.w, item.h, f'rx="8" fill="{svg.PANEL}" stroke="{stroke}"{dashes}')


def _draw_meter(item: Item) -> str:
    if "count" not in item.classes:
        return svg.rect(
            *_corner(item), item.w, item.h, f'rx="3" fill="{"#dfe5ea" if "back" in item.classes else SERVED}"'
        )
    hue = hue_of(item.classes)
    stroke = FAULT if FAILING in item.classes else hue.line
    opacity = next(BAR_OPACITY[word] for word in item.classes if word in BAR_OPACITY)
    fill = f'fill="{hue.fill}" fill-opacity="{opacity}" stroke="{stroke}"'
    return svg.rect(*_corner(item), item.w, item.h, fill)


def _draw_pill(item: Item) -> str:
    shape = svg.rect(*_corner(item), item.w, item.h, f'rx="14" fill="{svg.PAGE}" stroke="{svg.INK}"')
    return shape + svg.text(item.x, item.y, item.label, size=12, anchor="middle")


def _draw_text(item: Item) -> str:
    classes = set(item.classes)
    fill = svg.SOFT if "small" in classes else svg.INK
    if "strong" in classes:
        fill = hue_of(item.classes).text
    if "fault" in classes:
        fill = FAULT
    weight = {"font_weight": "bold"} if {"title", "strong"} & classes else {}
    size = 13 if "title" in classes else 11
    anchor = "end" if "right" in classes else "start"
    return svg.text(item.x, item.y, item.label, size=size, fill=fill, anchor=anchor, **weight)


def _draw_pod(item: Item) -> str:
    left, top = _corner(item)
    shape = glyph(item.classes[0], hue_of(item.classes), svg.PANEL)
    at = f'transform="translate({svg.num(left)} {svg.num(top)}) scale({item.w / SIZE:.3g})"'
    ring = f'fill="{SERVED}" fill-opacity=".35"' if "served" in item.classes else ""
    if ring:
        shape = f'<rect width="{SIZE}" height="{SIZE}" rx="8" {ring}/>{shape}'
    label = svg.text(item.x, item.y + 25, item.label, size=11, fill=svg.SOFT, anchor="middle", font_family=svg.MONO)
    return f"<g {at}><title>{escape(item.hint)}</title>{shape}</g>{label}"


_DRAWERS = {
    "frame": _draw_frame,
    "box": _draw_box,
    "meter": _draw_meter,
    "pill": _draw_pill,
    "text": _draw_text,
    "pod": _draw_pod,
}


def _draw_link(link: Link, picture: Picture) -> str:
    source, target = picture.items[link.source], picture.items[link.target]
    if link.kind == "owns":
        x = source.x - source.w / 2 + 16
        y, end = source.y + source.h / 2, target.x - target.w / 2
        return (
            f'<path d="M{svg.num(x)} {svg.num(y)}V{svg.num(target.y)}H{svg.num(end)}" fill="none" stroke="{svg.EDGE}"/>'
        )
    points = [svg.num(v) for v in curve(source, target, picture.width)]
    path = "M{} {}C{} {} {} {} {} {}".format(*points)
    return f'<path d="{path}" fill="none" stroke="{SERVED}" stroke-width="1.4" stroke-opacity=".7"/>'


def _legend() -> str:
    parts, x = [], 0
    for state in (READY, RUNNING, STARTING, TERMINATING, FAILING, SUCCEEDED):
        parts.append(f'<g transform="translate({x} 4) scale(.5)">{glyph(state, HUES[0])}</g>')
        parts.append(svg.text(x + 21, 12, state, fill=svg.SOFT))
        x += 34 + len(state) * 7
    parts.append(f'<path d="M{x} 12h18" stroke="{SERVED}" stroke-width="1.6"/>')
    parts.append(svg.text(x + 23, 12, "requests go here", fill=svg.SOFT))
    return "".join(parts)
