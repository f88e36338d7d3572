"""Small clusters for the scheduler's tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from msgspec.structs import replace

from k8snb.api.claims import SELECTED_NODE
from k8snb.api.decode import from_dict
from k8snb.api.schema import KubernetesObject
from k8snb.api.types.apps import ReplicaSet
from k8snb.api.types.claims import PersistentVolumeClaim
from k8snb.api.types.meta import OwnerReference
from k8snb.api.types.node import Node
from k8snb.api.types.persistent_volume import PersistentVolume
from k8snb.api.types.pod import Pod
from k8snb.errors import Conflict
from k8snb.scheduler.core import Core, Decision
from k8snb.scheduler.framework import Cycle
from k8snb.scheduler.listers import key_of, Listers
from k8snb.scheduler.nominator import Nominator
from k8snb.scheduler.plugins import default_plugins
from k8snb.scheduler.runner import Scheduler
from k8snb.scheduler.signature import PodInfo, Signatures
from k8snb.scheduler.snapshot import Snapshot

T = TypeVar("T", bound=KubernetesObject)


def node(name: str, cpu: str = "4", memory: str = "8Gi", pods: str = "110", **more: Any) -> Node:
    """A node; `more` are ``labels`` (None: not even the usual one), and fields of its spec and status."""
    labels = {"kubernetes.io/hostname": name, **more.pop("labels", {})}
    labels = {key: value for key, value in labels.items() if value is not None}
    images = more.pop("images", [])
    allocatable = {"cpu": cpu, "memory": memory, "pods": pods, **more.pop("allocatable", {})}
    status = {"allocatable": allocatable, "images": images}
    return from_dict(Node, {"metadata": {"name": name, "labels": labels}, "spec": more, "status": status})


def pod(name: str, cpu: str = "", memory: str = "", labels: Mapping[str, str] | None = None, **spec: Any) -> Pod:
    """A pod of one container; `spec` has further fields of its spec, in the API's spelling."""
    requests = {k: v for k, v in (("cpu", cpu), ("memory", memory)) if v}
    container = {"name": "c", "image": "app", "resources": {"requests": requests}, **spec.pop("container", {})}
    meta = {"name": name, "namespace": "default", "uid": f"uid-{name}", "labels": dict(labels or {})}
    body = {"schedulerName": "default-scheduler", "containers": [container], **spec}
    return from_dict(Pod, {"metadata": meta, "spec": body})


def owned(template: Pod, name: str, owner: str) -> Pod:
    """A pod of a replica set: it shares its template's spec and labels."""
    reference = OwnerReference(
        api_version="apps/v1", kind="ReplicaSet", name=owner, uid=f"uid-{owner}", controller=True
    )
    meta = replace(template.metadata, name=name, uid=f"uid-{name}", owner_references=(reference,))
    return replace(template, metadata=meta)


def replica_set(name: str, labels: Mapping[str, str]) -> ReplicaSet:
    """A replica set that selects some labels."""
    meta = {"name": name, "namespace": "default", "uid": f"uid-{name}"}
    return from_dict(ReplicaSet, {"metadata": meta, "spec": {"selector": {"matchLabels": dict(labels)}}})


def first(names: Sequence[str]) -> str:
    """The choice of the first."""
    return names[0]


class World:
    """A snapshot, listers, and a core that decides about pods in them."""

    def __init__(self, *nodes: Node) -> None:
        self.snapshot = Snapshot()
        self.listers = Listers()
        self.signatures = Signatures()
        self.nominator = Nominator()
        self.core = Core(default_plugins(), self.nominator, first)
        for each in nodes:
            self.snapshot.set_node(each)

    def info(self, waiting: Pod) -> PodInfo:
        """What queues hold of a pod."""
        return self.signatures.pod_info(waiting)

    def put(self, running: Pod, node_name: str) -> PodInfo:
        """Put a pod onto a node."""
        info = self.signatures.pod_info(replace(running, spec=replace(running.spec, node_name=node_name)))
        self.snapshot.add_pod(info)
        return info

    def cycle(self, waiting: Pod) -> Cycle:
        """An attempt to place a pod."""
        return Cycle(self.info(waiting), self.snapshot, self.listers)

    def schedule(self, waiting: Pod) -> Decision:
        """Decide about a pod, node by node."""
        return self.core.schedule(self.cycle(waiting))


class Cluster:
    """Carries out what a scheduler decides, on a handful of pods, and tells it so."""

    def __init__(self, **options: Any) -> None:
        self.ms = 0
        self.pods: dict[str, Pod] = {}
        self.said: list[tuple[str, ...]] = []
        self.conflicts = 0
        self.refuses_writes = False
        self.version = 0
        self.scheduler = Scheduler(self, lambda names: names[0], lambda: self.ms, **options)

    def add(self, *pods: Pod) -> None:
        for new in pods:
            self.pods[new.metadata.name] = new
            self.scheduler.on_pod_added(new)

    def change(self, name: str, **changes: Any) -> None:
        old = self.pods[name]
        parts = {
            part: replace(getattr(old, part), **{k: v for k, v in changes.items() if hasattr(getattr(old, part), k)})
            for part in ("metadata", "spec", "status")
        }
        self.pods[name] = replace(old, **parts)
        self.scheduler.on_pod_updated(old, self.pods[name])

    def delete(self, name: str) -> None:
        self.scheduler.on_pod_deleted(self.pods.pop(name))

    def places(self) -> dict[str, str]:
        """Try all pods, confirm the bindings, and say where the pods are."""
        self.scheduler.schedule_pending()
        for _, name, node_name in [line for line in self.said if line[0] == "bound"]:
            if name in self.pods and not self.pods[name].spec.node_name:
                self.change(name, node_name=node_name)
        return {name: p.spec.node_name for name, p in self.pods.items()}

    def bind(self, bound: Pod, node_name: str) -> None:
        if self.conflicts:
            self.conflicts -= 1
            raise Conflict("the object has been modified")
        self.said.append(("bound", bound.metadata.name, node_name))

    def report_unschedulable(self, refused: Pod, message: str, nominated_node: str | None) -> None:
        self.said.append(("refused", refused.metadata.name, message, nominated_node or ""))
        if nominated_node is not None:
            self.change(refused.metadata.name, nominated_node_name=nominated_node)

    def report_skipped(self, skipped: Pod, message: str) -> None:
        self.said.append(("skipped", skipped.metadata.name, message))

    def delete_victim(self, victim: Pod, preemptor: Pod, node_name: str) -> None:
        self.said.append(("preempted", victim.metadata.name, preemptor.metadata.name, node_name))

    def clear_nomination(self, nominated: Pod) -> None:
        self.said.append(("cleared", nominated.metadata.name))
        self.change(nominated.metadata.name, nominated_node_name="")

    def report_failed(self, failed: Pod, message: str) -> None:
        self.said.append(("failed", failed.metadata.name, message))
        if failed.metadata.name in self.pods:
            self.change(failed.metadata.name, nominated_node_name="")

    def report_preempted_in_memory(self, victim: Pod, preemptor: Pod, node_name: str) -> None:
        self.said.append(("preempted in memory", victim.metadata.name, preemptor.metadata.name, node_name))

    def nominate(self, nominated: Pod, node_name: str) -> None:
        self.said.append(("nominated", nominated.metadata.name, node_name))
        self.change(nominated.metadata.name, nominated_node_name=node_name)

    def update_volume(self, volume: PersistentVolume) -> PersistentVolume:
        assert volume.spec.claim_ref is not None
        self.said.append(("reserved", volume.metadata.name, volume.spec.claim_ref.name))
        return self._write(volume)

    def update_claim(self, claim: PersistentVolumeClaim) -> PersistentVolumeClaim:
        self.said.append(("selected", claim.metadata.name, claim.metadata.annotations[SELECTED_NODE]))
        return self._write(claim)

    def _write(self, obj: T) -> T:
        if self.refuses_writes:
            raise Conflict("the object has been modified")
        return self.set(obj)

    def set(self, obj: T) -> T:
        """Store a version of a volume, claim or class, and tell the scheduler of it."""
        self.version += 1
        obj = replace(obj, metadata=replace(obj.metadata, resource_version=str(self.version)))
        old = self.scheduler.listers.of(type(obj)).get(key_of(obj))
        if old is None:
            self.scheduler.on_added(obj)
        else:
            self.scheduler.on_updated(old, obj)
        return obj

    def get(self, cls: type[T], key: str) -> T:
        return self.scheduler.listers.of(cls)[key]

    def run(self, seconds: float) -> None:
        """Wake the scheduler whenever it asks for it."""
        end = self.ms + round(seconds * 1000)
        self.places()
        while (due := self.scheduler.next_wakeup_ms) is not None and due <= end:
            self.ms = due
            self.places()
        self.ms = end

    def words(self, verb: str) -> Sequence[tuple[str, ...]]:
        return [line[1:] for line in self.said if line[0] == verb]
