"""A whole lab: graph, timeline, player, controls, inspector and console of one cluster, in step."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import anywidget
import ipywidgets

from k8snb.cluster import Cluster
from k8snb.errors import K8snbError
from k8snb.nodes import NodeDescription
from k8snb.picture.svg import stack
from k8snb.widgets.assets import styles
from k8snb.widgets.cluster_graph import ClusterGraph
from k8snb.widgets.console import KubectlConsole
from k8snb.widgets.controls import Controls
from k8snb.widgets.inspector import Inspector
from k8snb.widgets.manifests import THREE_ZONES, WEB
from k8snb.widgets.player import Player
from k8snb.widgets.rollout_timeline import RolloutTimeline
from k8snb.widgets.session import Session

_NO_NAMESPACE = re.compile(r'namespaces "([^"]+)" not found')

Manifest = str | Path | Mapping[str, Any] | Sequence[Any]


class _Sheet(anywidget.AnyWidget):
    """Brings the lab's style sheet onto the page; shows nothing."""

    _esm = "export default { render({ el }) { el.style.display = 'none'; } };"
    _css = styles("lab")


class Lab(ipywidgets.VBox):  # type: ignore[misc]
    """A laboratory for one cluster, about one of its workloads.

    Parameters
    ----------
    cluster_or_manifest
        A cluster; or a manifest (YAML text, a file, a dict, a list), which is applied to a new cluster of the lab's
        nodes that runs until it has settled. By default the lab's own small example. Namespaces other than the default
        one belong into the manifest, too, before what is in them.
    autoplay
        Whether time begins to pass when a person acts in the browser, until nothing is going to change.

    Attributes
    ----------
    kind
        The kind of the workloads that it is about; empty for all kinds.
    manifest, nodes
        What it starts with by default.
    first_view
        The view of the cluster graph that it opens with.
    lead_seconds
        How long the example has been running by then; by default until it has settled.
    """

    kind: ClassVar[str] = ""
    manifest: ClassVar[str] = WEB
    nodes: ClassVar[Sequence[NodeDescription]] = THREE_ZONES
    first_view: ClassVar[str] = "placement"
    lead_seconds: ClassVar[float | None] = None

    _parts: tuple[ipywidgets.Widget, ...] = ()

    def __init__(self, cluster_or_manifest: Cluster | Manifest | None = None, *, autoplay: bool = True) -> None:
        self.session = session = Session.of(self._cluster_of(cluster_or_manifest))
        self.player = Player(session)
        self.graph = ClusterGraph(session, self.first_view)
        self.controls = Controls(session, self.kind)
        self.inspector = Inspector(session, self.kind)
        self.console = KubectlConsole(session)
        self.timeline = RolloutTimeline(session, self.kind)
        self._sheet = _Sheet()
        if autoplay:
            self.controls.acted = self.console.acted = self.player.playback.react
        self._parts = (
            self.player,
            self.graph,
            self.controls,
            self.inspector,
            self.console,
            self.timeline,
            self._sheet,
        )
        super().__init__([self._sheet, self._grid()])
        self.add_class("k8snb-lab")

    def _grid(self) -> ipywidgets.Box:
        """All parts in their places."""
        below, why = _card(self.console, "k8snb-console-card"), _card(self.inspector, "k8snb-inspector-card")
        left = _box(ipywidgets.VBox, [_card(self.graph), below], "k8snb-side")
        right = _box(ipywidgets.VBox, [_card(self.controls), why], "k8snb-side")
        wide = "k8snb-lab-wide"
        parts = [_card(self.player, wide), left, right, _card(self.timeline, wide, "k8snb-timeline-card")]
        return _box(ipywidgets.Box, parts, "k8snb-lab-grid")

    @classmethod
    def _cluster_of(cls, given: Cluster | Manifest | None) -> Cluster:
        if isinstance(given, Cluster):
            return given
        cluster = Cluster(nodes=cls.nodes)
        result = cluster.apply(cls.manifest if given is None else given)
        if result.exit:
            raise K8snbError(result.stderr.strip() + _how_to_have_namespaces(result.stderr))
        if given is None and cls.lead_seconds is not None:
            cluster.run(cls.lead_seconds)
        else:
            cluster.run_until_settled()
        return cluster

    @property
    def cluster(self) -> Cluster:
        """The cluster that is shown: a branch, once one was taken."""
        return self.session.cluster

    def run(self, seconds: float) -> None:
        """Let time pass."""
        self.session.run(seconds)

    def run_until_settled(self) -> None:
        """Let time pass until nothing is going to change any more."""
        self.session.run_until_settled()

    def svg(self) -> str:
        """Graph and timeline as they are now, as SVG."""
        return stack([self.graph.svg(), self.timeline.svg()], repr(self))

    def close(self) -> None:
        """Take the lab off the page and stop following the cluster; the cluster stays as it is."""
        for part in self._parts:
            part.close()
        for child in self.children[1:]:
            _close_boxes(child)
        super().close()

    def __repr__(self) -> str:
        subject = self.session.timeline_of(self.kind).subject
        return f"{type(self).__name__}({subject.title if subject is not None else 'empty cluster'})"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = super()._repr_mimebundle_(**kwargs)
        return {**bundle, "image/svg+xml": self.svg()}


def _how_to_have_namespaces(errors: str) -> str:
    """What to do about namespaces that are missing, if any are."""
    names = dict.fromkeys(_NO_NAMESPACE.findall(errors))
    documents = "".join(f"\n{{apiVersion: v1, kind: Namespace, metadata: {{name: {name}}}}}\n---" for name in names)
    return f"\nput before it in the manifest:{documents}" if names else ""


def _box(kind: type[ipywidgets.Box], children: list[ipywidgets.Widget], *classes: str) -> ipywidgets.Box:
    box = kind(children)
    for name in classes:
        box.add_class(name)
    return box


def _card(part: ipywidgets.Widget, *classes: str) -> ipywidgets.Box:
    return _box(ipywidgets.VBox, [part], "k8snb-card", *classes)


def _close_boxes(box: ipywidgets.Widget) -> None:
    """Close the boxes that only hold parts together."""
    for child in getattr(box, "children", ()):
        if type(child) in (ipywidgets.Box, ipywidgets.VBox):
            _close_boxes(child)
    box.close()
