"""Volumes from a pod's creation to its start: provisioned late, made by hand on nodes, made for one pod, never made."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k8snb import Cluster
from k8snb.api.claims import is_bound
from k8snb.api.types.claims import PersistentVolumeClaim
from k8snb.api.types.event import Event
from k8snb.api.types.persistent_volume import PersistentVolume
from k8snb.api.types.pod import Pod

HOSTNAME = "kubernetes.io/hostname"


def _class(name: str, provisioner: str, mode: str = "WaitForFirstConsumer") -> str:
    return f"""
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {{name: {name}}}
provisioner: {provisioner}
volumeBindingMode: {mode}
---"""


def _volume(name: str, node: str, size: int) -> str:
    return f"""
apiVersion: v1
kind: PersistentVolume
metadata: {{name: {name}}}
spec:
  storageClassName: local
  capacity: {{storage: {size}Gi}}
  accessModes: [ReadWriteOnce]
  local: {{path: /mnt}}
  nodeAffinity:
    required: {{nodeSelectorTerms: [{{matchExpressions: [{{key: {HOSTNAME}, operator: In, values: [{node}]}}]}}]}}
---"""


def _claim(name: str, of_class: str, size: int = 1) -> str:
    return f"""
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {{name: {name}}}
spec: {{storageClassName: {of_class}, accessModes: [ReadWriteOnce], resources: {{requests: {{storage: {size}Gi}}}}}}
---"""


def _pod(name: str, *claims: str) -> str:
    volumes = ", ".join(f"{{name: v{i}, persistentVolumeClaim: {{claimName: {c}}}}}" for i, c in enumerate(claims))
    return f"""
apiVersion: v1
kind: Pod
metadata: {{name: {name}}}
spec:
  volumes: [{volumes}]
  containers: [{{name: c, image: nginx}}]
---"""


SET = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  replicas: 2
  persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete}
  selector: {matchLabels: {app: db}}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {storageClassName: late, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: c, image: nginx, volumeMounts: [{name: data, mountPath: /data}]}]}
"""


def _cluster(manifest: str, nodes: Any = 2) -> Cluster:
    cluster = Cluster(nodes=nodes, seed=1)
    done = cluster.kubectl("apply -f -", manifest)
    assert not done.stderr
    return cluster


def _all(cluster: Cluster, cls: type[Any]) -> dict[str, Any]:
    return {obj.metadata.name: obj for obj in cluster.server.store.tables[cls.__name__].values()}


def _events(cluster: Cluster, name: str) -> list[tuple[str, str]]:
    return [
        (event.reason, event.message)
        for event in _all(cluster, Event).values()
        if event.involved_object.name == name and event.involved_object.kind == "Pod"
    ]


def test_a_pod_of_a_late_class_is_bound_a_second_later() -> None:
    cluster = _cluster(_class("late", "k8snb.dev/sim") + _claim("data", "late") + _pod("p", "data"))
    cluster.run(seconds=0.9)
    pod = _all(cluster, Pod)["p"]
    assert (pod.spec.node_name, pod.status.nominated_node_name) == ("", "node-1")
    assert _all(cluster, PersistentVolumeClaim)["data"].status.phase == "Bound"
    cluster.run(seconds=0.2)
    pod = _all(cluster, Pod)["p"]
    assert (pod.spec.node_name, pod.status.nominated_node_name) == ("node-1", "")


def test_a_cluster_whose_volumes_nobody_makes_is_at_rest() -> None:
    cluster = _cluster(_class("ext", "example.com/other") + _claim("data", "ext") + _pod("p", "data"))
    cluster.run_until_settled()
    assert cluster.now < 60
    assert _all(cluster, Pod)["p"].status.nominated_node_name == "node-1"
    assert cluster.why("pod/p").links[0].sentence == "pod/p is going to node-1, and waits for its volumes"
    cluster.run(seconds=601)
    words = 'running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded'
    assert ("FailedScheduling", words) in _events(cluster, "p")
    (scheduled,) = (c for c in _all(cluster, Pod)["p"].status.conditions if c.type == "PodScheduled")
    assert (scheduled.status, scheduled.reason, scheduled.message) == ("False", "SchedulerError", words)


def test_a_settling_cluster_waits_for_volumes_that_come() -> None:
    cluster = _cluster(_class("late", "k8snb.dev/sim") + _claim("data", "late") + _pod("p", "data"))
    cluster.run_until_settled()
    assert _all(cluster, Pod)["p"].status.phase == "Running"


def test_a_settling_cluster_waits_for_the_claim_that_a_new_volume_fits() -> None:
    cluster = _cluster(_claim("data", "manual") + _pod("p", "data"))
    cluster.run_until_settled()
    assert cluster.now < 1
    assert not cluster.kubectl("apply -f -", _volume("v", "node-2", 1).replace("Name: local", "Name: manual")).stderr
    cluster.run_until_settled()
    assert 15 < cluster.now < 30
    assert _all(cluster, Pod)["p"].spec.node_name == "node-2"


def test_a_stateful_sets_claims_have_their_owner_before_they_are_bound() -> None:
    cluster = _cluster(_class("late", "k8snb.dev/sim") + SET)
    cluster.run_until_settled()
    claims = _all(cluster, PersistentVolumeClaim)
    assert [(c.status.phase, c.metadata.owner_references[0].kind) for c in claims.values()] == [
        ("Bound", "StatefulSet")
    ] * 2
    failures = {event.reason for event in _all(cluster, Event).values() if event.type == "Warning"}
    assert failures == set()


@pytest.mark.parametrize("claims_first", [False, True])
def test_volumes_on_nodes_are_found_by_the_scheduler(claims_first: bool) -> None:
    volumes = _volume("v1", "node-1", 5) + _volume("v2", "node-2", 3)
    others = _class("local", "kubernetes.io/no-provisioner") + _claim("data", "local", 4) + _pod("p", "data")
    cluster = _cluster(others + volumes if claims_first else volumes + others)
    cluster.run_until_settled()
    assert _all(cluster, Pod)["p"].spec.node_name == "node-1"
    assert _all(cluster, PersistentVolumeClaim)["data"].spec.volume_name == "v1"
    assert _all(cluster, PersistentVolume)["v2"].status.phase == "Available"


SIZES = st.integers(1, 4)
NODES = st.sampled_from(["node-1", "node-2"])


@settings(deadline=None, max_examples=40)
@given(
    volumes=st.lists(st.tuples(NODES, SIZES), max_size=5),
    claims=st.lists(st.tuples(st.sampled_from(["local", "late"]), SIZES), min_size=1, max_size=5),
    pods=st.lists(st.lists(st.integers(0, 4), min_size=1, max_size=2, unique=True), min_size=1, max_size=4),
)
def test_a_pod_runs_where_all_its_volumes_are(
    volumes: list[tuple[str, int]], claims: list[tuple[str, int]], pods: list[list[int]]
) -> None:
    manifest = _class("local", "kubernetes.io/no-provisioner") + _class("late", "k8snb.dev/sim")
    manifest += "".join(_volume(f"v{i}", node, size) for i, (node, size) in enumerate(volumes))
    manifest += "".join(_claim(f"c{i}", of_class, size) for i, (of_class, size) in enumerate(claims))
    manifest += "".join(
        _pod(f"p{i}", *(f"c{number % len(claims)}" for number in mounted)) for i, mounted in enumerate(pods)
    )
    cluster = _cluster(manifest)
    cluster.run(seconds=30)
    stored, made = _all(cluster, PersistentVolumeClaim), _all(cluster, PersistentVolume)
    used = [claim.spec.volume_name for claim in stored.values() if is_bound(claim)]
    assert len(used) == len(set(used))
    for claim in stored.values():
        if is_bound(claim):
            volume = made[claim.spec.volume_name]
            assert (volume.spec.claim_ref.uid, volume.status.phase) == (claim.metadata.uid, "Bound")
            assert volume.spec.storage_class_name == claim.spec.storage_class_name
    for pod in _all(cluster, Pod).values():
        mounted = [stored[v.persistent_volume_claim.claim_name] for v in pod.spec.volumes]
        if pod.spec.node_name:
            assert all(map(is_bound, mounted))
        for claim in mounted if pod.spec.node_name else ():
            affinity = made[claim.spec.volume_name].spec.node_affinity
            if affinity is not None:
                (expression,) = affinity.required.node_selector_terms[0].match_expressions
                assert expression.values == (pod.spec.node_name,)
