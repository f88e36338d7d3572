"""What is left of containers that have exited."""

from __future__ import annotations

import json

from k8snb.api.types.pod_status import ContainerStatus
from k8snb.cluster import Cluster


def crashing(script: str) -> Cluster:
    cluster = Cluster(nodes=1, exact=True)
    spec = {"containers": [{"name": "c", "image": "app:1", "env": [{"name": "SIM", "value": script}]}]}
    manifest = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "finalizers": ["x/y"]}, "spec": spec}
    assert cluster.apply(json.dumps(manifest) + "\n").exit == 0
    return cluster


def codes(cluster: Cluster) -> tuple[int | None, int | None]:
    """With which code the container ended, and with which before that."""
    status: ContainerStatus = cluster.get("pod", "p").status.container_statuses[0]
    ends = status.state.terminated, status.last_state.terminated
    return None if ends[0] is None else ends[0].exit_code, None if ends[1] is None else ends[1].exit_code


def test_the_listing_that_shows_an_end_is_the_last_that_shows_the_one_before() -> None:
    cluster = crashing("run=2 exit=1,2,3")
    cluster.run(24.5)  # the third has just ended
    assert codes(cluster) == (3, 2)
    cluster.kubectl("delete pod p --wait=false")
    cluster.run(3)
    assert codes(cluster) == (3, 2)


def test_a_container_that_waits_and_is_stopped_has_ended_once_and_the_one_before_is_forgotten() -> None:
    cluster = crashing("run=2 exit=1,2")
    cluster.run(8)
    status = cluster.get("pod", "p").status.container_statuses[0]
    assert status.restart_count == 1
    cluster.kubectl("annotate pod p a=b")  # a sync that finds it has to wait
    cluster.run(3)
    assert codes(cluster) == (None, 2)
    cluster.kubectl("delete pod p --wait=false")
    cluster.run(3)
    assert codes(cluster) == (2, 2)
