"""Rules for metadata, names and small texts."""

from __future__ import annotations

from typing import Any

import pytest

from k8snb.api.decode import from_dict
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.validation import formats
from k8snb.api.validation.metadata import name_is_dns_subdomain, validate_object_meta, validate_object_meta_update


def faults(metadata: dict[str, Any]) -> list[str]:
    meta = from_dict(ObjectMeta, {"name": "x", "namespace": "default", **metadata})
    return [str(error) for error in validate_object_meta(meta, name_is_dns_subdomain, namespaced=True)]


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({"name": ""}, "metadata.name: Required value: name or generateName is required"),
        ({"name": "", "generateName": "a-"}, "metadata.name: Required value: name or generateName is required"),
        ({"labels": {"a/b/c": "d"}}, "a valid label key must consist of alphanumeric characters"),
        ({"labels": {"/b": "d"}}, 'metadata.labels: Invalid value: "/b": prefix part must be non-empty'),
        ({"annotations": {"a": "x" * 262144}}, "metadata.annotations: Too long: may not be more than 262144 bytes"),
        (
            {"finalizers": ["orphan", "foregroundDeletion"]},
            'metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: '
            "finalizer orphan and foregroundDeletion cannot be both set",
        ),
        (
            {"ownerReferences": [{"apiVersion": "v1", "kind": "Event", "name": "e", "uid": "u"}]},
            'metadata.ownerReferences: Invalid value: {"apiVersion":"v1","kind":"Event","name":"e","uid":"u"}: '
            "/v1, Kind=Event is disallowed from being an owner",
        ),
        (
            {
                "ownerReferences": [
                    {"apiVersion": "a/v1", "kind": "K", "name": n, "uid": n, "controller": True} for n in ("a", "b")
                ]
            },
            'Only one reference can have Controller set to true. Found "true" in references for K/a and K/b',
        ),
    ],
)
def test_faults_of_metadata(metadata: dict[str, Any], expected: str) -> None:
    [found] = faults(metadata)
    assert expected in found


def test_identity_does_not_change() -> None:
    old = ObjectMeta(name="a", namespace="n", uid="u", resource_version="1", creation_timestamp=0)
    new = ObjectMeta(name="b", namespace="n", uid="u", creation_timestamp=1000)
    assert [str(error) for error in validate_object_meta_update(new, old)] == [
        'metadata.resourceVersion: Invalid value: "": must be specified for an update',
        'metadata.name: Invalid value: "b": field is immutable',
        'metadata.creationTimestamp: Invalid value: "1970-01-01T00:00:01Z": field is immutable',
    ]


@pytest.mark.parametrize(
    ("address", "legacy", "strict"),
    [
        ("10.0.0.1", [], []),
        ("2001:db8::1", [], []),
        ("2001:DB8::1", [], ['must be in canonical form ("2001:db8::1")']),
        ("::ffff:1.2.3.4", ["must not be an IPv4-mapped IPv6 address"], ["must not be an IPv4-mapped IPv6 address"]),
        ("1.2.3.004", ["must not have leading 0s"], ["must not have leading 0s"]),
        ("fe80::1%eth0", [formats.INVALID_IP], [formats.INVALID_IP]),
    ],
)
def test_addresses(address: str, legacy: list[str], strict: list[str]) -> None:
    assert formats.is_valid_ip_legacy(address) == legacy
    assert formats.is_valid_ip(address) == strict


def test_texts_with_a_newline_at_their_end_are_no_names() -> None:
    assert formats.is_dns1123_label("a\n")
    assert formats.is_valid_label_value("a\n")
    assert formats.is_qualified_name("a\n")


def test_length_is_counted_in_bytes() -> None:
    assert formats.is_valid_label_value("é" * 32)[0] == "must be no more than 63 bytes"


@pytest.mark.parametrize(
    ("network", "complaint"),
    [
        ("10.0.0.0/8", ""),
        ("2001:db8::/64", ""),
        ("10.0.0.0", formats.INVALID_CIDR),
        ("10.0.0.0/33", formats.INVALID_CIDR),
        ("10.0.0.0/08", "must not have leading 0s in IP or prefix length"),
        ("10.0.00.0/8", "must not have leading 0s in IP or prefix length"),
        ("::ffff:10.0.0.0/104", "must not have an IPv4-mapped IPv6 address"),
        ("10.1.0.0/8", "must not have bits set beyond the prefix length"),
    ],
)
def test_networks(network: str, complaint: str) -> None:
    assert formats.is_valid_cidr_legacy(network) == [complaint] * bool(complaint)
