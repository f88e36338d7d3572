"""The whole lab: graph, timeline, player, controls, inspector and console of one deployment, in step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets

from k8snb.cluster import Cluster
from k8snb.errors import K8snbError
from k8snb.picture.svg import stack
from k8snb.widgets.assets import styles
from k8snb.widgets.cluster_graph import ClusterGraph
from k8snb.widgets.console import KubectlConsole
from k8snb.widgets.controls import Controls
from k8snb.widgets.inspector import Inspector
from k8snb.widgets.player import Player
from k8snb.widgets.rollout_timeline import RolloutTimeline
from k8snb.widgets.session import Session

Manifest = str | Path | Mapping[str, Any] | Sequence[Any]

ZONES = ("a", "b", "c")
WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 4
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: nginx
        image: nginx:1.25
        resources: {requests: {cpu: 500m}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80}]
"""


class _Sheet(anywidget.AnyWidget):
    """Brings the lab's style sheet onto the page; shows nothing."""

    _esm = "export default { render({ el }) { el.style.display = 'none'; } };"
    _css = styles("lab")


class DeploymentLab(ipywidgets.VBox):  # type: ignore[misc]
    """A laboratory for one deployment.

    Parameters
    ----------
    cluster_or_manifest
        A cluster; or a manifest (YAML text, a file, a dict, a list), which is applied to a new cluster of three nodes
        that runs until it has settled. By default a small web deployment with a service.
    autoplay
        Whether time begins to pass when a person acts in the browser, until nothing is going to change.

    Examples
    --------
    >>> lab = DeploymentLab()
    >>> lab
    DeploymentLab(deployment/web)
    >>> lab.controls.replicas = 6
    >>> lab.run(10)
    >>> lab.controls.state
    '6/6 ready · 6 updated · complete'
    >>> lab.close()
    """

    _parts: tuple[ipywidgets.Widget, ...] = ()

    def __init__(self, cluster_or_manifest: Cluster | Manifest | None = None, *, autoplay: bool = True) -> None:
        cluster = _cluster_of(cluster_or_manifest)
        self.session = session = Session.of(cluster)
        self.player = Player(session)
        self.graph = ClusterGraph(session)
        self.controls = Controls(session)
        self.inspector = Inspector(session)
        self.console = KubectlConsole(session)
        self.timeline = RolloutTimeline(session)
        self._sheet = _Sheet()
        if autoplay:
            self.controls.acted = self.console.acted = self.player.playback.react
        left = _box(ipywidgets.VBox, [_card(self.graph), _card(self.console)], "k8snb-side")
        right = _box(ipywidgets.VBox, [_card(self.controls), _card(self.inspector)], "k8snb-side")
        grid = _box(
            ipywidgets.Box,
            [
                _card(self.player, "k8snb-lab-wide"),
                left,
                right,
                _card(self.timeline, "k8snb-lab-wide"),
            ],
            "k8snb-lab-grid",
        )
        self._parts = (
            self.player,
            self.graph,
            self.controls,
            self.inspector,
            self.console,
            self.timeline,
            self._sheet,
        )
        super().__init__([self._sheet, grid])
        self.add_class("k8snb-lab")

    @property
    def cluster(self) -> Cluster:
        """The cluster that is shown: a branch, once one was taken."""
        return self.session.cluster

    def run(self, seconds: float) -> None:
        """Let time pass."""
        self.session.run(seconds)

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
        subject = self.session.subject
        return f"DeploymentLab({subject.title if subject is not None else 'empty cluster'})"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = super()._repr_mimebundle_(**kwargs)
        return {**bundle, "image/svg+xml": self.svg()}


def _cluster_of(given: Cluster | Manifest | None) -> Cluster:
    if isinstance(given, Cluster):
        return given
    cluster = Cluster(nodes=[{"name": f"node-{n}", "zone": zone} for n, zone in enumerate(ZONES, 1)])
    result = cluster.apply(WEB if given is None else given)
    if result.exit:
        raise K8snbError(result.stderr.strip())
    cluster.run_until_settled()
    return cluster


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
