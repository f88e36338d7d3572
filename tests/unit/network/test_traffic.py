"""Requests to a service: where they go, and what becomes of them when pods come and go."""

from __future__ import annotations

from typing import Any

import pytest

from k8snb import Cluster
from k8snb.errors import K8snbError, NotFound
from k8snb.network import Outcome, Traffic

WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: %(replicas)d
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 30
      containers:
      - name: nginx
        image: nginx:1
        env: [{name: SIM, value: "%(sim)s"}]
        lifecycle: %(lifecycle)s
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
"""
SLEEP = "{preStop: {sleep: {seconds: %d}}}"


def running(replicas: int = 3, sim: str = "term=0.2", lifecycle: str = "{}") -> Cluster:
    cluster = Cluster(nodes=3, seed=0)
    assert cluster.apply(WEB % {"replicas": replicas, "sim": sim, "lifecycle": lifecycle}).exit == 0
    cluster.run(20)
    return cluster


def since(traffic: Traffic, seconds: float) -> dict[str, int]:
    """How many requests there were of each outcome since a moment."""
    outcomes = [r.outcome for r in traffic.requests if r.time_ms >= seconds * 1000]
    return {outcome.value: outcomes.count(outcome) for outcome in Outcome if outcome in outcomes}


def test_all_is_served_by_all_pods_while_nothing_happens() -> None:
    traffic = running().traffic("web", rate=50)
    assert set(since(traffic, 10)) == {"served"}
    assert len({r.pod for r in traffic.requests if r.time_ms > 10_000}) == 3
    assert traffic.served + traffic.dropped == len(traffic.requests) == 50 * 20 - 5 + 1  # the last are under way


def test_before_a_pod_is_ready_there_is_nobody_to_ask() -> None:
    traffic = running().traffic("web", rate=10)
    assert traffic.requests[0].outcome is Outcome.NO_ENDPOINT
    assert traffic.requests[0].pod == ""


def test_a_pod_that_stops_at_once_drops_what_still_comes_until_the_proxies_know() -> None:
    cluster = running()
    traffic = cluster.traffic("web", rate=200, delay=1.0)
    begin = cluster.now
    cluster.kubectl("rollout restart deployment/web")
    cluster.run(30)
    assert since(traffic, begin)["refused"] > 50  # a third of 200 a second, for about a second, for each of three pods
    at_once = cluster.traffic("web", rate=200, delay=0)
    assert since(at_once, begin).get("refused", 0) < 20


def test_a_pre_stop_hook_that_waits_lets_nothing_drop() -> None:
    cluster = running(lifecycle=SLEEP % 5)
    traffic = cluster.traffic("web", rate=200, delay=1.0)
    begin = cluster.now
    cluster.kubectl("rollout restart deployment/web")
    cluster.run(60)
    assert set(since(traffic, begin)) == {"served"}


def test_a_container_that_ends_cuts_off_what_is_under_way() -> None:
    cluster = running(replicas=1, sim="run=30 exit=1")
    cluster.run(25)
    found = since(cluster.traffic("web", rate=100, duration=0.5), 0)
    assert found["cut"] in range(40, 60)
    assert found["refused"] > 0


def test_a_node_that_fails_answers_nobody_until_its_pods_are_out_of_the_endpoints() -> None:
    cluster = running()
    begin, node = cluster.now, cluster.kubectl("get pods -o jsonpath={.items[0].spec.nodeName}").stdout
    cluster.fault(node=node, state="down")
    cluster.run(30)
    assert since(cluster.traffic("web"), begin)["refused"] > 300
    cluster.run(60)
    assert set(since(cluster.traffic("web"), cluster.now - 5)) == {"served"}


def test_terminating_pods_serve_when_no_other_is_ready() -> None:
    cluster = running(lifecycle=SLEEP % 10)
    begin = cluster.now
    cluster.kubectl("scale deployment/web --replicas=0")
    cluster.run(8)
    assert set(since(cluster.traffic("web"), begin)) == {"served"}
    cluster.run(20)
    assert set(since(cluster.traffic("web"), cluster.now - 2)) == {"no endpoint"}


def test_pods_that_live_by_annotations_are_asked_too() -> None:
    cluster = Cluster(nodes=1, annotated=True)
    cluster.apply(WEB % {"replicas": 2, "sim": "", "lifecycle": "{}"})
    cluster.run(10)
    begin = cluster.now
    assert set(since(cluster.traffic("web"), begin - 5)) == {"served"}
    cluster.kubectl("rollout restart deployment/web")
    cluster.run(20)
    assert since(cluster.traffic("web", delay=0.5), begin)["refused"] > 0


def test_asking_changes_nothing_and_finds_the_same_each_time() -> None:
    cluster = running()
    digest, first = cluster.log.digest(), list(cluster.traffic("web").requests)
    assert cluster.traffic("web").requests == first
    assert cluster.log.digest() == digest
    followed = cluster.traffic("web")
    assert followed.requests == first
    cluster.run(5)
    assert followed.requests[: len(first)] == first
    assert followed.requests == cluster.traffic("web").requests == cluster.fork().traffic("web").requests


def test_tables() -> None:
    pytest.importorskip("pandas")
    traffic = running().traffic("web", rate=20)
    by_pod = traffic.by_pod
    assert by_pod.served.sum() == traffic.served
    assert (by_pod[["refused", "cut", "no_endpoint"]].sum().sum(), by_pod.pod.isna().sum()) == (traffic.dropped, 1)
    assert traffic.by_second.served.sum() == traffic.served
    assert list(traffic.table.columns) == ["time", "pod", "outcome"]
    assert repr(traffic) == f"Traffic(service/web, 20/s: {traffic.served} served, {traffic.dropped} dropped)"


@pytest.mark.parametrize("rate", [0, -1, 1e9, "5", True, float("nan")])
def test_rates_that_are_none(rate: Any) -> None:
    with pytest.raises(K8snbError, match="rate"):
        running(replicas=1).traffic("web", rate=rate)


def test_services_and_times_that_are_none() -> None:
    cluster = running(replicas=1)
    with pytest.raises(NotFound, match='services "nope" not found'):
        cluster.traffic("nope")
    with pytest.raises(K8snbError, match="delay"):
        cluster.traffic("web", delay=-1)
