"""A cluster by hand, for tests of single controllers: a loop, an API server, and the controllers under test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import pytest
from msgspec.structs import replace

from k8snb.api.decode import from_dict
from k8snb.api.encode import to_dict
from k8snb.api.resources import BY_KIND
from k8snb.api.schema import EMPTY, KubernetesObject
from k8snb.api.types.config import Namespace, NamespaceSpec
from k8snb.api.types.event import Event
from k8snb.api.types.meta import ObjectMeta, OwnerReference
from k8snb.api.types.node import Node
from k8snb.api.types.pod import Pod
from k8snb.api.types.pod_status import PodCondition, PodIP, PodStatus
from k8snb.machinery.controller import Controller, Environment
from k8snb.machinery.deletion import DeleteOptions
from k8snb.machinery.server import ApiServer
from k8snb.nodes import node_from
from k8snb.sim.loop import Loop, USER
from k8snb.sim.streams import Streams

T = TypeVar("T", bound=KubernetesObject)


class World:
    """An API server with the namespace ``default``, some controllers, and short ways to do things to it."""

    def __init__(self, *controllers: type[Controller]) -> None:
        self.loop = Loop()
        streams = Streams(1)
        self.server = ApiServer(self.loop, streams)
        self.environment = Environment(self.server, streams)
        self.namespace("default")
        self.controllers = [controller(self.environment) for controller in controllers]
        self._addresses = 0

    def run(self, seconds: float = 0.1) -> None:
        self.loop.run_until(self.loop.now_ms + round(seconds * 1000))

    def at(self, seconds: float, call: Callable[[], object]) -> None:
        self.loop.call_at(round(seconds * 1000), lambda: call() and None, priority=USER)

    # -- objects

    def namespace(self, name: str) -> Namespace:
        if self.server.find(Namespace, "", name) is None:
            spec = NamespaceSpec(finalizers=("kubernetes",))
            self.server.create_object(Namespace(metadata=ObjectMeta(name=name), spec=spec))
        namespace = self.server.find(Namespace, "", name)
        assert namespace is not None
        return namespace

    def create(self, manifest: Mapping[str, Any]) -> Any:
        """Store an object from its JSON form, as a request does, with its status."""
        body = {"metadata": {}, **manifest}
        resource = BY_KIND[body["kind"]]
        namespace = body["metadata"].setdefault("namespace", "default") if resource.namespaced else ""
        body["apiVersion"] = resource.api_version
        created = self.server.create(resource, namespace, body)
        if "status" not in body:
            return created
        status = from_dict(resource.cls, body).status  # type: ignore[attr-defined]
        return self.server.update_status(replace(created, status=status))  # type: ignore[call-arg]

    def node(self, name: str, zone: str = "", **description: Any) -> Node:
        return self.server.create_object(node_from({"name": name, "zone": zone, **description}, self.server.time))

    def pod(
        self,
        name: str,
        labels: Mapping[str, str] = EMPTY,
        *,
        node: str = "node-1",
        ready: bool = True,
        namespace: str = "default",
        owner: KubernetesObject | None = None,
        **spec: Any,
    ) -> Pod:
        """A pod that runs on a node."""
        owners = []
        if owner is not None:
            owners = [to_dict(self.owner_of(owner, blocks=True, controller=True))]
        full = {"containers": [{"name": "c", "image": "i"}], **spec, **({"nodeName": node} if node else {})}
        meta = {"name": name, "namespace": namespace, "labels": dict(labels), "ownerReferences": owners}
        pod = self.create({"kind": "Pod", "metadata": meta, "spec": full})
        if not node:
            return pod
        self._addresses += 1
        ip = f"10.0.{self._addresses // 250}.{self._addresses % 250 + 1}"
        status = PodStatus(phase="Running", pod_ip=ip, pod_ips=(PodIP(ip=ip),), conditions=self._ready(ready))
        return self.server.set_pod_status(pod, status)

    def _ready(self, ready: bool) -> tuple[PodCondition, ...]:
        return (PodCondition(type="Ready", status=str(ready), last_transition_time=self.server.time),)

    # -- changes

    def current(self, obj: T) -> T | None:
        return self.server.find(type(obj), obj.metadata.namespace, obj.metadata.name)

    def set_ready(self, pod: Pod, ready: bool) -> None:
        stored = self.current(pod)
        assert stored is not None
        self.server.set_pod_status(stored, replace(stored.status, conditions=self._ready(ready)))

    def set_phase(self, pod: Pod, phase: str) -> None:
        stored = self.current(pod)
        assert stored is not None
        self.server.set_pod_status(stored, replace(stored.status, phase=phase, conditions=self._ready(False)))

    def change(self, obj: T, **changes: Any) -> T:
        """Replace parts of an object, whatever its version."""
        stored = self.current(obj)
        assert stored is not None
        return self.server.update_object(replace(stored, **changes))

    def change_meta(self, obj: T, **changes: Any) -> T:
        stored = self.current(obj)
        assert stored is not None
        return self.change(obj, metadata=replace(stored.metadata, **changes))

    def delete(self, obj: KubernetesObject, grace: int | None = None, policy: str | None = None) -> None:
        self.server.delete_object(obj, DeleteOptions(grace, policy))

    def all(self, cls: type[T]) -> list[T]:
        table = self.server.store.tables[cls.__name__]
        return [table[key] for key in sorted(table)]  # type: ignore[misc]

    def owner_of(
        self, obj: KubernetesObject, *, blocks: bool = False, controller: bool | None = None
    ) -> OwnerReference:
        meta = obj.metadata
        return OwnerReference(
            api_version=obj.api_version,
            kind=obj.kind,
            name=meta.name,
            uid=meta.uid,
            block_owner_deletion=blocks,
            controller=controller,
        )

    def events(self) -> list[tuple[str, str]]:
        return [(e.involved_object.name, e.reason) for e in self.all(Event)]


@pytest.fixture(scope="session", name="world_class")
def _world_class() -> type[World]:
    """The class itself, for tests that build many."""
    return World


@pytest.fixture
def world(world_class: type[World]) -> type[World]:
    """Build one with ``world(SomeController)``."""
    return world_class
