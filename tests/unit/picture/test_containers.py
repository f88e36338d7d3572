"""The lanes of containers below an opened pod, and the strip of requests."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from k8snb.cluster import Cluster
from k8snb.picture.chronicle import Chronicle
from k8snb.picture.containers import container_lanes
from k8snb.picture.lanes import row_key
from k8snb.picture.pod_state import STATES
from k8snb.picture.svg_timeline import timeline_svg
from k8snb.picture.timeline import Timeline

POD = """
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  initContainers:
  - {name: setup, image: "busybox:1", env: [{name: SIM, value: "run=3"}]}
  - {name: log, image: "fluent:1", restartPolicy: Always}
  containers:
  - name: web
    image: "app:1"
    startupProbe: {exec: {command: [ok-after, "3"]}, periodSeconds: 1}
    readinessProbe: {exec: {command: [ok-after, "6"]}, periodSeconds: 1}
  - {name: crash, image: "app:2", env: [{name: SIM, value: "run=4 exit=3"}]}
"""


@pytest.fixture
def timeline() -> Timeline:
    cluster = Cluster(nodes=1)
    assert cluster.apply(POD).exit == 0
    cluster.run(260)
    chronicle = Chronicle(cluster.log)
    chronicle.read()
    timeline = Timeline(chronicle)
    timeline.follow()
    return timeline


def words_of(timeline: Timeline) -> dict[str, list[str]]:
    (pod,) = timeline.chronicle.pods
    return {lane.label: [segment.words for segment in lane.segments] for lane in container_lanes(pod, None)}


def test_each_container_tells_what_it_waited_for_and_how_it_went(timeline: Timeline) -> None:
    words = words_of(timeline)
    assert list(words) == ["init setup", "sidecar log", "web", "crash"]
    assert words["init setup"] == ["PodInitializing", "running", "Completed, exit code 0"]
    assert words["sidecar log"] == ["PodInitializing", "ready"]
    assert words["web"] == ["PodInitializing", "not started", "not ready", "ready"]
    assert {"Error, exit code 3", "CrashLoopBackOff"} <= set(words["crash"])


def test_restarts_are_counted_where_they_happen(timeline: Timeline) -> None:
    (pod,) = timeline.chronicle.pods
    crash = container_lanes(pod, None)[-1]
    restarts = [segment.restarts for segment in crash.segments]
    assert restarts == sorted(restarts)
    assert restarts[-1] >= 2
    failing = [s for s in crash.segments if STATES[s.state] == "failing"]
    assert {s.words for s in failing} == {"Error, exit code 3", "CrashLoopBackOff"}


def test_the_lane_of_the_pod_says_what_kubectl_says(timeline: Timeline) -> None:
    (lane,) = timeline.lanes.values()
    reasons = [reason for _, _, reason in lane.segments]
    assert reasons[:3] == ["Pending", "Init:0/2", "Init:1/2"]
    assert "CrashLoopBackOff" in reasons


def test_only_opened_rows_have_containers(timeline: Timeline) -> None:
    (lane,) = timeline.lanes.values()
    assert timeline.containers([]) == {}
    assert timeline.containers(["another row"]) == {}
    assert list(timeline.containers([row_key(lane)])) == [lane.id]


def test_the_picture_grows_by_the_opened_containers_and_names_them(timeline: Timeline) -> None:
    (lane,) = timeline.lanes.values()
    closed, opened = (timeline_svg(timeline, 260_000, opened=rows) for rows in ([], [row_key(lane)]))
    heights = [float(ElementTree.fromstring(picture).attrib["height"]) for picture in (closed, opened)]
    assert heights[1] - heights[0] == 4 * 15
    for name in ("init setup", "sidecar log", "CrashLoopBackOff"):
        assert name in opened
    assert "init setup" not in closed


def test_the_requests_of_each_second_are_drawn_when_there_are_any(timeline: Timeline) -> None:
    plain = timeline_svg(timeline, 20_000)
    timeline.traffic = {second: (10 - second % 3, second % 3) for second in range(5, 40)}
    told = timeline_svg(timeline, 20_000)
    assert "requests a second" not in plain
    assert f"served {sum(10 - s % 3 for s in range(5, 21))}" in told
    assert f"dropped {sum(s % 3 for s in range(5, 21))}" in told
    ElementTree.fromstring(told)


def test_a_pod_that_has_no_node_yet_shows_its_containers_without_states() -> None:
    cluster = Cluster(nodes=0)
    cluster.apply(POD)
    cluster.run(5)
    chronicle = Chronicle(cluster.log)
    chronicle.read()
    timeline = Timeline(chronicle)
    timeline.follow()
    (lane,) = timeline.lanes.values()
    (found,) = timeline.containers([row_key(lane)]).values()
    assert [c.segments for c in found] == [()] * 4
    assert "sidecar log" in timeline_svg(timeline, 5_000, opened=[row_key(lane)])
