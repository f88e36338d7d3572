"""What the registry makes of namespaces, configuration, nodes, quotas and services, and what it refuses."""

from __future__ import annotations

from typing import Any, TypeVar

import pytest
from msgspec.structs import replace

from k8snb.api.decode import from_dict
from k8snb.api.defaults import with_defaults
from k8snb.api.registry import (
    allows_unconditional_update,
    prepare_create,
    prepare_update,
    validate_create,
    validate_update,
    warnings_on_create,
)
from k8snb.api.schema import KubernetesObject
from k8snb.api.types.claims import PersistentVolumeClaim
from k8snb.api.types.config import ConfigMap, Namespace, Secret
from k8snb.api.types.node import Node
from k8snb.api.types.quota import LimitRange, ResourceQuota
from k8snb.api.types.service import Service

T = TypeVar("T", bound=KubernetesObject)


def made(cls: type[T], **body: Any) -> T:
    meta = {"name": "x", "namespace": "" if cls in (Namespace, Node) else "default"}
    obj = with_defaults(from_dict(cls, {"metadata": {**meta, **body.pop("metadata", {})}, **body}))
    meta_changes = {"creation_timestamp": 1_000, "uid": "u", "resource_version": "1"}
    return prepare_create(replace(obj, metadata=replace(obj.metadata, **meta_changes)))


def test_a_namespace_is_labelled_active_and_held() -> None:
    namespace = made(Namespace, metadata={"labels": {"a": "b"}}, status={"phase": "Terminating"})
    assert namespace.metadata.labels == {"a": "b", "kubernetes.io/metadata.name": "x"}
    assert (namespace.spec.finalizers, namespace.status.phase) == (("kubernetes",), "Active")
    assert validate_create(namespace) == []
    stripped = prepare_update(replace(namespace, metadata=replace(namespace.metadata, labels={})), namespace)
    assert stripped.metadata.labels == {"kubernetes.io/metadata.name": "x"}


def test_identity_and_age_are_not_the_requests_to_change() -> None:
    old = made(ConfigMap, data={"a": "1"})
    sent = from_dict(ConfigMap, {"metadata": {"name": "x", "namespace": "default", "generation": 7}})
    new = prepare_update(sent, old)
    assert new.metadata == old.metadata
    assert validate_update(new, old) == []


def test_text_becomes_data_of_a_secret() -> None:
    secret = made(Secret, data={"a": "MQ==", "b": "MQ=="}, stringData={"b": "two"})
    assert (secret.data, secret.string_data, secret.type) == ({"a": "MQ==", "b": "dHdv"}, {}, "Opaque")


@pytest.mark.parametrize("cls", [ConfigMap, Secret])
def test_what_is_immutable_stays(cls: type[ConfigMap] | type[Secret]) -> None:
    old = made(cls, immutable=True, data={"a": "MQ=="})
    changed = prepare_update(replace(old, data={"a": "Mg=="}), old)
    thawed = prepare_update(replace(old, immutable=None), old)
    why = "Forbidden: field is immutable when `immutable` is set"
    assert [str(f) for f in validate_update(changed, old)] == [f"data: {why}"]
    assert [str(f) for f in validate_update(thawed, old)] == [f"immutable: {why}"]
    assert validate_update(old, old) == []


def test_the_type_of_a_secret_stays() -> None:
    old = made(Secret, type="example.com/a")
    assert prepare_update(replace(old, type=""), old).type == "example.com/a"
    assert [str(f) for f in validate_update(replace(old, type="example.com/b"), old)] == [
        'type: Invalid value: "example.com/b": field is immutable'
    ]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"data": {"a b": "1"}}, 'data[a b]: Invalid value: "a b": a valid config key must consist of alphanumeric'),
        ({"data": {"a": "1"}, "binaryData": {"a": "MQ=="}}, 'data[a]: Invalid value: "a": duplicate of key present'),
        ({"data": {"a": "x" * (1 << 20), "b": "y"}}, "[]: Too long: may not be more than 1048576 bytes"),
        ({"metadata": {"name": "Bad_Name"}}, 'metadata.name: Invalid value: "Bad_Name": a lowercase RFC 1123 sub'),
    ],
)
def test_config_maps_that_are_refused(body: dict[str, Any], fault: str) -> None:
    (found,) = validate_create(made(ConfigMap, **body))
    assert str(found).startswith(fault)


@pytest.mark.parametrize(
    ("kind", "data", "fault"),
    [
        ("kubernetes.io/tls", {}, ["data[tls.crt]: Required value", "data[tls.key]: Required value"]),
        ("kubernetes.io/dockerconfigjson", {}, ["data[.dockerconfigjson]: Required value"]),
        ("kubernetes.io/ssh-auth", {}, ["data[ssh-privatekey]: Required value"]),
        ("Opaque", {}, []),
    ],
)
def test_secrets_of_some_types_need_entries(kind: str, data: dict[str, str], fault: list[str]) -> None:
    assert [str(f) for f in validate_create(made(Secret, type=kind, data=data))] == fault


def test_a_new_node_may_bring_its_status_and_its_spec_is_its_own() -> None:
    node = made(Node, spec={"unschedulable": True}, status={"capacity": {"cpu": "4"}})
    assert node.status.capacity == {"cpu": "4"}
    assert validate_create(node) == []
    cordoned = prepare_update(replace(node, spec=replace(node.spec, unschedulable=False)), node)
    assert (cordoned.spec.unschedulable, cordoned.status) == (False, node.status)
    assert validate_update(cordoned, node) == []


def test_taints_are_distinct_and_have_a_known_effect() -> None:
    taint = {"key": "k", "value": "v", "effect": "NoSchedule"}
    node = made(Node, spec={"taints": [taint, taint, {"key": "k", "effect": "Nope"}]})
    # The API server blames the metadata.
    assert [f.field for f in validate_create(node)] == ["metadata.taints[1]", "metadata.taints[2].effect"]


def test_a_node_has_one_network_of_each_family_for_its_pods() -> None:
    def faults(*networks: str) -> list[str]:
        return [fault.field for fault in validate_create(made(Node, spec={"podCIDRs": [*networks]}))]

    assert faults("10.0.0.0/24", "2001:db8::/64") == []
    assert faults("10.0.0.1/24") == ["spec.podCIDRs[0]"]
    assert faults("10.0.0.0/24", "10.0.1.0/24") == ["spec.podCIDRs"]
    assert faults("10.0.0.0/24", "x") == ["spec.podCIDRs[1]", "spec.podCIDRs", "spec.podCIDRs"]


def test_the_features_that_a_node_declares_are_named_and_sorted() -> None:
    features = ["B/c", "A/1", "A/1", "é", "F" * 254]
    node = made(Node, status={"declaredFeatures": features})
    sort, form = "list must be sorted alphabetically", "must start with an UpperCamelCase segment"
    assert [(e.field[-2], e.detail.split(",")[0]) for e in validate_create(node)] == [
        ("1", sort),
        ("1", f'invalid feature name "A/1": {form}'),
        ("2", ""),  # a duplicate
        ("2", f'invalid feature name "A/1": {form}'),
        ("3", f'invalid feature name "é": {form}'),
        ("4", sort),
        ("4", f'invalid feature name "{"F" * 254}": must be no more than 253 characters'),
    ]


@pytest.mark.parametrize(
    ("cidrs", "faults"),
    [
        (["10.0.0.0/24", "fd00::/64"], 0),
        (["10.0.0.0/24"], 1),
        (["10.0.1.0/24", "fd00::/64"], 1),
        (["10.0.1.0/24", "fd01::/64"], 2),
    ],
)
def test_every_network_of_a_node_stays(cidrs: list[str], faults: int) -> None:
    old, new = (made(Node, spec={"podCIDRs": c}) for c in (["10.0.0.0/24", "fd00::/64"], cidrs))
    assert len(validate_update(new, old)) == faults


_BETA = "volume.beta.kubernetes.io/storage-class"


@pytest.mark.parametrize(
    ("old", "new", "faults"),
    [
        ((None, None), ("fast", None), []),
        (("slow", None), ("fast", None), ["spec"]),
        ((None, "fast"), ("fast", "fast"), []),
        ((None, "fast"), ("fast", None), []),  # the annotation becomes the field
        ((None, "fast"), (None, None), [f"metadata.annotations.{_BETA}"]),
        ((None, "fast"), ("fast", "slow"), [f"metadata.annotations.{_BETA}"]),
        ((None, "fast"), ("slow", "fast"), ["spec"]),
        ((None, None), ("fast", "fast"), [f"metadata.annotations.{_BETA}"]),
    ],
)
def test_a_claim_without_a_class_may_get_the_one_of_its_old_annotation(
    old: tuple[str | None, str | None], new: tuple[str | None, str | None], faults: list[str]
) -> None:
    def claim(name: str | None, beta: str | None) -> PersistentVolumeClaim:
        spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
        annotations = {} if beta is None else {_BETA: beta}
        return made(
            PersistentVolumeClaim, metadata={"annotations": annotations}, spec={**spec, "storageClassName": name}
        )

    assert [e.field for e in validate_update(claim(*new), claim(*old))] == faults


def test_a_quota_starts_without_a_status_and_its_scopes_stay() -> None:
    quota = made(ResourceQuota, spec={"hard": {"pods": "1"}}, status={"used": {"pods": "5"}})
    assert quota.status.used == {}
    scoped = made(ResourceQuota, spec={"hard": {"pods": "1"}, "scopes": ["BestEffort"]})
    assert [str(f) for f in validate_update(scoped, quota)] == [
        'spec.scopes: Invalid value: ["BestEffort"]: field is immutable'
    ]


def test_scopes_that_are_gone_and_scopes_that_are_none_print_differently() -> None:
    old = made(ResourceQuota, spec={"hard": {"pods": "1"}, "scopes": ["Terminating"]})

    def said(**spec: Any) -> list[str]:
        return [str(fault) for fault in validate_update(made(ResourceQuota, spec={"hard": {"pods": "1"}, **spec}), old)]

    assert said() == ["spec.scopes: Invalid value: null: field is immutable"]
    assert said(scopes=[]) == ["spec.scopes: Invalid value: []: field is immutable"]


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        ("1", "4", ""),
        ("2", "2", "1.000000"),
        ("0", "1", ""),
        ("0", "-1", "-Inf"),
        ("0", "0", ""),
        ("1", "-1", "-1.000000"),
    ],
)
def test_a_limit_may_be_above_its_request_by_as_much_as_bounds_allow(low: str, high: str, said: str) -> None:
    item = {"type": "Pod", "min": {"cpu": low}, "max": {"cpu": high}, "maxLimitRequestRatio": {"cpu": "2"}}
    faults = validate_create(made(LimitRange, spec={"limits": [item]}))
    ratio = [fault.detail for fault in faults if "Ratio" in fault.field]
    assert ratio == ([f"ratio 2 is greater than max/min = {said}"] if said else [])


def test_a_quota_whose_requests_exceed_its_limits_is_worth_a_warning() -> None:
    quota = made(ResourceQuota, spec={"hard": {"requests.cpu": "4", "limits.cpu": "2"}})
    assert warnings_on_create(quota) == ["ResourceQuota requests.cpu (4) should be less than limits.cpu (2)"]


# -- services


def service(**spec: Any) -> Service:
    return made(Service, spec={"ports": [{"port": 80, **spec.pop("port", {})}], **spec})


def test_a_service_that_ceases_to_be_a_node_port_gives_its_port_back() -> None:
    old = service(type="NodePort", port={"nodePort": 30080})
    assert old.spec.external_traffic_policy == "Cluster"
    new = prepare_update(replace(old, spec=replace(old.spec, type="ClusterIP")), old)
    assert (new.spec.ports[0].node_port, new.spec.external_traffic_policy) == (0, "")


def test_a_service_that_becomes_a_name_loses_its_address() -> None:
    old = replace(service(), spec=replace(service().spec, cluster_ip="10.96.0.7", cluster_ips=("10.96.0.7",)))
    sent = replace(old, spec=replace(old.spec, type="ExternalName", external_name="example.com"))
    spec = prepare_update(sent, old).spec
    assert (spec.cluster_ip, spec.cluster_ips, spec.external_name) == ("", (), "example.com")


@pytest.mark.parametrize(
    ("spec", "fault"),
    [
        ({"type": "Nope"}, 'spec.type: Unsupported value: "Nope": supported values: '),
        ({"port": {"port": 70000}}, "spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive"),
        (
            {"port": {"nodePort": 30080}},
            "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
        ),
        ({"ports": []}, "spec.ports: Required value"),
        ({"sessionAffinity": "Cookie"}, 'spec.sessionAffinity: Unsupported value: "Cookie"'),
        ({"selector": {"a b": "c"}}, 'spec.selector: Invalid value: "a b": name part must consist of'),
        ({"type": "ExternalName"}, "spec.externalName: Required value"),
    ],
)
def test_services_that_are_refused(spec: dict[str, Any], fault: str) -> None:
    assert any(str(found).startswith(fault) for found in validate_create(service(**spec)))


def test_a_cluster_address_stays() -> None:
    old = replace(service(), spec=replace(service().spec, cluster_ip="10.96.0.7", cluster_ips=("10.96.0.7",)))
    new = replace(old, spec=replace(old.spec, cluster_ip="10.96.0.8", cluster_ips=("10.96.0.8",)))
    assert any("may not change once set" in str(found) for found in validate_update(prepare_update(new, old), old))


def test_which_kinds_may_be_replaced_blindly() -> None:
    assert allows_unconditional_update(ConfigMap)
    assert allows_unconditional_update(Service)
