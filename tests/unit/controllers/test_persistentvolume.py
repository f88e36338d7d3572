"""Claims get their volumes, keep them while they are used, and give them back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from k8snb.api.claims import SELECTED_NODE
from k8snb.api.topology import ZONE
from k8snb.api.types.claims import PersistentVolumeClaim
from k8snb.api.types.event import Event
from k8snb.api.types.persistent_volume import PersistentVolume
from k8snb.controllers.persistentvolume import (
    ClaimProtectionController,
    PersistentVolumeController,
    VolumeProtectionController,
)

WorldClass = Callable[..., Any]


class Volumes:
    """A world with the controllers and the storage class ``standard``."""

    def __init__(self, world: WorldClass, default: bool = True, **storage_class: Any) -> None:
        self.world = world(PersistentVolumeController, ClaimProtectionController, VolumeProtectionController)
        if default:
            self.storage_class(**storage_class)

    def storage_class(self, name: str = "standard", provisioner: str = "k8snb.dev/sim", **fields: Any) -> None:
        annotations = {"storageclass.kubernetes.io/is-default-class": "true"}
        meta = {"name": name, "annotations": annotations}
        self.world.create({"kind": "StorageClass", "metadata": meta, "provisioner": provisioner, **fields})
        self.world.run()

    def claim(self, name: str = "data", size: str = "1Gi", **spec: Any) -> Any:
        resources = {"requests": {"storage": size}}
        full = {"accessModes": ["ReadWriteOnce"], "resources": resources, **spec}
        created = self.world.create({"kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": full})
        self.world.run()
        return self.current(created)

    def volume(self, name: str, size: str = "1Gi", **spec: Any) -> Any:
        full = {
            "accessModes": ["ReadWriteOnce"],
            "capacity": {"storage": size},
            "hostPath": {"path": "/mnt"},
            **spec,
        }
        created = self.world.create({"kind": "PersistentVolume", "metadata": {"name": name}, "spec": full})
        self.world.run()
        return self.current(created)

    def current(self, obj: Any) -> Any:
        return self.world.current(obj)

    def events(self) -> list[tuple[str, str]]:
        return [(event.reason, event.message) for event in self.world.all(Event)]

    def uses(self, claim: PersistentVolumeClaim, node: str = "node-1") -> Any:
        volume = {"name": "data", "persistentVolumeClaim": {"claimName": claim.metadata.name}}
        return self.world.pod("user", node=node, volumes=[volume])

    def select(self, claim: PersistentVolumeClaim, node: str) -> None:
        annotations = {**self.current(claim).metadata.annotations, SELECTED_NODE: node}
        self.world.change_meta(claim, annotations=annotations)
        self.world.run()

    def deleted_in_use(self) -> tuple[Any, Any]:
        """A claim that was deleted while a pod uses it, and the pod."""
        claim = self.claim()
        pod = self.uses(claim)
        self.world.run()
        self.world.delete(claim)
        self.world.run()
        return claim, pod


def test_claim_is_bound_to_a_new_volume(world: WorldClass) -> None:
    volumes = Volumes(world)
    claim = volumes.claim()
    assert claim.status.phase == "Bound"
    assert claim.spec.volume_name == f"pv-{claim.metadata.uid}"
    assert claim.status.capacity == {"storage": "1Gi"}
    assert claim.metadata.annotations == {
        "pv.kubernetes.io/bind-completed": "yes",
        "pv.kubernetes.io/bound-by-controller": "yes",
        "volume.beta.kubernetes.io/storage-provisioner": "k8snb.dev/sim",
        "volume.kubernetes.io/storage-provisioner": "k8snb.dev/sim",
    }
    (volume,) = volumes.world.all(PersistentVolume)
    assert volume.status.phase == "Bound"
    assert volume.spec.claim_ref.name == "data"
    assert volume.spec.persistent_volume_reclaim_policy == "Delete"


@pytest.mark.parametrize(("policy", "phase"), [("Delete", None), ("Retain", "Released")])
def test_volume_of_a_deleted_claim(world: WorldClass, policy: str, phase: str | None) -> None:
    volumes = Volumes(world, reclaimPolicy=policy)
    claim = volumes.claim()
    volumes.world.delete(claim)
    volumes.world.run()
    assert volumes.current(claim) is None
    assert [volume.status.phase for volume in volumes.world.all(PersistentVolume)] == ([phase] if phase else [])


def test_claim_in_use_stays(world: WorldClass) -> None:
    volumes = Volumes(world)
    claim, pod = volumes.deleted_in_use()
    assert volumes.current(claim).metadata.deletion_timestamp is not None
    volumes.world.delete(pod, grace=0)
    volumes.world.run()
    assert volumes.current(claim) is None


def test_claim_goes_when_the_api_server_has_told_that_no_pod_is_left(world: WorldClass) -> None:
    volumes = Volumes(world)
    claim, pod = volumes.deleted_in_use()
    volumes.world.delete(pod, grace=0)
    volumes.world.run(0.006)
    assert volumes.current(claim) is not None
    volumes.world.run(0.003)
    assert volumes.current(claim) is None


def test_claim_of_an_unscheduled_pod_goes(world: WorldClass) -> None:
    volumes = Volumes(world)
    claim = volumes.claim()
    volumes.uses(claim, node="")
    volumes.world.run()
    volumes.world.delete(claim)
    volumes.world.run()
    assert volumes.current(claim) is None


def test_bound_volume_stays_until_its_claim_goes(world: WorldClass) -> None:
    volumes = Volumes(world)
    claim = volumes.claim()
    (volume,) = volumes.world.all(PersistentVolume)
    volumes.world.delete(volume)
    volumes.world.run()
    assert volumes.current(volume).metadata.deletion_timestamp is not None
    assert volumes.current(claim).status.phase == "Bound"
    volumes.world.delete(claim)
    volumes.world.run()
    assert not volumes.world.all(PersistentVolume)


def test_smallest_fitting_volume_is_taken(world: WorldClass) -> None:
    volumes = Volumes(world, default=False)
    for name, size in (("big", "10Gi"), ("right", "2Gi"), ("small", "500Mi")):
        assert volumes.volume(name, size).status.phase == "Available"
    claim = volumes.claim(storageClassName="")
    assert claim.spec.volume_name == "right"
    assert claim.status.capacity == {"storage": "2Gi"}
    second = volumes.claim("second", storageClassName="")
    assert second.spec.volume_name == "big"
    third = volumes.claim("third", storageClassName="")
    assert third.status.phase == "Pending"
    assert ("FailedBinding", "no persistent volumes available for this claim and no storage class is set") in (
        volumes.events()
    )


def test_waiting_claim_gets_a_later_volume(world: WorldClass) -> None:
    volumes = Volumes(world, default=False)
    claim = volumes.claim(storageClassName="")
    assert claim.status.phase == "Pending"
    volumes.volume("late")
    assert volumes.current(claim).status.phase == "Pending"
    volumes.world.run(15)
    assert volumes.current(claim).spec.volume_name == "late"


def test_requested_volume_must_fit(world: WorldClass) -> None:
    volumes = Volumes(world, default=False)
    volumes.volume("tiny", "1Mi")
    claim = volumes.claim(storageClassName="", volumeName="tiny")
    assert claim.status.phase == "Pending"
    assert ("VolumeMismatch", 'Cannot bind to requested volume "tiny": requested PV is too small') in volumes.events()


def test_reserved_volume_waits_for_its_claim(world: WorldClass) -> None:
    volumes = Volumes(world, default=False)
    reference = {"namespace": "default", "name": "mine", "kind": "PersistentVolumeClaim"}
    volume = volumes.volume("reserved", claimRef=reference)
    assert volume.status.phase == "Available"
    assert volumes.claim("yours", storageClassName="").status.phase == "Pending"
    mine = volumes.claim("mine", storageClassName="")
    assert mine.spec.volume_name == "reserved"
    assert "pv.kubernetes.io/bound-by-controller" not in volumes.current(volume).metadata.annotations


def test_first_consumer_is_waited_for(world: WorldClass) -> None:
    volumes = Volumes(world, volumeBindingMode="WaitForFirstConsumer")
    claim = volumes.claim()
    assert claim.status.phase == "Pending"
    assert ("WaitForFirstConsumer", "waiting for first consumer to be created before binding") in volumes.events()
    volumes.world.node("node-1")
    volumes.select(claim, "node-1")
    assert volumes.current(claim).status.phase == "Bound"
    assert [reason for reason, _ in volumes.events()].count("WaitForFirstConsumer") == 1


def affinities(volumes: Volumes) -> list[list[tuple[str, str, tuple[str, ...]]]]:
    """What the volumes ask of their nodes."""
    found = []
    for volume in volumes.world.all(PersistentVolume):
        affinity = volume.spec.node_affinity
        terms = affinity.required.node_selector_terms if affinity is not None and affinity.required is not None else ()
        found.append([(e.key, e.operator, e.values) for term in terms for e in term.match_expressions])
    return found


@pytest.mark.parametrize(
    ("zone", "allowed", "expected"),
    [
        ("", [], []),
        ("b", [], [(ZONE, "In", ("b",))]),
        ("b", [{"key": ZONE, "values": ["a", "b"]}], [(ZONE, "In", ("b",))]),
        ("b", [{"key": "kubernetes.io/hostname", "values": ["n"]}], [("kubernetes.io/hostname", "In", ("n",))]),
    ],
)
def test_volume_stays_where_its_first_consumer_goes(
    world: WorldClass, zone: str, allowed: list[Any], expected: list[Any]
) -> None:
    terms = [{"matchLabelExpressions": allowed}] if allowed else []
    volumes = Volumes(world, volumeBindingMode="WaitForFirstConsumer", allowedTopologies=terms)
    volumes.world.node("n", zone=zone)
    volumes.select(volumes.claim(), "n")
    assert affinities(volumes) == [expected]


def test_immediate_volume_is_made_in_the_first_allowed_zone(world: WorldClass) -> None:
    terms = [{"matchLabelExpressions": [{"key": ZONE, "values": ["a", "b"]}]}]
    volumes = Volumes(world, allowedTopologies=terms)
    volumes.claim()
    assert affinities(volumes) == [[(ZONE, "In", ("a",))]]


def test_selected_node_that_is_gone_is_given_back(world: WorldClass) -> None:
    volumes = Volumes(world, volumeBindingMode="WaitForFirstConsumer")
    claim = volumes.claim()
    volumes.select(claim, "gone")
    assert SELECTED_NODE not in volumes.current(claim).metadata.annotations
    assert volumes.current(claim).status.phase == "Pending"
    why = 'failed to provision volume with StorageClass "standard": node "gone" not found'
    assert ("ProvisioningFailed", why) in volumes.events()


def test_volumes_and_claims_of_one_moment_find_each_other(world: WorldClass) -> None:
    volumes = Volumes(world, default=False)
    spec = {"accessModes": ["ReadWriteOnce"], "storageClassName": "manual"}
    for name in ("one", "two"):
        body = {**spec, "capacity": {"storage": "1Gi"}, "hostPath": {"path": "/mnt"}}
        volumes.world.create({"kind": "PersistentVolume", "metadata": {"name": name}, "spec": body})
    for name in ("one", "two", "three"):
        body = {**spec, "resources": {"requests": {"storage": "1Gi"}}}
        volumes.world.create({"kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": body})
    volumes.world.run(1)
    bound = {claim.metadata.name: claim.spec.volume_name for claim in volumes.world.all(PersistentVolumeClaim)}
    assert bound == {"one": "one", "two": "two", "three": ""}
    assert volumes.events() == [("ProvisioningFailed", 'storageclass.storage.k8s.io "manual" not found')]


def test_own_writes_are_known_before_they_are_heard_of(world: WorldClass) -> None:
    volumes = Volumes(world, default=False)
    claims, stored = volumes.world.controllers[0].claims, volumes.claim(storageClassName="")
    older, newer = (replace(stored, metadata=replace(stored.metadata, resource_version=str(v))) for v in (1, 10**6))
    assert claims.store(newer)
    assert not claims.store(older)
    assert claims.get("default/data") is newer


def test_waiting_claims_are_looked_at_every_15_seconds(world: WorldClass) -> None:
    volumes = Volumes(world, default=False)
    volumes.claim(storageClassName="")
    for looks in (1, 2, 3):
        assert [(e.reason, e.count) for e in volumes.world.all(Event)] == [("FailedBinding", looks)]
        volumes.world.run(15)


def test_missing_class_and_other_provisioners(world: WorldClass) -> None:
    volumes = Volumes(world, provisioner="example.com/other")
    claim = volumes.claim()
    assert claim.status.phase == "Pending"
    assert claim.metadata.annotations["volume.kubernetes.io/storage-provisioner"] == "example.com/other"
    assert volumes.claim("lost", storageClassName="nope").status.phase == "Pending"
    assert ("ProvisioningFailed", 'storageclass.storage.k8s.io "nope" not found') in volumes.events()
    assert "ExternalProvisioning" in [reason for reason, _ in volumes.events()]


def test_claim_gets_a_default_class_that_comes_later(world: WorldClass) -> None:
    volumes = Volumes(world, default=False)
    claim = volumes.claim()
    assert claim.status.phase == "Pending" and claim.spec.storage_class_name is None
    volumes.storage_class()
    assert volumes.current(claim).spec.storage_class_name is None
    volumes.world.run(15)
    assert volumes.current(claim).spec.storage_class_name == "standard"
    assert volumes.current(claim).status.phase == "Bound"


def test_static_volume_that_cannot_be_deleted_fails(world: WorldClass) -> None:
    volumes = Volumes(world, default=False)
    volume = volumes.volume("static", persistentVolumeReclaimPolicy="Delete")
    claim = volumes.claim(storageClassName="")
    volumes.world.delete(claim)
    volumes.world.run()
    assert volumes.current(volume).status.phase == "Failed"
    assert "VolumeFailedDelete" in [reason for reason, _ in volumes.events()]


def test_claim_without_its_volume_is_lost(world: WorldClass) -> None:
    volumes = Volumes(world)
    claim = volumes.claim()
    (volume,) = volumes.world.all(PersistentVolume)
    volumes.world.delete(volume)
    volumes.world.change_meta(volume, finalizers=())
    volumes.world.run()
    assert volumes.current(volume) is None
    assert volumes.current(claim).status.phase == "Lost"
    assert ("ClaimLost", "Bound claim has lost its PersistentVolume. Data on the volume is lost!") in volumes.events()


def test_lost_claim_is_found_by_its_volume(world: WorldClass) -> None:
    volumes = Volumes(world, reclaimPolicy="Retain")
    claim = volumes.claim()
    (volume,) = volumes.world.all(PersistentVolume)
    volumes.world.delete(volume)
    volumes.world.change_meta(volume, finalizers=())
    volumes.world.run()
    assert volumes.current(claim).status.phase == "Lost"
    name, reference = volume.metadata.name, {"namespace": "default", "name": "data", "uid": claim.metadata.uid}
    again = volumes.volume(name, storageClassName="standard", claimRef=reference)
    volumes.world.run(15)
    assert volumes.current(claim).status.phase == volumes.current(again).status.phase == "Bound"
