"""Which pods a node is missing and which it has too much.

References
----------
``pkg/controller/daemon/daemon_controller.go manage, podsShouldBeOnNode, getUnscheduledPodsWithoutNode @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from k8snb.api.pods import is_ready, is_terminal
from k8snb.api.types.pod import Pod
from k8snb.controllers.daemonset.daemons import Daemons, oldest_first
from k8snb.controllers.daemonset.placement import HASH_LABEL, Verdict
from k8snb.controllers.daemonset.sizes import allows_surge

Replaces = Callable[[Pod, str], bool]


class Work(NamedTuple):
    """The pods to delete, and the nodes on which to create one."""

    delete: list[Pod]
    create: list[str]


def manage(daemons: Daemons, replaces: Replaces) -> Work:
    """What is to be done so that each node has its daemon, whatever its revision.

    Parameters
    ----------
    replaces
        Asked for each pod that has ended, with its node: whether it is to be replaced now.
    """
    work, surges = Work([], []), allows_surge(daemons.daemon_set)
    for node in daemons.nodes_where(lambda state: (state.managed or (surges and state.vacated)) and state.known):
        _manage_node(daemons, node, daemons.nodes[node], replaces, work)
    for node in daemons.nodes_where(lambda state: not state.known):
        # They will never be scheduled, and nobody else deletes them.
        work.delete.extend(pod for pod in daemons.pods[node] if not pod.spec.node_name)
    return work


def _manage_node(daemons: Daemons, node: str, verdict: Verdict, replaces: Replaces, work: Work) -> None:
    pods = daemons.pods.get(node)
    if verdict.should_run and pods is None:
        work.create.append(node)
        return
    alive = [pod for pod in pods or () if pod.metadata.deletion_timestamp is None]
    if not verdict.should_continue:
        work.delete.extend(alive)
        return
    work.delete.extend(pod for pod in alive if is_terminal(pod) and replaces(pod, node))
    running = [pod for pod in alive if not is_terminal(pod)]
    if not allows_surge(daemons.daemon_set):
        work.delete.extend(oldest_first(running)[1:])
    elif len(running) > 1:
        work.delete.extend(_surplus(daemons, running))
    elif not running and verdict.should_run:
        work.create.append(node)


def _surplus(daemons: Daemons, running: list[Pod]) -> list[Pod]:
    """All but the oldest old and the oldest new pod; and the old one, unless it has to stand in for the new."""
    surplus: list[Pod] = []
    new: Pod | None = None
    old: Pod | None = None
    for pod in oldest_first(running):
        if pod.metadata.labels.get(HASH_LABEL) == daemons.hash:
            if new is None:
                new = pod
                continue
        elif old is None:
            old = pod
            continue
        surplus.append(pod)
    if new is not None and old is not None and (not is_ready(old) or daemons.is_available(new)):
        surplus.append(old)
    return surplus
