"""The inspector's words about probes, and the controls that break them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from k8snb.api.pods import is_ready
from k8snb.cluster import Cluster
from k8snb.widgets.labs import ClusterLab, DaemonSetLab, DeploymentLab, JobLab, StatefulSetLab
from k8snb.widgets.probe_words import NO_POD, NONE

WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: "app:1"
        lifecycle: {preStop: {sleep: {seconds: 3}}}
        startupProbe: {exec: {command: [ok-after, "3"]}, periodSeconds: 1, failureThreshold: 9}
        readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 2}
        livenessProbe: {exec: {command: ["true"]}, periodSeconds: 5}
"""

SEVERAL = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: "app:1"}, {name: proxy, image: "app:1"}]
      initContainers:
      - {name: log, image: "app:1", restartPolicy: Always}
      - {name: setup, image: "app:2", env: [{name: SIM, value: run=1}]}
"""


@pytest.fixture
def probed() -> Iterator[DeploymentLab]:
    cluster = Cluster(nodes=1)
    assert cluster.apply(WEB).exit == 0
    cluster.run(20)
    lab = DeploymentLab(cluster)
    lab.session.select(f"pod/{lab.session.chronicle.pods[0].key}")
    lab.inspector.tab = "probes"
    yield lab
    lab.close()


def test_numbers_finds_and_consequences_are_told(probed: DeploymentLab) -> None:
    text = probed.inspector.text
    assert "http-get http://:80/ delay=0s timeout=1s period=2s #success=1 #failure=3" in text
    assert "not asked again until the container is started anew" in text
    assert "the container becomes unready after 3 failures in a row" in text
    assert "preStop    sleep 3s" in text
    assert "Grace period 30 s: preStop, then SIGTERM" in text


def test_what_the_controls_break_is_seen_in_the_words(probed: DeploymentLab) -> None:
    probed.controls.press("probe", "liveness failing")
    line = probed.controls.answer["line"]
    name = probed.session.chronicle.pods[0].name
    assert line == f'cluster.fault(pod="{name}", state="failing", probe="liveness")'
    probed.run(6)
    assert "the container is restarted after 2 more failures; asked next at" in probed.inspector.text
    rows = {row["name"]: row for row in probed.controls.buttons}
    assert ["liveness passing", "let liveness pass again"] in rows["probe"]["choices"]
    probed.controls.press("probe", "liveness passing")
    probed.run(6)
    assert "the container is restarted after 3 failures in a row" in probed.inspector.text


def test_one_container_of_several_is_crashed_alone(probed: DeploymentLab) -> None:
    rows = {row["name"]: row for row in probed.controls.buttons}
    assert (rows["container"]["choices"], rows["container"]["hidden"]) == ([], True)
    cluster = Cluster(nodes=1)
    assert cluster.apply(SEVERAL).exit == 0
    cluster.run(10)
    lab = DeploymentLab(cluster)
    rows = {row["name"]: row for row in lab.controls.buttons}
    words = [["web", "crash web alone"], ["proxy", "crash proxy alone"], ["log", "crash log alone"]]
    assert (rows["container"]["choices"], rows["container"]["hidden"]) == (words, False)
    lab.controls.press("container", "proxy")
    assert lab.controls.answer["line"].endswith('state="exit", container="proxy", code=1)')
    lab.run(3)
    statuses = lab.session.chronicle.pods[0].objects.values[-1].status.container_statuses
    assert {s.name: s.restart_count for s in statuses} == {"web": 0, "proxy": 1}
    assert lab.controls.press("container", "nobody").stderr.startswith("container nobody is not valid for pod ")
    lab.close()


def test_the_past_tells_what_the_log_knows(probed: DeploymentLab) -> None:
    probed.controls.press("probe", "readiness failing")
    probed.run(20)
    assert "the container becomes ready after 1 success" in probed.inspector.text
    probed.session.seek(19_000)
    assert "the container is ready" in probed.inspector.text
    assert "HTTP probe failed" not in probed.inspector.text
    assert "asked next" not in probed.inspector.text
    assert "event: failed" in probed.inspector.text  # the startup probe, before it passed


def test_what_has_no_probes_is_told_so(lab: DeploymentLab) -> None:
    lab.inspector.tab = "probes"
    assert lab.inspector.text == NO_POD
    lab.session.select(f"pod/{lab.session.chronicle.pods[0].key}")
    assert lab.inspector.text.startswith(NONE)
    lab.session.select("pod/default/nobody")
    assert "not found" in lab.inspector.text


@pytest.mark.parametrize("kind", [DeploymentLab, StatefulSetLab, DaemonSetLab, JobLab, ClusterLab])
def test_every_lab_can_crash_pods_and_break_the_registry(kind: Any) -> None:
    lab = kind()
    for _ in range(20):  # a job's pods come and go
        if lab.controls.view().find_pod() is None:
            lab.run(0.5)
    assert lab.controls.press("crash").exit == 0
    assert 'state="exit", code=1' in lab.controls.answer["line"]
    for state, line in (
        ("slow", 'cluster.fault(registry="*", state="slow", seconds=30)'),
        ("down", 'cluster.fault(registry="*", state="down")'),
        ("up", 'cluster.fault(registry="*", state="up")'),
    ):
        assert lab.controls.press("registry", state).exit == 0
        assert lab.controls.answer["line"] == line
        rows = {row["name"]: row for row in lab.controls.buttons}
        assert state not in [value for value, _ in rows["registry"]["choices"]]
    assert lab.controls.press("registry", "sideways").exit == 1
    assert lab.controls.press("probe", "lively failing").exit == 1
    lab.close()


def test_a_crash_does_not_make_a_pod_count_as_ready_again(probed: DeploymentLab) -> None:
    probed.controls.press("unready")
    probed.controls.press("crash")
    assert probed.controls.label("unready") == "Make ready"
    probed.controls.press("unready")
    probed.run(40)
    assert is_ready(probed.cluster.get("pod", probed.session.chronicle.pods[0].name))
