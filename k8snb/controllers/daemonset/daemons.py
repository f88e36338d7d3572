"""One look at one DaemonSet: the nodes, its pods on them, and which of these are of the present revision.

References
----------
``pkg/controller/daemon/daemon_controller.go getNodesToDaemonPods, podByCreationTimestampAndPhase``,
``pkg/controller/daemon/update.go findUpdatedPodsOnNode`` and
``pkg/controller/daemon/util/daemonset_util.go IsPodUpdated @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from k8snb.api.pods import is_available, is_terminal
from k8snb.api.types.apps import DaemonSet
from k8snb.api.types.pod import Pod
from k8snb.controllers.daemonset.placement import (
    GENERATION_LABEL,
    HASH_LABEL,
    target_node,
    Verdict,
)


class PodsOfNode(NamedTuple):
    """The one pod of the present revision and the one older pod of a node, where there is one."""

    new: Pod | None
    old: Pod | None


class Daemons(NamedTuple):
    """A DaemonSet as a sync finds it.

    ``nodes`` has a verdict for every node there is, ``pods`` the pods by the node that they are on or meant for;
    ``hash`` is the label of the present revision, ``generation`` the older form of it; ``now`` the present in
    milliseconds since the epoch.
    """

    daemon_set: DaemonSet
    nodes: Mapping[str, Verdict]
    pods: Mapping[str, Sequence[Pod]]
    hash: str
    generation: str | None
    now: int

    def should_run(self, node: str) -> bool:
        """Whether a node gets a daemon."""
        verdict = self.nodes.get(node)
        return verdict is not None and verdict.should_run

    def is_available(self, pod: Pod) -> bool:
        """Whether a pod has been ready for long enough."""
        return is_available(pod, self.daemon_set.spec.min_ready_seconds, self.now)

    def is_updated(self, pod: Pod) -> bool:
        """Whether a pod is of the present revision, by its hash or by the older way of a generation."""
        labels = pod.metadata.labels
        if self.hash and labels.get(HASH_LABEL) == self.hash:
            return True
        return self.generation is not None and labels.get(GENERATION_LABEL) == self.generation

    def updated_pods_on(self, node: str) -> PodsOfNode | None:
        """The new and the old pod of a node that are not being deleted; None when there are several of a kind."""
        new: Pod | None = None
        old: Pod | None = None
        for pod in self.pods.get(node, ()):
            if pod.metadata.deletion_timestamp is not None:
                continue
            if self.is_updated(pod):
                if new is not None:
                    return None
                new = pod
            else:
                if old is not None:
                    return None
                old = pod
        return PodsOfNode(new, old)


def by_node(pods: Iterable[Pod]) -> dict[str, list[Pod]]:
    """Daemons by node, without those that have ended and wait for their removal only."""
    result: dict[str, list[Pod]] = {}
    for pod in pods:
        if is_terminal(pod) and pod.metadata.deletion_timestamp is not None:
            continue
        node = target_node(pod)
        if node is not None:
            result.setdefault(node, []).append(pod)
    return result


def oldest_first(pods: Iterable[Pod]) -> list[Pod]:
    """Scheduled pods before the others, and older before younger ones."""
    return sorted(pods, key=lambda p: (not p.spec.node_name, p.metadata.creation_timestamp or 0, p.metadata.name))
