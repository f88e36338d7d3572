"""What controllers do within milliseconds, against each other."""

from __future__ import annotations

from k8snb.api.types.pod import Pod
from k8snb.cluster import Cluster


def test_pods_that_a_replica_set_takes_back_at_once_are_bound_by_then() -> None:
    """A deployment undoes what somebody does to its ReplicaSet; the scheduler is faster than that."""
    cluster = Cluster(nodes=2, annotated=True)
    cluster.kubectl("create deployment web --image=nginx:1 --replicas=3")
    cluster.run_until_settled()
    cluster.kubectl("scale rs -l app=web --replicas=5")
    cluster.run(seconds=0.3)
    pods = [p for p in cluster.server.store.tables["Pod"].values() if isinstance(p, Pod)]
    going = [p for p in pods if p.metadata.deletion_timestamp is not None]
    assert (len(pods), len(going)) == (5, 2)
    assert all(p.spec.node_name and p.status.phase == "Pending" for p in going)
