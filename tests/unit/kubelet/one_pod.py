"""A cluster with one pod, whose containers play scripts. Nothing takes time there but what says so."""

from __future__ import annotations

import json
from typing import Any

from k8snb.cluster import Cluster


def container(name: str = "c", script: str = "", **fields: Any) -> dict[str, Any]:
    body = {"name": name, "image": "app:1", **fields}
    if script:
        body["env"] = [*body.get("env", []), {"name": "SIM", "value": script}]
    return body


def probe(command: str, **fields: Any) -> dict[str, Any]:
    return {"exec": {"command": command.split()}, "periodSeconds": 1, **fields}


def pod(*containers: dict[str, Any], **spec: Any) -> Cluster:
    """A cluster with a pod ``p`` of these containers."""
    cluster = Cluster(nodes=1, exact=True)
    body = {"containers": containers, **spec}
    manifest = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": body}
    assert cluster.apply(json.dumps(manifest) + "\n").exit == 0
    return cluster
