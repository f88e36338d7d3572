"""A pod's events reach the controllers that they concern, and the counts follow the owner."""

from msgspec.structs import replace

from k8snb.api.types.meta import ObjectMeta, OwnerReference
from k8snb.api.types.pod import Pod
from k8snb.machinery.informer import Informer
from k8snb.machinery.owned_pods import PodOwnership
from k8snb.machinery.store import Store
from k8snb.sim.loop import Loop


class Bench:
    def __init__(self) -> None:
        self.store = Store(Loop())
        informer: Informer[Pod] = Informer(self.store, "Pod")
        self.ownership = PodOwnership(informer)
        self.heard: list[str] = []
        for kind in ("ReplicaSet", "Job"):
            self.ownership.watch(kind, lambda old, new, kind=kind: self.heard.append(kind))

    def put(self, pod: Pod) -> list[str]:
        self.heard.clear()
        self.store.put("Pod", f"default/{pod.metadata.name}", pod)
        self.store.loop.run_until(self.store.loop.now_ms + 5)
        return list(self.heard)


def pod(owner: str = "") -> Pod:
    references = (OwnerReference(kind=owner, name="x", uid=f"uid-{owner}", controller=True),) if owner else ()
    return Pod(metadata=ObjectMeta(name="p", namespace="default", owner_references=references))


def test_only_the_kind_that_owns_a_pod_hears_of_it() -> None:
    bench = Bench()
    assert bench.put(pod("ReplicaSet")) == ["ReplicaSet"]
    labelled = replace(pod("ReplicaSet"), metadata=replace(pod("ReplicaSet").metadata, labels={"a": "b"}))
    assert bench.put(labelled) == ["ReplicaSet"]
    assert list(bench.ownership.of("uid-ReplicaSet").pods) == ["default/p"]


def test_everyone_hears_of_an_orphan_and_of_a_pod_that_is_let_go() -> None:
    bench = Bench()
    assert bench.put(pod()) == ["ReplicaSet", "Job"]
    assert [p.metadata.name for p in bench.ownership.orphans("default")] == ["p"]
    assert bench.put(pod("Job")) == ["Job"]
    assert list(bench.ownership.orphans("default")) == []
    assert bench.put(pod()) == ["ReplicaSet", "Job"]
    assert bench.ownership.of("uid-Job").pods == {}


def test_the_removal_of_an_owned_pod() -> None:
    bench = Bench()
    bench.put(pod("Job"))
    bench.heard.clear()
    bench.store.remove("Pod", "default/p")
    bench.store.loop.run_until(bench.store.loop.now_ms + 5)
    assert bench.heard == ["Job"]
    assert bench.ownership.of("uid-Job").pods == {}
