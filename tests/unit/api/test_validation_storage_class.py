"""Storage classes: what is refused at their creation, and what stays afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from k8snb.api.decode import from_dict
from k8snb.api.defaults import with_defaults
from k8snb.api.registry import validate_create, validate_update
from k8snb.api.types.claims import StorageClass


def made(**body: Any) -> StorageClass:
    meta = {"name": "fast", "uid": "u", "resourceVersion": "1", "creationTimestamp": "2026-01-01T00:00:00Z"}
    return with_defaults(from_dict(StorageClass, {"metadata": meta, "provisioner": "a.b/c", **body}))


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, []),
        ({"provisioner": "KUBERNETES.io/x"}, []),
        ({"provisioner": ""}, ["provisioner: Required value"]),
        (
            {"reclaimPolicy": "Burn", "volumeBindingMode": "Late"},
            [
                'reclaimPolicy: Unsupported value: "Burn": supported values: "Delete", "Retain"',
                'volumeBindingMode: Unsupported value: "Late": supported values: "Immediate", "WaitForFirstConsumer"',
            ],
        ),
    ],
)
def test_says_what_is_wrong(body: dict[str, Any], faults: list[str]) -> None:
    assert [str(error) for error in validate_create(made(**body))] == faults


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"allowVolumeExpansion": True}, []),
        ({"provisioner": "x"}, ['provisioner: Invalid value: "x": field is immutable']),
        ({"reclaimPolicy": "Retain"}, ['reclaimPolicy: Invalid value: "Retain": field is immutable']),
        (
            {"volumeBindingMode": "WaitForFirstConsumer"},
            ['volumeBindingMode: Invalid value: "WaitForFirstConsumer": field is immutable'],
        ),
        ({"parameters": {"a": "b"}}, ['parameters: Invalid value: {"a":"b"}: field is immutable']),
    ],
)
def test_what_volumes_are_made_by_stays(change: dict[str, Any], faults: list[str]) -> None:
    assert [str(error) for error in validate_update(made(**change), made())] == faults
