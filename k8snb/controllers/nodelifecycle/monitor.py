"""The look at all nodes every few seconds: who is silent for too long, and what follows.

The look is taken only while something can come of it.

References
----------
``pkg/controller/nodelifecycle/node_lifecycle_controller.go monitorNodeHealth, processTaintBaseEviction,
doNoExecuteTaintingPass`` and ``pkg/controller/util/node/controller_utils.go @ v1.36``
"""

from __future__ import annotations

from typing import cast

from msgspec.structs import replace

from k8snb.api.pods import condition_of
from k8snb.api.taints import changed_taints
from k8snb.api.types.node import Node
from k8snb.api.types.placement import Taint
from k8snb.api.types.pod import Pod
from k8snb.api.types.pod_status import PodStatus
from k8snb.controllers.nodelifecycle import conditions
from k8snb.controllers.nodelifecycle.conditions import NOT_READY_TAINT, ready_status, UNREACHABLE_TAINT
from k8snb.controllers.nodelifecycle.disruption import Mode, Zones
from k8snb.controllers.nodelifecycle.zones import zone_of
from k8snb.machinery.events import Recorder
from k8snb.machinery.heartbeats import Heartbeats
from k8snb.machinery.server import ApiServer, EPOCH_MS
from k8snb.sim.loop import CONTROL

MONITOR_PERIOD_MS, MONITOR_PHASE_MS = 5_000, 2_500
MONITOR_GRACE_MS = 50_000
STARTUP_GRACE_MS = 60_000
TAINTING_PERIOD_MS = 100
EXCLUDED = "node.kubernetes.io/exclude-disruption"


class NodeMonitor:
    """Looks at all nodes, marks silent ones and their pods, and taints them at their zone's rate."""

    def __init__(self, server: ApiServer, heartbeats: Heartbeats, recorder: Recorder, name: str) -> None:
        self._server = server
        self._heartbeats = heartbeats
        self._recorder = recorder
        self._name = name
        self._zones = Zones()
        self._known: dict[str, Node] = {}
        self._probed_ms: dict[str, int] = {}  # a later probe than the heartbeats tell of
        self._look_planned = self._tainting_planned = False

    # -- time

    def register(self, node: Node) -> None:
        """Take note of a node without a word."""
        self._known[node.metadata.name] = node
        self._zones.tainter(zone_of(node))

    def look_soon(self) -> None:
        """Something happened that the next look may answer."""
        if not self._look_planned:
            self._look_planned = True
            due = _next_look_ms(self._server.now_ms + 1)
            self._server.loop.call_at(due, self._look_because, self._server.store.cause, priority=CONTROL)

    def _look_because(self, cause: int) -> None:
        self._look_planned = False
        with self._server.store.on_behalf_of(self._name, cause):
            self._look()

    # -- looking

    def _look(self) -> None:
        nodes = self._nodes()
        self._note_comings_and_goings(nodes)
        ready: dict[str, list[bool]] = {}
        for node in nodes.values():
            status = self._check(node)
            if EXCLUDED not in node.metadata.labels:
                ready.setdefault(zone_of(node), []).append(status == "True")
        mode = self._zones.judge(ready, self._server.now_ms)
        if mode is Mode.ALL_SILENT:
            for name in nodes:
                self._mark_reachable(name)
        elif mode is Mode.SOME_BACK:
            self._probed_ms = dict.fromkeys(nodes, self._server.now_ms)
        if mode is not Mode.AS_BEFORE or any(self._is_waited_for(node) for node in self._nodes().values()):
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
        for name in [n for n in self._known if n not in nodes]:
            message = f"Node {name} event: Removing Node {name} from Controller"
            self._recorder.event(self._known.pop(name), "Normal", "RemovingNode", message)
            self._probed_ms.pop(name, None)

    def _check(self, node: Node) -> str | None:
        """Bring a node's conditions and taints up to date; returns the status of its Ready condition."""
        before = ready_status(node)
        if self._overdue_ms(node) >= 0:
            silent = conditions.silent(self._heartbeats.reported(node), self._server.time)
            node = self._server.update_status(replace(node, status=silent))
        status = ready_status(node)
        if status is not None:
            self._ask_for_taint(node, status)
            if status != "True" and before == "True":
                name = node.metadata.name
                self._recorder.event(node, "Normal", "NodeNotReady", f"Node {name} status is now: NodeNotReady")
                self.mark_pods_not_ready(name)
        return status

    def _overdue_ms(self, node: Node) -> int:
        """How long the node is silent beyond its grace; negative while it is not."""
        now, name = self._server.now_ms, node.metadata.name
        if ready_status(node) is None:
            created = (node.metadata.creation_timestamp or EPOCH_MS) - EPOCH_MS
            return now - created - STARTUP_GRACE_MS
        renewed = self._heartbeats.last_renewal_ms(name)
        if renewed is None:
            return -1
        probed = max(_next_look_ms(renewed), self._probed_ms.get(name, 0))
        return now - probed - MONITOR_GRACE_MS

    def _is_waited_for(self, node: Node) -> bool:
        """The node is silent, and its conditions do not say so yet."""
        status = ready_status(node)
        silent = self._heartbeats.last_renewal_ms(node.metadata.name) is not None
        return status is None or (silent and status != "Unknown")

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
        if status == "True":
            self._mark_reachable(node.metadata.name)
            return
        taint, other = _no_execute_taints(status)
        if conditions.has_taint(node, other):
            self._change_taints(node.metadata.name, [taint], [other])
        elif not conditions.has_taint(node, taint):
            self._zones.tainter(zone_of(node)).add(node.metadata.name)

    def _mark_reachable(self, name: str) -> None:
        self._change_taints(name, [], [UNREACHABLE_TAINT, NOT_READY_TAINT])
        for tainter in self._zones.tainters.values():
            tainter.remove(name)

    def _plan_tainting(self) -> None:
        due = [t.due_ms() for t in self._zones.tainters.values()]
        next_ms = min((d for d in due if d is not None), default=None)
        if next_ms is not None and not self._tainting_planned:
            self._tainting_planned = True
            due_ms = _next_tainting_ms(max(next_ms, self._server.now_ms + 1))
            self._server.loop.call_at(due_ms, self._taint_because, self._server.store.cause, priority=CONTROL)

    def _taint_because(self, cause: int) -> None:
        self._tainting_planned = False
        with self._server.store.on_behalf_of(self._name, cause):
            for zone in sorted(self._zones.tainters):
                self._zones.tainters[zone].taint(self._taint_silent, self._server.now_ms)
            self._plan_tainting()

    def _taint_silent(self, name: str) -> None:
        node = self._nodes().get(name)
        status = ready_status(node) if node is not None else None
        if status in ("False", "Unknown"):
            taint, other = _no_execute_taints(status)
            self._change_taints(name, [taint], [other])

    def _change_taints(self, name: str, add: list[Taint], remove: list[Taint]) -> None:
        """Add and remove taints, as of now."""
        node = self._nodes().get(name)
        if node is not None:
            dated = [replace(taint, time_added=self._server.time) for taint in add]
            taints = changed_taints(node.spec.taints, dated, remove)
            if taints != node.spec.taints:
                self._server.update_object(replace(node, spec=replace(node.spec, taints=taints)))


def _next_look_ms(time_ms: int) -> int:
    """The first look at a time or later."""
    return -((MONITOR_PHASE_MS - time_ms) // MONITOR_PERIOD_MS) * MONITOR_PERIOD_MS + MONITOR_PHASE_MS


def _next_tainting_ms(time_ms: int) -> int:
    return -(-time_ms // TAINTING_PERIOD_MS) * TAINTING_PERIOD_MS


def _no_execute_taints(status: str) -> tuple[Taint, Taint]:
    """The taint for a Ready condition of this status, and the one that must not stand beside it."""
    return (NOT_READY_TAINT, UNREACHABLE_TAINT) if status == "False" else (UNREACHABLE_TAINT, NOT_READY_TAINT)


def _not_ready(status: PodStatus, now: int) -> PodStatus:
    return replace(
        status,
        conditions=tuple(
            replace(c, status="False", last_transition_time=now) if c.type == "Ready" else c for c in status.conditions
        ),
    )
