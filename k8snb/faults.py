"""What a user may break: nodes that fail or join, pods' readiness, probes and containers, and the images' registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from k8snb.api.resources import BY_CLASS
from k8snb.api.types.node import Node
from k8snb.api.types.pod import Pod
from k8snb.errors import AlreadyExists, K8snbError
from k8snb.kubelet.annotated_timing import is_annotated
from k8snb.kubelet.kubelets import Kubelets
from k8snb.kubelet.probe_kinds import has_probe
from k8snb.machinery.server import ApiServer, EPOCH_MS
from k8snb.nodes import node_from, NodeDescription, one_node
from k8snb.scenario_file import FAULT_STATES, LARGEST_EXIT_CODE, LONGEST_PULL_SECONDS, ONLY_EXITS, PROBES

DEFAULT_PULL_SECONDS = 60
DEFAULT_PROBE = "liveness"

Fault = dict[str, Any]


def describe_fault(
    subjects: Mapping[str, str],
    state: str,
    container: str,
    code: int,
    probe: str,
    seconds: int,
    spec: Mapping[str, Any] | None,
) -> Fault:
    """A fault as journals and scenarios have it.

    Parameters
    ----------
    subjects
        The name of the ``node`` or the ``pod``, or the pattern of the ``registry``'s images; the others are empty.

    Raises
    ------
    K8snbError
        When it does not name one subject, or a state, a probe, an exit code or a time that there is none of, or
        a container of which nothing is said.
    """
    named = [(subject, name) for subject, name in subjects.items() if name]
    if len(named) != 1:
        raise K8snbError("a fault names one node, one pod or one registry")
    subject, name = named[0]
    if not isinstance(name, str):
        raise K8snbError(f"{subject}: {name!r} is no name")
    if state not in FAULT_STATES[subject]:
        raise K8snbError(f"state: {state!r} is none of {', '.join(FAULT_STATES[subject])}")
    fault: Fault = {subject: name, "state": state}
    if not isinstance(container, str):
        raise K8snbError(f"container: {container!r} is no name")
    if container and state != "exit":
        raise K8snbError(f"container: {ONLY_EXITS}")
    if container:
        fault["container"] = container
    if state == "exit":
        fault["code"] = _whole("code", code, "exit code from", 0, LARGEST_EXIT_CODE)
    elif state in ("failing", "passing"):
        if probe not in PROBES:
            raise K8snbError(f"probe: {probe!r} is none of {', '.join(PROBES)}")
        fault["probe"] = probe
    elif state == "slow":
        fault["seconds"] = _whole("seconds", seconds, "whole number from", 0, LONGEST_PULL_SECONDS)
    if spec:
        if state != "add" or not isinstance(spec, Mapping):
            raise K8snbError("spec: describes a node that is added")
        fault["spec"] = dict(spec)
    return fault


def _whole(field: str, value: int, what: str, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise K8snbError(f"{field}: {value!r} is no {what} {least} to {most}")
    return value


def check_fault(server: ApiServer, fault: Fault, all_annotated: bool) -> None:
    """Refuse a fault of something that is not there, or a new node that is no node.

    Parameters
    ----------
    all_annotated
        Whether every pod lives by annotations, so that no probes are executed.

    Raises
    ------
    NotFound
        When there is no such pod or node.
    AlreadyExists
        When there is a node of the name of the new one.
    K8snbError
        When the pod has no such probe or container.
    """
    if "registry" in fault:
        return
    if "pod" in fault:
        pod = find_pod(server, fault["pod"])
        if fault["state"] in ("failing", "passing"):
            _check_probe(pod, fault.get("probe", DEFAULT_PROBE), all_annotated)
        elif fault.get("container"):
            _check_container(pod, fault["container"], all_annotated)
    elif fault["state"] != "add":
        server.get(BY_CLASS[Node], "", fault["node"])
    else:
        name = node_from(one_node({**fault.get("spec", {}), "name": fault["node"]}), EPOCH_MS).metadata.name
        if server.find(Node, "", name) is not None:
            raise AlreadyExists(f'nodes "{name}" already exists')


def _check_probe(pod: Pod, probe: str, all_annotated: bool) -> None:
    name = pod.metadata.name
    if all_annotated or is_annotated(pod):
        raise K8snbError(f'pods "{name}" lives by annotations: its probes are not executed')
    if not has_probe(pod, probe):
        raise K8snbError(f'pods "{name}" has no {probe} probe')


def _check_container(pod: Pod, container: str, all_annotated: bool) -> None:
    name = pod.metadata.name
    if container not in [c.name for c in (*pod.spec.init_containers, *pod.spec.containers)]:
        raise K8snbError(f"container {container} is not valid for pod {name}")
    if all_annotated or is_annotated(pod):
        raise K8snbError(f'pods "{name}" lives by annotations: its containers exit together')


def inject(server: ApiServer, kubelets: Kubelets, fault: Fault, register: Callable[[NodeDescription], None]) -> None:
    """Let a fault happen.

    Parameters
    ----------
    register
        Adds a node of a description.
    """
    state = fault["state"]
    if "pod" in fault:
        _inject_pod(kubelets, find_pod(server, fault["pod"]), fault)
    elif "registry" in fault:
        kubelets.registry.set_state(fault["registry"], state, int(fault.get("seconds", DEFAULT_PULL_SECONDS)))
    elif state == "add":
        register({**fault.get("spec", {}), "name": fault["node"]})
    elif state == "down":
        kubelets.node_down(fault["node"])
    else:
        kubelets.node_up(fault["node"])


def _inject_pod(kubelets: Kubelets, pod: Pod, fault: Fault) -> None:
    state = fault["state"]
    if state == "exit":
        kubelets.exit_containers(pod, fault.get("container", ""), int(fault.get("code", 1)))
    elif state in ("failing", "passing"):
        kubelets.set_probe(pod, fault.get("probe", DEFAULT_PROBE), state == "failing")
    else:
        kubelets.set_ready(pod, state == "ready")


def find_pod(server: ApiServer, name: str) -> Pod:
    """A pod of the default namespace, or of the one before the slash; raises NotFound."""
    namespace, _, bare = name.rpartition("/")
    return server.get(BY_CLASS[Pod], namespace or "default", bare)  # type: ignore[return-value]
