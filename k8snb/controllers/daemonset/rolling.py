"""The rolling update: old pods give way to new ones, node by node, within the limits of the strategy.

References
----------
``pkg/controller/daemon/update.go rollingUpdate @ v1.36``
"""

from __future__ import annotations

from k8snb.api.resources import BY_CLASS
from k8snb.api.types.node import Node
from k8snb.api.types.pod import Pod
from k8snb.controllers.daemonset.daemons import Daemons, PodsOfNode
from k8snb.controllers.daemonset.manage import Work
from k8snb.controllers.daemonset.sizes import limits
from k8snb.machinery.server import not_found


def rolling_update(daemons: Daemons) -> Work:
    """The old pods to delete now, and the nodes that get a new pod beside the old one.

    Raises
    ------
    NotFound
        When the node of an old pod is gone, and the update surges.

    Notes
    -----
    Upstream takes the nodes in no order. Here those that will have a daemon come first.
    """
    desired = [node for node, verdict in daemons.nodes.items() if verdict.should_run]
    max_surge, max_unavailable = limits(daemons.daemon_set, len(desired))
    nodes = list(dict.fromkeys((*desired, *daemons.pods)))
    if max_surge:
        return _Surge(daemons, max_surge, len(desired)).work(nodes)
    return Work(_pods_to_replace(daemons, nodes, max_unavailable), [])


def _pods_to_replace(daemons: Daemons, nodes: list[str], max_unavailable: int) -> list[Pod]:
    """Old pods that are not available, and as many others as the limit leaves.

    Notes
    -----
    Of 5 daemons with a limit of 2, one of them new and not yet ready, 1 available old pod goes.
    """
    unavailable = 0
    replaced: list[Pod] = []
    candidates: list[Pod] = []
    for node in nodes:
        pods = daemons.updated_pods_on(node)
        if pods is None or (pods.old is None) == (pods.new is None):
            unavailable += 1  # something is missing or too much: managing the node comes first
        elif pods.new is not None:
            unavailable += not daemons.is_available(pods.new)
        elif pods.old is not None and not daemons.is_available(pods.old):
            replaced.append(pods.old)
            unavailable += 1
        elif pods.old is not None:
            candidates.append(pods.old)
    return replaced + candidates[: max(max_unavailable - unavailable, 0)]


class _Surge:
    """An update that lets a new pod become available on a node before it deletes the old one."""

    def __init__(self, daemons: Daemons, max_surge: int, desired: int) -> None:
        self.daemons = daemons
        self.max_surge = max_surge
        self.desired = desired
        self.surging = 0
        self.available = 0
        self.delete: list[Pod] = []
        self.misplaced: list[Pod] = []  # available, on nodes that should have none
        self.allowed: list[str] = []
        self.candidates: list[str] = []

    def work(self, nodes: list[str]) -> Work:
        for node in nodes:
            pods = self.daemons.updated_pods_on(node)
            if pods is None:
                self.surging += 1
            else:
                self._look_at(node, pods)
        # A misplaced pod stands in until there are enough available ones elsewhere.
        self.delete += self.misplaced[: max(self.available - self.desired, 0)]
        free = max(self.max_surge - self.surging, 0)
        return Work(self.delete, self.allowed + self.candidates[:free])

    def _look_at(self, node: str, pods: PodsOfNode) -> None:
        counted = pods.old or pods.new
        self.available += counted is not None and self.daemons.is_available(counted)
        if pods.old is None:
            return
        if pods.new is None:
            self._consider(node, pods.old)
        elif self.daemons.is_available(pods.new):
            self.delete.append(pods.old)
        else:
            self.surging += 1

    def _consider(self, node: str, old: Pod) -> None:
        """A node that has an old pod only."""
        available = self.daemons.is_available(old)
        if node not in self.daemons.nodes:
            raise not_found(BY_CLASS[Node], node)
        if not self.daemons.should_run(node):
            (self.misplaced if available else self.delete).append(old)
        elif available:
            self.candidates.append(node)
        else:
            self.allowed.append(node)
