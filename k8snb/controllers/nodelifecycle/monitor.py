"""The look at all nodes every few seconds: who is silent for too long, and what follows.

A look is due when a node or its heartbeats have changed so that it would find something to do, and then again until
one leaves everything as it is: nodes whose grace is running out, taints that are not what Ready conditions ask for.
Nodes that only wait for their zone's rate need none. So where all nodes are well, or have the taints that they should
have, no time is planned.

References
----------
``pkg/controller/nodelifecycle/node_lifecycle_controller.go monitorNodeHealth, processTaintBaseEviction,
markNodeForTainting, markNodeAsReachable, doNoExecuteTaintingPass`` and
``pkg/controller/util/node/controller_utils.go @ v1.36``
"""

from __future__ import annotations

from typing import cast

from msgspec.structs import replace

from k8snb.api.pods import condition_of
from k8snb.api.types.node import Node
from k8snb.api.types.pod import Pod
from k8snb.api.types.pod_status import PodStatus
from k8snb.controllers.nodelifecycle import conditions
from k8snb.controllers.nodelifecycle.conditions import ready_status
from k8snb.controllers.nodelifecycle.disruption import Mode, Zones
from k8snb.controllers.nodelifecycle.health import next_look_ms, NodeHealth
from k8snb.controllers.nodelifecycle.taints import (
    has_taint,
    no_execute_taints,
    NOT_READY_TAINT,
    swap_taints,
    UNREACHABLE_TAINT,
)
from k8snb.controllers.nodelifecycle.zones import is_excluded, zone_of
from k8snb.machinery.events import Recorder
from k8snb.machinery.heartbeats import Heartbeats
from k8snb.machinery.server import ApiServer
from k8snb.sim.loop import CONTROL, Timer

TAINTING_PERIOD_MS = 100


class NodeMonitor:
    """Looks at all nodes, marks silent ones and their pods, and taints them at their zone's rate."""

    def __init__(self, server: ApiServer, heartbeats: Heartbeats, recorder: Recorder, name: str) -> None:
        self._server = server
        self._recorder = recorder
        self._name = name
        self._health = NodeHealth(server, heartbeats)
        self._zones = Zones()
        self._known: dict[str, Node] = {}
        self._look_planned = False
        self._tainting: Timer | None = None

    # -- time

    def register(self, node: Node) -> None:
        """Take note of a node without a word."""
        self._known[node.metadata.name] = node
        self._zones.enter(zone_of(node))

    def look_soon(self) -> None:
        """Something happened that the next look may answer."""
        if not self._look_planned:
            self._look_planned = True
            due = next_look_ms(self._server.now_ms + 1)
            self._server.loop.call_at(due, self._look_because, self._server.store.cause, priority=CONTROL)

    def _look_because(self, cause: int) -> None:
        self._look_planned = False
        with self._server.store.on_behalf_of(self._name, cause):
            self._look()

    # -- looking

    def _look(self) -> None:
        self._note_comings_and_goings(self._nodes())
        nodes = self._nodes()
        ready: dict[str, list[bool]] = {}
        for node in nodes.values():
            zone = zone_of(node)
            self._zones.enter(zone)
            status = self._check(node)
            counted = ready.setdefault(zone, [])
            if not is_excluded(node):
                counted.append(status == "True")
        mode = self._zones.judge(ready, self._server.now_ms)
        if mode is Mode.ALL_SILENT:
            for node in nodes.values():
                self._mark_reachable(node)
        elif mode is Mode.SOME_BACK:
            self._health.probe_all(nodes)
        if any(self.has_work(node) for node in self._nodes().values()):
            self.look_soon()
        self._plan_tainting()

    def _nodes(self) -> dict[str, Node]:
        table = cast("dict[str, Node]", self._server.store.tables["Node"])
        return {name: table[name] for name in sorted(table)}

    def _note_comings_and_goings(self, nodes: dict[str, Node]) -> None:
        for name, node in nodes.items():
            if name not in self._known:
                self.register(node)
                message = f"Node {name} event: Registered Node {name} in Controller"
                self._recorder.event(node, "Normal", "RegisteredNode", message)
                self._mark_reachable(node)
        for name in [n for n in self._known if n not in nodes]:
            message = f"Node {name} event: Removing Node {name} from Controller"
            self._recorder.event(self._known.pop(name), "Normal", "RemovingNode", message)
            self._health.forget(name)

    def _check(self, node: Node) -> str | None:
        """Bring a node's conditions and taints up to date; returns the status of its Ready condition."""
        before = ready_status(node)
        self._health.look(node)
        if before != "Unknown" and self._health.is_overdue(node):
            silent = conditions.silent(self._health.reported(node), self._server.time)
            node = self._server.update_status(replace(node, status=silent))
        status = ready_status(node)
        if status is not None:
            self._ask_for_taint(node, status)
            if status != "True" and before == "True":
                name = node.metadata.name
                self._recorder.event(node, "Normal", "NodeNotReady", f"Node {name} status is now: NodeNotReady")
                self.mark_pods_not_ready(name)
        return status

    def has_work(self, node: Node) -> bool:
        """Whether a look would change something about a node, now or when its grace is over."""
        status = ready_status(node)
        if status != "Unknown" and self._health.overdue_at_ms(node) is not None:
            return True
        if status is None:
            return False
        if status == "True":
            return has_taint(node, UNREACHABLE_TAINT) or has_taint(node, NOT_READY_TAINT)
        taint, other = no_execute_taints(status)
        return has_taint(node, other) or not (has_taint(node, taint) or self._zones.is_waiting(node))

    # -- pods

    def mark_pods_not_ready(self, node: str) -> None:
        """The pods of a node are not ready, as far as anyone can tell."""
        table = cast("dict[str, Pod]", self._server.store.tables["Pod"])
        for key in [k for k, pod in table.items() if pod.spec.node_name == node]:
            self.mark_pod_not_ready(table[key])

    def mark_pod_not_ready(self, pod: Pod) -> None:
        """Set the pod's Ready condition to false."""
        ready = condition_of(pod, "Ready")
        if ready is None or ready.status == "False":
            return
        self._server.set_pod_status(pod, _not_ready(pod.status, self._server.time))
        self._recorder.event(pod, "Warning", "NodeNotReady", "Node is not ready")

    # -- taints

    def _ask_for_taint(self, node: Node, status: str) -> None:
        """Let a silent node wait for its taint; a node that answers loses it at once."""
        name, tainter = node.metadata.name, self._zones.tainters[zone_of(node)]
        if status == "True":
            self._mark_reachable(node)
            return
        taint, other = no_execute_taints(status)
        if has_taint(node, other):
            swap_taints(self._server, name, [taint], [other])
        elif has_taint(node, taint):
            tainter.add(name)
        else:
            tainter.add_again(name)

    def _mark_reachable(self, node: Node) -> None:
        for taint in (UNREACHABLE_TAINT, NOT_READY_TAINT):
            swap_taints(self._server, node.metadata.name, [], [taint])
        self._zones.tainters[zone_of(node)].remove(node.metadata.name)

    def _plan_tainting(self) -> None:
        """Plan the next turn of a node that waits, or an earlier one than was planned."""
        due = [t.due_ms() for t in self._zones.tainters.values()]
        next_ms = min((d for d in due if d is not None), default=None)
        if next_ms is None:
            return
        due_ms = _next_tainting_ms(max(next_ms, self._server.now_ms + 1))
        if self._tainting is not None and self._tainting.active:
            if self._tainting.time_ms <= due_ms:
                return
            self._tainting.cancel()
        cause = self._server.store.cause
        self._tainting = self._server.loop.call_at(due_ms, self._taint_because, cause, priority=CONTROL)

    def _taint_because(self, cause: int) -> None:
        with self._server.store.on_behalf_of(self._name, cause):
            for zone in sorted(self._zones.tainters):
                self._zones.tainters[zone].taint(self._taint_silent, self._server.now_ms)
            self._plan_tainting()

    def _taint_silent(self, name: str) -> None:
        node = self._server.find(Node, "", name)
        status = ready_status(node) if node is not None else None
        if status in ("False", "Unknown"):
            taint, other = no_execute_taints(status)
            swap_taints(self._server, name, [taint], [other])


def _next_tainting_ms(time_ms: int) -> int:
    return -(-time_ms // TAINTING_PERIOD_MS) * TAINTING_PERIOD_MS


def _not_ready(status: PodStatus, now: int) -> PodStatus:
    return replace(
        status,
        conditions=tuple(
            replace(c, status="False", last_transition_time=now) if c.type == "Ready" else c for c in status.conditions
        ),
    )
