"""Ephemeral volumes get claims that come and go with their pods."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from k8snb.api.types.claims import PersistentVolumeClaim
from k8snb.api.types.event import Event
from k8snb.controllers.ephemeral import EphemeralVolumeController
from k8snb.controllers.garbagecollector import GarbageCollector

WorldClass = Callable[..., Any]
SPEC = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}


@pytest.fixture
def volumes(world: WorldClass) -> Any:
    return world(EphemeralVolumeController, GarbageCollector)


def _pod(world: Any, name: str = "p") -> Any:
    template = {"metadata": {"labels": {"x": "1"}, "annotations": {"a": "b"}}, "spec": SPEC}
    scratch = {"name": "scratch", "ephemeral": {"volumeClaimTemplate": template}}
    return world.pod(name, node="", volumes=[scratch, {"name": "other", "emptyDir": {}}])


def _claims(world: Any) -> list[Any]:
    return list(world.all(PersistentVolumeClaim))


def _events(world: Any) -> list[tuple[str, str, int]]:
    return [(event.reason, event.message, event.count) for event in world.all(Event)]


def test_a_pod_gets_the_claim_of_its_volume(volumes: Any) -> None:
    pod = _pod(volumes)
    volumes.run()
    (claim,) = _claims(volumes)
    meta = claim.metadata
    assert (meta.name, dict(meta.labels), dict(meta.annotations)) == ("p-scratch", {"x": "1"}, {"a": "b"})
    (owner,) = meta.owner_references
    assert (owner.kind, owner.uid, owner.controller, owner.block_owner_deletion) == (
        "Pod",
        pod.metadata.uid,
        True,
        True,
    )
    assert (claim.spec.access_modes, claim.spec.volume_mode) == (("ReadWriteOnce",), "Filesystem")
    assert _events(volumes) == []


def test_a_claim_that_is_deleted_is_made_again(volumes: Any) -> None:
    _pod(volumes)
    volumes.run()
    (first,) = _claims(volumes)
    volumes.change_meta(first, finalizers=())
    volumes.delete(first)
    volumes.run()
    (second,) = _claims(volumes)
    assert second.metadata.uid != first.metadata.uid


def test_a_claim_goes_with_its_pod(volumes: Any) -> None:
    pod = _pod(volumes)
    volumes.run()
    volumes.delete(pod, grace=0)
    volumes.run(1)
    assert all(claim.metadata.deletion_timestamp is not None for claim in _claims(volumes))


def test_a_claim_of_somebody_else_is_not_taken(volumes: Any) -> None:
    volumes.create({"kind": "PersistentVolumeClaim", "metadata": {"name": "p-scratch"}, "spec": SPEC})
    volumes.run()
    _pod(volumes)
    volumes.run(0.002)
    why = "PVC default/p-scratch was not created for pod default/p (pod is not owner)"
    assert _events(volumes) == [("FailedBinding", f"ephemeral volume scratch: {why}", 1)]
    volumes.run(0.008)
    assert [count for _, _, count in _events(volumes)] == [2]


def test_a_claim_that_is_refused_is_reported(volumes: Any) -> None:
    quota = {"hard": {"persistentvolumeclaims": "0"}}
    volumes.create({"kind": "ResourceQuota", "metadata": {"name": "none"}, "spec": quota, "status": quota})
    volumes.run()
    _pod(volumes)
    volumes.run(0.002)
    ((reason, message, _),) = _events(volumes)
    assert reason == "FailedBinding"
    refusal = 'create PVC p-scratch: persistentvolumeclaims "p-scratch" is forbidden: exceeded quota'
    assert message.startswith(f"ephemeral volume scratch: {refusal}")
    assert _claims(volumes) == []
