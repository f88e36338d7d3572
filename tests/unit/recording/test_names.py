"""Stable names: revisions are numbered, and one that comes back keeps its number."""

from __future__ import annotations

from k8snb.cluster import Cluster
from k8snb.recording.names import Names


def stable_names(cluster: Cluster) -> list[str]:
    names = Names(cluster.log)
    names.catch_up()
    return list(names.revisions.values())


def rolled_out(*images: str) -> Cluster:
    cluster = Cluster(nodes=1, annotated=True)
    cluster.kubectl(f"create deployment web --image={images[0]}")
    cluster.run_until_settled()
    cluster.kubectl('patch deployment web -p \'{"spec": {"revisionHistoryLimit": 0}}\'')
    for image in images[1:]:
        cluster.kubectl(f"set image deployment/web *={image}")
        cluster.run_until_settled()
    return cluster


def test_revisions_are_numbered_in_order_of_creation() -> None:
    assert stable_names(rolled_out("nginx:1", "nginx:2", "nginx:3")) == ["web#1", "web#2", "web#3"]


def test_a_revision_that_was_deleted_and_comes_back_is_the_same() -> None:
    assert stable_names(rolled_out("nginx:1", "nginx:2", "nginx:1")) == ["web#1", "web#2"]


def test_a_second_workload_of_a_name_goes_on_counting() -> None:
    cluster = rolled_out("nginx:1")
    cluster.kubectl("delete deployment web --cascade=orphan")
    cluster.kubectl("create deployment web --image=nginx:2")
    cluster.run_until_settled()
    assert stable_names(cluster) == ["web#1", "web#2"]
