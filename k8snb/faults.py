"""What a user may break: nodes that fail or join, pods that lose their readiness, containers that exit, registries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from k8snb.api.resources import BY_CLASS
from k8snb.api.types.node import Node
from k8snb.api.types.pod import Pod
from k8snb.errors import AlreadyExists, K8snbError
from k8snb.machinery.server import ApiServer, EPOCH_MS
from k8snb.nodes import node_from, one_node

LARGEST_EXIT_CODE = 255
LONGEST_PULL_SECONDS = 86_400
_STATES = {
    "node": ("down", "up", "add"),
    "pod": ("unready", "ready", "exit"),
    "registry": ("down", "up", "slow"),
}

Fault = dict[str, Any]


def describe_fault(
    node: str, pod: str, registry: str, state: str, code: int, seconds: int, spec: Mapping[str, Any] | None
) -> Fault:
    """A fault as journals and scenarios have it.

    Raises
    ------
    K8snbError
        When it does not name one subject, or a state or an exit code that there is none of.
    """
    named = [(subject, name) for subject, name in (("node", node), ("pod", pod), ("registry", registry)) if name]
    if len(named) != 1:
        raise K8snbError("a fault names one node, one pod or one registry")
    subject, name = named[0]
    if not isinstance(name, str):
        raise K8snbError(f"{subject}: {name!r} is no name")
    if state not in _STATES[subject]:
        raise K8snbError(f"state: {state!r} is none of {', '.join(_STATES[subject])}")
    fault: Fault = {subject: name, "state": state}
    if state == "exit":
        if isinstance(code, bool) or not isinstance(code, int) or not 0 <= code <= LARGEST_EXIT_CODE:
            raise K8snbError(f"code: {code!r} is no exit code from 0 to {LARGEST_EXIT_CODE}")
        fault["code"] = code
    if state == "slow":
        if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 <= seconds <= LONGEST_PULL_SECONDS:
            raise K8snbError(f"seconds: {seconds!r} is no whole number from 0 to {LONGEST_PULL_SECONDS}")
        fault["seconds"] = seconds
    if spec:
        if state != "add" or not isinstance(spec, Mapping):
            raise K8snbError("spec: describes a node that is added")
        fault["spec"] = dict(spec)
    return fault


def check_fault(server: ApiServer, fault: Fault) -> None:
    """Refuse a fault of something that is not there, or a new node that is no node.

    Raises
    ------
    NotFound
        When there is no such pod or node.
    AlreadyExists
        When there is a node of the name of the new one.
    """
    if "registry" in fault:
        return
    if "pod" in fault:
        find_pod(server, fault["pod"])
    elif fault["state"] != "add":
        server.get(BY_CLASS[Node], "", fault["node"])
    else:
        name = node_from(one_node({**fault.get("spec", {}), "name": fault["node"]}), EPOCH_MS).metadata.name
        if server.find(Node, "", name) is not None:
            raise AlreadyExists(f'nodes "{name}" already exists')


def find_pod(server: ApiServer, name: str) -> Pod:
    """A pod of the default namespace, or of the one before the slash; raises NotFound."""
    namespace, _, bare = name.rpartition("/")
    return server.get(BY_CLASS[Pod], namespace or "default", bare)  # type: ignore[return-value]
