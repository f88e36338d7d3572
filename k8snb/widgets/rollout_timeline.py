"""The rollout timeline as a widget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import traitlets

from k8snb.cluster import Cluster
from k8snb.errors import K8snbError
from k8snb.picture.axis import horizon_ms
from k8snb.picture.containers import ContainerLane
from k8snb.picture.lanes import Lane, row_key
from k8snb.picture.requests_strip import strip_rows
from k8snb.picture.svg_timeline import timeline_svg
from k8snb.picture.timeline import Timeline
from k8snb.widgets.assets import module, styles
from k8snb.widgets.part import PicturePart
from k8snb.widgets.rows import difference
from k8snb.widgets.session import Session
from k8snb.widgets.stylesheet import hues


class _Sent:
    """What the browser has of a timeline."""

    def __init__(self) -> None:
        self.n = 0
        self.timeline: Timeline | None = None
        self.lanes: Mapping[str, Lane] = {}
        self.containers: Mapping[str, Sequence[ContainerLane]] = {}
        self.traffic: list[list[int]] = []
        self.curves: dict[str, int] = {}
        self.marks = 0
        self.head: dict[str, Any] = {}


class RolloutTimeline(PicturePart):
    """The rollout timeline: a lane a pod, the curves of its workload, the marks of inputs, and the playhead.

    Parameters
    ----------
    source
        The cluster to show, or the session of other parts.
    kind
        The kind of the workload that is told about; by default whatever the session follows.

    Attributes
    ----------
    traffic
        How many requests were served and dropped in each second, ``{second: (served, dropped)}``, to draw below the
        lanes; by default what the session's timeline has.
    opened
        The rows below which the containers of their pods are drawn; `unfold` and `fold` change it.
    """

    _esm = module("theme", "dom", "store", "timeline_paint", "timeline_rows", "timeline")
    _css = styles("timeline")

    selected = traitlets.Unicode().tag(sync=True)
    opened: traitlets.List[str] = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(self, source: Cluster | Session, kind: str = "") -> None:
        self._sent = _Sent()
        self._shown = Session.of(source)
        self._traffic: Mapping[int, tuple[int, int]] | None = None
        self.kind = kind
        self._remember()
        super().__init__(source, kind)
        self.selected = self.session.selected

    @property
    def timeline(self) -> Timeline:
        """The timeline that is drawn."""
        return self._shown.timeline_of(self.kind)

    @property
    def traffic(self) -> Mapping[int, tuple[int, int]] | None:
        """Requests by second: served and dropped."""
        return self._traffic if self._traffic is not None else self.timeline.traffic

    @traffic.setter
    def traffic(self, traffic: Mapping[int, tuple[int, int]] | None) -> None:
        self._traffic = traffic
        self.update()

    # -- rows that are opened

    def unfold(self, pod: str) -> None:
        """Draw the containers of a pod below its lane, and of the other pods of its row.

        Parameters
        ----------
        pod
            Its name.

        Raises
        ------
        K8snbError
            When there is no lane of such a pod.
        """
        self.opened = list(dict.fromkeys([*self.opened, self._row_of(pod)]))

    def fold(self, pod: str = "") -> None:
        """Draw its containers no more; by default those of all pods."""
        row = self._row_of(pod) if pod else ""
        self.opened = [other for other in self.opened if pod and other != row]

    def _row_of(self, pod: str) -> str:
        self.session.catch_up()
        lanes = [lane for lane in self.timeline.lanes.values() if lane.ref.rpartition("/")[2] == pod]
        if not lanes:
            raise K8snbError(f"there is no lane of a pod {pod!r}")
        return row_key(lanes[-1])

    @traitlets.observe("opened")
    def _open(self, _change: Any) -> None:
        self.update()

    # -- rows

    def _head(self) -> dict[str, Any]:
        session = self._shown
        timeline = self.timeline
        divider = timeline.divider(session.moment_ms)
        return {
            "now": session.now_ms,
            "playhead": session.past_ms,
            "horizon": horizon_ms(session.now_ms),
            "title": timeline.subject.title if timeline.subject is not None else "All pods",
            "groups": [list(group) for group in timeline.groups(session.moment_ms)],
            "legend": [list(group) for group in timeline.legend(session.moment_ms)],
            "divider": list(divider) if divider is not None else None,
            "bands": [list(band) for band in timeline.bands],
            "newest": timeline.grows_down,
        }

    def _lanes(self) -> Mapping[str, Lane]:
        timeline = self.timeline
        return {} if timeline.is_crowd else timeline.lanes

    def _containers(self) -> Mapping[str, Sequence[ContainerLane]]:
        return self.timeline.containers(self.opened)

    def _traffic_rows(self) -> list[list[int]]:
        return [list(row) for row in strip_rows(self.traffic or {})]

    def _curve_rows(self, starts: Mapping[str, int]) -> dict[str, list[Any]]:
        """The curves' points from the given positions on; the last one sent may have changed."""
        curves = self.timeline.curves
        rows = {}
        for name, track in curves.tracks.items() if curves is not None else ():
            start = max(starts.get(name, 0) - 1, 0)
            tail = [[time, value] for time, value in zip(track.times[start:], track.values[start:], strict=True)]
            if len(track) != starts.get(name) or (tail and self._last_points.get(name) != tail[-1]):
                rows[name] = [start, tail]
        return rows

    def _mark_rows(self, start: int) -> list[list[Any]]:
        return [[m.time_ms, m.kind, m.label, m.text] for m in self.timeline.marks()[start:]]

    def _remember(self) -> None:
        """Note what the browser has once it got everything up to now."""
        timeline, sent = self.timeline, self._sent
        sent.timeline = timeline
        sent.lanes = dict(self._lanes())
        sent.containers, sent.traffic = self._containers(), self._traffic_rows()
        tracks = timeline.curves.tracks if timeline.curves is not None else {}
        sent.curves = {name: len(track) for name, track in tracks.items()}
        self._last_points = {n: [t.times[-1], t.values[-1]] for n, t in tracks.items() if len(t)}
        sent.marks = len(timeline.marks())
        sent.head = self._head()

    def whole(self) -> dict[str, Any]:
        """The whole picture."""
        self._remember()
        lanes = {key: _lane_row(lane) for key, lane in self._lanes().items()}
        curves = {name: tail for name, (_, tail) in self._whole_curves().items()}
        marks = self._mark_rows(0)
        return {
            "n": self._sent.n,
            "lanes": lanes,
            "containers": {key: _container_rows(found) for key, found in self._sent.containers.items()},
            "curves": curves,
            "marks": marks,
            "traffic": self._sent.traffic,
            "hues": hues(),
            **self._sent.head,
        }

    def _whole_curves(self) -> dict[str, list[Any]]:
        self._last_points = {}
        rows = self._curve_rows({})
        self._remember()
        return rows

    # -- in step

    def update(self) -> None:
        """Send what changed since the last message; everything when it is another timeline."""
        sent = self._sent
        if "session" not in vars(self):
            return
        self.selected = self.session.selected
        if self.timeline is not sent.timeline:
            sent.n += 1
            self.send({"kind": "whole", "data": self.whole()})
            return
        message = self._changes()
        if message:
            self._remember()
            sent.n += 1
            self.send({"kind": "change", "n": sent.n, **message})

    def _changes(self) -> dict[str, Any]:
        sent = self._sent
        message: dict[str, Any] = {}
        lanes = self._lanes()
        changed = difference(sent.lanes, lanes)
        if "set" in changed:
            changed["set"] = {key: _lane_row(lane) for key, lane in changed["set"].items()}
        containers = difference(sent.containers, self._containers())
        if "set" in containers:
            containers["set"] = {key: _container_rows(found) for key, found in containers["set"].items()}
        traffic = self._traffic_rows()
        same = next((n for n, row in enumerate(sent.traffic) if traffic[n : n + 1] != [row]), len(sent.traffic))
        curves = self._curve_rows(sent.curves)
        marks = self._mark_rows(sent.marks)
        head = {name: value for name, value in self._head().items() if sent.head.get(name) != value}
        if changed:
            message["lanes"] = changed
        if containers:
            message["containers"] = containers
        if traffic != sent.traffic:
            message["traffic"] = [same, traffic[same:]]
        if curves:
            message["curves"] = curves
        if marks:
            message["marks"] = [sent.marks, marks]
        if head:
            message["head"] = head
        return message

    def handle(self, message: dict[str, Any]) -> None:
        """Move the playhead where a person dragged it."""
        super().handle(message)
        if message.get("do") == "seek":
            moment = message.get("ms")
            self.session.look(round(moment) if isinstance(moment, int | float) else None)

    @traitlets.observe("selected")
    def _select(self, change: Any) -> None:
        self.session.select(change["new"])

    def svg(self) -> str:
        """The picture as it is now, as SVG."""
        timeline = self.timeline
        return timeline_svg(timeline, self.session.moment_ms, opened=self.opened, traffic=self.traffic)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[Any, Any], dict[Any, Any]] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        return bundle and ({**bundle[0], "image/svg+xml": self.svg()}, bundle[1])


def _lane_row(lane: Lane) -> list[Any]:
    segments = [list(segment) for segment in lane.segments]
    return [lane.group, lane.label, lane.ref, segments, lane.end, lane.row, lane.hue, lane.outcome]


def _container_rows(containers: Sequence[ContainerLane]) -> list[list[Any]]:
    return [[found.label, found.name, [list(segment) for segment in found.segments]] for found in containers]
