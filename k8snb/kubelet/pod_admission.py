"""Whether a node takes a pod in that no scheduler sent to it: one that named its node itself.

What the scheduler bound, it looked at by the same rules.

References
----------
``pkg/kubelet/lifecycle/predicate.go predicateAdmitHandler.Admit, generalFilter``, ``pkg/kubelet/kubelet.go rejectPod``
and ``pkg/scheduler/eventhandlers.go AdmissionCheck @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from k8snb.api.pods import condition_of
from k8snb.api.types.node import Node
from k8snb.api.types.pod import Pod
from k8snb.scheduler.labels import untolerated_taint
from k8snb.scheduler.node_info import NodeInfo
from k8snb.scheduler.plugins.node_affinity import required_affinity_matches
from k8snb.scheduler.plugins.node_resources_fit import resource_rows
from k8snb.scheduler.signature import PodInfo, Signatures
from k8snb.scheduler.snapshot import Snapshot

_OS = "kubernetes.io/os"
_LINUX = "linux"


class Rejection(NamedTuple):
    """Why a pod was rejected."""

    reason: str
    message: str


class RejectedPod:
    """A pod that was rejected: nothing happens to it any more."""

    def __init__(self, pod: Pod) -> None:
        self.pod = pod
        self.finished = True

    def update(self, pod: Pod) -> None:
        """Nothing that becomes of it matters."""
        self.pod = pod

    def remove(self) -> None:
        """Nothing of it is left."""


def chose_its_node(pod: Pod) -> bool:
    """Whether a new pod came to its node without a scheduler."""
    scheduled = condition_of(pod, "PodScheduled")
    new = pod.status.phase == "Pending" and pod.status.start_time is None and not pod.metadata.deletion_timestamp
    return new and (scheduled is None or scheduled.status != "True")


def rejection(pod: Pod, node: Node, others: Iterable[Pod]) -> Rejection | None:
    """Why a node does not take a pod in; None: it does.

    Parameters
    ----------
    pod
        A new pod that names the node.
    node
        Its node.
    others
        The pods that are there and have not ended.
    """
    snapshot, signatures = Snapshot(), Signatures()
    snapshot.set_node(node)
    for other in others:
        snapshot.add_pod(signatures.pod_info(other))
    info = snapshot.get(node.metadata.name)
    assert info is not None
    return _of_the_system(pod) or next(_failures(signatures.pod_info(pod), node, info), None)


def _of_the_system(pod: Pod) -> Rejection | None:
    wanted = pod.spec.node_selector.get(_OS, _LINUX)
    if wanted != _LINUX:
        message = f"Failed to admit pod as the `{_OS}` label doesn't match node label"
        return Rejection("PodOSSelectorNodeLabelDoesNotMatch", message)
    if pod.spec.os is not None and pod.spec.os.name != _LINUX:
        return Rejection("PodOSNotSupported", "Failed to admit pod as the OS field doesn't match node OS")
    return None


def _failures(pod: PodInfo, node: Node, info: NodeInfo) -> Iterator[Rejection]:
    """All that speaks against a pod. Extended resources that the node does not have at all are not looked at."""
    signature, known = pod.signature, dict(info.allocatable.scalars)
    if len(info.pods) + 1 > info.allocatable.pods:
        yield _lacking("pods", 1, len(info.pods), info.allocatable.pods)
    for name, wanted, used, there in resource_rows(signature.demand.requests, info):
        extended = name not in ("cpu", "memory", "ephemeral-storage")
        if wanted > 0 and wanted > there - used and not (extended and name not in known):
            yield _lacking(name, wanted, used, there)
    if not required_affinity_matches(signature, node):
        yield _failed("NodeAffinity", "node(s) didn't match Pod's node affinity/selector")
    if any(info.port_conflicts(port) for port in signature.host_ports):
        yield _failed("NodePorts", "node(s) didn't have free ports for the requested pod ports")
    taints = (taint for taint in node.spec.taints if taint.effect == "NoExecute")
    if untolerated_taint(taints, pod.pod.spec.tolerations) is not None:
        yield _failed("TaintToleration", "node(s) had taints that the pod didn't tolerate")


def _lacking(name: str, requested: int, used: int, capacity: int) -> Rejection:
    amounts = f"requested: {requested}, used: {used}, capacity: {capacity}"
    return Rejection(f"OutOf{name}", f"Node didn't have enough resource: {name}, {amounts}")


def _failed(predicate: str, why: str) -> Rejection:
    return Rejection(predicate, f"Predicate {predicate} failed: {why}")
