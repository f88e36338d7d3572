"""``kubectl api-resources``, ``api-versions``, ``version`` and ``cluster-info``.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/{apiresources/*,version/version,clusterinfo/clusterinfo}.go @ v1.36``
"""

from __future__ import annotations

from typing import Any

from k8snb.api.resources import DISCOVERED, Resource
from k8snb.api.version import VERSION
from k8snb.kubectl.command import CommandSpec, not_built, Session
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.flags import slices, switch, text
from k8snb.kubectl.go_format import marshal
from k8snb.kubectl.printers import print_objects, PrintOptions
from k8snb.kubectl.printers.tabwriter import align
from k8snb.kubectl.printers.yaml_text import to_yaml

_KUSTOMIZE = "v5.8.1"
_OLDER_VERSIONS = ("autoscaling/v1",)  # beside the ones that are preferred
_FORMATS = ("json", "kyaml", "name", "wide", "yaml")


def _no_arguments(session: Session) -> None:
    if session.args:
        raise session.usage_error(f"unexpected arguments: [{' '.join(session.args)}]")


# -- api-resources


def _api_resources(session: Session) -> None:
    flags = session.flags
    _no_arguments(session)
    if flags["output"] and flags["output"] not in _FORMATS:
        raise KubectlError(
            f'unable to match a printer suitable for the output format "{flags["output"]}", '
            f"allowed formats are: {','.join(_FORMATS)}"
        )
    if flags["sort-by"] not in ("", "name", "kind"):
        raise KubectlError("--sort-by accepts only name or kind")
    found = sorted((r for r in DISCOVERED if _wanted(session, r)), key=lambda r: _order(r, flags["sort-by"]))
    session.write(_shown(session, found))


def _wanted(session: Session, resource: Resource) -> bool:
    flags = session.flags
    return (
        (not flags.changed("api-group") or resource.group == flags["api-group"])
        and (not flags.changed("namespaced") or resource.namespaced == flags["namespaced"])
        and all(verb in resource.verbs for verb in flags["verbs"])
        and all(category in resource.categories for category in flags["categories"])
    )


def _order(resource: Resource, sort_by: str) -> tuple[str, str]:
    first = {"name": resource.plural, "kind": resource.kind}.get(sort_by, resource.group)
    return first, resource.plural


def _shown(session: Session, resources: list[Resource]) -> str:
    output = session.flags["output"]
    if output == "name":
        return "".join(f"{resource.qualified}\n" for resource in resources)
    if output in ("json", "yaml", "kyaml"):
        body = {
            "kind": "APIResourceList",
            "apiVersion": "v1",
            "groupVersion": "",
            "resources": [_body(r) for r in resources],
        }
        return print_objects([body], PrintOptions(output=output, single=True, typed=True))
    wide = output == "wide"
    header = ["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND", *(("VERBS", "CATEGORIES") if wide else ())]
    rows = [] if session.flags["no-headers"] else [header]
    rows += [_cells(resource, wide) for resource in resources]
    return align("".join("\t".join(row) + "\n" for row in rows))


def _cells(resource: Resource, wide: bool) -> list[str]:
    cells = [
        resource.plural,
        ",".join(resource.short_names),
        resource.api_version,
        "true" if resource.namespaced else "false",
        resource.kind,
    ]
    return [*cells, ",".join(resource.verbs), ",".join(resource.categories)] if wide else cells


def _body(resource: Resource) -> dict[str, Any]:
    body: dict[str, Any] = {
        "name": resource.plural,
        "singularName": resource.singular,
        "namespaced": resource.namespaced,
        **({"group": resource.group} if resource.group else {}),
        "version": resource.version,
        "kind": resource.kind,
        "verbs": list(resource.verbs),
    }
    for name, words in (("shortNames", resource.short_names), ("categories", resource.categories)):
        if words:
            body[name] = list(words)
    return body


# -- the rest


def _api_versions(session: Session) -> None:
    _no_arguments(session)
    for version in sorted({*(resource.api_version for resource in DISCOVERED), *_OLDER_VERSIONS}):
        session.say(version)


def _version(session: Session) -> None:
    flags = session.flags
    if session.args:
        raise KubectlError(f"extra arguments: [{' '.join(session.args)}]")
    if flags["output"] not in ("", "yaml", "json"):
        raise KubectlError("--output must be 'yaml' or 'json'")
    if not flags["output"]:
        session.say(f"Client Version: {VERSION}")
        session.say(f"Kustomize Version: {_KUSTOMIZE}")
        if not flags["client"]:
            session.say(f"Server Version: {VERSION}")
        return
    info = {"major": "1", "minor": "36", "gitVersion": VERSION}
    body: dict[str, Any] = {"clientVersion": info, "kustomizeVersion": _KUSTOMIZE}
    if not flags["client"]:
        body["serverVersion"] = info
    session.say(to_yaml(body) if flags["output"] == "yaml" else marshal(body, 2, sort=False))


def _cluster_info(session: Session) -> None:
    session.say("Kubernetes control plane is running inside this simulator")
    session.say("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.")


API_RESOURCES = CommandSpec(
    "api-resources",
    "Print the supported API resources on the server",
    _api_resources,
    (
        text("api-group"),
        switch("cached"),
        slices("categories"),
        switch("namespaced", True),
        switch("no-headers"),
        text("output", short="o"),
        switch("show-managed-fields"),
        text("sort-by"),
        slices("verbs"),
    ),
)
API_VERSIONS = CommandSpec(
    "api-versions", 'Print the supported API versions on the server, in the form of "group/version"', _api_versions
)
VERSION_COMMAND = CommandSpec(
    "version",
    "Print the client and server version information",
    _version,
    (switch("client"), text("output", short="o")),
)
CLUSTER_INFO = CommandSpec(
    "cluster-info",
    "Display cluster information",
    _cluster_info,
    subcommands=(not_built("dump", "Dump relevant information for debugging and diagnosis"),),
)
