"""The cluster graph as a widget: an ipycytoscape canvas, and a bridge that draws on it with one message an update."""

from __future__ import annotations

from typing import Any

import ipywidgets
import traitlets
from ipycytoscape import CytoscapeWidget, Graph

from k8snb.cluster import Cluster
from k8snb.picture.glyphs import glyph, SIZE
from k8snb.picture.graph import draw_graph, VIEWS, views_of, WIDTH
from k8snb.picture.palette import HUES, SERVED
from k8snb.picture.pod_state import FAILING, READY, RUNNING, STARTING, SUCCEEDED, TERMINATING
from k8snb.picture.sheet import curve, Item, Link, Picture
from k8snb.picture.svg_graph import graph_svg
from k8snb.widgets.assets import module, styles
from k8snb.widgets.part import PicturePart
from k8snb.widgets.rows import difference
from k8snb.widgets.session import Session
from k8snb.widgets.stylesheet import classes_of, look

QUADRATIC_BEND = 0.32  # cytoscape draws two quadratic curves where SVG has a cubic one
LEAST_WIDTH, MOST_WIDTH = 260, 1600
WIDTH_GRAIN = 20  # a picture is drawn anew only when the room changes by so many pixels


class GraphBridge(PicturePart):
    """Draws the picture on a canvas, and takes what a person chooses there."""

    _esm = module("theme", "dom", "tabs", "store", "graph")
    _css = styles("graph")

    canvas_id = traitlets.Unicode().tag(sync=True)
    view = traitlets.Enum(list(VIEWS), default_value="placement").tag(sync=True)
    views: traitlets.List[str] = traitlets.List().tag(sync=True)
    selected = traitlets.Unicode().tag(sync=True)
    look = traitlets.Dict().tag(sync=True)

    def __init__(self, source: Cluster | Session, canvas_id: str, view: str) -> None:
        self.width = float(WIDTH)
        self._n = 0
        self._items: dict[str, Any] = {}
        self._links: dict[str, Any] = {}
        self._head: dict[str, Any] = {}
        self._draw(Session.of(source), view)
        super().__init__(source, canvas_id=canvas_id, view=view, look=look())
        self.selected = self.session.selected
        self.views = views_of(self.session.chronicle)

    def _draw(self, session: Session, view: str) -> None:
        """Bring the rows up to date."""
        self.drawing = draw_graph(session.chronicle, session.moment_ms, view, self.width)
        self._items = {item.id: _item_row(item) for item in self.drawing.items.values()}
        self._links = {link.id: _link_row(link, self.drawing) for link in self.drawing.links.values()}
        picture = self.drawing
        self._head = {"view": view, "width": picture.width, "height": picture.height, "summary": picture.summary}

    def whole(self) -> dict[str, Any]:
        """All rows."""
        return {"n": self._n, "items": self._items, "links": self._links, **self._head}

    def update(self) -> None:
        """Send what changed since the last message."""
        items, links, head = self._items, self._links, self._head
        self._draw(self.session, self.view)
        changes = {"items": difference(items, self._items), "links": difference(links, self._links)}
        message = {name: change for name, change in changes.items() if change}
        if self._head != head:
            message["head"] = self._head
        if message:
            self._n += 1
            self.send({"kind": "change", "n": self._n, **message})
        self.selected = self.session.selected
        self.views = views_of(self.session.chronicle)

    def handle(self, message: dict[str, Any]) -> None:
        """Take the room that the browser has for the picture."""
        super().handle(message)
        if message.get("do") == "width" and isinstance(message.get("width"), int | float):
            room = min(max(message["width"], LEAST_WIDTH), MOST_WIDTH) - 4
            width = float(room // WIDTH_GRAIN * WIDTH_GRAIN)
            if width != self.width:
                self.width = width
                self.update()

    @traitlets.observe("view")
    def _show_view(self, _change: Any) -> None:
        if self._n or self.comm is not None:
            self.update()

    @traitlets.observe("selected")
    def _select(self, change: Any) -> None:
        self.session.select(change["new"])


def _item_row(item: Item) -> list[Any]:
    place = [round(v, 1) for v in (item.x, item.y, item.w, item.h)]
    return [item.kind, *place, item.label, classes_of(item), item.ref, item.hint]


def _link_row(link: Link, picture: Picture) -> list[Any]:
    """A line from its upper end to its lower one, with the points that it goes by."""
    source, target = picture.items[link.source], picture.items[link.target]
    if link.kind == "owns":
        x = source.x - source.w / 2 + 16
        points = (x, source.y + source.h / 2, x, target.y, target.x - target.w / 2, target.y)
        return [source.id, target.id, link.kind, [round(v, 1) for v in points]]
    upper, lower = (source, target) if source.y < target.y else (target, source)
    return [upper.id, lower.id, link.kind, [round(v, 1) for v in curve(source, target, picture.width, QUADRATIC_BEND)]]


_LEGEND_STATES = (READY, RUNNING, STARTING, TERMINATING, FAILING, SUCCEEDED)
_LEGEND_HUE = HUES[0]._replace(line="currentColor")


def legend_html() -> str:
    """What the forms and lines mean."""
    forms = "".join(
        f'<span><svg viewBox="0 0 {SIZE} {SIZE}" aria-hidden="true">{shape}</svg>{state}</span>'
        for state, shape in ((s, glyph(s, _LEGEND_HUE, "none")) for s in _LEGEND_STATES)
    )
    line = f'<path d="M0 8h16" stroke="{SERVED}" stroke-width="2"/>'
    requests = f'<span><svg viewBox="0 0 16 16" aria-hidden="true">{line}</svg>requests</span>'
    dots = "".join(f'<circle cx="{6 + 9 * n}" cy="8" r="4" fill="{hue.fill}"/>' for n, hue in enumerate(HUES))
    width = 9 * len(HUES) + 3
    box = f'viewBox="0 0 {width} 16" style="width:{width}px"'
    hues = f'<span><svg {box} aria-hidden="true">{dots}</svg>revisions</span>'
    return f'<div class="k8snb k8snb-legend">{forms}{requests}{hues}</div>'


class _Canvas(CytoscapeWidget):  # type: ignore[misc]
    """A canvas without widgets for nodes: the bridge draws on it."""

    @traitlets.observe("graph")
    def _close_replaced(self, change: Any) -> None:
        """Close the graph that the base class makes first and then replaces."""
        if isinstance(change["old"], Graph):
            change["old"].close()


class ClusterGraph(ipywidgets.VBox):  # type: ignore[misc]
    """The cluster graph.

    Parameters
    ----------
    source
        The cluster to show, or the session of other parts.
    view
        ``placement``, ``ownership``, ``traffic`` or ``identity``.

    Examples
    --------
    >>> from k8snb.cluster import Cluster
    >>> graph = ClusterGraph(Cluster())
    >>> graph
    ClusterGraph(3 nodes, 0 pods)
    >>> graph.close()
    """

    _parts: tuple[ipywidgets.Widget, ...] = ()

    def __init__(self, source: Cluster | Session, view: str = "placement") -> None:
        self.canvas = _Canvas(cytoscape_layout={"name": "preset"}, cytoscape_style=[])
        self.canvas.layout.height = "300px"
        self.bridge = GraphBridge(source, self.canvas.model_id, view)
        self.legend = ipywidgets.HTML(legend_html())
        self._parts = (self.bridge, self.canvas.graph, self.canvas, self.legend)
        super().__init__([self.bridge, self.canvas, self.legend])

    @property
    def session(self) -> Session:
        """What this part shares with others."""
        return self.bridge.session

    @property
    def view(self) -> str:
        """The view that is shown: ``placement``, ``ownership``, ``traffic`` or ``identity``."""
        return str(self.bridge.view)

    @view.setter
    def view(self, name: str) -> None:
        self.bridge.view = name

    def svg(self) -> str:
        """The picture as it is now, as SVG."""
        session = self.session
        return graph_svg(draw_graph(session.chronicle, session.moment_ms, self.view))

    def close(self) -> None:
        """Take the graph off the page and stop following the cluster."""
        for part in self._parts:
            part.close()
        super().close()

    def __repr__(self) -> str:
        return f"ClusterGraph({self.bridge.drawing.summary.partition(':')[0]})"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = super()._repr_mimebundle_(**kwargs)
        return {**bundle, "image/svg+xml": self.svg()}
