"""The deletion of namespaces: content goes, pods in their grace, finalizers hold, and then the namespace goes."""

from __future__ import annotations

import pytest

from k8snb.api.types.config import ConfigMap, Namespace
from k8snb.api.types.event import Event
from k8snb.api.types.meta import ObjectMeta
from k8snb.controllers.namespace import NamespaceController
from k8snb.errors import Forbidden


@pytest.fixture
def cluster(world):
    built = world(NamespaceController)
    built.node("node-1")
    built.namespace("doomed")
    return built


def config(world, name="c", **meta):
    return world.server.create_object(ConfigMap(metadata=ObjectMeta(name=name, namespace="doomed", **meta)))


def conditions(world):
    found = world.server.find(Namespace, "", "doomed")
    return {c.type: (c.status, c.reason) for c in found.status.conditions}


def test_an_empty_namespace_goes_after_five_seconds(cluster):
    cluster.delete(cluster.namespace("doomed"))
    assert cluster.namespace("doomed").status.phase == "Terminating"
    cluster.run(4.9)
    assert cluster.namespace("doomed").metadata.deletion_timestamp is not None
    cluster.run(0.2)
    assert [n.metadata.name for n in cluster.all(Namespace)] == ["default"]


def test_everything_in_it_goes_too_and_nothing_else(cluster):
    config(cluster)
    cluster.create({"kind": "Service", "metadata": {"name": "web", "namespace": "doomed"},
                    "spec": {"ports": [{"port": 80}]}})  # fmt: skip
    kept = cluster.server.create_object(ConfigMap(metadata=ObjectMeta(name="kept", namespace="default")))
    pod = cluster.pod("p", node="", namespace="doomed")
    cluster.delete(cluster.namespace("doomed"))
    cluster.run(6)
    assert cluster.current(pod) is None
    assert [c.metadata.name for c in cluster.all(ConfigMap)] == [kept.metadata.name]
    assert cluster.server.find(Namespace, "", "doomed") is None


def test_nothing_new_comes_into_a_namespace_that_goes(cluster):
    pod = cluster.pod("p", namespace="doomed")
    cluster.delete(cluster.namespace("doomed"))
    with pytest.raises(Forbidden, match="because it is being terminated"):
        config(cluster)
    cluster.controllers[0].recorder.event(pod, "Normal", "Killing", "x")
    assert cluster.all(Event) == []


def test_pods_go_first_and_in_their_grace(cluster):
    map_ = config(cluster)
    pod = cluster.pod("p", namespace="doomed")
    cluster.delete(cluster.namespace("doomed"))
    cluster.run(5.5)
    assert cluster.current(pod).metadata.deletion_grace_period_seconds == 30
    assert cluster.current(map_) is not None
    assert conditions(cluster)["NamespaceContentRemaining"] == ("False", "ContentRemoved")
    cluster.delete(pod, 0)
    cluster.run(16)
    assert cluster.server.find(Namespace, "", "doomed") is None


def test_a_finalizer_holds_the_namespace_and_is_named(cluster):
    held = config(cluster, finalizers=("example.org/hold",))
    cluster.delete(cluster.namespace("doomed"))
    cluster.run(6)
    assert conditions(cluster)["NamespaceFinalizersRemaining"] == ("True", "SomeFinalizersRemain")
    messages = [c.message for c in cluster.namespace("doomed").status.conditions]
    assert "Some resources are remaining: configmaps. has 1 resource instances" in messages
    assert (
        "Some content in the namespace has finalizers remaining: example.org/hold in 1 resource instances" in messages
    )
    cluster.run(30)
    assert cluster.loop.idle
    cluster.change_meta(held, finalizers=())
    cluster.run(10)
    assert cluster.server.find(Namespace, "", "doomed") is None


def test_pods_that_never_go_are_a_failure_that_does_not_end_the_simulation(cluster):
    cluster.pod("p", namespace="doomed")
    cluster.delete(cluster.namespace("doomed"))
    cluster.run(200)
    assert conditions(cluster)["NamespaceDeletionContentFailure"] == ("True", "ContentDeletionFailed")
    assert cluster.loop.idle


def test_deleting_a_terminating_namespace_again_changes_nothing(cluster):
    cluster.pod("p", namespace="doomed")
    cluster.delete(cluster.namespace("doomed"))
    before = cluster.namespace("doomed")
    cluster.delete(before)
    assert cluster.namespace("doomed") is before
