"""``kubectl create ingress``, which a dry run shows: nothing here routes what comes from outside.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/create/create_ingress.go @ v1.36``
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from k8snb.api.integers import integer
from k8snb.kubectl.command import CommandSpec, Session
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.flags import array, text
from k8snb.kubectl.generated import CREATE_FLAGS, metadata_for, name_of_args, Shown

Body = dict[str, Any]

_RULE = re.compile(r"[\w*\-.]*/.*=[\w-]+:[\w-]+(,tls=?([\w-]+)?)?", re.ASCII)


def _ingress(session: Session) -> None:
    name, shown, flags = name_of_args(session), Shown(session), session.flags
    rules, backend = flags["rule"], flags["default-backend"]
    _check(rules, backend, flags["annotation"])
    annotations = dict(word.split("=", 1) for word in flags["annotation"])
    spec: Body = {"ingressClassName": flags["class"]} if flags["class"] else {}
    if backend:
        spec["defaultBackend"] = _backend(backend)
    if secured := _tls(rules):
        spec["tls"] = secured
    if rules:
        spec["rules"] = _rules(rules)
    more = {"annotations": annotations} if annotations else {}
    body = {"kind": "Ingress", "apiVersion": "networking.k8s.io/v1", "metadata": metadata_for(session, name, **more)}
    shown.show({**body, "spec": spec, "status": {"loadBalancer": {}}}, session.namespace, generation=1)


def _check(rules: Sequence[str], backend: str, annotations: Sequence[str]) -> None:
    if not backend and not rules:
        raise KubectlError(
            "not enough information provided: every ingress has to either specify a default-backend "
            "(which catches all traffic) or a list of rules (which catch specific paths)"
        )
    for rule in rules:
        if not _RULE.match(rule):
            form = "host/path=svcname:svcport[,tls[=secret]]"
            raise KubectlError(f"rule {rule} is invalid and should be in format {form}")
    for annotation in annotations:
        if "=" not in annotation:
            raise KubectlError(f"annotation {annotation} is invalid and should be in format key=[value]")
    if backend and backend.count(":") != 1:
        raise KubectlError("default-backend should be in format servicename:serviceport")


def _backend(service: str) -> Body:
    name, port = service.split(":")[:2]
    number = integer(port, 32)
    return {"service": {"name": name, "port": {"name": port} if number is None else {"number": number}}}


def _rules(rules: Sequence[str]) -> list[Body]:
    """A rule for each host, with all its paths."""
    found: dict[str, list[Body]] = {}
    for rule in rules:
        host, _, route = rule.partition(",")[0].partition("/")
        path, service = route.split("=")[:2]
        kind = "Prefix" if path.endswith("*") else "Exact"
        entry = {"path": f"/{path.removesuffix('*')}", "pathType": kind, "backend": _backend(service)}
        found.setdefault(host, []).append(entry)
    return [{**({"host": host} if host else {}), "http": {"paths": paths}} for host, paths in found.items()]


def _tls(rules: Sequence[str]) -> list[Body]:
    """The hosts of each secret; a host is taken once."""
    found: dict[str, list[str]] = {}
    taken: list[str] = []
    for rule in rules:
        pieces, host = rule.split(","), rule.partition("/")[0]
        if len(pieces) != 2 or host in taken:
            continue
        taken.append(host)
        secret = pieces[1].partition("=")[2]
        if secret in found or host or secret:
            found.setdefault(secret, []).extend([host] if host or secret in found else [])
    return [
        {**({"hosts": hosts} if hosts else {}), **({"secretName": secret} if secret else {})}
        for secret, hosts in found.items()
    ]


INGRESS = CommandSpec(
    "ingress",
    "Create an ingress with the specified name",
    _ingress,
    (*CREATE_FLAGS, text("class"), array("rule"), text("default-backend"), array("annotation")),
    aliases=("ing",),
)
