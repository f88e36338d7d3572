"""Binding a pod to a node: what the API server refuses."""

from __future__ import annotations

import pytest

from k8snb import Cluster
from k8snb.api.types.pod import Pod
from k8snb.errors import Conflict, NotFound

WAITING = """
apiVersion: v1
kind: Pod
metadata: {name: p, finalizers: [example.com/hold]}
spec: {schedulerName: nobody, containers: [{name: c, image: app}]}
"""


@pytest.fixture
def cluster() -> Cluster:
    cluster = Cluster(nodes=1)
    assert cluster.apply(WAITING).exit == 0
    return cluster


def _pod(cluster: Cluster) -> Pod:
    pod = cluster.server.find(Pod, "default", "p")
    assert pod is not None
    return pod


def _words(cluster: Cluster) -> str:
    with pytest.raises(Conflict) as refusal:
        cluster.server.bind(_pod(cluster), "node-1")
    return refusal.value.message


def test_a_pod_is_bound_once(cluster: Cluster) -> None:
    cluster.server.bind(_pod(cluster), "node-1")
    words = 'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "node-1"'
    assert _words(cluster) == words


def test_a_pod_that_is_being_deleted_is_not_bound(cluster: Cluster) -> None:
    assert cluster.kubectl("delete pod p --wait=false").exit == 0
    assert _words(cluster) == (
        'Operation cannot be fulfilled on pods/binding "p": pod p is being deleted, cannot be assigned to a host'
    )


def test_a_pod_that_is_gone_is_not_bound(cluster: Cluster) -> None:
    gone = _pod(cluster)
    assert cluster.kubectl('patch pod p -p \'{"metadata":{"finalizers":null}}\'').exit == 0
    assert cluster.kubectl("delete pod p --force --grace-period=0").exit == 0
    with pytest.raises(NotFound, match='pods "p" not found'):
        cluster.server.bind(gone, "node-1")
