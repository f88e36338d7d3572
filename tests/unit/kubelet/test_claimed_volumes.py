"""A pod whose claims are missing or not bound creates its containers only when they are."""

from __future__ import annotations

import json
from typing import Any

import pytest

from k8snb.cluster import Cluster
from k8snb.kubelet.claimed_volumes import claim_problems

MODES = {"accessModes": ["ReadWriteOnce"]}


def _claim(name: str, **spec: Any) -> dict[str, Any]:
    full = {**MODES, "storageClassName": "manual", "resources": {"requests": {"storage": "1Gi"}}, **spec}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": full}


def _volume(name: str, **spec: Any) -> dict[str, Any]:
    source = {"hostPath": {"path": "/mnt"}}
    full = {**MODES, **source, "storageClassName": "manual", "capacity": {"storage": "1Gi"}, **spec}
    return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name}, "spec": full}


def _pod(*claims: str, unused: str = "", device: bool = False, **volumes: Any) -> dict[str, Any]:
    """A pod on a node of its own choice; its volumes are named after their claims."""
    found = [{"name": c, "persistentVolumeClaim": {"claimName": c}} for c in (*claims, unused) if c]
    found += [{"name": name, **source} for name, source in volumes.items()]
    mounts = [{"name": name, "mountPath": f"/{name}"} for name in (*claims, *volumes)]
    devices = [{"name": name, "devicePath": f"/{name}"} for name in (*claims, *volumes)]
    container = {"name": "c", "image": "app:1", **({"volumeDevices": devices} if device else {"volumeMounts": mounts})}
    spec = {"nodeName": "node-1", "containers": [container], "volumes": found}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec}


def _cluster(*manifests: dict[str, Any]) -> Cluster:
    cluster = Cluster(nodes=1, exact=True)
    _apply(cluster, *manifests)
    return cluster


def _apply(cluster: Cluster, *manifests: dict[str, Any]) -> None:
    assert cluster.apply("\n---\n".join(map(json.dumps, manifests)) + "\n").exit == 0


def _failed(cluster: Cluster) -> list[str]:
    events = cluster.server.store.tables["Event"].values()
    return [event.message for event in events if event.reason == "FailedMount"]


def _phase(cluster: Cluster) -> str:
    return str(cluster.get("pod", "p").status.phase)


def _unable(unmounted: str, failed: str, why: str) -> str:
    volumes = f"unmounted volumes=[{unmounted}], unattached volumes=[], failed to process volumes=[{failed}]"
    return f"Unable to attach or mount volumes: {volumes}: {why}"


def test_a_pod_waits_until_its_claim_is_bound() -> None:
    cluster = _cluster(_claim("data"), _pod("data"))
    cluster.run(0.2)
    assert _failed(cluster) == []
    cluster.run(10)
    assert _failed(cluster) == [_unable("data", "data", "error processing PVC default/data: PVC is not bound")]
    assert cluster.get("pod", "p").status.container_statuses[0].state.waiting.reason == "ContainerCreating"
    _apply(cluster, _volume("v"))
    cluster.run(20)
    assert _phase(cluster) == "Running"


def test_all_that_is_missing_is_named() -> None:
    cluster = _cluster(_claim("b"), _pod("b", "a", k={"configMap": {"name": "absent"}}, e={"emptyDir": {}}))
    cluster.run(1)
    fetch = 'failed to fetch PVC from API server: persistentvolumeclaims "a" not found'
    why = f"error processing PVC default/a: {fetch}; error processing PVC default/b: PVC is not bound"
    assert sorted(_failed(cluster)) == [
        'MountVolume.SetUp failed for volume "k" : configmap "absent" not found',
        _unable("a b k", "a b", why),
    ]
    assert _phase(cluster) == "Pending"


def test_a_claim_that_no_container_uses_is_not_waited_for() -> None:
    cluster = _cluster(_claim("data"), _pod(unused="data", e={"emptyDir": {}}))
    cluster.run(2)
    assert (_phase(cluster), _failed(cluster)) == ("Running", [])


def test_a_claim_that_is_bound_at_once_is_not_complained_of() -> None:
    cluster = _cluster(_claim("data", storageClassName="standard"), _pod("data"))
    cluster.run(2)
    assert (_phase(cluster), _failed(cluster)) == ("Running", [])


def test_a_pod_that_waits_can_be_deleted() -> None:
    cluster = _cluster(_claim("data"), _pod("data"))
    cluster.run(0.05)
    assert cluster.kubectl("delete pod p --wait=false").exit == 0
    cluster.run(3)
    assert cluster.kubectl("get pods").stderr == "No resources found in default namespace.\n"
    assert _failed(cluster) == []


def test_a_cluster_with_a_pod_that_waits_is_at_rest() -> None:
    cluster = _cluster(_claim("data"), _pod("data"))
    cluster.run_until_settled()
    assert cluster.now < 20


EPHEMERAL = {"ephemeral": {"volumeClaimTemplate": {"spec": _claim("x")["spec"]}}}


@pytest.mark.parametrize(
    ("manifests", "why"),
    [
        (
            (_volume("v"), _claim("p-e"), _pod(e=EPHEMERAL)),
            "PVC default/p-e was not created for pod default/p (pod is not owner)",
        ),
        (
            (_volume("v", volumeMode="Block"), _claim("d", volumeMode="Block"), _pod("d")),
            "volume d has volumeMode Block, but is specified in volumeMounts",
        ),
        (
            (_volume("v"), _claim("d"), _pod("d", device=True)),
            "volume d has volumeMode Filesystem, but is specified in volumeDevices",
        ),
    ],
)
def test_a_bound_claim_may_still_not_do(manifests: tuple[dict[str, Any], ...], why: str) -> None:
    cluster = _cluster(*manifests)
    cluster.run(1)
    (said,) = _failed(cluster)
    assert said.endswith(f": {why}")


def test_a_claim_that_lost_its_volume_is_not_mounted() -> None:
    cluster = _cluster(_volume("v"), _claim("d"), _pod("d"))
    cluster.run(1)
    pod = cluster.get("pod", "p")
    assert claim_problems(cluster.server, pod) == {}
    cluster.kubectl("delete pv v --wait=false")
    cluster.kubectl('patch pv v -p \'{"metadata":{"finalizers":null}}\'')
    missing = 'failed to fetch PV v from API server: persistentvolumes "v" not found'
    assert claim_problems(cluster.server, pod) == {"d": f"error processing PVC default/d: {missing}"}
    cluster.run(1)
    assert claim_problems(cluster.server, pod) == {"d": "error processing PVC default/d: PVC is not bound"}
