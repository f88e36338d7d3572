"""Claims and volumes as far as they bind pods to nodes."""

from __future__ import annotations

from typing import Any

import pytest
from scheduler_builders import node, pod, World

from k8snb.api.decode import from_dict
from k8snb.api.schema import KubernetesObject
from k8snb.api.types.claims import PersistentVolumeClaim, StorageClass
from k8snb.api.types.persistent_volume import PersistentVolume
from k8snb.api.types.pod import Pod

ZONE = "topology.kubernetes.io/zone"
BOUND = {"pv.kubernetes.io/bind-completed": "yes"}


def _mounting(claim: str, name: str = "p") -> Pod:
    return pod(name, volumes=[{"name": "v", "persistentVolumeClaim": {"claimName": claim}}])


def _claim(name: str, volume: str = "", of_class: str = "standard", **spec: Any) -> PersistentVolumeClaim:
    annotations = BOUND if volume else {}
    meta = {"name": name, "namespace": "default", "annotations": annotations}
    body = {"volumeName": volume, "storageClassName": of_class, **spec}
    return from_dict(PersistentVolumeClaim, {"metadata": meta, "spec": body})


def _class(name: str, mode: str, **more: Any) -> StorageClass:
    return from_dict(
        StorageClass, {"metadata": {"name": name}, "provisioner": "sim", "volumeBindingMode": mode, **more}
    )


def _world(*objects: KubernetesObject) -> World:
    world = World(node("n1", labels={ZONE: "a"}), node("n2", labels={ZONE: "b"}))
    for obj in objects:
        world.listers.set(obj)
    return world


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        (None, 'persistentvolumeclaim "data" not found'),
        (_claim("data"), "pod has unbound immediate PersistentVolumeClaims"),
    ],
)
def test_a_pod_waits_for_its_claims(claim: PersistentVolumeClaim | None, words: str) -> None:
    world = _world(_class("standard", "Immediate"), *([claim] if claim is not None else []))
    assert world.schedule(_mounting("data")).message == f"0/2 nodes are available: {words}. not found"


def test_a_bound_volume_is_reached_from_its_nodes_only() -> None:
    terms = [{"matchExpressions": [{"key": ZONE, "operator": "In", "values": ["b"]}]}]
    volume = from_dict(
        PersistentVolume,
        {"metadata": {"name": "v"}, "spec": {"nodeAffinity": {"required": {"nodeSelectorTerms": terms}}}},
    )
    world = _world(_claim("data", "v"), volume)
    assert world.schedule(_mounting("data")).node == "n2"
    message = _world(_claim("data", "gone")).schedule(_mounting("data")).message
    assert message.startswith('0/2 nodes are available: persistentvolume "gone" not found.')


def test_a_volume_of_another_zone() -> None:
    volume = from_dict(PersistentVolume, {"metadata": {"name": "v", "labels": {ZONE: "a__c"}}})
    assert _world(_claim("data", "v"), volume).schedule(_mounting("data")).node == "n1"


def test_a_delayed_claim_goes_where_its_class_allows() -> None:
    topologies = [{"matchLabelExpressions": [{"key": ZONE, "values": ["b"]}]}]
    world = _world(_claim("data"), _class("standard", "WaitForFirstConsumer", allowedTopologies=topologies))
    assert world.schedule(_mounting("data")).node == "n2"
    world.listers.set(_class("standard", "WaitForFirstConsumer", provisioner="kubernetes.io/no-provisioner"))
    assert "2 node(s) didn't find available persistent volumes to bind" in world.schedule(_mounting("data")).message


def test_a_claim_for_one_pod() -> None:
    world = _world(
        _claim("data", "v", accessModes=["ReadWriteOncePod"]), from_dict(PersistentVolume, {"metadata": {"name": "v"}})
    )
    old = world.put(_mounting("data", "old"), "n1")
    assert "2 node(s) unavailable due to PersistentVolumeClaim" in world.schedule(_mounting("data")).message
    world.snapshot.remove_pod(old)
    assert world.schedule(_mounting("data")).node


def test_a_disk_that_is_attached_once() -> None:
    disk = {"name": "v", "gcePersistentDisk": {"pdName": "d"}}
    world = _world()
    world.put(pod("old", volumes=[disk]), "n1")
    assert world.schedule(pod("p", volumes=[disk])).node == "n2"
    readers = {"name": "v", "gcePersistentDisk": {"pdName": "e", "readOnly": True}}
    world.put(pod("reader", volumes=[readers]), "n1")
    assert len(world.schedule(pod("p", volumes=[readers])).scores) == 2


def test_an_ephemeral_volume_waits_for_its_claim() -> None:
    message = _world().schedule(pod("p", volumes=[{"name": "tmp", "ephemeral": {}}])).message
    words = 'waiting for ephemeral volume controller to create the persistentvolumeclaim "p-tmp"'
    assert message == f"0/2 nodes are available: {words}. not found"
