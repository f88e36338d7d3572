"""Objects as a server would hold them, and a server that holds them."""

from __future__ import annotations

from typing import Any

from k8snb.api.decode import from_dict
from k8snb.api.defaults import with_defaults
from k8snb.api.resources import BY_KIND
from k8snb.api.schema import KubernetesObject
from k8snb.api.timestamps import parse_time
from k8snb.kubectl.describe import describe
from k8snb.kubectl.printers import print_objects, PrintOptions
from k8snb.machinery.server import ApiServer, key_for
from k8snb.sim.loop import Loop
from k8snb.sim.streams import Streams

CREATED = "2026-01-01T00:00:10Z"
NOW_MS = parse_time("2026-01-01T00:01:00Z")
SELECTOR = {"matchLabels": {"app": "web"}}
TEMPLATE = {
    "metadata": {"labels": {"app": "web"}},
    "spec": {"containers": [{"name": "nginx", "image": "nginx:1.7.9"}]},
}


def make(kind: str, name: str = "web", metadata: dict[str, Any] | None = None, **body: Any) -> Any:
    """An object with defaults, created 50 seconds ago."""
    resource = BY_KIND[kind]
    meta: dict[str, Any] = {"name": name, "uid": f"uid-{name}", "creationTimestamp": CREATED}
    if resource.namespaced:
        meta["namespace"] = "default"
    whole = {"apiVersion": resource.api_version, "kind": kind, "metadata": meta | (metadata or {}), **body}
    return with_defaults(from_dict(resource.cls, whole))


def owned_by(kind: str, name: str, api_version: str = "apps/v1") -> dict[str, Any]:
    """Metadata that names a controller."""
    owner = {"apiVersion": api_version, "kind": kind, "name": name, "uid": f"uid-{name}", "controller": True}
    return {"ownerReferences": [owner]}


def serve(*objects: KubernetesObject) -> ApiServer:
    """A server whose store holds just these objects, as they are."""
    server = ApiServer(Loop(), Streams(0))
    for obj in objects:
        resource = BY_KIND[obj.kind]
        meta: Any = getattr(obj, "metadata", None)
        server.store.put(resource.kind, key_for(resource, meta.namespace, meta.name), obj)
    return server


def table(*objects: KubernetesObject, **options: Any) -> list[list[str]]:
    """The rows of a printed table, split where two blanks or more divide the cells."""
    text = print_objects(objects, PrintOptions(now_ms=NOW_MS, **options))
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in text.splitlines()]


def described(obj: Any, *others: Any, show_events: bool = True) -> list[str]:
    """The words of an object's description, line by line, in a cluster that also has the others."""
    text = describe(serve(obj, *others), obj, NOW_MS, show_events=show_events)
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]
