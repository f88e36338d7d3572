"""What the scheduler and controllers say in pods' statuses: generations of conditions, nominated nodes."""

from __future__ import annotations

import pytest

from k8snb.api.types.pod import Pod
from k8snb.cluster import Cluster


def conditions(cluster: Cluster, pod_name: str, type_: str) -> list[tuple[str, int]]:
    """Reason and observed generation of every version of a pod's condition."""
    return [
        (condition.reason, condition.observed_generation)
        for change in cluster.log.changes()
        if isinstance(change.new, Pod) and change.new.metadata.name == pod_name
        for condition in change.new.status.conditions
        if condition.type == type_
    ]


def test_a_pod_that_cannot_be_placed() -> None:
    cluster = Cluster(1)
    cluster.kubectl("""run big --image=nginx --overrides='{"spec": {"nodeSelector": {"a": "b"}}}'""")
    cluster.run(1)
    assert set(conditions(cluster, "big", "PodScheduled")) == {("Unschedulable", 1)}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("taint node node-1 a=b:NoExecute", ("DeletionByTaintManager", 1)),
        ("drain node-1 --force", ("EvictionByEvictionAPI", 0)),
    ],
)
def test_a_pod_that_is_disrupted(line: str, expected: tuple[str, int]) -> None:
    cluster = Cluster(1, annotated=True)
    cluster.kubectl("run web --image=nginx")
    cluster.run(4)
    cluster.kubectl(line)
    cluster.run(2)
    assert conditions(cluster, "web", "DisruptionTarget")[0] == expected


def test_a_pod_that_is_bound_is_nominated_no_more() -> None:
    cluster = Cluster([{"name": "node", "cpu": "1"}], annotated=True)
    cluster.kubectl("create priorityclass high --value=1000")
    asking = (
        """'{"spec": {"containers": [{"name": "c", "image": "nginx", "resources": {"requests": {"cpu": "1"}}}]%s}}'"""
    )
    cluster.kubectl(f"run low --image=nginx --overrides={asking % ''}")
    cluster.run(4)
    cluster.kubectl(f"""run vip --image=nginx --overrides={asking % ', "priorityClassName": "high"'}""")
    cluster.run(0.5)
    assert cluster.get("pod", "vip").status.nominated_node_name == "node"
    cluster.run(4)
    vip = cluster.get("pod", "vip")
    assert (vip.spec.node_name, vip.status.nominated_node_name) == ("node", "")


@pytest.mark.parametrize("bound", ["", ', "nodeName": "a"'])
def test_a_pod_takes_its_nodes_zone_and_region_on(bound: str) -> None:
    zone, region = "topology.kubernetes.io/zone", "topology.kubernetes.io/region"
    cluster = Cluster([{"name": "a", "labels": {zone: "a", region: "north", "disk": "ssd"}}], annotated=True)
    cluster.kubectl(
        f"""run web --image=nginx --labels={zone}=z,app=web --overrides='{{"spec": {{"priority": 0{bound}}}}}'"""
    )
    cluster.run(1)
    pod = cluster.get("pod", "web")
    assert pod.spec.node_name == "a"
    assert pod.metadata.labels == {"app": "web", zone: "a", region: "north"}
