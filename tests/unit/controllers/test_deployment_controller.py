"""What a deployment does when its writes fail."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from k8snb.api.types.apps import Deployment, ReplicaSet
from k8snb.api.types.event import Event
from k8snb.controllers.deployment import DeploymentController
from k8snb.controllers.deployment.controller import MAX_RETRIES
from k8snb.controllers.deployment.revisions import replica_set_annotations, REVISION

TEMPLATE = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}


def deployment(cluster, namespace="default"):
    meta = {"name": "web", "namespace": namespace}
    spec = {"replicas": 3, "selector": {"matchLabels": {"app": "web"}}, "template": TEMPLATE}
    return cluster.create({"kind": "Deployment", "metadata": meta, "spec": spec})


@pytest.fixture
def cluster(world):
    return world(DeploymentController)


@pytest.fixture
def no_room(cluster):
    """A quota that leaves no room for ReplicaSets."""
    spec = {"hard": {"count/replicasets.apps": "0"}}
    return cluster.create({"kind": "ResourceQuota", "metadata": {"name": "none"}, "spec": spec})


def failures(cluster):
    return sum(e.count for e in cluster.all(Event) if e.reason == "ReplicaSetCreateError")


def test_it_gives_up_after_so_many_failures_until_something_happens(cluster, no_room):
    web = deployment(cluster)
    cluster.run(seconds=600)
    (condition,) = [c for c in cluster.current(web).status.conditions if c.type == "Progressing"]
    assert (condition.status, condition.reason) == ("False", "ReplicaSetCreateError")
    (controller,) = cluster.controllers
    assert controller.queue.failures("default/web") == 0
    known = failures(cluster)
    # Its own write of the condition, and the conflict that follows, are tried at once; the rest later and later.
    assert MAX_RETRIES <= known <= 2 * MAX_RETRIES
    cluster.run(seconds=600)
    assert failures(cluster) == known
    cluster.delete(no_room)
    cluster.change(cluster.current(web), spec=replace(cluster.current(web).spec, replicas=2))
    cluster.run(seconds=1)
    (rs,) = cluster.all(ReplicaSet)
    assert rs.spec.replicas == 2


def test_where_nothing_can_be_created_it_does_not_try_again(cluster):
    namespace = cluster.namespace("closing")
    web = deployment(cluster, "closing")
    cluster.delete(namespace)
    cluster.run(seconds=60)
    (controller,) = cluster.controllers
    assert controller.queue.failures("closing/web") == 0
    assert (cluster.all(ReplicaSet), cluster.events()) == ([], [])
    assert cluster.current(web) is not None


def test_a_revision_that_is_no_number_is_left_alone() -> None:
    present = {REVISION: "two", "team": "a"}
    assert replica_set_annotations(Deployment(), present, 3) == present
