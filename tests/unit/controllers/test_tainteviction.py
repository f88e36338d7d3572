"""Pods leave nodes with NoExecute taints: at once, after a while, or not at all."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from k8snb.api.types.placement import Taint, Toleration
from k8snb.controllers.tainteviction import TaintEvictionController
from k8snb.controllers.tainteviction.tolerance import tolerated_seconds

MAINTENANCE = Taint(key="maint", value="now", effect="NoExecute")


@pytest.fixture
def cluster(world):
    built = world(TaintEvictionController)
    built.node("node-1")
    built.node("node-2")
    return built


def taint(world, *taints, node="node-1"):
    found = next(n for n in world.server.store.tables["Node"].values() if n.metadata.name == node)
    world.change(found, spec=replace(found.spec, taints=taints))


def pod(world, name, seconds=None, key="maint", **more):
    toleration = {"key": key, "operator": "Exists", "effect": "NoExecute"}
    if seconds is not None:
        toleration["tolerationSeconds"] = seconds
    return world.pod(name, tolerations=[toleration], **more)


def going(world, found):
    return world.current(found).metadata.deletion_timestamp is not None


def test_pods_that_do_not_tolerate_go_at_once_and_say_why(cluster):
    leaving, elsewhere = cluster.pod("leaving"), cluster.pod("elsewhere", node="node-2")
    staying = pod(cluster, "staying")
    cluster.run()
    taint(cluster, MAINTENANCE)
    cluster.run()
    assert [going(cluster, p) for p in (leaving, elsewhere, staying)] == [True, False, False]
    condition = next(c for c in cluster.current(leaving).status.conditions if c.type == "DisruptionTarget")
    assert (condition.status, condition.reason) == ("True", "DeletionByTaintManager")
    assert condition.message == "Taint manager: deleting due to NoExecute taint"
    assert cluster.events() == [("leaving", "TaintManagerEviction")]


def test_pods_that_tolerate_for_a_while_go_then(cluster):
    lingering = pod(cluster, "lingering", 6)
    cluster.run()
    taint(cluster, MAINTENANCE)
    cluster.run(5.9)
    assert not going(cluster, lingering)
    cluster.run(0.2)
    assert going(cluster, lingering)


def test_a_taint_that_goes_in_time_takes_the_eviction_back(cluster):
    lingering = pod(cluster, "lingering", 6)
    cluster.run()
    taint(cluster, MAINTENANCE)
    cluster.run(3)
    taint(cluster)
    cluster.run(10)
    assert not going(cluster, lingering)
    (event,) = cluster.server.store.tables["Event"].values()
    assert event.message == "Cancelling deletion of Pod default/lingering"


def test_a_second_taint_does_not_restart_the_clock(cluster):
    lingering = pod(cluster, "lingering", 6)
    cluster.run()
    taint(cluster, MAINTENANCE)
    cluster.run(4)
    taint(cluster, MAINTENANCE, Taint(key="maint", value="again", effect="NoExecute"))
    cluster.run(2.2)
    assert going(cluster, lingering)


def test_what_is_planned_stays_planned_when_less_is_tolerated(cluster):
    lingering = pod(cluster, "lingering", 6)
    cluster.run()
    taint(cluster, MAINTENANCE)
    cluster.controllers[0].queue.add("default/lingering")
    cluster.run(1)
    less = replace(lingering.spec.tolerations[0], toleration_seconds=1)
    cluster.change(lingering, spec=replace(lingering.spec, tolerations=(less,)))
    cluster.run(4.9)
    assert not going(cluster, lingering)
    assert cluster.events() == []
    cluster.run(0.2)
    assert going(cluster, lingering)


def test_a_taint_that_is_tolerated_for_no_time_hastens_no_planned_eviction(cluster):
    tolerations = [
        {"key": key, "operator": "Exists", "tolerationSeconds": seconds, "effect": "NoExecute"}
        for key, seconds in (("maint", 6), ("more", 0))
    ]
    more = Taint(key="more", effect="NoExecute")
    planned = cluster.pod("planned", tolerations=tolerations)
    cluster.run()
    taint(cluster, MAINTENANCE)
    cluster.run(1)
    taint(cluster, MAINTENANCE, more)
    late = cluster.pod("late", tolerations=tolerations)
    cluster.run(4.5)
    assert [going(cluster, p) for p in (planned, late)] == [False, True]
    cluster.run(1)
    assert going(cluster, planned)


def test_a_pod_that_comes_to_a_tainted_node_is_looked_at_too(cluster):
    taint(cluster, MAINTENANCE)
    cluster.run()
    late = pod(cluster, "late", 2)
    unbound = cluster.pod("unbound", node="")
    cluster.run(1)
    cluster.server.bind(cluster.current(unbound), "node-1")
    cluster.run()
    assert going(cluster, unbound)
    cluster.run(1.5)
    assert going(cluster, late)


def test_a_pod_that_is_deleted_needs_no_eviction(cluster):
    lingering = pod(cluster, "lingering", 6)
    cluster.run()
    taint(cluster, MAINTENANCE)
    cluster.run(1)
    cluster.delete(lingering, 0)
    cluster.run()
    assert cluster.loop.idle
    (event,) = cluster.server.store.tables["Event"].values()
    assert event.message == "Cancelling deletion of Pod default/lingering"


def test_other_effects_evict_nobody(cluster):
    here = cluster.pod("here")
    cluster.run()
    taint(cluster, Taint(key="maint", effect="NoSchedule"), Taint(key="maint", effect="PreferNoSchedule"))
    cluster.run(1)
    assert not going(cluster, here)


@pytest.mark.parametrize(
    ("tolerations", "seconds"),
    [
        ([], None),
        ([Toleration(operator="Exists")], -1),
        ([Toleration(key="maint", value="now")], -1),
        ([Toleration(key="maint", value="then")], None),
        ([Toleration(key="maint", operator="Exists", toleration_seconds=5)], 5),
        ([Toleration(key="maint", operator="Exists", toleration_seconds=-5)], 0),
        ([Toleration(key="maint", operator="Exists", effect="NoSchedule")], None),
    ],
)
def test_how_long_a_taint_is_tolerated(tolerations, seconds):
    assert tolerated_seconds(tolerations, [MAINTENANCE]) == seconds


def test_of_several_taints_the_shortest_time_counts():
    tolerations = [Toleration(key=k, operator="Exists", toleration_seconds=s) for k, s in (("a", 9), ("b", 4))]
    taints = [Taint(key="a", effect="NoExecute"), Taint(key="b", effect="NoExecute")]
    assert tolerated_seconds(tolerations, taints) == 4
    assert tolerated_seconds(tolerations[:1], taints) is None
