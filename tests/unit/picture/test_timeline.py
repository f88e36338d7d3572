"""Lanes, curves and marks of a rollout."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

from k8snb.cluster import Cluster
from k8snb.picture.axis import horizon_ms, tick_ms
from k8snb.picture.chronicle import Chronicle
from k8snb.picture.pod_state import STATES
from k8snb.picture.svg_timeline import timeline_svg
from k8snb.picture.timeline import first_subject, Subject, Timeline


def timeline_of(cluster: Cluster) -> Timeline:
    chronicle = Chronicle(cluster.log)
    chronicle.read()
    timeline = Timeline(chronicle, first_subject(chronicle, cluster.now_ms))
    timeline.follow()
    return timeline


def test_a_lane_a_pod_with_its_states_in_order(blocked: Cluster) -> None:
    timeline = timeline_of(blocked)
    assert timeline.subject == Subject("Deployment", "default/web")
    assert len(timeline.lanes) == len(timeline.chronicle.pods)
    for lane in timeline.lanes.values():
        words = [STATES[state] for _, state, _ in lane.segments]
        assert words[0] == "starting"
        times = [time for time, _, _ in lane.segments]
        assert times == sorted(times)
        assert lane.end is None or lane.end >= times[-1]
    first = next(iter(timeline.lanes.values()))
    shown = [STATES[s] for _, s, _ in first.segments]
    assert list(dict.fromkeys(shown))[:2] == ["starting", "ready"]  # without a probe, whatever runs is ready


def test_groups_are_revisions_with_their_hues(blocked: Cluster) -> None:
    groups = timeline_of(blocked).groups(blocked.now_ms)
    assert [(g.label, g.images, g.hue) for g in groups] == [
        ("revision 1", "nginx:1.25", "r0"),
        ("revision 2", "nginx:broken", "r1"),
    ]


def test_curves_have_the_bounds_that_percentages_come_to(blocked: Cluster) -> None:
    curves = timeline_of(blocked).curves
    assert curves is not None
    last = {name: track.last for name, track in curves.tracks.items()}
    assert last == {"desired": 6, "ready": 5, "updated": 3, "available": 5, "floor": 5, "ceiling": 8}
    assert [v for _, v in curves.tracks["desired"]] == [4, 6]


def test_following_piecewise_gives_the_same(blocked: Cluster) -> None:
    pieces = timeline_of(blocked)
    blocked.kubectl("rollout undo deployment/web")
    for _ in range(12):
        blocked.run(0.7)
        pieces.chronicle.read()
        pieces.follow()
    whole = timeline_of(blocked)
    assert pieces.lanes == whole.lanes
    assert pieces.curves is not None
    assert whole.curves is not None
    for name, track in whole.curves.tracks.items():
        assert list(pieces.curves.tracks[name]) == list(track)


def test_pods_of_others_have_no_lane(blocked: Cluster) -> None:
    blocked.kubectl("create deployment other --image=nginx:1.25")
    blocked.run(3)
    assert not [lane for lane in timeline_of(blocked).lanes.values() if "other" in lane.ref]


def test_a_crowd_becomes_bands() -> None:
    cluster = Cluster(nodes=12)
    cluster.kubectl("create deployment web --image=nginx:1.25 --replicas=320")
    cluster.run(6)
    timeline = timeline_of(cluster)
    (band,) = timeline.bands
    assert sum(band.counts[-1]) == 320
    assert band.counts[-1][STATES.index("ready")] == 320
    assert list(band.times) == sorted(set(band.times))
    ElementTree.fromstring(timeline_svg(timeline, cluster.now_ms))


def test_svg_is_well_formed_now_and_in_the_past(blocked: Cluster) -> None:
    timeline = timeline_of(blocked)
    now = "".join(ElementTree.fromstring(timeline_svg(timeline, blocked.now_ms)).itertext())
    assert "revision 2" in now
    assert "ceiling 8" in now
    past = "".join(ElementTree.fromstring(timeline_svg(timeline, 6000)).itertext())
    assert "revision 2" not in past


def test_the_axis_ends_at_a_round_time_beyond_the_present() -> None:
    for now in (0, 999, 30_000, 61_000, 3_600_000, 90_000_000):
        end = horizon_ms(now)
        assert end > now
        assert end % tick_ms(end) == 0
        assert end <= max(now * 1.6, 30_000)
