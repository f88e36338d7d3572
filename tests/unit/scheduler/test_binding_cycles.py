"""Pods wait for their volumes on the node that was chosen for them, once a second, and other pods go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace
from scheduler_builders import Cluster, node, pod

from k8snb.api.claims import BIND_COMPLETED, SELECTED_NODE
from k8snb.api.decode import from_dict
from k8snb.api.types.claims import PersistentVolumeClaim, StorageClass
from k8snb.api.types.persistent_volume import PersistentVolume
from k8snb.api.types.pod import Pod

FAILED = 'running PreBind plugin "VolumeBinding": '


def _mounting(name: str, *claims: str, **spec: Any) -> Pod:
    volumes = [{"name": claim, "persistentVolumeClaim": {"claimName": claim}} for claim in claims]
    return pod(name, volumes=volumes, **spec)


class Storage:
    """A cluster with the classes ``late``, which is provisioned, and ``local``, which is not."""

    def __init__(self, *nodes: str, cpu: str = "4") -> None:
        self.cluster = Cluster()
        for name in nodes:
            self.cluster.scheduler.on_node_added(node(name, cpu=cpu))
        for name, provisioner in (("late", "sim"), ("local", "kubernetes.io/no-provisioner")):
            made = {"metadata": {"name": name}, "provisioner": provisioner, "volumeBindingMode": "WaitForFirstConsumer"}
            self.cluster.set(from_dict(StorageClass, made))

    def claim(self, name: str, of_class: str = "late", size: str = "1Gi") -> None:
        meta = {"name": name, "namespace": "default", "uid": f"uid-{name}"}
        spec = {"storageClassName": of_class, "resources": {"requests": {"storage": size}}}
        self.cluster.set(from_dict(PersistentVolumeClaim, {"metadata": meta, "spec": spec}))

    def volume(self, name: str, node_name: str = "", size: str = "1Gi", phase: str = "Available") -> None:
        spec: dict[str, Any] = {"storageClassName": "local", "capacity": {"storage": size}}
        if node_name:
            expression = {"key": "kubernetes.io/hostname", "operator": "In", "values": [node_name]}
            spec["nodeAffinity"] = {"required": {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}}
        body = {"metadata": {"name": name}, "spec": spec, "status": {"phase": phase}}
        self.cluster.set(from_dict(PersistentVolume, body))

    def annotate(self, claim: str, annotations: dict[str, str], volume: str = "") -> None:
        stored = self.cluster.get(PersistentVolumeClaim, f"default/{claim}")
        meta, spec = replace(stored.metadata, annotations=annotations), replace(stored.spec, volume_name=volume)
        self.cluster.set(replace(stored, metadata=meta, spec=spec))

    def complete(self, claim: str, volume: str) -> None:
        """What the claim controller does once there is a volume."""
        stored = self.cluster.get(PersistentVolumeClaim, f"default/{claim}")
        self.annotate(claim, {**stored.metadata.annotations, BIND_COMPLETED: "yes"}, volume)

    def words(self, verb: str) -> list[tuple[str, ...]]:
        return list(self.cluster.words(verb))


@pytest.fixture
def waiting() -> Storage:
    """A cluster of one node with one pod that waits for its volume."""
    storage = Storage("n1", cpu="1")
    storage.claim("data")
    storage.cluster.add(_mounting("a", "data", cpu="1"))
    storage.cluster.run(0)
    return storage


def test_a_pod_is_bound_in_the_second_after_its_claim(waiting: Storage) -> None:
    cluster = waiting.cluster
    assert [line[0] for line in cluster.said] == ["nominated", "selected"]
    cluster.run(2.5)
    waiting.volume("v", phase="Bound")
    waiting.complete("data", "v")
    assert cluster.scheduler.is_about_to_act
    cluster.run(0.4)
    assert waiting.words("bound") == []
    cluster.run(0.1)
    assert waiting.words("bound") == [("a", "n1")]
    assert not cluster.scheduler.has_work


def test_a_pod_that_waits_for_its_volume_takes_its_place(waiting: Storage) -> None:
    waiting.cluster.add(pod("b", cpu="1"))
    waiting.cluster.run(1)
    assert "Insufficient cpu" in waiting.words("refused")[0][1]
    assert not waiting.cluster.scheduler.is_about_to_act


def test_a_pod_whose_volume_never_comes_is_tried_again_after_ten_minutes(waiting: Storage) -> None:
    waiting.cluster.run(599.9)
    assert waiting.words("failed") == []
    waiting.cluster.run(0.1)
    assert waiting.words("failed") == [("a", f"{FAILED}binding volumes: context deadline exceeded")]
    assert waiting.cluster.pods["a"].status.nominated_node_name == ""
    waiting.cluster.run(3)
    assert waiting.words("nominated") == [("a", "n1"), ("a", "n1")]


def _lose_claim(storage: Storage) -> None:
    storage.cluster.scheduler.on_deleted(storage.cluster.get(PersistentVolumeClaim, "default/data"))


def _lose_node(storage: Storage) -> None:
    storage.cluster.scheduler.on_node_deleted(node("n1"))


def _move_volume(storage: Storage) -> None:
    storage.volume("v", "n2")
    storage.annotate("data", {SELECTED_NODE: "n1"}, "v")


@pytest.mark.parametrize(
    ("happens", "problem"),
    [
        (_lose_claim, 'failed to check provisioning pvc: persistentvolumeclaims "default/data" not found'),
        (_lose_node, 'failed to get node "n1": node "n1" not found'),
        (_move_volume, 'pv "v" node affinity doesn\'t match node "n1": no matching NodeSelectorTerms'),
        (lambda s: s.annotate("data", {}), 'selectedNode annotation reset for PVC "data"'),
        (lambda s: s.annotate("data", {"a": "b"}), 'provisioning failed for PVC "data"'),
        (lambda s: s.cluster.delete("a"), 'pod does not exist any more: pod "a" not found'),
    ],
)
def test_why_a_new_volume_is_not_waited_for(waiting: Storage, happens: Callable[[Storage], None], problem: str) -> None:
    happens(waiting)
    assert waiting.cluster.scheduler.is_about_to_act
    assert waiting.words("failed") == []
    waiting.cluster.run(1)
    assert waiting.words("failed") == [("a", f"{FAILED}binding volumes: {problem}")]
    assert not waiting.cluster.scheduler.bindings


def test_a_volume_that_is_not_known_yet_is_waited_for(waiting: Storage) -> None:
    waiting.annotate("data", {SELECTED_NODE: "n1"}, "v")
    waiting.cluster.run(5)
    assert waiting.words("failed") == []


def _succeed(storage: Storage) -> None:
    """Delete the pod, and create another of its name."""
    storage.cluster.delete("a")
    successor = _mounting("a", "data", cpu="1")
    storage.cluster.add(replace(successor, metadata=replace(successor.metadata, uid="another")))
    storage.cluster.run(0)


def test_nothing_is_said_of_a_pod_that_has_a_successor(waiting: Storage) -> None:
    _succeed(waiting)
    assert waiting.words("nominated") == [("a", "n1"), ("a", "n1")]
    waiting.annotate("data", {"a": "b"})
    waiting.cluster.run(1)
    assert [message for _, message in waiting.words("failed")] == [
        f'{FAILED}binding volumes: provisioning failed for PVC "data"'
    ]


def test_a_pod_is_gone_when_its_successor_is(waiting: Storage) -> None:
    _succeed(waiting)
    waiting.cluster.run(2)
    assert waiting.words("failed") == []
    waiting.cluster.delete("a")
    waiting.cluster.run(1)
    words = f'{FAILED}binding volumes: pod does not exist any more: pod "a" not found'
    assert waiting.words("failed") == [("a", words), ("a", words)]
    assert not waiting.cluster.scheduler.has_work


def test_the_place_of_a_pod_that_is_deleted_is_free_at_once(waiting: Storage) -> None:
    waiting.cluster.delete("a")
    waiting.cluster.add(pod("b", cpu="1"))
    waiting.cluster.run(0)
    assert waiting.words("bound") == [("b", "n1")]


def test_a_pod_that_is_preempted_before_it_is_bound_lives_on(waiting: Storage) -> None:
    waiting.cluster.add(pod("b", cpu="1", priority=10))
    waiting.cluster.run(0)
    assert waiting.words("failed") == [("a", f"{FAILED}preempted by DefaultPreemption")]
    assert waiting.words("preempted in memory") == [("a", "b", "n1")]
    assert waiting.words("preempted") == []
    assert waiting.words("bound") == [("b", "n1")]
    waiting.cluster.delete("b")
    waiting.cluster.run(3)
    assert waiting.words("nominated")[-1] == ("a", "n1")


def test_a_refused_write_fails_the_attempt_at_once() -> None:
    storage = Storage("n1")
    storage.claim("data", "local")
    storage.volume("v")
    storage.cluster.refuses_writes = True
    storage.cluster.add(_mounting("a", "data"))
    storage.cluster.run(0)
    assert storage.words("failed") == [("a", f"{FAILED}the object has been modified")]
    volume = storage.cluster.scheduler.listers.volumes.get("v")
    assert volume is not None and volume.spec.claim_ref is None
    storage.cluster.refuses_writes = False
    storage.cluster.run(2)
    assert storage.words("reserved") == [("v", "data"), ("v", "data")]


def test_a_refused_binding_is_reported(waiting: Storage) -> None:
    waiting.volume("v", phase="Bound")
    waiting.complete("data", "v")
    waiting.cluster.conflicts = 1
    waiting.cluster.run(1)
    assert waiting.words("failed") == [("a", 'running Bind plugin "DefaultBinder": the object has been modified')]
    waiting.cluster.run(2)
    assert waiting.words("bound") == [("a", "n1")]


# -- existing volumes


def test_claims_get_the_volumes_of_the_node_that_has_enough_of_them() -> None:
    storage = Storage("n1", "n2")
    storage.volume("one", "n1", "5Gi")
    storage.volume("large", "n2", "9Gi")
    storage.volume("small", "n2", "2Gi")
    storage.claim("big", "local", "4Gi")
    storage.claim("little", "local", "1Gi")
    storage.cluster.add(_mounting("a", "big", "little"))
    storage.cluster.run(0)
    assert storage.words("nominated") == [("a", "n2")]
    assert storage.words("reserved") == [("small", "little"), ("large", "big")]


def test_a_volume_that_is_reserved_is_not_taken_by_the_next_pod() -> None:
    storage = Storage("n1", "n2")
    storage.volume("v1", "n1")
    storage.volume("v2", "n2")
    for name in ("x", "y", "z"):
        storage.claim(name, "local")
        storage.cluster.add(_mounting(name, name))
    storage.cluster.run(0)
    assert sorted(storage.words("reserved")) == [("v1", "x"), ("v2", "y")]
    ((name, message, _),) = storage.words("refused")
    assert name == "z" and "2 node(s) didn't find available persistent volumes to bind" in message


def test_pods_of_one_claim_go_to_the_node_that_was_chosen_first() -> None:
    storage = Storage("n1", "n2")
    storage.claim("data")
    storage.cluster.add(_mounting("a", "data"), _mounting("b", "data"))
    storage.cluster.run(0)
    assert storage.words("nominated") == [("a", "n1"), ("b", "n1")]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda v: replace(v, spec=replace(v.spec, claim_ref=None)), 'ClaimRef got reset for pv "v"'),
        (None, 'failed to check binding: persistentvolumes "v" not found'),
    ],
)
def test_why_an_existing_volume_is_not_waited_for(
    change: Callable[[PersistentVolume], PersistentVolume] | None, problem: str
) -> None:
    storage = Storage("n1")
    storage.claim("data", "local")
    storage.volume("v", "n1")
    storage.cluster.add(_mounting("a", "data"))
    storage.cluster.run(0)
    volume = storage.cluster.get(PersistentVolume, "v")
    if change is None:
        storage.cluster.scheduler.on_deleted(volume)
    else:
        storage.cluster.set(change(volume))
    storage.cluster.run(1)
    assert storage.words("failed")[0] == ("a", f"{FAILED}binding volumes: {problem}")


def test_a_pod_with_an_existing_volume_is_bound_with_it() -> None:
    storage = Storage("n1")
    storage.claim("data", "local")
    storage.volume("v", "n1")
    storage.cluster.add(_mounting("a", "data"))
    storage.cluster.run(0)
    storage.complete("data", "v")
    storage.cluster.run(1)
    assert storage.words("bound") == [("a", "n1")]
