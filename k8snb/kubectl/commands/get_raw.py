"""``kubectl get --raw``: the server's answer to a path, as it is.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/get/get.go Validate`` and ``rawhttp/raw.go RawGet @ v1.36``
"""

from __future__ import annotations

import re
from typing import Any

from k8snb.api.encode import to_dict
from k8snb.api.resources import Resource, RESOURCES
from k8snb.errors import NotFound
from k8snb.kubectl.command import Session
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.go_format import marshal
from k8snb.kubectl.infos import meta_of

_HEALTH = ("/healthz", "/livez", "/readyz")
_PATH = re.compile(
    r"/(?:api|apis/(?P<group>[^/]+))/(?P<version>[^/]+)(?:/namespaces/(?P<namespace>[^/]+))?/(?P<plural>[^/]+)"
    r"(?:/(?P<name>[^/]+))?"
)


def check_raw(session: Session) -> None:
    """Refuse ``--raw`` beside what it leaves no room for."""
    flags = session.flags
    if session.args:
        raise KubectlError("arguments may not be passed when --raw is specified")
    if flags["watch"] or flags["watch-only"] or flags["selector"]:
        problem = "other flags that filter the server request or alter the output"
        raise KubectlError(f"--raw may not be specified with {problem}")
    if flags["output"]:
        raise KubectlError("--raw and --output are mutually exclusive")
    if not flags["raw"].startswith("/"):
        problem = f'parse "{flags["raw"]}": invalid URI for request'
        raise KubectlError(f"--raw must be a valid URL path: {problem}")


def get_raw(session: Session) -> None:
    """Print an object, a list of objects, or that the server is well.

    Raises
    ------
    NotFound
        When nothing is at the path.
    """
    path = session.flags["raw"].partition("?")[0]
    if path in _HEALTH:
        session.write("ok")
        return
    found = _PATH.fullmatch(path)
    resource = _resource(found) if found else None
    if found is None or resource is None:
        raise NotFound("the server could not find the requested resource")
    namespace, name = found["namespace"], found["name"]
    if name:
        body = _kind_first(to_dict(session.server.get(resource, namespace or "", name)))
    else:
        body = _list(session, resource, namespace)
    session.say(marshal(body, sort=False))


def _resource(found: re.Match[str]) -> Resource | None:
    """The resource of a path; one with namespaces is named within one, or listed in all."""
    group, version, plural = found["group"] or "", found["version"], found["plural"]
    for resource in RESOURCES:
        if (resource.group, resource.version, resource.plural) == (group, version, plural):
            placed = resource.namespaced or not found["namespace"]
            return resource if placed and (found["namespace"] or not found["name"] or not resource.namespaced) else None
    return None


def _list(session: Session, resource: Resource, namespace: str | None) -> dict[str, Any]:
    objects = session.server.list(resource, namespace)
    items = [to_dict(obj) for obj in objects]
    for item in items:
        del item["kind"], item["apiVersion"]
    newest = max((int(meta_of(obj).resource_version) for obj in objects), default=1)
    kind = {"kind": f"{resource.kind}List", "apiVersion": resource.api_version}
    return {**kind, "metadata": {"resourceVersion": str(newest)}, "items": items}


def _kind_first(body: dict[str, Any]) -> dict[str, Any]:
    return {"kind": body["kind"], "apiVersion": body["apiVersion"]} | body
