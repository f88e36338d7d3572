"""The rolling update: old pods give way to new ones, node by node, within the limits of the strategy.

References
----------
``pkg/controller/daemon/update.go rollingUpdate @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable

from k8snb.api.resources import BY_CLASS
from k8snb.api.types.node import Node
from k8snb.api.types.pod import Pod
from k8snb.controllers.daemonset.daemons import Daemons, NodeState
from k8snb.controllers.daemonset.manage import Work
from k8snb.controllers.daemonset.sizes import limits
from k8snb.machinery.requests import not_found


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
    desired = daemons.count(lambda state: state.should_run)
    max_surge, max_unavailable = limits(daemons.daemon_set, desired)
    if max_surge:
        return _surge(daemons, max_surge, desired)
    return Work(_pods_to_replace(daemons, max_unavailable), [])


def _pods_to_replace(daemons: Daemons, max_unavailable: int) -> list[Pod]:
    """Old pods that are not available, and as many others as the limit leaves.

    Notes
    -----
    Of 5 daemons with a limit of 2, one of them new and not yet ready, 1 available old pod goes.
    """
    if not any(state.only_old for state in daemons.groups):
        return []
    free = max_unavailable - daemons.count(_is_unavailable)
    replaced = _old_pods(daemons, lambda state: state.only_old and not state.old)
    if free <= 0:
        return replaced
    return replaced + _old_pods(daemons, lambda state: state.only_old and bool(state.old), free)


def _is_unavailable(state: NodeState) -> bool:
    """Something is missing or too much, which managing the node sees to first, or its only daemon is not available."""
    if state.crowded or (state.old is None) == (state.new is None):
        return state.should_run or state.occupied
    return not (state.new or state.old)


def _old_pods(daemons: Daemons, holds: Callable[[NodeState], bool], most: int | None = None) -> list[Pod]:
    """The older pods of the nodes in such a state, those of nodes that will have a daemon first; `most` at most."""
    nodes = daemons.nodes_where(lambda state: state.should_run and holds(state), most)
    nodes += daemons.nodes_where(lambda state: not state.should_run and holds(state), most)
    pods = [daemons.updated_pods_on(node) for node in nodes[:most]]
    return [both.old for both in pods if both is not None and both.old is not None]


def _surge(daemons: Daemons, max_surge: int, desired: int) -> Work:
    """An update that lets a new pod become available on a node before it deletes the old one."""
    for node in daemons.nodes_where(lambda state: state.only_old and not state.known):
        raise not_found(BY_CLASS[Node], node)
    surging = daemons.count(lambda state: state.crowded or (state.old is not None and state.new is False))
    available = daemons.count(lambda state: bool(state.new if state.old is None else state.old))
    delete = _old_pods(daemons, _gives_way)
    # A misplaced pod stands in until there are enough available ones elsewhere.
    misplaced = _old_pods(daemons, lambda state: state.only_old and bool(state.old) and not state.should_run)
    delete += misplaced[: max(available - desired, 0)]
    create = daemons.nodes_where(lambda state: state.only_old and not state.old and state.should_run)
    free = max_surge - surging
    if free > 0:
        create += daemons.nodes_where(lambda state: state.only_old and bool(state.old) and state.should_run)[:free]
    return Work(delete, create)


def _gives_way(state: NodeState) -> bool:
    """The old pod has an available successor, or is not available where no daemon should be."""
    if state.only_old:
        return not state.old and not state.should_run
    return state.old is not None and bool(state.new)
