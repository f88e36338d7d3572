"""Which volume fits a claim, in tables."""

from __future__ import annotations

from typing import Any

import pytest

from k8snb.api.claims import (
    BOUND_BY_CONTROLLER,
    claim_name_of,
    claims_of,
    class_of_claim,
    names_no_class,
    problem_of_ownership,
    waits_for_first_consumer,
)
from k8snb.api.decode import from_dict
from k8snb.api.types.claims import PersistentVolumeClaim, StorageClass
from k8snb.api.types.persistent_volume import PersistentVolume
from k8snb.api.types.pod import Pod
from k8snb.api.volume_matching import bound_to_claim, candidates, find_matching_volume

BETA = {"volume.beta.kubernetes.io/storage-class": "beta"}


def _claim(size: str = "2Gi", annotations: dict[str, str] | None = None, **spec: Any) -> PersistentVolumeClaim:
    meta = {"name": "c", "namespace": "ns", "uid": "u", "resourceVersion": "7", "annotations": annotations or {}}
    body = {"storageClassName": "manual", "resources": {"requests": {"storage": size}}, **spec}
    return from_dict(PersistentVolumeClaim, {"metadata": meta, "spec": body})


def _volume(name: str, size: str = "2Gi", phase: str = "Available", **spec: Any) -> PersistentVolume:
    meta = {"name": name, **spec.pop("metadata", {})}
    body = {"storageClassName": "manual", "capacity": {"storage": size}, **spec}
    return from_dict(PersistentVolume, {"metadata": meta, "spec": body, "status": {"phase": phase}})


def _reserved(name: str, uid: str = "", claim: str = "c", **spec: Any) -> PersistentVolume:
    return _volume(name, claimRef={"namespace": "ns", "name": claim, "uid": uid}, **spec)


def _found(claim: PersistentVolumeClaim, *volumes: PersistentVolume, unreachable: str = "", excluded: str = "") -> str:
    found = find_matching_volume(
        claim, candidates(claim, volumes), lambda volume: volume.metadata.name != unreachable, (excluded,)
    )
    return found.metadata.name if found is not None else ""


@pytest.mark.parametrize(
    ("volume", "fits"),
    [
        (_volume("v"), True),
        (_volume("v", "1Gi"), False),
        (_volume("v", "3Gi"), True),
        (_volume("v", phase="Pending"), False),
        (_volume("v", phase="Released"), False),
        (_volume("v", storageClassName="other"), False),
        (_volume("v", volumeMode="Block"), False),
        (_volume("v", volumeAttributesClassName="fast"), False),
        (_volume("v", metadata={"deletionTimestamp": "2026-01-01T00:00:00Z"}), False),
        (_reserved("v"), True),
        (_reserved("v", "u"), True),
        (_reserved("v", "another"), False),
        (_reserved("v", claim="d"), False),
        (_reserved("v", storageClassName="other", phase="Pending"), True),
    ],
)
def test_a_volume_fits_a_claim(volume: PersistentVolume, fits: bool) -> None:
    assert _found(_claim(), volume) == ("v" if fits else "")


def test_the_smallest_volume_is_taken_that_is_in_reach_and_not_taken_otherwise() -> None:
    volumes = [_volume("large", "9Gi"), _volume("small", "3Gi"), _volume("middle", "5Gi"), _volume("same", "3Gi")]
    assert _found(_claim(), *volumes) == "small"
    assert _found(_claim(), *volumes, unreachable="small") == "same"
    assert _found(_claim("4Gi"), *volumes, excluded="middle") == "large"
    assert _found(_claim("4Gi"), *volumes, unreachable="large", excluded="middle") == ""


def test_a_volume_that_is_reserved_comes_before_smaller_ones_or_none_does() -> None:
    volumes = [_volume("small"), _reserved("mine", size="9Gi")]
    assert _found(_claim(), *volumes) == "mine"
    assert _found(_claim(), *volumes, unreachable="mine") == ""
    assert _found(_claim(), *volumes, excluded="mine") == "small"


def test_access_modes_and_labels_decide_among_free_volumes() -> None:
    shared = {"accessModes": ["ReadWriteMany"]}
    assert _found(_claim(**shared), _volume("v", accessModes=["ReadWriteOnce"]), _volume("w", **shared)) == "w"
    gold = {"selector": {"matchLabels": {"tier": "gold"}}}
    assert _found(_claim(**gold), _volume("v"), _volume("w", metadata={"labels": {"tier": "gold"}})) == "w"


def test_a_volume_that_is_given_to_a_claim_is_marked_unless_a_user_reserved_it() -> None:
    claim = _claim()
    given, kept = bound_to_claim(_volume("v"), claim), bound_to_claim(_reserved("v"), claim)
    for volume in (given, kept):
        reference = volume.spec.claim_ref
        assert reference is not None
        assert (reference.namespace, reference.name, reference.uid, reference.resource_version) == ("ns", "c", "u", "7")
    assert given.metadata.annotations == {BOUND_BY_CONTROLLER: "yes"}
    assert kept.metadata.annotations == {}
    assert bound_to_claim(given, claim) is given


# -- what claims say


@pytest.mark.parametrize(
    ("claim", "name", "none"),
    [
        (_claim(), "manual", False),
        (_claim(storageClassName=""), "", False),
        (_claim(storageClassName=None), "", True),
        (_claim(annotations=BETA), "beta", False),
        (_claim(annotations=BETA, storageClassName=None), "beta", False),
    ],
)
def test_the_class_of_a_claim(claim: PersistentVolumeClaim, name: str, none: bool) -> None:
    assert (class_of_claim(claim), names_no_class(claim)) == (name, none)


@pytest.mark.parametrize(("mode", "waits"), [("WaitForFirstConsumer", True), ("Immediate", False), (None, False)])
def test_a_claim_waits_for_its_first_consumer_if_its_class_says_so(mode: str | None, waits: bool) -> None:
    classes = {"manual": from_dict(StorageClass, {"metadata": {"name": "manual"}, "volumeBindingMode": mode})}
    assert waits_for_first_consumer(_claim(), classes) is waits
    assert waits_for_first_consumer(_claim(), {}) is False


def test_the_claims_of_a_pod() -> None:
    volumes = [
        {"name": "a", "persistentVolumeClaim": {"claimName": "data"}},
        {"name": "b", "persistentVolumeClaim": {"claimName": "data"}},
        {"name": "s", "ephemeral": {}},
        {"name": "e", "emptyDir": {}},
    ]
    pod = from_dict(Pod, {"metadata": {"name": "p", "namespace": "ns", "uid": "1"}, "spec": {"volumes": volumes}})
    assert claims_of(pod) == ["ns/data", "ns/p-s"]
    assert [claim_name_of("p", volume) for volume in pod.spec.volumes] == ["data", "data", "p-s", ""]


def test_an_ephemeral_claim_is_its_pods() -> None:
    pod = from_dict(Pod, {"metadata": {"name": "p", "namespace": "ns", "uid": "1"}})
    owner = {"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "1", "controller": True}
    meta = {"name": "p-s", "namespace": "ns", "ownerReferences": [owner]}
    assert problem_of_ownership(from_dict(PersistentVolumeClaim, {"metadata": meta}), pod) == ""
    words = "PVC ns/c was not created for pod ns/p (pod is not owner)"
    assert problem_of_ownership(_claim(), pod) == words
