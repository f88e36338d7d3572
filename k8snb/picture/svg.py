"""Small helpers to write SVG."""

from __future__ import annotations

import re
from html import escape

SANS = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"
MONO = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"
_SIZE = re.compile(r'width="([\d.]+)" height="([\d.]+)"')
PAGE, PANEL, EDGE, INK, SOFT = "#ffffff", "#f6f8fa", "#b8c2cc", "#1f2933", "#52606d"


def num(value: float) -> str:
    """A number as short as can be."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


def rect(x: float, y: float, w: float, h: float, extra: str = "") -> str:
    """A rectangle by its corner."""
    return f'<rect x="{num(x)}" y="{num(y)}" width="{num(w)}" height="{num(h)}" {extra}/>'


def line(x1: float, y1: float, x2: float, y2: float, extra: str = "") -> str:
    """A straight line."""
    return f'<line x1="{num(x1)}" y1="{num(y1)}" x2="{num(x2)}" y2="{num(y2)}" {extra}/>'


def text(x: float, y: float, words: str, *, size: int = 11, fill: str = INK, anchor: str = "start", **more: str) -> str:
    """Words; `y` is their middle."""
    extra = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in more.items())
    at = f'x="{num(x)}" y="{num(y + size * 0.36)}"'
    return f'<text {at} font-size="{size}" fill="{fill}" text-anchor="{anchor}"{extra}>{escape(words)}</text>'


def stack(pictures: list[str], title: str) -> str:
    """Several whole pictures below each other."""
    sizes = [_SIZE.search(picture) for picture in pictures]
    parts, top, width = [], 0.0, 0.0
    for picture, size in zip(pictures, sizes, strict=True):
        assert size is not None
        parts.append(picture.replace("<svg ", f'<svg y="{num(top)}" ', 1))
        width, top = max(width, float(size[1])), top + float(size[2])
    return document(width, top, parts, title)


def document(width: float, height: float, parts: list[str], title: str) -> str:
    """A whole picture with a name for those who do not see it."""
    box = f'viewBox="0 0 {num(width)} {num(height)}" width="{num(width)}" height="{num(height)}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img" font-family="{SANS}">'
    back = rect(0, 0, width, height, f'fill="{PAGE}"')
    return "\n".join([head, f"<title>{escape(title)}</title>", back, *parts, "</svg>"])
