"""The rollout timeline as a widget."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import traitlets

from k8snb.cluster import Cluster
from k8snb.picture.axis import horizon_ms
from k8snb.picture.lanes import Lane
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
    """

    _esm = module("theme", "dom", "store", "timeline_paint", "timeline")
    _css = styles("timeline")

    selected = traitlets.Unicode().tag(sync=True)

    def __init__(self, source: Cluster | Session, kind: str = "") -> None:
        self._sent = _Sent()
        self._shown = Session.of(source)
        self.kind = kind
        self._remember()
        super().__init__(source, kind)
        self.selected = self.session.selected

    @property
    def timeline(self) -> Timeline:
        """The timeline that is drawn."""
        return self._shown.timeline_of(self.kind)

    # -- rows

    def _head(self) -> dict[str, Any]:
        session = self._shown
        timeline = self.timeline
        divider = timeline.divider(session.moment_ms)
        return {
            "now": session.now_ms,
            "playhead": session.past_ms,
            "horizon": horizon_ms(session.now_ms),
            "title": timeline.subject.title if timeline.subject is not None else "Rollout",
            "groups": [list(group) for group in timeline.groups(session.moment_ms)],
            "legend": [list(group) for group in timeline.legend(session.moment_ms)],
            "divider": list(divider) if divider is not None else None,
            "bands": [list(band) for band in timeline.bands],
        }

    def _lanes(self) -> Mapping[str, Lane]:
        timeline = self.timeline
        return {} if timeline.is_crowd else timeline.lanes

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
        return {"n": self._sent.n, "lanes": lanes, "curves": curves, "marks": marks, "hues": hues(), **self._sent.head}

    def _whole_curves(self) -> dict[str, list[Any]]:
        self._last_points = {}
        rows = self._curve_rows({})
        self._remember()
        return rows

    # -- in step

    def update(self) -> None:
        """Send what changed since the last message; everything when it is another timeline."""
        sent = self._sent
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
        curves = self._curve_rows(sent.curves)
        marks = self._mark_rows(sent.marks)
        head = {name: value for name, value in self._head().items() if sent.head.get(name) != value}
        if changed:
            message["lanes"] = changed
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
        return timeline_svg(self.timeline, self.session.moment_ms)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[Any, Any], dict[Any, Any]] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        return bundle and ({**bundle[0], "image/svg+xml": self.svg()}, bundle[1])


def _lane_row(lane: Lane) -> list[Any]:
    segments = [list(segment) for segment in lane.segments]
    return [lane.group, lane.label, lane.ref, segments, lane.end, lane.row, lane.hue, lane.outcome]
