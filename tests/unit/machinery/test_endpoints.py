"""Endpoints are what a service's slices say, in the older form."""

from __future__ import annotations

from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.service import Endpoint, EndpointConditions, EndpointPort, EndpointSlice, Service, ServiceSpec
from k8snb.machinery.endpoints import endpoints_of

UID = "00000000-0000-0000-0000-000000000001"


def service(cluster_ip: str = "10.96.0.9", all_pods: bool = False) -> Service:
    meta = ObjectMeta(name="web", namespace="default", uid=UID, resource_version="7", labels={"app": "web"})
    spec = ServiceSpec(
        selector={"app": "web"},
        ip_families=("IPv4",),
        cluster_ip=cluster_ip,
        publish_not_ready_addresses=all_pods,
    )
    return Service(metadata=meta, spec=spec)


def slice_of(port: int, *endpoints: Endpoint) -> EndpointSlice:
    return EndpointSlice(
        metadata=ObjectMeta(name="web-x", namespace="default", resource_version="9"),
        address_type="IPv4",
        endpoints=endpoints,
        ports=(EndpointPort(name="", protocol="TCP", port=port),),
    )


def endpoint(address: str, ready: bool = True, terminating: bool = False) -> Endpoint:
    return Endpoint(addresses=(address,), conditions=EndpointConditions(ready=ready, terminating=terminating))


def test_ready_and_unready_addresses_stand_apart_and_in_order() -> None:
    found = endpoints_of(
        service(), [slice_of(80, endpoint("10.0.0.9"), endpoint("10.0.0.3"), endpoint("10.0.0.1", False))]
    )
    (subset,) = found.subsets
    assert [a.ip for a in subset.addresses] == ["10.0.0.3", "10.0.0.9"]
    assert [a.ip for a in subset.not_ready_addresses] == ["10.0.0.1"]
    assert [(p.port, p.protocol) for p in subset.ports] == [(80, "TCP")]


def test_who_goes_away_is_left_out_unless_all_are_published() -> None:
    leaving = slice_of(80, endpoint("10.0.0.1", ready=False, terminating=True))
    assert endpoints_of(service(), [leaving]).subsets == ()
    (subset,) = endpoints_of(service(all_pods=True), [leaving]).subsets
    assert [a.ip for a in subset.addresses] == ["10.0.0.1"]


def test_each_set_of_ports_is_a_subset() -> None:
    found = endpoints_of(service(), [slice_of(81, endpoint("10.0.0.2")), slice_of(80, endpoint("10.0.0.1"))])
    assert [subset.ports[0].port for subset in found.subsets] == [80, 81]


def test_metadata_are_the_services() -> None:
    meta = endpoints_of(service(cluster_ip="None"), [slice_of(80)]).metadata
    assert meta.labels == {
        "app": "web",
        "service.kubernetes.io/headless": "",
        "endpoints.kubernetes.io/managed-by": "endpoint-controller",
    }
    assert (meta.resource_version, meta.uid == UID, len(meta.uid)) == ("9", False, 36)
