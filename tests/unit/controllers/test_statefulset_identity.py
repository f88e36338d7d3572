"""Names, ordinals, labels and claims of a StatefulSet's pods."""

from __future__ import annotations

from typing import Any

import pytest

from k8snb.api.decode import from_dict
from k8snb.api.defaults import with_defaults
from k8snb.api.types.apps import StatefulSet
from k8snb.api.types.claims import PersistentVolumeClaim
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.pod import Pod
from k8snb.controllers.statefulset.claims import claims_for, is_owner_up_to_date, with_owner
from k8snb.controllers.statefulset.identity import (
    identity_matches,
    in_ordinal_range,
    new_pod,
    ordinal_of,
    parent_and_ordinal,
    storage_matches,
)


def stateful_set(**spec: Any) -> StatefulSet:
    claim = {"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"]}}
    body = {
        "metadata": {"name": "db", "namespace": "default", "uid": "u1"},
        "spec": {
            "serviceName": "svc",
            "replicas": 2,
            "selector": {"matchLabels": {"app": "db"}},
            "template": {
                "metadata": {"labels": {"app": "db"}},
                "spec": {
                    "containers": [{"name": "c", "image": "i"}],
                    "volumes": [{"name": "data", "emptyDir": {}}, {"name": "tmp", "emptyDir": {}}],
                },
            },
            "volumeClaimTemplates": [claim],
            **spec,
        },
    }
    return with_defaults(from_dict(StatefulSet, body))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("db-0", ("db", 0)),
        ("my-db-12", ("my-db", 12)),
        ("db", ("", -1)),
        ("db-x", ("", -1)),
        ("db-", ("", -1)),
        ("db-99999999999", ("db", -1)),
    ],
)
def test_parent_and_ordinal(name: str, expected: tuple[str, int]) -> None:
    assert parent_and_ordinal(name) == expected


def test_new_pod_has_its_identity() -> None:
    set_ = stateful_set(ordinals={"start": 3})
    pod = new_pod(set_, set_.spec.template, "db-abc", 4)
    assert pod.metadata.name == pod.spec.hostname == "db-4"
    assert pod.spec.subdomain == "svc"
    assert pod.metadata.labels == {
        "app": "db",
        "apps.kubernetes.io/pod-index": "4",
        "controller-revision-hash": "db-abc",
        "statefulset.kubernetes.io/pod-name": "db-4",
    }
    assert identity_matches(set_, pod) and storage_matches(set_, pod)
    assert in_ordinal_range(set_, pod)
    assert ordinal_of(pod) == 4


def test_claim_volumes_replace_volumes_of_their_name() -> None:
    set_ = stateful_set()
    pod = new_pod(set_, set_.spec.template, "r", 0)
    assert [volume.name for volume in pod.spec.volumes] == ["data", "tmp"]
    source = pod.spec.volumes[0].persistent_volume_claim
    assert source is not None and source.claim_name == "data-db-0"


def test_claims_carry_the_labels_of_the_selector() -> None:
    set_ = stateful_set()
    (claim,) = claims_for(set_, new_pod(set_, set_.spec.template, "r", 1))
    assert claim.metadata.name == "data-db-1"
    assert claim.metadata.labels == {"app": "db"}


@pytest.mark.parametrize(
    ("when_scaled", "when_deleted", "ordinal", "owner"),
    [
        ("Retain", "Retain", 0, None),
        ("Retain", "Retain", 5, None),
        ("Retain", "Delete", 0, "StatefulSet"),
        ("Retain", "Delete", 5, "StatefulSet"),
        ("Delete", "Retain", 0, None),
        ("Delete", "Retain", 5, "Pod"),
        ("Delete", "Delete", 0, "StatefulSet"),
        ("Delete", "Delete", 5, "Pod"),
    ],
)
def test_retention_policy_names_the_owner(when_scaled: str, when_deleted: str, ordinal: int, owner: str | None) -> None:
    policy = {"whenScaled": when_scaled, "whenDeleted": when_deleted}
    set_ = stateful_set(persistentVolumeClaimRetentionPolicy=policy)
    pod = Pod(metadata=ObjectMeta(name=f"db-{ordinal}", namespace="default", uid="p1"))
    claim = PersistentVolumeClaim(metadata=ObjectMeta(name=f"data-db-{ordinal}", namespace="default"))
    owned = with_owner(claim, set_, pod)
    assert [reference.kind for reference in owned.metadata.owner_references] == ([owner] if owner else [])
    assert is_owner_up_to_date(owned, set_, pod)
    assert is_owner_up_to_date(claim, set_, pod) == (owner is None)


def test_claims_of_another_controller_are_left_alone() -> None:
    set_ = stateful_set(persistentVolumeClaimRetentionPolicy={"whenDeleted": "Delete"})
    other = stateful_set()
    pod = Pod(metadata=ObjectMeta(name="db-0", namespace="default", uid="p1"))
    claim = with_owner(PersistentVolumeClaim(metadata=ObjectMeta(name="data-db-0")), set_, pod)
    assert is_owner_up_to_date(claim, set_, pod)
    earlier = from_dict(StatefulSet, {"metadata": {"name": "db", "namespace": "default", "uid": "u2"}})
    assert is_owner_up_to_date(claim, earlier, pod), "stale owners are for the garbage collector"
    assert not is_owner_up_to_date(claim, other, pod)
