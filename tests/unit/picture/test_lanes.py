"""Lanes of each kind: by ordinal, by node, by index and by worker."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ElementTree

from k8snb.cluster import Cluster
from k8snb.picture.chronicle import Chronicle
from k8snb.picture.lanes import Lane
from k8snb.picture.svg_timeline import timeline_svg
from k8snb.picture.timeline import first_subject, Timeline
from k8snb.widgets.manifests import DATABASE

AGENT = """\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: agent, image: 'agent:1.0'}]}
"""


def job(mode: str, exits: str, policy: str = "Never") -> str:
    return f"""\
apiVersion: batch/v1
kind: Job
metadata: {{name: work}}
spec:
  completions: 5
  parallelism: 2
  completionMode: {mode}
  template:
    metadata: {{annotations: {{k8snb.dev/run: "3", k8snb.dev/exit: "{exits}"}}}}
    spec:
      restartPolicy: {policy}
      containers: [{{name: work, image: 'work:1'}}]
"""


def timeline_of(cluster: Cluster) -> Timeline:
    chronicle = Chronicle(cluster.log)
    chronicle.read()
    timeline = Timeline(chronicle, first_subject(chronicle, cluster.now_ms))
    timeline.follow()
    return timeline


def assert_apart(lanes: list[Lane]) -> None:
    """No two lanes of a row at once."""
    rows: dict[tuple[str, int], list[Lane]] = {}
    for lane in lanes:
        rows.setdefault((lane.group, lane.row), []).append(lane)
    for row in rows.values():
        row.sort(key=lambda lane: lane.segments[0][0])
        for one, other in itertools.pairwise(row):
            assert one.end is not None
            assert one.end <= other.segments[0][0]


def test_a_stateful_sets_lanes_are_its_ordinals_with_the_partition_between() -> None:
    cluster = Cluster()
    cluster.apply(DATABASE)
    cluster.run_until_settled()
    cluster.kubectl("""patch sts/db -p '{"spec":{"updateStrategy":{"rollingUpdate":{"partition":2}}}}'""")
    before = cluster.now_ms
    cluster.kubectl("set image sts/db postgres=postgres:17")
    cluster.run_until_settled()
    timeline = timeline_of(cluster)
    lanes = list(timeline.lanes.values())
    assert [g.label for g in timeline.groups(cluster.now_ms)] == ["ordinal"]
    assert {lane.row for lane in lanes} == {0, 1, 2, 3}
    assert [(lane.row, lane.hue) for lane in lanes if lane.end is None] == [(0, "r0"), (1, "r0"), (3, "r1"), (2, "r1")]
    assert_apart(lanes)
    assert timeline.divider(cluster.now_ms) == ("ordinal", 2, "partition 2")
    assert timeline.divider(before - 1) is None
    assert [g.label for g in timeline.legend(cluster.now_ms)] == ["revision 1", "revision 2"]
    text = "".join(ElementTree.fromstring(timeline_svg(timeline, cluster.now_ms)).itertext())
    assert "partition 2" in text
    assert "postgres:17" in text


def test_an_undo_renumbers_a_stateful_sets_revision() -> None:
    cluster = Cluster()
    cluster.apply(DATABASE)
    cluster.run_until_settled()
    cluster.kubectl("set image sts/db postgres=postgres:17")
    cluster.run_until_settled()
    cluster.kubectl("rollout undo sts/db")
    cluster.run_until_settled()
    labels = [g.label for g in timeline_of(cluster).legend(cluster.now_ms)]
    assert labels == ["revision 3", "revision 2"]


def test_a_daemon_sets_lanes_stand_by_node_and_a_surge_takes_a_second_row() -> None:
    cluster = Cluster(nodes=3)
    cluster.apply(AGENT)
    cluster.run_until_settled()
    cluster.kubectl("set image ds/agent agent=agent:2.0")
    cluster.run_until_settled()
    timeline = timeline_of(cluster)
    assert [g.label for g in timeline.groups(cluster.now_ms)] == ["node-1", "node-2", "node-3"]
    lanes = list(timeline.lanes.values())
    assert len(lanes) == 6
    assert {(lane.group, lane.row) for lane in lanes} == {(f"node-{n}", row) for n in (1, 2, 3) for row in (0, 1)}
    assert_apart(lanes)
    assert timeline.curves is not None
    assert {name: track.last for name, track in timeline.curves.tracks.items()} == {
        "desired": 3, "ready": 3, "updated": 3, "available": 3, "floor": 3, "ceiling": 4,
    }  # fmt: skip


def test_an_indexed_jobs_lanes_are_its_indexes() -> None:
    cluster = Cluster()
    cluster.apply(job("Indexed", "2:1,0;*:0"))
    cluster.run_until_settled()
    timeline = timeline_of(cluster)
    lanes = list(timeline.lanes.values())
    assert [g.label for g in timeline.groups(cluster.now_ms)] == ["index"]
    assert sorted(lane.row for lane in lanes) == [0, 1, 2, 2, 3, 4]
    assert [lane.outcome for lane in lanes if lane.row == 2] == ["failed", "succeeded"]
    assert_apart(lanes)
    assert timeline.curves is not None
    last = {name: track.last for name, track in timeline.curves.tracks.items()}
    assert last == {"completions": 5, "succeeded": 5, "failed": 1, "active": 0, "restarts": 0}


def test_a_jobs_workers_take_one_pod_after_the_other() -> None:
    cluster = Cluster()
    cluster.apply(job("NonIndexed", "0"))
    cluster.run_until_settled()
    timeline = timeline_of(cluster)
    lanes = list(timeline.lanes.values())
    assert [lane.row for lane in lanes].count(0) >= 2
    assert {lane.row for lane in lanes} == {0, 1}
    assert {lane.outcome for lane in lanes} == {"succeeded"}
    assert_apart(lanes)


def test_restarts_in_place_are_counted() -> None:
    cluster = Cluster()
    cluster.apply(job("NonIndexed", "1,1,0", "OnFailure"))
    cluster.run_until_settled()
    curves = timeline_of(cluster).curves
    assert curves is not None
    assert curves.tracks["restarts"].last == 2
    assert curves.tracks["failed"].last == 0


def test_following_piecewise_gives_the_same_for_every_kind() -> None:
    for manifest in (DATABASE, AGENT, job("Indexed", "1,0,0,1,0"), job("NonIndexed", "0,1,0")):
        cluster = Cluster()
        cluster.apply(manifest)
        pieces = timeline_of(cluster)
        for _ in range(60):
            cluster.run(0.7)
            pieces.chronicle.read()
            pieces.follow()
        whole = timeline_of(cluster)
        assert pieces.lanes == whole.lanes
        assert pieces.curves is not None
        assert whole.curves is not None
        for name, track in whole.curves.tracks.items():
            assert list(pieces.curves.tracks[name]) == list(track)
        ElementTree.fromstring(timeline_svg(whole, cluster.now_ms))
