"""Small clusters for the scheduler's tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from k8snb.api.decode import from_dict
from k8snb.api.types.apps import ReplicaSet
from k8snb.api.types.meta import OwnerReference
from k8snb.api.types.node import Node
from k8snb.api.types.pod import Pod
from k8snb.scheduler.core import Core, Decision
from k8snb.scheduler.framework import Cycle
from k8snb.scheduler.listers import Listers
from k8snb.scheduler.nominator import Nominator
from k8snb.scheduler.plugins import default_plugins
from k8snb.scheduler.signature import PodInfo, Signatures
from k8snb.scheduler.snapshot import Snapshot


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
