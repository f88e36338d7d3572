"""``kubectl create service``.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/create/create_service.go @ v1.36``
"""

from __future__ import annotations

from typing import Any

from k8snb.api.field_errors import go_quote
from k8snb.api.integers import integer
from k8snb.api.validation.formats import is_dns1123_subdomain, is_valid_port_name, is_valid_port_num
from k8snb.kubectl.command import CommandSpec, Runner, Session
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.flags import Flag, number, slices, text
from k8snb.kubectl.generated import CREATE_FLAGS, Generator, metadata_for, name_of_args
from k8snb.kubectl.go_values import parse_decimal

Body = dict[str, Any]


def _creator(service_type: str) -> Runner:
    def run(session: Session) -> None:
        name = name_of_args(session)
        generator = Generator(session)
        _check(session, service_type)
        body = _service(session, name, service_type)
        generator.create(body, f"failed to create {service_type} service: ")

    return run


def _check(session: Session, service_type: str) -> None:
    values = session.flags.values
    headless = values.get("clusterip") == "None"
    if not headless and not values.get("tcp") and service_type != "ExternalName":
        raise KubectlError("at least one tcp port specifier must be provided")
    if service_type == "ExternalName" and is_dns1123_subdomain(values["external-name"]):
        raise KubectlError(f"invalid service external name {values['external-name']}")


def _service(session: Session, name: str, service_type: str) -> Body:
    values = session.flags.values
    labels = {"app": name}
    spec: Body = {"type": service_type, "selector": labels}
    ports = [_port(pair, values.get("node-port", 0)) for pair in values.get("tcp", ())]
    if ports:
        spec["ports"] = ports
    for field, flag in (("externalName", "external-name"), ("clusterIP", "clusterip")):
        if values.get(flag):
            spec[field] = values[flag]
    metadata = metadata_for(session, name, labels=labels)
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}


def _port(pair: str, node_port: int) -> Body:
    port, *target = pair.split(":")
    number_ = _port_number(port)
    body = {
        "name": pair.replace(":", "-"),
        "protocol": "TCP",
        "port": number_,
        "targetPort": _target_port(target[0]) if target else number_,
    }
    return {**body, "nodePort": node_port} if node_port else body


def _port_number(word: str) -> int:
    """A port; 0 is let through, for the server to refuse."""
    if not word.isascii() or not word.isdigit():
        raise KubectlError(f"strconv.ParseUint: parsing {go_quote(word)}: invalid syntax")
    number_ = integer(word)
    if number_ is None or number_ > 65535:
        raise KubectlError(f"strconv.ParseUint: parsing {go_quote(word)}: value out of range")
    return number_


def _target_port(word: str) -> int | str:
    try:
        port = parse_decimal(word)
    except ValueError:
        problems = is_valid_port_name(word)
        target: int | str = word
    else:
        problems, target = is_valid_port_num(port), port
    if problems:
        raise KubectlError(",".join(problems))
    return target


def _command(name: str, service_type: str, article: str, *flags: Flag) -> CommandSpec:
    about = f"Create {article} {service_type} service"
    return CommandSpec(name, about, _creator(service_type), (*CREATE_FLAGS, slices("tcp"), *flags))


SERVICE = CommandSpec(
    "service",
    "Create a service using a specified subcommand",
    usage="[flags]",
    aliases=("svc",),
    subcommands=(
        _command("clusterip", "ClusterIP", "a", text("clusterip")),
        _command("externalname", "ExternalName", "an", text("external-name", required=True)),
        _command("loadbalancer", "LoadBalancer", "a"),
        _command("nodeport", "NodePort", "a", number("node-port")),
    ),
)
