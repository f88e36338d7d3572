"""Admission of everything but pods' own rules: namespaces, quotas, services' addresses and ports, claims, nodes."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from k8snb.api.decode import from_dict
from k8snb.api.resources import BY_CLASS, find
from k8snb.api.types.claims import PersistentVolumeClaim
from k8snb.api.types.config import Namespace
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.node import Node
from k8snb.api.types.pod import Pod
from k8snb.api.types.quota import ResourceQuota
from k8snb.api.types.service import Service
from k8snb.errors import ApiError, Conflict, Forbidden, Invalid, NotFound, Unclassified
from k8snb.machinery.deletion import DeleteOptions
from k8snb.machinery.server import ApiServer
from k8snb.recording.answers import empty_server


@pytest.fixture
def server() -> ApiServer:
    return empty_server()


def create(server: ApiServer, word: str, name: str, **body: Any) -> Any:
    resource = find(word)
    assert resource is not None
    namespace = "default" if resource.namespaced else ""
    namespace = body.get("metadata", {}).get("namespace", namespace)
    metadata = {"name": name, **body.pop("metadata", {})}
    return server.create(resource, namespace, {"metadata": metadata, **body})


def pod_spec(cpu: str = "", memory: str = "", **spec: Any) -> dict[str, Any]:
    requests = {name: amount for name, amount in (("cpu", cpu), ("memory", memory)) if amount}
    return {"containers": [{"name": "c", "image": "nginx", "resources": {"requests": requests}}], **spec}


def used(server: ApiServer, name: str = "q") -> dict[str, str]:
    server.loop.run_until(server.now_ms)
    quota = server.find(ResourceQuota, "default", name)
    assert quota is not None
    assert quota.status.hard == quota.spec.hard
    return dict(quota.status.used)


# -- namespaces


def test_nothing_is_made_where_there_is_no_namespace(server: ApiServer) -> None:
    with pytest.raises(NotFound) as refusal:
        create(server, "pods", "p", metadata={"namespace": "nowhere"}, spec=pod_spec())
    assert refusal.value.message == 'namespaces "nowhere" not found'


def test_nothing_is_made_in_a_namespace_that_goes_away(server: ApiServer) -> None:
    namespace = create(server, "namespaces", "shop")
    server.update_status(_with_phase(namespace, "Terminating"))
    with pytest.raises(Forbidden) as refusal:
        create(server, "configmaps", "c", metadata={"namespace": "shop"})
    assert refusal.value.message == (
        'configmaps "c" is forbidden: unable to create new content in namespace shop because it is being terminated'
    )
    assert [cause.reason for cause in refusal.value.causes] == ["NamespaceTerminating"]


def _with_phase(namespace: Namespace, phase: str) -> Namespace:
    return replace(namespace, status=replace(namespace.status, phase=phase))


def test_the_default_namespace_stays(server: ApiServer) -> None:
    namespace = server.find(Namespace, "", "default")
    assert namespace is not None
    with pytest.raises(Forbidden) as refusal:
        server.delete_object(namespace)
    assert refusal.value.message == 'namespaces "default" is forbidden: this namespace may not be deleted'


def test_what_was_read_from_a_cluster_cannot_be_created(server: ApiServer) -> None:
    with pytest.raises(Unclassified, match=r"^resourceVersion should not be set on objects to be created$"):
        create(server, "configmaps", "c", metadata={"resourceVersion": "12"})


def test_an_update_starts_from_the_stored_version(server: ApiServer) -> None:
    resource = find("configmaps")
    assert resource is not None
    create(server, "configmaps", "c", data={"a": "1"})
    with pytest.raises(Conflict) as refusal:
        server.replace(resource, "default", "c", {"metadata": {"name": "c", "resourceVersion": "999"}})
    assert refusal.value.message == (
        'Operation cannot be fulfilled on configmaps "c": the object has been modified; '
        "please apply your changes to the latest version and try again"
    )


# -- quotas


def test_a_quota_counts_pods_and_what_they_request(server: ApiServer) -> None:
    create(server, "quota", "q", spec={"hard": {"pods": "2", "requests.cpu": "1", "memory": "1Gi"}})
    create(server, "pods", "a", spec=pod_spec("600m", "256Mi"))
    assert used(server) == {"pods": "1", "requests.cpu": "600m", "memory": "256Mi"}
    with pytest.raises(Forbidden) as refusal:
        create(server, "pods", "b", spec=pod_spec("500m", "1Gi"))
    assert refusal.value.message == (
        'pods "b" is forbidden: exceeded quota: q, requested: memory=1Gi,requests.cpu=500m, '
        "used: memory=256Mi,requests.cpu=600m, limited: memory=1Gi,requests.cpu=1"
    )
    assert used(server) == {"pods": "1", "requests.cpu": "600m", "memory": "256Mi"}


def test_a_quota_on_resources_wants_them_specified(server: ApiServer) -> None:
    create(server, "quota", "q", spec={"hard": {"requests.cpu": "1", "limits.memory": "1Gi"}})
    with pytest.raises(Forbidden) as refusal:
        create(server, "pods", "a", spec=pod_spec("1"))
    assert refusal.value.message == 'pods "a" is forbidden: failed quota: q: must specify limits.memory for: c'


def test_what_is_gone_or_has_ended_is_given_back(server: ApiServer) -> None:
    create(server, "quota", "q", spec={"hard": {"pods": "2", "count/pods": "9"}})
    first, second = (create(server, "pods", name, spec=pod_spec()) for name in "ab")
    assert used(server) == {"pods": "2", "count/pods": "2"}
    server.update_status(replace(first, status=replace(first.status, phase="Succeeded")))
    assert used(server) == {"pods": "1", "count/pods": "2"}
    server.delete_object(second, DeleteOptions(grace_period_seconds=0))
    assert used(server) == {"pods": "0", "count/pods": "1"}
    create(server, "pods", "c", spec=pod_spec())


def test_a_quota_counts_what_was_there_before_it(server: ApiServer) -> None:
    create(server, "configmaps", "c")
    create(server, "services", "s", spec={"type": "NodePort", "ports": [{"port": 80}]})
    hard = {"configmaps": "1", "count/deployments.apps": "1", "services": "5", "services.nodeports": "1"}
    create(server, "quota", "q", spec={"hard": hard})
    assert used(server) == {
        "configmaps": "1",
        "count/deployments.apps": "0",
        "services": "1",
        "services.nodeports": "1",
    }
    with pytest.raises(Forbidden, match="exceeded quota: q, requested: configmaps=1, used: configmaps=1"):
        create(server, "configmaps", "d")


def test_a_quota_of_a_scope_counts_only_pods_within_it(server: ApiServer) -> None:
    create(server, "quota", "q", spec={"hard": {"pods": "1"}, "scopes": ["BestEffort"]})
    create(server, "pods", "a", spec=pod_spec("1"))
    assert used(server) == {"pods": "0"}
    create(server, "pods", "b", spec=pod_spec())
    with pytest.raises(Forbidden, match="exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1"):
        create(server, "pods", "c", spec=pod_spec())


# -- limit ranges


def test_containers_get_the_default_resources_of_their_namespace(server: ApiServer) -> None:
    item = {"type": "Container", "default": {"cpu": "1", "memory": "64Mi"}, "defaultRequest": {"cpu": "500m"}}
    create(server, "limits", "l", spec={"limits": [item]})
    stored = create(server, "pods", "a", spec=pod_spec(memory="32Mi"))
    resources = stored.spec.containers[0].resources
    assert resources.requests == {"memory": "32Mi", "cpu": "500m"}
    assert resources.limits == {"cpu": "1", "memory": "64Mi"}
    assert stored.metadata.annotations == {
        "kubernetes.io/limit-ranger": "LimitRanger plugin set: cpu request for container c; "
        "cpu, memory limit for container c"
    }


def test_pods_of_components_get_them_too(server: ApiServer) -> None:
    template = from_dict(Pod, {"spec": pod_spec()}).spec
    names = ["before", "first", "second"]
    pods = [Pod(metadata=ObjectMeta(name=name, namespace="default"), spec=template) for name in names]
    before = server.create_object(pods[0])
    create(server, "limits", "l", spec={"limits": [{"type": "Container", "defaultRequest": {"cpu": "500m"}}]})
    first, second = map(server.create_object, pods[1:])
    assert before.metadata.annotations == {}
    assert first.spec is second.spec
    assert first.metadata.annotations == second.metadata.annotations != {}


@pytest.mark.parametrize(
    ("item", "why"),
    [
        ({"type": "Pod", "max": {"cpu": "1"}}, "maximum cpu usage per Pod is 1.  No limit is specified"),
        ({"type": "Container", "min": {"memory": "1Gi"}}, "minimum memory usage per Container is 1Gi, but request is"),
        ({"type": "Pod", "min": {"cpu": "3"}}, "minimum cpu usage per Pod is 3, but request is 2"),
        (
            {"type": "Container", "maxLimitRequestRatio": {"memory": "2"}},
            "memory max limit to request ratio per Container is 2, but no limit is specified or limit is 0",
        ),
        (
            {"type": "Pod", "min": {"cpu": "3", "memory": "1Gi"}},
            "[minimum cpu usage per Pod is 3, but request is 2, minimum memory usage per Pod is 1Gi, but request",
        ),
    ],
)
def test_pods_stay_within_bounds(server: ApiServer, item: dict[str, Any], why: str) -> None:
    create(server, "limits", "l", spec={"limits": [item]})
    with pytest.raises(Forbidden) as refusal:
        create(server, "pods", "a", spec=pod_spec("2", "512Mi"))
    assert refusal.value.message.startswith(f'pods "a" is forbidden: {why}')


def test_what_two_containers_lack_is_said_once(server: ApiServer) -> None:
    item = {"type": "Container", "maxLimitRequestRatio": {"cpu": "2.3"}}
    create(server, "limits", "l", spec={"limits": [item]})

    def create_two(name: str, limit: str) -> None:
        resources = {"requests": {"cpu": "100m"}, "limits": {"cpu": limit}}
        create(
            server, "pods", name, spec={"containers": [{"name": n, "image": "i", "resources": resources} for n in "ab"]}
        )

    create_two("a", "230m")
    with pytest.raises(Forbidden) as refusal:
        create_two("b", "231m")
    said = "cpu max limit to request ratio per Container is 2300m, but provided ratio is 2.310000"
    assert refusal.value.message == f'pods "b" is forbidden: {said}'


def test_the_greatest_limit_of_a_container_is_its_default(server: ApiServer) -> None:
    create(server, "limits", "l", spec={"limits": [{"type": "Container", "max": {"cpu": "1"}}]})
    resources = create(server, "pods", "a", spec=pod_spec()).spec.containers[0].resources
    assert (resources.requests, resources.limits) == ({"cpu": "1"}, {"cpu": "1"})
    with pytest.raises(Invalid, match="must be less than or equal to cpu limit"):
        create(server, "pods", "b", spec=pod_spec("2"))


def test_claims_stay_within_bounds(server: ApiServer) -> None:
    create(server, "limits", "l", spec={"limits": [{"type": "PersistentVolumeClaim", "max": {"storage": "1Gi"}}]})
    with pytest.raises(Forbidden) as refusal:
        create(
            server,
            "pvc",
            "c",
            spec={"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "2Gi"}}},
        )
    assert refusal.value.message == (
        'persistentvolumeclaims "c" is forbidden: maximum storage usage per PersistentVolumeClaim is 1Gi, '
        "but request is 2Gi"
    )


# -- services


def test_services_get_addresses_and_ports_of_their_own(server: ApiServer) -> None:
    made: list[Service] = [
        create(server, "services", f"s{n}", spec={"type": "NodePort", "ports": [{"port": 80}]}) for n in range(20)
    ]
    assert len({s.spec.cluster_ip for s in made}) == 20
    assert len({s.spec.ports[0].node_port for s in made}) == 20
    assert all(30000 <= s.spec.ports[0].node_port <= 32767 for s in made)
    assert all(s.spec.cluster_ips == (s.spec.cluster_ip,) for s in made)


def test_an_address_and_a_port_belong_to_one_service(server: ApiServer) -> None:
    first = create(server, "services", "a", spec={"type": "NodePort", "ports": [{"port": 80, "nodePort": 30080}]})
    with pytest.raises(Invalid) as refusal:
        create(server, "services", "b", spec={"type": "NodePort", "ports": [{"port": 80, "nodePort": 30080}]})
    assert refusal.value.message == (
        'Service "b" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated'
    )
    with pytest.raises(Invalid, match=r"failed to allocate IP .*: provided IP is already allocated"):
        create(server, "services", "c", spec={"clusterIP": first.spec.cluster_ip, "ports": [{"port": 80}]})
    server.delete_object(first)
    create(server, "services", "b", spec={"type": "NodePort", "ports": [{"port": 80, "nodePort": 30080}]})


def test_a_headless_service_has_no_address(server: ApiServer) -> None:
    spec = create(server, "services", "s", spec={"clusterIP": "None", "ports": [{"port": 80}]}).spec
    assert (spec.cluster_ip, spec.cluster_ips) == ("None", ("None",))


def test_a_refused_service_keeps_nothing(server: ApiServer) -> None:
    with pytest.raises(ApiError):
        create(server, "services", "s", spec={"type": "NodePort", "ports": [{"port": 0, "nodePort": 30080}]})
    create(server, "services", "t", spec={"type": "NodePort", "ports": [{"port": 80, "nodePort": 30080}]})


# -- claims and nodes


def test_a_claim_gets_the_default_class_and_is_protected(server: ApiServer) -> None:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    claim: PersistentVolumeClaim = create(server, "pvc", "c", spec=spec)
    assert claim.spec.storage_class_name == "standard"
    assert claim.metadata.finalizers == ("kubernetes.io/pvc-protection",)
    assert create(server, "pvc", "d", spec={**spec, "storageClassName": ""}).spec.storage_class_name == ""


@pytest.mark.parametrize(
    ("phase", "expands", "why"),
    [
        ("Bound", True, ""),
        ("Bound", None, "only dynamically provisioned pvc can be resized and the storageclass that provisions"),
        ("Pending", True, "spec is immutable after creation except resources.requests"),
    ],
)
def test_a_claim_grows_when_it_is_bound_and_its_class_allows_it(
    server: ApiServer, phase: str, expands: bool | None, why: str
) -> None:
    create(server, "sc", "fast", provisioner="p", **({} if expands is None else {"allowVolumeExpansion": expands}))
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "fast",
        "resources": {"requests": {"storage": "1Gi"}},
    }
    claim: PersistentVolumeClaim = create(server, "pvc", "c", spec=spec)
    claim = server.update_status(replace(claim, status=replace(claim.status, phase=phase)))
    claims = BY_CLASS[PersistentVolumeClaim]

    def resize(size: str) -> None:
        server.patch(claims, "default", "c", "merge", {"spec": {"resources": {"requests": {"storage": size}}}})

    resize("1073741824")  # as much as before, in other words
    if not why:
        resize("2Gi")
        return
    with pytest.raises((Forbidden, Invalid), match=why):
        resize("2Gi")


def test_a_new_node_takes_no_pods_until_it_is_ready(server: ApiServer) -> None:
    node: Node = create(server, "nodes", "n")
    assert [(t.key, t.effect) for t in node.spec.taints] == [("node.kubernetes.io/not-ready", "NoSchedule")]
    ready = create(server, "nodes", "m", status={"conditions": [{"type": "Ready", "status": "True"}]})
    assert ready.spec.taints == ()


def test_a_pod_of_a_component_is_defaulted_and_admitted(server: ApiServer) -> None:
    create(server, "quota", "q", spec={"hard": {"pods": "1"}})
    pods = [from_dict(Pod, {"metadata": {"name": n, "namespace": "default"}, "spec": pod_spec()}) for n in "ab"]
    stored = server.create_object(pods[0])
    assert stored.spec.priority == 0 and stored.metadata.uid
    with pytest.raises(Forbidden, match="exceeded quota: q, requested: pods=1"):
        server.create_object(pods[1])
