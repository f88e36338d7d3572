"""Leases and nodes as readers see them: renewed and reported on again and again, without a write."""

from __future__ import annotations

from datetime import datetime, UTC

import pytest

from k8snb import Cluster


def renewed_at(cluster: Cluster, node: str = "node-1") -> float:
    """The second of the simulation at which a node's lease was renewed last."""
    text = cluster.kubectl(f"get lease {node} -n kube-node-lease -o jsonpath={{.spec.renewTime}}").stdout
    begin = cluster.kubectl("get namespace default -o jsonpath={.metadata.creationTimestamp}").stdout
    return (datetime.fromisoformat(text) - datetime.fromisoformat(begin).astimezone(UTC)).total_seconds()


@pytest.fixture
def cluster() -> Cluster:
    return Cluster(nodes=2, seed=1)


def test_a_lease_is_as_new_as_its_kubelet_would_have_made_it(cluster: Cluster) -> None:
    cluster.run(seconds=10)
    entries = len(cluster.log)
    cluster.run(seconds=600)
    assert len(cluster.log) == entries
    assert renewed_at(cluster) == 609
    lines = cluster.kubectl("describe node node-1").stdout.splitlines()
    lease = lines[lines.index("Lease:") :][:4]
    assert any("RenewTime:" in line and "10:09" in line for line in lease)


def test_the_lease_of_a_silent_node_grows_old(cluster: Cluster) -> None:
    cluster.run(seconds=10)
    cluster.fault(node="node-1", state="down")
    cluster.run(seconds=100)
    assert renewed_at(cluster) == 9
    assert renewed_at(cluster, "node-2") == 108
    cluster.fault(node="node-1", state="up")
    assert renewed_at(cluster) == 110
    cluster.run(seconds=7)
    assert renewed_at(cluster) == 117


def test_other_leases_are_left_as_they_are(cluster: Cluster) -> None:
    manifest = """
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: node-1, namespace: default}
spec: {holderIdentity: node-1, renewTime: "2026-01-01T00:00:00.000000Z"}
"""
    assert cluster.apply(manifest).exit == 0
    cluster.run(seconds=60)
    text = cluster.kubectl("get lease node-1 -o jsonpath={.spec.renewTime}").stdout
    assert text == "2026-01-01T00:00:00.000000Z"


def reported_at(cluster: Cluster) -> list[str]:
    """The minutes and seconds at which node-1's conditions were reported last."""
    path = "{range .status.conditions[*]}{.lastHeartbeatTime} {end}"
    text = cluster.kubectl(f"get node node-1 -o jsonpath='{path}'").stdout
    return [time[14:19] for time in text.split()]


def test_a_node_is_reported_on_every_five_minutes(cluster: Cluster) -> None:
    cluster.run(seconds=299)
    assert reported_at(cluster) == ["00:00"] * 4
    cluster.run(seconds=500)
    assert reported_at(cluster) == ["10:00"] * 4
    assert cluster.kubectl("label node node-1 a=b").exit == 0
    cluster.run(seconds=200)
    assert reported_at(cluster) == ["15:00"] * 4


def test_the_last_report_of_a_silent_node_stands(cluster: Cluster) -> None:
    cluster.run(seconds=700)
    cluster.fault(node="node-1", state="down")
    cluster.run(seconds=900)
    assert "NodeStatusUnknown" in cluster.kubectl("describe node node-1").stdout
    assert reported_at(cluster) == ["10:00"] * 4
