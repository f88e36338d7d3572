"""Garbage collection: in the background, in the foreground, by orphaning, and with several owners."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from k8snb.api.types.apps import Deployment, ReplicaSet
from k8snb.api.types.config import ConfigMap
from k8snb.api.types.meta import ObjectMeta, OwnerReference
from k8snb.api.types.pod import Pod
from k8snb.controllers.garbagecollector import GarbageCollector


@pytest.fixture
def cluster(world):
    built = world(GarbageCollector)
    built.node("node-1")
    return built


def config(world: Any, name: str, *owners: Any, blocks: bool = True, namespace: str = "default") -> ConfigMap:
    references = tuple(
        o if isinstance(o, OwnerReference) else world.owner_of(o, blocks=blocks, controller=i == 0 or None)
        for i, o in enumerate(owners)
    )
    return world.server.create_object(
        ConfigMap(metadata=ObjectMeta(name=name, namespace=namespace, owner_references=references))
    )


def names(world: Any, cls: Any = ConfigMap) -> list[str]:
    return [o.metadata.name for o in world.all(cls)]


def test_dependents_go_after_their_owner(cluster):
    top = config(cluster, "top")
    middle = config(cluster, "middle", top)
    config(cluster, "leaf", middle)
    config(cluster, "stranger")
    cluster.run()
    cluster.delete(top)
    assert names(cluster) == ["leaf", "middle", "stranger"]
    cluster.run(0.05)
    assert names(cluster) == ["stranger"]


def test_pods_are_given_their_grace(cluster):
    owner = config(cluster, "owner")
    cluster.pod("bound", owner=owner)
    cluster.pod("unbound", owner=owner, node="")
    cluster.run()
    cluster.delete(owner)
    cluster.run()
    (pod,) = cluster.all(Pod)
    assert (pod.metadata.name, pod.metadata.deletion_grace_period_seconds) == ("bound", 30)


def test_an_object_with_another_owner_stays_and_forgets_the_one_that_is_gone(cluster):
    one, two = config(cluster, "one"), config(cluster, "two")
    shared = config(cluster, "shared", one, two)
    cluster.run()
    cluster.delete(one)
    cluster.run()
    current = cluster.current(shared)
    assert [r.name for r in current.metadata.owner_references] == ["two"]
    cluster.delete(two)
    cluster.run()
    assert names(cluster) == []


def test_an_owner_that_never_was_is_a_dangling_reference(cluster):
    ghost = OwnerReference(api_version="v1", kind="ConfigMap", name="ghost", uid="no-such-uid")
    config(cluster, "lost", ghost)
    cluster.run()
    assert names(cluster) == []


def test_an_owner_made_anew_under_the_same_name_is_not_the_owner(cluster):
    owner = config(cluster, "owner")
    config(cluster, "dependent", owner)
    cluster.run()
    cluster.delete(owner)
    config(cluster, "owner")
    cluster.run()
    assert names(cluster) == ["owner"]


def test_a_kind_that_nobody_knows_keeps_its_dependents(cluster):
    unknown = OwnerReference(api_version="example.org/v1", kind="Widget", name="w", uid="u")
    config(cluster, "kept", unknown)
    cluster.run()
    assert names(cluster) == ["kept"]


def test_an_owner_in_another_namespace_is_no_owner(cluster):
    cluster.namespace("other")
    owner = config(cluster, "owner", namespace="other")
    cluster.run()
    config(cluster, "dependent", owner)
    cluster.run()
    assert names(cluster) == ["owner"]
    assert ("dependent", "OwnerRefInvalidNamespace") in cluster.events()


def test_in_the_foreground_the_owner_waits_for_dependents_that_block_it(cluster):
    owner = config(cluster, "owner")
    blocking = cluster.pod("blocking", owner=owner)
    free = cluster.pod("free")
    cluster.change_meta(free, owner_references=(cluster.owner_of(owner),))
    cluster.run()
    cluster.delete(owner, policy="Foreground")
    cluster.run()
    waiting = cluster.current(owner)
    assert waiting.metadata.finalizers == ("foregroundDeletion",)
    assert all(p.metadata.deletion_timestamp is not None for p in cluster.all(Pod))
    cluster.delete(blocking, 0)
    cluster.run()
    assert cluster.current(owner) is None
    assert names(cluster, Pod) == ["free"]


def test_in_the_foreground_dependents_with_dependents_go_that_way_too(cluster):
    top = config(cluster, "top")
    middle = config(cluster, "middle", top)
    pod = cluster.pod("leaf", owner=middle)
    cluster.run()
    cluster.delete(top, policy="Foreground")
    cluster.run()
    assert cluster.current(middle).metadata.finalizers == ("foregroundDeletion",)
    cluster.delete(pod, 0)
    cluster.run()
    assert names(cluster) == []


def test_in_the_foreground_an_owner_without_dependents_goes_at_once(cluster):
    owner = config(cluster, "owner")
    cluster.run()
    cluster.delete(owner, policy="Foreground")
    cluster.run()
    assert names(cluster) == []


def test_a_dependent_that_is_released_blocks_no_more(cluster):
    owner = config(cluster, "owner")
    pod = cluster.pod("p", owner=owner)
    cluster.run()
    cluster.delete(owner, policy="Foreground")
    cluster.run()
    cluster.change_meta(pod, owner_references=())
    cluster.run()
    assert cluster.current(owner) is None


def test_owners_of_each_other_do_not_wait_for_ever(cluster):
    one = config(cluster, "one")
    two = config(cluster, "two", one)
    cluster.change_meta(one, owner_references=(cluster.owner_of(two, blocks=True),))
    cluster.run()
    cluster.delete(one, policy="Foreground")
    cluster.run()
    assert names(cluster) == []


def test_orphans_lose_their_owner_and_stay(cluster):
    owner = config(cluster, "owner")
    kept = config(cluster, "kept", owner)
    cluster.run()
    cluster.delete(owner, policy="Orphan")
    cluster.run()
    assert names(cluster) == ["kept"]
    assert cluster.current(kept).metadata.owner_references == ()


def test_finalizers_of_others_hold_a_dependent(cluster):
    owner = config(cluster, "owner")
    held = config(cluster, "held", owner)
    cluster.change_meta(held, finalizers=("example.org/hold",))
    cluster.run()
    cluster.delete(owner)
    cluster.run()
    assert cluster.current(held).metadata.deletion_timestamp is not None
    cluster.change_meta(held, finalizers=())
    cluster.run()
    assert names(cluster) == []


def test_a_deployment_takes_its_replica_sets_and_pods_along(cluster):
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    spec = {"selector": {"matchLabels": {"a": "b"}}, "template": template}
    deployment = cluster.create({"kind": "Deployment", "metadata": {"name": "web"}, "spec": spec})
    rs = cluster.create({"kind": "ReplicaSet", "metadata": {"name": "web-1"}, "spec": spec})
    cluster.change_meta(rs, owner_references=(cluster.owner_of(deployment, blocks=True, controller=True),))
    for i in range(20):
        cluster.pod(f"web-1-{i}", {"a": "b"}, owner=rs)
    cluster.run()
    cluster.delete(deployment, policy="Background")
    cluster.run()
    assert (names(cluster, Deployment), names(cluster, ReplicaSet)) == ([], [])
    assert all(p.metadata.deletion_timestamp is not None for p in cluster.all(Pod))


def test_status_writes_cost_the_collector_nothing(cluster):
    owner = config(cluster, "owner")
    pods = [cluster.pod(f"p{i}", owner=owner) for i in range(5)]
    cluster.run()
    collector = cluster.controllers[0]
    for pod in pods:
        cluster.server.set_pod_status(pod, replace(pod.status, message="hello"))
    cluster.run(0.002)
    assert len(collector.queue) == 0
    assert len(names(cluster, Pod)) == 5
