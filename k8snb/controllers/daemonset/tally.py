"""The nodes of every DaemonSet, counted by how they stand, one change at a time.

A DaemonSet of 500 nodes that looked at all of them whenever one of its pods changes would look half a million times in
a rollout. So only the nodes about which something was heard since the last look are looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from k8snb.api.pods import is_ready
from k8snb.api.types.apps import DaemonSet
from k8snb.api.types.node import Node
from k8snb.api.types.pod import Pod, PodTemplateSpec
from k8snb.controllers.daemonset.daemons import Daemons, node_of, NodeState
from k8snb.controllers.daemonset.placement import Verdict

Judge = Callable[[DaemonSet, Node], Verdict]


class Tally:
    """The nodes and pods of one DaemonSet.

    Parameters
    ----------
    pods
        The pods that there are, by key.
    judge
        Says what a node means for the DaemonSet.

    Notes
    -----
    ``groups`` has the nodes by their standing.
    """

    def __init__(self, pods: Iterable[Pod], judge: Judge) -> None:
        self._judge = judge
        self._pods: dict[str, list[Pod]] = {}
        self._verdicts: dict[str, Verdict] = {}
        self._states: dict[str, NodeState] = {}
        self.groups: dict[NodeState, dict[str, None]] = {}
        self._order: dict[str, int] = {}
        self._numbered = 0
        self._unheard: dict[str, None] = {}
        self._unjudged: dict[str, None] = {}
        self._ripening: dict[str, None] = {}  # nodes where a ready pod becomes available by and by
        self._template: PodTemplateSpec | None = None
        self._revision: tuple[str, str | None, int] = ("", None, 0)
        for pod in pods:
            self.on_pod(None, pod)

    def on_pod(self, old: Pod | None, new: Pod | None) -> None:
        """Hear of a pod's next version; `old` None for a new pod of the DaemonSet, `new` None for one that left it."""
        before = None if old is None else node_of(old)
        after = None if new is None else node_of(new)
        if old is not None and before is not None and before != after:
            self._pods[before].remove(old)
            self._unheard[before] = None
        if new is not None and after is not None:
            pods = self._pods.setdefault(after, [])
            if old is not None and before == after:
                pods[pods.index(old)] = new
            else:
                pods.append(new)
            self._unheard[after] = None

    def on_node(self, name: str, gone: bool) -> None:
        """Hear of a node that came, changed or went."""
        if gone:
            self._order.pop(name, None)
        self._unheard[name] = self._unjudged[name] = None

    def look(
        self, daemon_set: DaemonSet, nodes: Mapping[str, Node], hash_: str, generation: str | None, now: int
    ) -> Daemons:
        """The DaemonSet as it is now; good until the next event."""
        template, revision = daemon_set.spec.template, (hash_, generation, daemon_set.spec.min_ready_seconds)
        unheard: Iterable[str] = dict.fromkeys((*self._unheard, *self._ripening))
        if self._template is not template or self._revision != revision:
            self._template, self._revision = template, revision
            unheard = dict.fromkeys((*nodes, *self._states, *self._unheard))
            self._unjudged = dict.fromkeys(unheard)
        found = Daemons(daemon_set, self._verdicts, self._pods, hash_, generation, now, self.groups, self._order)
        for name in unheard:
            self._look_at(found, name, nodes.get(name))
        self._unheard.clear()
        self._unjudged.clear()
        return found

    def _look_at(self, found: Daemons, name: str, node: Node | None) -> None:
        pods = self._pods.get(name)
        if not pods:
            self._pods.pop(name, None)
        if node is None:
            self._verdicts.pop(name, None)
        elif name in self._unjudged:
            self._verdicts[name] = self._judge(found.daemon_set, node)
        self._ripening.pop(name, None)
        if node is None and not pods:
            self._leave_group(name)
            self._order.pop(name, None)
            return
        state = found.state_of(name)
        if self._states.get(name) != state or name not in self._order:
            self._leave_group(name)
            self._enter_group(name, state)
        if found.daemon_set.spec.min_ready_seconds and any(
            is_ready(pod) and not found.is_available(pod) for pod in pods or ()
        ):
            self._ripening[name] = None

    def _enter_group(self, name: str, state: NodeState) -> None:
        self._states[name] = state
        self.groups.setdefault(state, {})[name] = None
        if name not in self._order:
            self._numbered += 1
            self._order[name] = self._numbered

    def _leave_group(self, name: str) -> None:
        state = self._states.pop(name, None)
        if state is not None:
            group = self.groups[state]
            del group[name]
            if not group:
                del self.groups[state]
