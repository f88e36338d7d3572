"""Answers to requests about services, put to an empty cluster's API server."""

from __future__ import annotations

from typing import Any

import pytest

from k8snb.api.resources import BY_CLASS
from k8snb.api.types.service import Service
from k8snb.errors import Invalid
from k8snb.recording.answers import answer_case, empty_server

PORTS = [{"name": "a", "port": 80}, {"name": "b", "port": 81}]


def service(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"}, "spec": spec}


def created(**spec: Any) -> dict[str, Any]:
    return answer_case({"verb": "create", "manifest": service(**spec)})


def test_a_service_that_is_a_name_has_no_internal_traffic_policy_to_read() -> None:
    named = {"type": "ExternalName", "externalName": "example.com"}
    assert "internalTrafficPolicy" not in created(**named, internalTrafficPolicy="Local")["object"]["spec"]
    turned = {"verb": "patch", "type": "merge", "base": service(ports=PORTS), "manifest": {"spec": named}}
    assert "internalTrafficPolicy" not in answer_case(turned)["object"]["spec"]
    refused = created(**named, internalTrafficPolicy="Nope")
    assert [cause["field"] for cause in refused["causes"]] == ["spec.internalTrafficPolicy"]


def test_an_update_that_names_a_node_port_twice_fails_before_it_is_validated() -> None:
    ports = [{**port, "nodePort": 30080} for port in PORTS]
    answer = answer_case(
        {
            "verb": "update",
            "base": service(type="NodePort", ports=PORTS),
            "manifest": service(type="NodePort", ports=ports),
        }
    )
    assert (answer["code"], answer["message"]) == (500, "duplicate nodePort: {TCP 30080}")


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("x", "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"),
        ("10.0.0.0/255.0.0.0", "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"),
        ("010.0.0.0/8", "must not have leading 0s in IP or prefix length"),
        (" 10.0.0.1/8", "must not have bits set beyond the prefix length"),
    ],
)
def test_networks_that_may_not_reach_a_load_balancer(address: str, fault: str) -> None:
    answer = created(type="LoadBalancer", ports=PORTS, loadBalancerSourceRanges=["10.0.0.0/8 ", address])
    path, shown = "spec.LoadBalancerSourceRanges[1]", f'"{address.strip()}"'
    assert answer["message"] == f'Service "x" is invalid: {path}: Invalid value: {shown}: {fault}'


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("", "Required value"),
        ("a/b", "Invalid value: \"a/b\": may not contain '/'"),
        ("..", "Invalid value: \"..\": may not be '..'"),
    ],
)
def test_an_address_is_recorded_before_the_name_is_checked(name: str, fault: str) -> None:
    refusals = []
    specs: list[dict[str, Any]] = [{}, {"clusterIP": "10.96.0.9"}, {"clusterIP": "None"}]
    for spec in specs:
        manifest = {**service(ports=PORTS, **spec), "metadata": {"name": name}}
        with pytest.raises(Invalid) as refusal:
            empty_server().create(BY_CLASS[Service], "default", manifest)
        refusals.append((refusal.value.causes[0].field, refusal.value.message))
        # a dry run records no address
        assert answer_case({"verb": "create", "manifest": manifest})["causes"][0]["field"] == "metadata.name"
    (some, why), (own, same), (headless, _) = refusals
    assert (some, own, headless) == ("spec.clusterIPs", "spec.clusterIPs", "metadata.name")
    assert 'Invalid value: [""]: failed to allocate IP: IPAddress.networking.k8s.io "10.' in why
    assert 'failed to allocate IP 10.96.0.9: IPAddress.networking.k8s.io "10.96.0.9" is invalid: ' in same
    assert why.endswith(f'" is invalid: spec.parentRef.name: {fault}')


def test_an_address_out_of_range_is_refused_in_other_words_by_a_dry_run() -> None:
    manifest = service(ports=PORTS, clusterIP="10.0.0.1")
    assert (
        "the provided IP (10.0.0.1) is not in the valid range." in created(ports=PORTS, clusterIP="10.0.0.1")["message"]
    )
    with pytest.raises(Invalid, match=r"10\.0\.0\.1: the provided network does not match the current range$"):
        empty_server().create(BY_CLASS[Service], "default", manifest)
