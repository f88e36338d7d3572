"""ReplicationControllers: the ReplicaSet controller in the older form."""

from __future__ import annotations

import pytest

from k8snb.api.resources import BY_CLASS
from k8snb.api.types.apps import ReplicationController
from k8snb.api.types.pod import Pod
from k8snb.controllers.replicaset import ReplicaSetController, ReplicationManager

_RESOURCE = BY_CLASS[ReplicationController]
TEMPLATE = {"metadata": {"labels": {"app": "old"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}


@pytest.fixture
def cluster(world):
    built = world(ReplicationManager, ReplicaSetController)
    built.node("node-1")
    return built


@pytest.fixture
def old(cluster):
    spec = {"replicas": 3, "template": TEMPLATE}
    created = cluster.create({"kind": "ReplicationController", "metadata": {"name": "old"}, "spec": spec})
    cluster.run()
    return created


def alive(cluster):
    return [p for p in cluster.all(Pod) if p.metadata.deletion_timestamp is None]


def test_it_makes_its_pods_and_counts_them(cluster, old):
    (kind,) = {p.metadata.owner_references[0].kind for p in alive(cluster)}
    assert (len(alive(cluster)), kind) == (3, "ReplicationController")
    cluster.run()
    status = cluster.current(old).status
    assert (status.replicas, status.fully_labeled_replicas, status.observed_generation) == (3, 3, 1)


def test_scaling(cluster, old):
    for replicas, expected in ((5, 5), (1, 1)):
        stored = cluster.current(old)
        cluster.server.patch(_RESOURCE, "default", "old", "merge", {"spec": {"replicas": replicas}})
        cluster.run()
        assert len(alive(cluster)) == expected
        assert cluster.current(old).metadata.generation == stored.metadata.generation + 1


def test_it_adopts_and_releases(cluster, old):
    orphan = cluster.pod("orphan", {"app": "old"})
    cluster.run()
    assert cluster.current(orphan).metadata.owner_references[0].uid == old.metadata.uid
    assert len(alive(cluster)) == 3
    cluster.change_meta(cluster.current(orphan), labels={})
    cluster.run()
    assert cluster.current(orphan).metadata.owner_references == ()
    assert len(alive(cluster)) == 4


def test_a_refusal_is_a_condition(world):
    cluster = world(ReplicationManager)
    cluster.create({"kind": "ResourceQuota", "metadata": {"name": "none"}, "spec": {"hard": {"pods": "0"}}})
    spec = {"replicas": 1, "template": TEMPLATE}
    old = cluster.create({"kind": "ReplicationController", "metadata": {"name": "old"}, "spec": spec})
    cluster.run(1)
    (condition,) = cluster.current(old).status.conditions
    assert (condition.type, condition.status, condition.reason) == ("ReplicaFailure", "True", "FailedCreate")


def test_the_two_controllers_leave_each_other_alone(cluster, old):
    spec = {"replicas": 2, "selector": {"matchLabels": {"app": "old"}}, "template": TEMPLATE}
    cluster.create({"kind": "ReplicaSet", "metadata": {"name": "old"}, "spec": spec})
    cluster.run()
    owners = [p.metadata.owner_references[0].kind for p in alive(cluster)]
    assert sorted(owners) == ["ReplicaSet"] * 2 + ["ReplicationController"] * 3
