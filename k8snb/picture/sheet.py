"""A drawing as data: items with a place and a size, links between them. Widgets and SVG both draw it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

GAP = 14
PAD = 12
POD_LABEL = 33  # from a pod's middle to the end of its label
LETTER = 6.6  # the width of an 11 px monospaced letter
WIDE_LETTER = 7.6  # of a bold 13 px one


class Item(NamedTuple):
    """Something drawn: ``x`` and ``y`` are its centre.

    ``kind`` is ``frame``, ``box``, ``meter``, ``pod``, ``pill`` or ``text``; a text begins at ``x`` (or ends there,
    with the class ``right``). ``ref`` is what a click selects: ``pod/default/web-x``. ``hint`` explains it.
    """

    id: str
    kind: str
    x: float
    y: float
    w: float = 0
    h: float = 0
    label: str = ""
    classes: tuple[str, ...] = ()
    ref: str = ""
    hint: str = ""


class Link(NamedTuple):
    """A line from one item to another. ``kind`` is ``request``, ``trunk`` (many of these) or ``owns``."""

    id: str
    source: str
    target: str
    kind: str


class Picture(NamedTuple):
    """A whole drawing; ``summary`` says it in words."""

    width: float
    height: float
    items: dict[str, Item]
    links: dict[str, Link]
    summary: str


class Sheet:
    """A drawing in the making."""

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}
        self.links: dict[str, Link] = {}

    def add(self, item: Item) -> Item:
        """Put an item on the sheet."""
        self.items[item.id] = item
        return item

    def text(self, key: str, x: float, y: float, label: str, *classes: str, ref: str = "", hint: str = "") -> None:
        """Put words on the sheet, their middle at `y`."""
        self.add(Item(f"text {key}", "text", x, y, 0, 0, label, classes, ref, hint))

    def area(self, key: str, kind: str, box: Area, *classes: str, ref: str = "", hint: str = "") -> None:
        """Put a rectangle on the sheet."""
        x, y = box.left + box.w / 2, box.top + box.h / 2
        self.add(Item(key, kind, x, y, box.w, box.h, "", classes, ref, hint))

    def link(self, source: str, target: str, kind: str) -> None:
        """Draw a line, if both ends are on the sheet."""
        if source in self.items and target in self.items:
            key = f"{kind} {source} {target}"
            self.links[key] = Link(key, source, target, kind)

    def done(self, width: float, height: float, summary: str) -> Picture:
        """The finished drawing."""
        return Picture(width, height, self.items, self.links, summary)


class Area(NamedTuple):
    """A rectangle by its corner."""

    left: float
    top: float
    w: float
    h: float

    @property
    def bottom(self) -> float:
        """The y of its lower edge."""
        return self.top + self.h


def fit(label: str, room: float, letter: float = LETTER) -> str:
    """Cut a text to the room there is.

    Examples
    --------
    >>> fit("web-5d9c8f7b66", 60)
    'web-5d9…'
    """
    most = max(int(room / letter), 2)
    return label if len(label) <= most else f"{label[: most - 2]}…"


def listed(parts: Iterable[str]) -> str:
    """Parts of a line, set apart by dots."""
    return " · ".join(part for part in parts if part)


def curve(source: Item, target: Item, width: float, bend: float = 0.55) -> tuple[float, ...]:
    """A line between an item and a pill, as the eight numbers of a cubic curve from top to bottom.

    It ends on the pill where the other end stands in the picture, so that lines fan out and never move by themselves.
    `bend` is how far it goes straight down first.
    """
    upper, lower = (source, target) if source.y < target.y else (target, source)
    x1, x2 = _anchor(upper, lower, width), _anchor(lower, upper, width)
    y1 = upper.y + (POD_LABEL if upper.kind == "pod" and upper.label else upper.h / 2)
    y2 = lower.y - lower.h / 2
    way = (y2 - y1) * bend
    return (x1, y1, x1, y1 + way, x2, y2 - way, x2, y2)


def _anchor(end: Item, other: Item, width: float) -> float:
    """Where a line meets an item."""
    return end.x + (other.x / width - 0.5) * (end.w - 40) if end.kind == "pill" else end.x
