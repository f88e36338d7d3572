"""How containers are stopped that have ended before their kubelet heard of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from k8snb.api.types.event import Event
from k8snb.cluster import Cluster


@pytest.mark.parametrize(
    ("hook", "complaints", "gone_ms"),
    [
        ({"exec": {"command": ["sleep", "3"]}}, ["PreStopHook failed"], 7_000),
        ({"httpGet": {"port": 80}}, ["PreStopHook failed"], 7_000),
        ({"sleep": {"seconds": 3}}, [], 10_000),  # the kubelet sleeps, whatever the container does
    ],
)
def test_a_hook_needs_a_container_that_runs_but_for_a_sleep(
    hook: dict[str, Any], complaints: list[str], gone_ms: int
) -> None:
    cluster = Cluster(nodes=1, exact=True)
    env = [{"name": "SIM", "value": "run=6"}]
    container = {"name": "c", "image": "app:1", "env": env, "lifecycle": {"preStop": hook}}
    manifest = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [container]}}
    assert cluster.apply(json.dumps(manifest) + "\n").exit == 0
    cluster.run(6.3)  # the next listing is at 7 s
    cluster.kubectl("delete pod p --wait=false")
    cluster.run(6)
    events = [c.new for c in cluster.log.changes(0) if isinstance(c.new, Event)]
    assert [e.message for e in events if e.reason == "FailedPreStopHook"] == complaints
    gone = [c.time_ms for c in cluster.log.changes(0) if c.resource == "Pod" and c.new is None]
    assert [round(time_ms, -3) for time_ms in gone] == [gone_ms]
