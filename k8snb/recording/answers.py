"""Answers to recorded single requests, each put to a fresh, empty cluster's API server.

A case is one line of a ``requests/KIND.jsonl`` file: a verb, a manifest and what the real API server said. All were dry
runs but for the creation of what an update or a patch starts from: so one name served all cases of a kind.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from k8snb.api.claims import IS_DEFAULT_CLASS
from k8snb.api.encode import to_dict
from k8snb.api.resources import BY_KIND, Resource
from k8snb.api.schema import KubernetesObject
from k8snb.api.types.claims import StorageClass
from k8snb.api.types.config import Namespace, NamespaceSpec, NamespaceStatus
from k8snb.api.types.meta import ObjectMeta
from k8snb.bootstrap import NAMESPACES
from k8snb.errors import ApiError, NotFound
from k8snb.machinery.server import ApiServer
from k8snb.recording import placements
from k8snb.recording.cases import read_cases
from k8snb.sim.loop import Loop
from k8snb.sim.streams import Streams

NAMESPACE, NAME = "default", "x"
_SET_BY_SERVER = ("uid", "resourceVersion", "creationTimestamp", "managedFields")
_UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def answer_file(source: Path, target: Path) -> int:
    """Answer every case of a file.

    Parameters
    ----------
    source
        A JSON line a case.
    target
        Written with a line ``{"id", "answer"}`` for each.

    Returns
    -------
    int
        How many there are.
    """
    cases = read_cases(source)
    lines = [json.dumps({"id": case["id"], "answer": answer_case(case)}) for case in cases]
    target.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return len(cases)


def answer_case(case: Mapping[str, Any]) -> dict[str, Any]:
    """What our API server answers to a recorded request, or our scheduler to a placement question.

    Parameters
    ----------
    case
        ``verb`` (``create``, ``update``, ``patch``), ``manifest``, and ``base`` and ``type`` where the verb needs them;
        or the verb ``schedule`` and what `k8snb.recording.placements` needs.

    Returns
    -------
    dict
        The code and either the stored object or the reason, the message and the causes.
    """
    verb, manifest = case["verb"], case["manifest"]
    if verb == "schedule":
        return placements.answer(case)
    server = empty_server()
    resource = _resource(case)
    try:
        if resource is None:
            raise NotFound("the server could not find the requested resource")
        if verb == "create":
            return {
                "code": 201,
                "object": _shown(server.create(resource, NAMESPACE, manifest, dry_run=True), status=True),
            }
        server.create(resource, NAMESPACE, case["base"])
        if verb == "update":
            changed = server.replace(resource, NAMESPACE, NAME, manifest, dry_run=True)
        else:
            changed = server.patch(resource, NAMESPACE, NAME, case["type"], manifest, dry_run=True)
        return {"code": 200, "object": _shown(changed, status=False)}
    except ApiError as error:
        return {
            "code": error.code,
            "reason": error.reason or None,
            "message": error.message,
            "causes": [cause._asdict() for cause in error.causes],
        }


def _resource(case: Mapping[str, Any]) -> Resource | None:
    """Whose URL a request goes to: that of the kind that the case's id names, else of the object's own kind."""
    kind = str(case.get("id", "")).rpartition("-")[0]
    found = next((resource for resource in BY_KIND.values() if resource.kind.lower() == kind), None)
    return found or BY_KIND.get((case.get("base") or case["manifest"]).get("kind", ""))


def empty_server() -> ApiServer:
    """The API server of a cluster that has its own namespaces and the storage class ``standard``."""
    server = ApiServer(Loop(), Streams(0))
    for name in NAMESPACES:
        server.create_object(
            Namespace(
                metadata=ObjectMeta(name=name, labels={"kubernetes.io/metadata.name": name}),
                spec=NamespaceSpec(finalizers=("kubernetes",)),
                status=NamespaceStatus(phase="Active"),
            )
        )
    server.create_object(
        StorageClass(
            metadata=ObjectMeta(name="standard", annotations={IS_DEFAULT_CLASS: "true"}),
            provisioner="k8snb.dev/sim",
            reclaim_policy="Delete",
            volume_binding_mode="Immediate",
        )
    )
    return server


def _shown(obj: KubernetesObject, *, status: bool) -> dict[str, Any]:
    """An object as the recordings show it: without what differs from run to run."""
    body: dict[str, Any] = json.loads(_UID.sub("<uid>", json.dumps(to_dict(obj))))
    for name in _SET_BY_SERVER:
        body["metadata"].pop(name, None)
    if not status:
        body.pop("status", None)
    if obj.kind == "Service":
        _mask_allocations(body.get("spec", {}))
    return body


def _mask_allocations(spec: dict[str, Any]) -> None:
    if spec.get("clusterIP") not in (None, "", "None"):
        spec["clusterIP"] = "<ip>"
    if "clusterIPs" in spec:
        spec["clusterIPs"] = ["<ip>" if ip != "None" else ip for ip in spec["clusterIPs"]]
    for port in spec.get("ports", ()):
        if "nodePort" in port:
            port["nodePort"] = "<port>"
    if "healthCheckNodePort" in spec:
        spec["healthCheckNodePort"] = "<port>"
