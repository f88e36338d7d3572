"""Nodes that fall silent and come back, zones in which many do, and the taints that say how nodes are."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from k8snb.api.pods import is_ready
from k8snb.api.taints import changed_taints
from k8snb.api.types.node import Node, NodeCondition
from k8snb.api.types.placement import Taint
from k8snb.controllers.nodelifecycle import NodeLifecycleController
from k8snb.controllers.nodelifecycle.disruption import Mode, Zones
from k8snb.controllers.nodelifecycle.zones import compute_zone_state, eviction_rate, zone_of, ZoneState, ZoneTainter
from k8snb.kubelet import Kubelets
from k8snb.nodes import node_from

UNREACHABLE = "node.kubernetes.io/unreachable"


class Cluster:
    """A world with kubelets, and how its nodes are."""

    def __init__(self, world, nodes, **description):
        self.world = world(NodeLifecycleController)
        self.kubelets = Kubelets(self.world.environment, "annotated", (), {})
        for i in range(nodes):
            self.world.node(f"n{i}", **description)
        self.world.run(1)

    def down(self, *names):
        for name in names:
            self.kubelets.node_down(name)

    def up(self, *names):
        for name in names:
            self.kubelets.node_up(name)

    def node(self, name):
        return self.world.server.find(Node, "", name)

    def label(self, name, labels):
        self.world.change_meta(self.node(name), labels=labels)

    def change_taints(self, name, add=(), remove=()):
        taints = [[Taint(key=key, effect=effect) for key, effect in some] for some in (add, remove)]
        node = self.node(name)
        self.world.change(node, spec=replace(node.spec, taints=changed_taints(node.spec.taints, *taints)))

    def report(self, name, ready, heartbeat):
        """Somebody says how a node is."""
        status = self.node(name).status
        changes = {"status": ready, **({"last_heartbeat_time": self.world.server.time} if heartbeat else {})}
        conditions = [replace(c, **changes) if c.type == "Ready" else c for c in status.conditions]
        status = replace(status, conditions=tuple(conditions))
        self.world.server.update_status(replace(self.node(name), status=status))

    def ready(self, name):
        return next(c for c in self.node(name).status.conditions if c.type == "Ready").status

    def taints(self, name):
        return sorted((t.key, t.effect) for t in self.node(name).spec.taints)

    def tainted(self):
        return [
            n.metadata.name for n in self.world.all(Node) if (UNREACHABLE, "NoExecute") in self.taints(n.metadata.name)
        ]


@pytest.fixture
def cluster(world):
    return lambda nodes=2, **description: Cluster(world, nodes, **description)


def test_a_healthy_cluster_is_at_rest(cluster):
    one = cluster(3)
    assert [t.name for t in one.world.loop.pending()] == []
    entries = len(one.world.server.store.log)
    one.world.run(600)
    assert len(one.world.server.store.log) == entries
    assert one.world.events() == []


def test_a_silent_node_is_unknown_after_fifty_seconds_and_tainted(cluster):
    one = cluster()
    pod = one.world.pod("p", node="n1")
    other = one.world.pod("q", node="n0")
    one.world.run(5)
    one.down("n1")
    one.world.run(47)
    assert one.ready("n1") == "True"
    one.world.run(9)
    assert one.ready("n1") == "Unknown"
    assert one.taints("n1") == [(UNREACHABLE, "NoExecute"), (UNREACHABLE, "NoSchedule")]
    assert all(t.time_added is not None for t in one.node("n1").spec.taints)
    conditions = one.node("n1").status.conditions
    assert {(c.status, c.reason, c.message) for c in conditions} == {
        ("Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.")
    }
    assert not is_ready(one.world.current(pod))
    assert is_ready(one.world.current(other))
    one.world.run(5)
    assert one.world.events() == [("n1", "NodeNotReady"), ("p", "NodeNotReady")]
    assert [t.name for t in one.world.loop.pending()] == []


def test_a_node_that_comes_back_in_time_is_never_doubted(cluster):
    one = cluster()
    one.down("n1")
    one.world.run(40)
    one.up("n1")
    one.world.run(100)
    assert (one.ready("n1"), one.taints("n1"), one.world.events()) == ("True", [], [])


def test_a_node_that_comes_back_loses_its_taints(cluster):
    one = cluster()
    one.down("n1")
    one.world.run(60)
    one.up("n1")
    assert one.ready("n1") == "True"
    one.world.run(0.1)
    assert one.taints("n1") == [(UNREACHABLE, "NoExecute")]
    one.world.run(5)
    assert one.taints("n1") == []
    assert [t.name for t in one.world.loop.pending()] == []


def test_a_pod_bound_to_a_silent_node_is_not_ready(cluster):
    one = cluster()
    one.down("n1")
    one.world.run(60)
    status = one.world.pod("here", node="n0").status
    late = one.world.pod("late", node="")
    one.world.server.set_pod_status(late, status)
    one.world.server.bind(one.world.current(late), "n1")
    one.world.run(0.1)
    assert not is_ready(one.world.current(late))


def test_silent_nodes_are_tainted_one_in_ten_seconds(cluster):
    one = cluster(10)
    one.down("n1", "n2", "n3")
    one.world.run(60)
    assert one.tainted() == ["n1"]
    one.world.run(10)
    assert one.tainted() == ["n1", "n2"]
    one.world.run(10)
    assert one.tainted() == ["n1", "n2", "n3"]


def test_in_a_small_zone_of_which_most_is_silent_nobody_more_is_tainted(cluster):
    one = cluster(5)
    one.down("n1", "n2", "n3")
    one.world.run(200)
    assert all(one.ready(f"n{i}") == "Unknown" for i in (1, 2, 3))
    assert one.tainted() == []
    one.up("n3")
    one.world.run(30)
    assert one.tainted() == ["n1", "n2"]


def test_each_zone_has_a_rate_of_its_own(cluster):
    one = cluster(8)
    for name in ("n4", "n5", "n6", "n7"):
        one.label(name, {"topology.kubernetes.io/zone": "b"})
    one.world.run(5)
    one.down("n0", "n1")
    one.world.run(5)
    one.down("n4")
    one.world.run(56)
    assert one.tainted() == ["n0", "n4"]
    one.world.run(10)
    assert one.tainted() == ["n0", "n1", "n4"]


def test_when_all_are_silent_nobody_is_tainted_until_one_speaks(cluster):
    one = cluster(2)
    one.down("n0")
    one.world.run(60)
    assert one.tainted() == ["n0"]
    one.down("n1")
    one.world.run(60)
    assert one.tainted() == []
    assert [t.name for t in one.world.loop.pending()] == []
    one.up("n1")
    one.world.run(30)
    assert one.tainted() == ["n0"]


def test_cordons_and_pressure_are_taints(cluster):
    one = cluster(1)
    node = one.node("n0")
    one.world.change(node, spec=replace(node.spec, unschedulable=True))
    one.world.run(0.1)
    assert one.taints("n0") == [("node.kubernetes.io/unschedulable", "NoSchedule")]
    node = one.node("n0")
    pressure = NodeCondition(type="MemoryPressure", status="True")
    others = tuple(c for c in node.status.conditions if c.type != "MemoryPressure")
    one.world.server.update_status(replace(node, status=replace(node.status, conditions=(*others, pressure))))
    one.world.run(0.1)
    assert ("node.kubernetes.io/memory-pressure", "NoSchedule") in one.taints("n0")
    node = one.node("n0")
    one.world.change(node, spec=replace(node.spec, unschedulable=False))
    one.world.run(0.1)
    assert one.taints("n0") == [("node.kubernetes.io/memory-pressure", "NoSchedule")]


def test_taints_of_the_user_are_left_alone(cluster):
    one = cluster(1, taints=["dedicated=db:NoSchedule"])
    node = one.node("n0")
    one.world.change(node, spec=replace(node.spec, unschedulable=True))
    one.world.run(0.1)
    assert ("dedicated", "NoSchedule") in one.taints("n0")


NO_EXECUTE = [(key, "NoExecute") for key in ("node.kubernetes.io/not-ready", UNREACHABLE)]


def test_a_healthy_node_loses_taints_that_only_silent_nodes_have(cluster):
    one = cluster(2)
    one.change_taints("n0", add=[*NO_EXECUTE, (UNREACHABLE, "NoSchedule"), ("mine", "NoExecute")])
    one.world.run(0.1)
    assert one.taints("n0") == [("mine", "NoExecute"), *NO_EXECUTE]
    one.world.run(5)
    assert one.taints("n0") == [("mine", "NoExecute")]
    one.world.run(5)
    assert [t.name for t in one.world.loop.pending()] == []


def test_a_silent_node_gets_its_taints_back(cluster):
    one = cluster(2)
    one.down("n1")
    one.world.run(60)
    both = [(UNREACHABLE, "NoExecute"), (UNREACHABLE, "NoSchedule")]
    assert one.taints("n1") == both
    one.change_taints("n1", remove=both)
    one.world.run(0.1)
    assert one.taints("n1") == both[1:]
    one.world.run(5)
    assert one.taints("n1") == both
    one.change_taints("n1", add=NO_EXECUTE[:1])
    one.world.run(5)
    assert one.taints("n1") == both
    one.world.run(5)
    assert [t.name for t in one.world.loop.pending()] == []


def test_a_taint_that_was_taken_from_a_silent_node_waits_for_its_turn_again(cluster):
    one = cluster(5)
    one.down("n1", "n2")
    one.world.run(60)
    assert one.tainted() == ["n1"]
    one.change_taints("n1", remove=[(UNREACHABLE, "NoExecute")])
    one.world.run(1)
    assert one.tainted() == []
    one.world.run(9)
    assert one.tainted() == ["n2"]
    one.world.run(10)
    assert one.tainted() == ["n1", "n2"]


def test_nodes_that_are_excluded_say_nothing_about_a_disruption(cluster):
    one = cluster(2)
    one.label("n0", {"node.kubernetes.io/exclude-disruption": ""})
    one.down("n1")
    one.world.run(70)
    assert (one.ready("n1"), one.tainted()) == ("Unknown", [])
    one.label("n0", {})
    one.world.run(20)
    assert one.tainted() == ["n1"]
    one.label("n0", {"node.kubernetes.io/exclude-disruption": ""})
    one.world.run(5)
    assert one.tainted() == []
    one.world.run(10)
    assert [t.name for t in one.world.loop.pending()] == []


def test_a_cordoned_node_gets_its_taint_back_at_once(cluster):
    one = cluster(1)
    node = one.node("n0")
    one.world.change(node, spec=replace(node.spec, unschedulable=True))
    one.world.run(0.1)
    taint = ("node.kubernetes.io/unschedulable", "NoSchedule")
    one.change_taints("n0", remove=[taint])
    one.world.run(0.1)
    assert one.taints("n0") == [taint]


def test_what_somebody_else_says_of_a_silent_node_holds_until_the_next_look(cluster):
    one = cluster(2)
    one.down("n1")
    one.world.run(60)
    one.report("n1", "True", heartbeat=False)
    one.world.run(5)
    assert (one.ready("n1"), one.tainted()) == ("Unknown", ["n1"])
    one.report("n1", "True", heartbeat=True)
    one.world.run(45)
    assert (one.ready("n1"), one.tainted()) == ("True", [])
    one.world.run(15)
    assert (one.ready("n1"), one.tainted()) == ("Unknown", ["n1"])


def test_nodes_that_come_and_go_are_announced(cluster):
    one = cluster(1)
    one.world.node("late")
    one.world.run(6)
    one.world.delete(one.node("late"))
    one.world.run(6)
    assert one.world.events() == [("late", "RegisteredNode"), ("late", "RemovingNode")]


def test_a_node_that_no_kubelet_ever_reported_on_is_unknown_after_a_minute(cluster):
    one = cluster(1)
    bare = node_from({"name": "bare"}, one.world.server.time)
    one.world.server.create_object(replace(bare, status=replace(bare.status, conditions=())))
    one.world.run(55)
    assert one.node("bare").status.conditions == ()
    one.world.run(12)
    assert {c.reason for c in one.node("bare").status.conditions} == {"NodeStatusNeverUpdated"}
    assert (UNREACHABLE, "NoSchedule") in one.taints("bare")


def test_labels_of_old_names_follow(cluster):
    one = cluster(1)
    node = one.node("n0")
    one.world.change_meta(node, labels={"kubernetes.io/os": "linux", "kubernetes.io/arch": "arm64",
                                        "beta.kubernetes.io/arch": "amd64"})  # fmt: skip
    one.world.run(0.1)
    assert one.node("n0").metadata.labels["beta.kubernetes.io/arch"] == "arm64"
    assert one.node("n0").metadata.labels["beta.kubernetes.io/os"] == "linux"


@pytest.mark.parametrize(
    ("ready", "unready", "state"),
    [
        (0, 0, ZoneState.NORMAL),
        (3, 0, ZoneState.NORMAL),
        (0, 1, ZoneState.FULL_DISRUPTION),
        (1, 2, ZoneState.NORMAL),
        (2, 3, ZoneState.PARTIAL_DISRUPTION),
        (5, 5, ZoneState.NORMAL),
    ],
)
def test_the_state_of_a_zone(ready, unready, state):
    assert compute_zone_state([True] * ready + [False] * unready) is state


def test_the_rate_of_a_zone():
    assert eviction_rate(ZoneState.NORMAL, 10) == 0.1
    assert eviction_rate(ZoneState.PARTIAL_DISRUPTION, 50) == 0
    assert eviction_rate(ZoneState.PARTIAL_DISRUPTION, 51) == 0.01
    assert eviction_rate(ZoneState.FULL_DISRUPTION, 10) == 0.1


def test_a_tainter_that_was_stopped_waits_for_a_whole_interval():
    done: list[str] = []
    tainter = ZoneTainter()
    tainter.add("a")
    tainter.set_rate(0, 0)
    tainter.taint(done.append, 0)
    tainter.set_rate(0.1, 1_000)
    tainter.taint(done.append, 10_999)
    assert (done, tainter.due_ms()) == ([], 11_000)
    tainter.taint(done.append, 11_000)
    assert (done, tainter.due_ms()) == (["a"], None)


def test_a_node_that_had_its_turn_is_not_tainted_again_until_it_was_removed():
    done: list[str] = []
    tainter = ZoneTainter()
    tainter.add("a")
    tainter.taint(done.append, 0)
    tainter.add("a")
    assert not tainter.is_waiting("a")
    tainter.add_again("a")
    assert tainter.is_waiting("a")
    tainter.taint(done.append, 10_000)
    tainter.remove("a")
    tainter.add("a")
    assert tainter.is_waiting("a")
    assert done == ["a", "a"]


def test_a_zone_that_comes_back_starts_anew():
    zones = Zones()
    zones.enter("a")
    assert zones.judge({"a": [False]}, 0) is Mode.ALL_SILENT
    assert zones.judge({"a": [False]}, 5_000) is Mode.STILL_SILENT
    assert zones.judge({}, 10_000) is Mode.STILL_SILENT
    zones.enter("a")
    assert zones.judge({"a": [True]}, 15_000) is Mode.USUAL
    assert zones.states == {"a": ZoneState.NORMAL}
    assert zones.tainters["a"].rate == 0.1


def test_a_zone_of_which_no_node_counts_neither_helps_nor_stops_the_others():
    zones = Zones()
    zones.enter("a")
    zones.enter("b")
    assert zones.judge({"a": [True], "b": []}, 0) is Mode.USUAL
    assert zones.judge({"a": [False], "b": []}, 5_000) is Mode.ALL_SILENT
    assert (zones.tainters["a"].rate, zones.tainters["b"].rate) == (0, 0.1)
    assert zones.judge({"a": [True], "b": []}, 10_000) is Mode.SOME_BACK


def test_the_zone_of_a_node():
    labels = {"topology.kubernetes.io/region": "eu"}
    assert zone_of(node_from({"name": "n", "zone": "a", "labels": labels}, 0)) == "eu:a"
    assert zone_of(node_from({"name": "n"}, 0)) == ""
