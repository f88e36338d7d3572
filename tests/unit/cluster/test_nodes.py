"""Nodes as their kubelets register them."""

from __future__ import annotations

from k8snb import Cluster
from k8snb.api.version import VERSION


def test_a_kubelet_tells_its_version_and_what_it_runs_on() -> None:
    cluster = Cluster(nodes=1)
    header, row = cluster.kubectl("get nodes").stdout.splitlines()
    assert header.split()[-1] == "VERSION"
    assert row.split()[-1] == VERSION
    assert "Container Runtime Version:  sim://1" in cluster.kubectl("describe node node-1").stdout


def test_a_kubelet_says_since_when_its_node_is_well_and_comments_on_it() -> None:
    cluster = Cluster(nodes=1)
    cluster.run(10)
    cluster.fault(node="node-1", state="down")
    cluster.run(90)
    cluster.fault(node="node-1", state="up")
    cluster.run(10)
    lines = cluster.kubectl("describe node node-1").stdout.splitlines()
    pressure, ready = (
        next(line for line in lines if line.startswith(f"  {kind} ")) for kind in ("PIDPressure", "Ready")
    )
    assert pressure.endswith("KubeletHasSufficientPID      kubelet has sufficient PID available")
    assert ready.endswith("KubeletReady                 kubelet is posting ready status")
    assert "Jan 0001" not in pressure + ready


def test_kubelets_that_play_by_annotations_tell_nothing() -> None:
    row = Cluster(nodes=1, annotated=True).kubectl("get nodes --no-headers").stdout
    assert VERSION not in row


def test_a_node_that_is_added_later_is_like_the_others() -> None:
    cluster = Cluster(nodes=1)
    cluster.fault(node="node-2", state="add")
    assert all(row.endswith(VERSION) for row in cluster.kubectl("get nodes --no-headers").stdout.splitlines())
