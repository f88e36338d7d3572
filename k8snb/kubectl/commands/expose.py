"""``kubectl expose``.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/expose/expose.go`` and ``staging/src/k8s.io/kubectl/pkg/polymorphichelpers/
{canbeexposed,mapbasedselectorforobject,portsforobject,multiprotocolsforobject}.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from k8snb.api.encode import to_dict
from k8snb.api.json_reader import JsonError, parse_json
from k8snb.api.patch import apply_patch
from k8snb.api.resources import BY_KIND
from k8snb.kubectl.command import CommandSpec, Session
from k8snb.kubectl.commands.create_config import int_or_text
from k8snb.kubectl.common_flags import DRY_RUN, field_manager, FILES, OUTPUT, RECORD, SAVE_CONFIG
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.flags import text
from k8snb.kubectl.generated import Generator
from k8snb.kubectl.go_values import parse_decimal
from k8snb.kubectl.infos import Info
from k8snb.kubectl.recording import recorded
from k8snb.kubectl.resource_builder import find_objects, Query

Body = dict[str, Any]

OVERRIDES = (text("overrides"), text("override-type", "merge"))
_EXPOSABLE = ("ReplicationController", "Service", "Pod", "Deployment", "ReplicaSet")
_NAME_LENGTH = 63
_NO_PORT = "couldn't find port via --port flag or introspection"


@dataclass
class _Plan:
    """What is known of the service so far. Several objects fill it in one after the other, as in kubectl."""

    selector: str
    labels: str
    port: str
    ports: str = ""


def _expose(session: Session) -> None:
    flags = session.flags
    generator = Generator(session)
    found = find_objects(session, Query(session.args, typed=True))
    plan = _Plan(flags["selector"], flags["labels"], flags["port"])
    found.visit(lambda info: _expose_one(session, generator, plan, info))


def _expose_one(session: Session, generator: Generator, plan: _Plan, info: Info) -> None:
    kind = info.resource.kind
    if kind not in _EXPOSABLE:
        raise KubectlError(f"cannot expose a {info.resource.qualified_kind}")
    body = to_dict(info.obj) if info.obj is not None else info.body
    if not plan.selector:
        plan.selector = _selector_of(kind, body)
    if not plan.port:
        _find_ports(session, plan, _ports_of(kind, body))
    if not plan.labels:
        plan.labels = _joined(body["metadata"].get("labels") or {})
    service = _service(session, plan, info.name[:_NAME_LENGTH], _protocols_of(kind, body))
    service = recorded(session, overridden(session, service))
    generator.create(service, operation="exposed")


# -- what the object says


def _selector_of(kind: str, body: Body) -> str:
    failure = "couldn't retrieve selectors via --selector flag or introspection: "
    spec = body.get("spec", {})
    if kind == "Pod":
        labels = body["metadata"].get("labels") or {}
        if not labels:
            raise KubectlError(f"{failure}the pod has no labels and cannot be exposed")
        return _joined(labels)
    if kind in ("Service", "ReplicationController"):
        if kind == "Service" and spec.get("selector") is None:
            raise KubectlError(f"{failure}the service has no pod selector set")
        return _joined(spec.get("selector") or {})
    selector = spec.get("selector") or {}
    if not selector.get("matchLabels"):
        raise KubectlError(f"{failure}invalid {kind.lower()}: no selectors, therefore cannot be exposed")
    if expressions := selector.get("matchExpressions"):
        shown = " ".join(_go_expression(e) for e in expressions)
        raise KubectlError(f'{failure}couldn\'t convert expressions - "[{shown}]" to map-based selector format')
    return _joined(selector["matchLabels"])


def _go_expression(expression: Body) -> str:
    values = " ".join(expression.get("values", ()))
    return f"{{Key:{expression['key']} Operator:{expression['operator']} Values:[{values}]}}"


def _joined(labels: Body) -> str:
    return ",".join(f"{key}={labels[key]}" for key in sorted(labels))


def _port_entries(kind: str, body: Body) -> list[tuple[str, str]]:
    """Ports and their protocols, in the object's order."""
    spec = body.get("spec", {})
    if kind == "Service":
        return [(str(p["port"]), p.get("protocol") or "TCP") for p in spec.get("ports", ())]
    pod = spec if kind == "Pod" else (spec.get("template") or {}).get("spec", {})
    ports = [port for container in pod.get("containers") or () for port in container.get("ports", ())]
    return [(str(p["containerPort"]), p.get("protocol") or "TCP") for p in ports]


def _ports_of(kind: str, body: Body) -> list[str]:
    return list(dict.fromkeys(port for port, _ in _port_entries(kind, body)))


def _protocols_of(kind: str, body: Body) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for port, protocol in _port_entries(kind, body):
        found.setdefault(port, []).append(protocol)
    return found


def _find_ports(session: Session, plan: _Plan, ports: Sequence[str]) -> None:
    if not ports and session.flags["cluster-ip"] != "None":
        raise KubectlError(_NO_PORT)
    if len(ports) == 1:
        plan.port = ports[0]
    elif ports:
        plan.ports = ",".join(ports)


# -- the service


def _service(session: Session, plan: _Plan, default_name: str, protocols: dict[str, list[str]]) -> Body:
    flags = session.flags
    if not plan.selector:
        raise KubectlError("selector must be specified")
    selector = parse_labels(plan.selector)
    labels = parse_labels(plan.labels) if plan.labels else {}
    name = flags["name"] or default_name
    if not name:
        raise KubectlError("name must be specified")
    ports = _service_ports(plan.ports or plan.port, flags["protocol"], protocols)
    target = flags["target-port"]
    for port in ports:
        port["targetPort"] = int_or_text(target) if target else port["port"]
    spec: Body = {"ports": ports, "selector": selector} if ports else {"selector": selector}
    spec |= _options(session)
    metadata: Body = {"name": name, **({"labels": labels} if labels else {})}
    if session.namespace_given:
        metadata["namespace"] = session.namespace
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}


def _options(session: Session) -> Body:
    flags = session.flags
    options: Body = {}
    if flags["external-ip"]:
        options["externalIPs"] = [flags["external-ip"]]
    if flags["type"]:
        options["type"] = flags["type"]
    if flags["type"] == "LoadBalancer" and flags["load-balancer-ip"]:
        options["loadBalancerIP"] = flags["load-balancer-ip"]
    if flags["session-affinity"]:
        if flags["session-affinity"] not in ("None", "ClientIP"):
            raise KubectlError(f"unknown session affinity: {flags['session-affinity']}")
        options["sessionAffinity"] = flags["session-affinity"]
    if flags["cluster-ip"]:
        options["clusterIP"] = flags["cluster-ip"]
    return options


def _service_ports(ports: str, protocol: str, protocols: dict[str, list[str]]) -> list[Body]:
    words = ports.split(",") if ports else []
    found: list[Body] = []
    for index, word in enumerate(words, 1):
        try:
            number = parse_decimal(word)
        except ValueError as error:
            raise KubectlError(str(error)) from None
        own = [protocol] if protocol else protocols.get(word) or ["TCP"]
        name = f"port-{index}" if len(words) > 1 else ""
        for own_protocol in own:
            shown = f"port-{index}-{own_protocol.lower()}" if len(own) > 1 else name
            found.append({**({"name": shown} if shown else {}), "port": number, "protocol": own_protocol})
    return found


def parse_labels(spec: str) -> dict[str, str]:
    """Labels from ``a=b,c=d``.

    References
    ----------
    ``staging/src/k8s.io/kubectl/pkg/generate/generate.go ParseLabels @ v1.36``
    """
    labels = {}
    for part in spec.split(","):
        key, *values = part.split("=")
        if len(values) != 1:
            raise KubectlError(f"unexpected label spec: {part}")
        if not key:
            raise KubectlError("unexpected empty label key")
        labels[key] = values[0]
    return labels


def overridden(session: Session, body: Body) -> Body:
    """The object with what ``--overrides`` says put over it."""
    override, kind = session.flags["overrides"], session.flags["override-type"]
    if not override:
        return body
    if kind not in ("merge", "json", "strategic"):
        raise KubectlError(f"invalid override type: {kind}")
    try:
        patch = parse_json(override)
    except JsonError:
        raise KubectlError("Invalid JSON Patch" if kind == "merge" else "invalid JSON document") from None
    return apply_patch(BY_KIND[body["kind"]].cls, body, kind, patch)


COMMAND = CommandSpec(
    "expose",
    "Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service",
    _expose,
    (
        *OUTPUT,
        *FILES,
        *OVERRIDES,
        DRY_RUN,
        RECORD,
        SAVE_CONFIG,
        field_manager("kubectl-expose"),
        text("cluster-ip"),
        text("external-ip"),
        text("labels", short="l"),
        text("load-balancer-ip"),
        text("name"),
        text("port"),
        text("protocol"),
        text("selector"),
        text("session-affinity"),
        text("target-port"),
        text("type"),
    ),
    usage=(
        "(-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] "
        "[--name=name] [--external-ip=external-ip-of-service] [--type=type]"
    ),
)
