"""Endpoint slices: who is in them with which conditions, how they fill, and that single changes add up to the whole."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from k8snb.api.types.pod import Pod
from k8snb.api.types.service import Endpoint, EndpointPort, EndpointSlice, Service
from k8snb.controllers.endpointslice import EndpointSliceController
from k8snb.controllers.endpointslice.endpoints import selects
from k8snb.controllers.endpointslice.port_order import in_order
from k8snb.controllers.endpointslice.slices import is_managed

WEB = {"app": "web"}


def service(world: Any, name: str = "web", **spec: Any) -> Service:
    full = {"selector": WEB, "ports": [{"port": 80}], **spec}
    return world.create({"kind": "Service", "metadata": {"name": name}, "spec": full})


@pytest.fixture
def cluster(world):
    built = world(EndpointSliceController)
    built.node("node-1", zone="east")
    return built


def slices(world: Any) -> list[EndpointSlice]:
    return world.all(EndpointSlice)


def endpoints(world: Any) -> dict[str, Endpoint]:
    found = [e for s in slices(world) for e in s.endpoints]
    names = [e.target_ref.name for e in found if e.target_ref is not None]
    assert len(set(names)) == len(names) == len(found), "a pod is in two slices"
    return dict(zip(names, found, strict=True))


def conditions(endpoint: Endpoint) -> tuple[bool | None, ...]:
    return endpoint.conditions.ready, endpoint.conditions.serving, endpoint.conditions.terminating


def test_a_service_without_pods_has_one_slice_without_ports(cluster):
    web = service(cluster)
    cluster.run()
    (only,) = slices(cluster)
    assert (only.endpoints, only.ports, only.address_type) == ((), (), "IPv4")
    assert only.metadata.generate_name == "web-"
    assert only.metadata.labels == {
        "kubernetes.io/service-name": "web",
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
    }
    (owner,) = only.metadata.owner_references
    assert (owner.kind, owner.uid, owner.controller, owner.block_owner_deletion) == (
        "Service", web.metadata.uid, True, True)  # fmt: skip


def test_the_placeholder_becomes_the_first_slice_and_the_last_slice_a_placeholder(cluster):
    service(cluster)
    cluster.run()
    (before,) = slices(cluster)
    pod = cluster.pod("a", WEB)
    cluster.run()
    (filled,) = slices(cluster)
    assert filled.metadata.uid == before.metadata.uid
    assert filled.metadata.generation == 2
    assert filled.ports == (EndpointPort(name="", protocol="TCP", port=80),)
    cluster.delete(pod, 0)
    cluster.run()
    (after,) = slices(cluster)
    assert (after.metadata.uid, after.endpoints, after.ports) == (before.metadata.uid, (), ())


def test_an_endpoint_says_where_its_pod_is(cluster):
    service(cluster)
    pod = cluster.pod("a", WEB)
    cluster.run()
    endpoint = endpoints(cluster)["a"]
    assert (endpoint.node_name, endpoint.zone, endpoint.hostname) == ("node-1", "east", None)
    assert endpoint.addresses == (pod.status.pod_ip,)
    assert endpoint.target_ref is not None
    assert (endpoint.target_ref.kind, endpoint.target_ref.uid) == ("Pod", pod.metadata.uid)


def test_conditions_follow_readiness_and_deletion(cluster):
    service(cluster)
    pod = cluster.pod("a", WEB, ready=False)
    cluster.run()
    assert conditions(endpoints(cluster)["a"]) == (False, False, False)
    cluster.set_ready(pod, True)
    cluster.run()
    assert conditions(endpoints(cluster)["a"]) == (True, True, False)
    cluster.delete(pod)
    cluster.run()
    assert conditions(endpoints(cluster)["a"]) == (False, True, True)
    cluster.set_ready(pod, False)
    cluster.run()
    assert conditions(endpoints(cluster)["a"]) == (False, False, True)
    cluster.set_phase(pod, "Failed")
    cluster.run()
    assert endpoints(cluster) == {}


def test_unready_addresses_are_published_where_the_service_says_so(cluster):
    service(cluster, publishNotReadyAddresses=True)
    pod = cluster.pod("a", WEB, ready=False)
    cluster.run()
    assert conditions(endpoints(cluster)["a"]) == (True, False, False)
    cluster.delete(pod)
    cluster.run()
    assert conditions(endpoints(cluster)["a"]) == (True, False, True)


def test_pods_without_an_address_or_ended_are_left_out(cluster):
    service(cluster)
    cluster.pod("unbound", WEB, node="")
    cluster.set_phase(cluster.pod("ended", WEB), "Succeeded")
    cluster.pod("other", {"app": "db"})
    cluster.pod("here", WEB)
    cluster.run()
    assert list(endpoints(cluster)) == ["here"]


def test_named_target_ports_put_pods_of_different_ports_in_different_slices(cluster):
    service(cluster, ports=[{"port": 80, "targetPort": "http"}])

    def containers(number: int) -> list[dict[str, Any]]:
        return [{"name": "c", "image": "i", "ports": [{"name": "http", "containerPort": number}]}]

    cluster.pod("a", WEB, containers=containers(8080))
    cluster.pod("b", WEB, containers=containers(9090))
    cluster.pod("c", WEB, containers=containers(8080))
    cluster.pod("without", WEB)
    cluster.run()
    found = {tuple(p.port for p in s.ports): sorted(e.target_ref.name for e in s.endpoints) for s in slices(cluster)}
    assert found == {(8080,): ["a", "c"], (9090,): ["b"], (): ["without"]}


def test_a_headless_service_names_its_hosts(cluster):
    service(cluster, "db", clusterIP="None", selector={"app": "db"})
    cluster.pod("db-0", {"app": "db"}, hostname="db-0", subdomain="db")
    cluster.pod("db-1", {"app": "db"}, hostname="db-1", subdomain="else")
    cluster.run()
    assert {n: e.hostname for n, e in endpoints(cluster).items()} == {"db-0": "db-0", "db-1": None}
    assert slices(cluster)[0].metadata.labels["service.kubernetes.io/headless"] == ""


def test_a_headless_service_may_have_no_ports(cluster):
    service(cluster, clusterIP="None", ports=[])
    cluster.run()
    cluster.pod("a", WEB)
    cluster.run()
    (only,) = slices(cluster)
    assert (len(only.endpoints), only.ports) == (1, ())


def test_slices_hold_a_hundred_and_fill_up_before_new_ones_are_made(cluster):
    service(cluster)
    pods = [cluster.pod(f"p{i:03}", WEB) for i in range(250)]
    cluster.run()
    assert sorted(len(s.endpoints) for s in slices(cluster)) == [50, 100, 100]
    for pod in pods[:30]:
        cluster.delete(pod, 0)
    cluster.run()
    assert sum(len(s.endpoints) for s in slices(cluster)) == 220
    for i in range(40):
        cluster.pod(f"q{i}", WEB)
    cluster.run()
    assert len(slices(cluster)) == 3
    assert len(endpoints(cluster)) == 260


def test_a_change_of_one_pod_writes_one_slice(cluster):
    service(cluster)
    pods = [cluster.pod(f"p{i:03}", WEB) for i in range(250)]
    cluster.run()
    before = {s.metadata.name: s.metadata.resource_version for s in slices(cluster)}
    cluster.set_ready(pods[7], False)
    cluster.run()
    changed = [s for s in slices(cluster) if s.metadata.resource_version != before[s.metadata.name]]
    assert len(changed) == 1


def test_changes_of_one_moment_are_one_write(cluster):
    service(cluster)
    pods = [cluster.pod(f"p{i}", WEB, ready=False) for i in range(5)]
    cluster.run()
    (before,) = slices(cluster)
    for pod in pods:
        cluster.set_ready(pod, True)
    cluster.run()
    (after,) = slices(cluster)
    assert after.metadata.generation == before.metadata.generation + 1


def test_a_new_selector_changes_who_is_in(cluster):
    web = service(cluster)
    cluster.pod("a", WEB)
    cluster.pod("b", {"app": "other"})
    cluster.run()
    assert list(endpoints(cluster)) == ["a"]
    cluster.change(web, spec=replace(web.spec, selector={"app": "other"}))
    cluster.run()
    assert list(endpoints(cluster)) == ["b"]


def test_new_labels_of_a_pod_take_it_out_and_of_a_service_go_to_its_slices(cluster):
    web = service(cluster)
    pod = cluster.pod("a", WEB)
    cluster.pod("b", WEB)
    cluster.run()
    cluster.change_meta(pod, labels={"app": "quarantine"})
    cluster.run()
    assert list(endpoints(cluster)) == ["b"]
    cluster.change_meta(web, labels={"tier": "front"})
    cluster.run()
    assert slices(cluster)[0].metadata.labels["tier"] == "front"


def test_a_new_target_port_is_published(cluster):
    web = service(cluster)
    cluster.pod("a", WEB)
    cluster.run()
    (before,) = slices(cluster)
    cluster.change(web, spec=replace(web.spec, ports=(replace(web.spec.ports[0], target_port=8080),)))
    cluster.run()
    (after,) = slices(cluster)
    assert (after.metadata.uid, after.ports[0].port, len(after.endpoints)) == (before.metadata.uid, 8080, 1)


def test_what_somebody_else_does_to_a_slice_is_undone_after_a_second(cluster):
    service(cluster)
    cluster.pod("a", WEB)
    cluster.run()
    (only,) = slices(cluster)
    cluster.change(only, endpoints=())
    cluster.run(0.5)
    assert endpoints(cluster) == {}
    cluster.run(1)
    assert list(endpoints(cluster)) == ["a"]
    cluster.delete(slices(cluster)[0])
    cluster.run(1.1)
    assert list(endpoints(cluster)) == ["a"]


def test_no_selector_and_external_name_mean_no_slices(cluster):
    service(cluster, "plain", selector=None)
    cluster.create({"kind": "Service", "metadata": {"name": "ext"}, "spec": {
        "type": "ExternalName", "externalName": "example.org", "selector": WEB}})  # fmt: skip
    cluster.pod("a", WEB)
    cluster.run()
    assert slices(cluster) == []


def test_a_pod_on_an_unknown_node_is_left_out_and_tried_again(cluster):
    service(cluster)
    cluster.pod("a", WEB, node="ghost")
    cluster.run(0.5)
    assert endpoints(cluster) == {}
    assert ("web", "FailedToUpdateEndpointSlices") in cluster.events()
    cluster.node("ghost")
    cluster.run(1)
    assert list(endpoints(cluster)) == ["a"]


def test_near_traffic_is_hinted_at_ready_endpoints(cluster):
    service(cluster, trafficDistribution="PreferSameNode")
    cluster.pod("a", WEB)
    cluster.pod("b", WEB, ready=False)
    cluster.run()
    found = endpoints(cluster)
    hints = found["a"].hints
    assert hints is not None and (hints.for_zones[0].name, hints.for_nodes[0].name) == ("east", "node-1")
    assert found["b"].hints is None


def test_the_trigger_time_is_that_of_the_change(cluster):
    service(cluster)
    cluster.run(5)
    pod = cluster.pod("a", WEB, ready=False)
    cluster.run(5)
    cluster.set_ready(pod, True)
    cluster.run()
    annotations = slices(cluster)[0].metadata.annotations
    assert annotations == {"endpoints.kubernetes.io/last-change-trigger-time": "2026-01-01T00:00:10Z"}
    cluster.delete(pod)
    cluster.run()
    assert slices(cluster)[0].metadata.annotations == {}
    cluster.run(2)
    cluster.set_phase(pod, "Failed")
    cluster.delete(pod, 0)
    cluster.run()
    annotations = slices(cluster)[0].metadata.annotations
    assert annotations == {"endpoints.kubernetes.io/last-change-trigger-time": "2026-01-01T00:00:12Z"}


def test_ports_stand_in_one_order():
    ports = [EndpointPort(name=n, protocol="TCP", port=p) for n, p in (("http", 80), ("https", 443), ("metrics", 9090))]
    assert in_order(ports) == in_order(reversed(ports))
    assert Counter(in_order(ports)) == Counter(ports)


WHAT = ["add", "ready", "unready", "relabel", "delete", "gone", "end", "touch"]
OPERATIONS = st.lists(st.tuples(st.sampled_from(WHAT), st.integers(0, 400)), max_size=60)


@settings(max_examples=25)
@given(operations=OPERATIONS, pause=st.booleans())
def test_single_changes_add_up_to_what_a_look_at_all_pods_gives(world_class, operations, pause):
    world = world_class(EndpointSliceController)
    world.node("node-1")
    services = [service(world), service(world, "all", selector={"tier": "x"}, publishNotReadyAddresses=True)]
    pods = [world.pod(f"p{i:03}", {**WEB, "tier": "x"}) for i in range(105)]
    for what, number in operations:
        pod = world.current(pods[number % len(pods)])
        if what == "add":
            pods.append(world.pod(f"n{len(pods)}", {**WEB, "tier": "x"}, ready=bool(number % 2)))
        elif pod is not None:
            act(world, what, pod)
        if pause:
            world.run(0.01)
    world.run(2)
    for of in services:
        check(world, of)


def act(world: Any, what: str, pod: Pod) -> None:
    if what in ("ready", "unready"):
        world.set_ready(pod, what == "ready")
    elif what == "relabel":
        world.change_meta(pod, labels={"tier": "x"} if "app" in pod.metadata.labels else {**WEB})
    elif what == "end":
        world.set_phase(pod, "Failed")
    elif what == "touch" and slices(world):
        world.change(slices(world)[0], endpoints=())
    elif what in ("delete", "gone"):
        world.delete(pod, 0 if what == "gone" else None)


def check(world: Any, of: Service) -> None:
    own = [s for s in slices(world) if s.metadata.labels["kubernetes.io/service-name"] == of.metadata.name]
    found = Counter((e.target_ref.name, conditions(e)) for s in own for e in s.endpoints)
    assert all(len(s.endpoints) <= 100 and is_managed(s) for s in own)
    assert len(own) <= max(1, len(found) // 100 + 2)
    expected: Counter[Any] = Counter()
    for pod in world.all(Pod):
        if selects(of, pod.metadata.labels) and pod.status.pod_ip and pod.status.phase == "Running":
            serving = pod.status.conditions[0].status == "True"
            terminating = pod.metadata.deletion_timestamp is not None
            ready = of.spec.publish_not_ready_addresses or (serving and not terminating)
            expected[pod.metadata.name, (ready, serving, terminating)] += 1
    assert found == expected
