"""Pods that name their node themselves: the kubelet looks whether they fit."""

from __future__ import annotations

import json
from typing import Any

import pytest

from k8snb.api.types.event import Event
from k8snb.api.types.pod import Pod
from k8snb.cluster import Cluster

GPU = {"example.com/gpu": "1"}


def direct(name: str, node: str = "node-1", **spec: Any) -> str:
    containers = [{"name": "c", "image": "app:1", **spec.pop("container", {})}]
    body = {"nodeName": node, "containers": containers, **spec}
    return json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": body}) + "\n"


def requests(**amounts: str) -> dict[str, Any]:
    return {"resources": {"requests": amounts}}


def ports(host_port: int) -> dict[str, Any]:
    return {"ports": [{"containerPort": 80, "hostPort": host_port}]}


def the_pod(cluster: Cluster, name: str = "p") -> Pod:
    pod = cluster.get("pod", name)
    assert isinstance(pod, Pod)
    return pod


@pytest.mark.parametrize(
    ("spec", "reason", "message"),
    [
        (
            {"container": requests(cpu="3500m", memory="9999Gi")},  # the first of all that is lacking
            "OutOfcpu",
            "Node didn't have enough resource: cpu, requested: 3500, used: 1000, capacity: 4000",
        ),
        ({"container": requests(cpu="3")}, "", ""),
        (
            {"container": requests(memory="17Gi")},
            "OutOfmemory",
            "Node didn't have enough resource: memory, requested: 18253611008, used: 0, capacity: 17179869184",
        ),
        ({"container": {"resources": {"requests": GPU, "limits": GPU}}}, "", ""),  # nobody knows of such a resource
        (
            {"nodeSelector": {"disk": "ssd"}, "container": ports(80)},
            "NodeAffinity",
            "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
        ),
        (
            {"container": ports(80)},
            "NodePorts",
            "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
        ),
        ({"container": ports(81)}, "", ""),
        (
            {"nodeSelector": {"kubernetes.io/os": "windows"}},
            "PodOSSelectorNodeLabelDoesNotMatch",
            "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label",
        ),
        (
            {"os": {"name": "windows"}},
            "PodOSNotSupported",
            "Failed to admit pod as the OS field doesn't match node OS",
        ),
    ],
)
def test_what_does_not_fit_has_failed(spec: dict[str, Any], reason: str, message: str) -> None:
    cluster = Cluster(nodes=[{"name": "node-1", "cpu": "4", "memory": "16Gi"}], exact=True)
    cluster.apply(direct("old", container={**requests(cpu="1"), **ports(80)}))
    cluster.run(3)
    cluster.apply(direct("p", **spec))
    cluster.run(3)
    status = the_pod(cluster).status
    assert (status.phase, status.reason) == ("Failed" if reason else "Running", reason)
    assert status.message == (f"Pod was rejected: {message}" if reason else "")
    assert bool(status.container_statuses) is not bool(reason)
    told = [e for e in cluster.server.store.tables["Event"].values() if isinstance(e, Event) and e.type == "Warning"]
    assert [(e.reason, e.message) for e in told] == ([(reason, message)] if reason else [])
    cluster.kubectl("delete pod p --wait=false")
    cluster.run(3)
    assert "p" not in cluster.kubectl("get pods").stdout.split()


def test_taints_count_that_drive_pods_away_and_no_others() -> None:
    cluster = Cluster(nodes=1, exact=True)
    cluster.kubectl("taint node node-1 a=b:NoSchedule")
    cluster.apply(direct("p"))
    cluster.run(2)
    cluster.kubectl("taint node node-1 c=d:NoExecute")
    cluster.apply(direct("q") + "---\n" + direct("r", tolerations=[{"key": "c", "operator": "Exists"}]))
    cluster.run(0.5)
    pods = [change.new for change in cluster.log.changes() if change.key == "default/q" and isinstance(change.new, Pod)]
    assert pods[-1].status.reason == "TaintToleration"
    assert "q" not in cluster.kubectl("get pods").stdout.split()  # the taint drives it away, too
    assert the_pod(cluster, "r").status.phase == "Running"


def test_a_pod_waits_for_its_node() -> None:
    cluster = Cluster(nodes=1, exact=True)
    cluster.apply(direct("p", node="later"))
    cluster.run(5)
    assert the_pod(cluster).status.phase == "Pending"
    cluster.fault(node="later", state="add")
    cluster.run(5)
    assert the_pod(cluster).status.phase == "Running"


def test_a_scheduler_has_looked_already() -> None:
    cluster = Cluster(nodes=1, exact=True)
    cluster.kubectl("run web --image=app:1")
    cluster.run(3)
    cluster.kubectl("taint node node-1 c=d:NoSchedule")
    assert the_pod(cluster, "web").status.phase == "Running"


@pytest.mark.parametrize("after_ms", [0, 1, 10, 60])
def test_a_rejected_pod_goes_when_it_was_deleted_before_it_was_said_that_it_failed(after_ms: int) -> None:
    cluster = Cluster(nodes=1, exact=True)
    cluster.apply(direct("p", nodeSelector={"disk": "ssd"}))
    cluster.run(after_ms / 1000)
    cluster.kubectl("delete pod p --wait=false")
    cluster.run(1)
    assert "p" not in cluster.kubectl("get pods").stdout.split()


@pytest.mark.parametrize("after_ms", [-1, 0, 1, 10])
def test_a_node_that_is_down_rejects_nothing_until_it_is_up(after_ms: int) -> None:
    cluster = Cluster(nodes=1, exact=True)
    cluster.run(1)
    if after_ms < 0:
        cluster.fault(node="node-1", state="down")
    cluster.apply(direct("p", nodeSelector={"disk": "ssd"}) + "---\n" + direct("q"))
    if after_ms >= 0:
        cluster.run(after_ms / 1000)
        cluster.fault(node="node-1", state="down")
    cluster.run(5)
    assert {the_pod(cluster, name).status.phase for name in "pq"} == {"Pending"}
    cluster.fault(node="node-1", state="up")
    cluster.run(5)
    assert [the_pod(cluster, name).status.phase for name in "pq"] == ["Failed", "Running"]
