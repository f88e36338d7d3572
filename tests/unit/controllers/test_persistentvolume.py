"""Claims get their volumes, keep them while they are used, and give them back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

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
    annotations = {**claim.metadata.annotations, "volume.kubernetes.io/selected-node": "node-1"}
    volumes.world.change_meta(claim, annotations=annotations)
    volumes.world.run()
    assert volumes.current(claim).status.phase == "Bound"


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
